#include "eval/cli/unscored.h"

#include <fmt/format.h>

#include <array>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "datasets/io/file.h"

namespace assay::cli {
namespace {

using Json = nlohmann::ordered_json;

// Of each outcome, so that many missing answers do not hide an invalid one.
constexpr std::int64_t kShown = 3;

std::string_view NameOf(const Record& record) {
  return kOutcomeNames.at(static_cast<std::size_t>(record.outcome));
}

// A detail may quote an answer or a path, which need not be UTF-8.
std::string LineOf(const Record& record) {
  const Json line = {{"key", record.key},
                     {"outcome", NameOf(record)},
                     {"error", record.error_stage + "/" + record.error_code},
                     {"detail", record.error_detail}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

void TellUnscored(const std::filesystem::path& run, RecordStore& store) {
  std::string lines;
  std::string shown;
  std::int64_t count = 0;
  std::array<std::int64_t, kOutcomeNames.size()> counts{};
  store.ForEachUnscored([&](const Record& record) {
    ++count;
    lines += LineOf(record);
    if (counts.at(static_cast<std::size_t>(record.outcome))++ >= kShown) return;
    shown += fmt::format("{} {}: {}\n", NameOf(record), record.key, record.error_detail);
  });
  if (count == 0) return;
  const std::filesystem::path file = run / kUnscoredFile;
  WriteText(file, lines);
  std::cerr << shown
            << fmt::format("samples without a score: {}, all in {}\n", count, file.string());
}

}  // namespace assay::cli
