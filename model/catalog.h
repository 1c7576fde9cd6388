// The answer formats assay reads, as one sorted table (catalog.cc). A format that
// several tasks can be answered in has a row for each.
//
// To add one:
//   1. write model/<name>.{h,cc} with a Decoder<Task> (native formats) or a
//      Codec<Task> (painted answers), and a Make function that reads its own
//      settings from Fields;
//   2. add a row to the table in catalog.cc. The typed tests in tests/model
//      iterate the table.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "datasets/io/fields.h"
#include "model/codec.h"

namespace assay {

using AnyDecoder = std::variant<std::unique_ptr<Decoder<SemanticTask>>,
                                std::unique_ptr<Decoder<DepthTask>>,
                                std::unique_ptr<Decoder<ReferringTask>>,
                                std::unique_ptr<Decoder<InstancesTask>>,
                                std::unique_ptr<Decoder<NormalsTask>>>;

struct CodecRow {
  std::string_view name;  // "rgb-depth", "png16", …
  std::string_view task;
  std::string_view argument;  // "" or what follows the colon: "SCALE", "FIELD"
  std::string_view summary;
  // `argument` is the text after the colon. Problems are reported to `fields`.
  AnyDecoder (*make)(std::string_view argument, Fields& fields);
};

std::span<const CodecRow> CodecCatalog();

// Whether a field "codec" names a painted one: "rgb", "rgb-depth", ...
bool IsPainted(std::string_view codec);

// Reads the `answer` object of a protocol: its field "codec" is a row's name
// with an optional ":argument"; "rgb" (the default) is the task's painted codec;
// the remaining fields belong to that codec. Ends with answer.Finish() where the
// codec is known. Every problem is reported to `answer`; the caller throws if
// there was one. The decoder is null where none could be made.
AnyDecoder MakeDecoder(std::string_view task, Fields& answer);

}  // namespace assay
