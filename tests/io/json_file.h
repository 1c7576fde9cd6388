// A JSON file that a reader goes through, written anew for every text.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "datasets/io/file.h"
#include "datasets/io/json_place.h"
#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

template <auto kRead>
class JsonFile {
 public:
  auto Read(const std::string& text) {
    WriteText(Path(), text);
    return kRead(Path());
  }
  std::string Code(const std::string& text) {
    return CodeOf([&] { Read(text); });
  }
  std::string Message(const std::string& text) {
    return MessageOf([&] { Read(text); });
  }
  nlohmann::json At(const JsonPlace& place) {
    const Bytes bytes = FileParts(Path()).Read(place.offset, place.length);
    return nlohmann::json::parse(bytes.begin(), bytes.end());
  }
  std::filesystem::path Path() const { return folder_.Path() / "instances.json"; }

 private:
  TemporaryFolder folder_;
};

}  // namespace assay::test
