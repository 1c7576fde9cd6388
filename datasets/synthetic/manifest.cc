#include "datasets/synthetic/manifest.h"

#include <nlohmann/json.hpp>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

constexpr const char* kFileName = "assay-synthetic.json";

int Side(const nlohmann::json& size, std::size_t index) {
  const auto value = size.at(index).get<std::int64_t>();
  if (value < 0 || value > 65536) throw std::out_of_range("size is outside 0..65536");
  return static_cast<int>(value);
}

SyntheticManifest Parse(const std::string& text) {
  const nlohmann::json json = nlohmann::json::parse(text);
  SyntheticManifest manifest;
  manifest.layout = json.at("layout").get<std::string>();
  manifest.samples = json.at("samples").get<std::int64_t>();
  manifest.seed = json.at("seed").get<std::uint64_t>();
  const nlohmann::json& size = json.at("size");
  if (size.size() != 2 || manifest.samples < 0) throw std::out_of_range("size or samples");
  manifest.size = {.width = Side(size, 0), .height = Side(size, 1)};
  return manifest;
}

}  // namespace

std::optional<SyntheticManifest> ReadManifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kFileName;
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  constexpr const char* kRemedy =
      "it states {\"layout\", \"samples\", \"seed\", \"size\": [width, height]}; write the tree "
      "again with assay synth";
  try {
    return Parse(ReadText(path));
  } catch (const nlohmann::json::exception& e) {
    throw DatasetError(path, "", e.what(), kRemedy);
  } catch (const std::out_of_range& e) {
    throw DatasetError(path, "", e.what(), kRemedy);
  } catch (const FileError& e) {
    throw DatasetError(path, "", e.problem, kRemedy);
  }
}

void WriteManifest(const std::filesystem::path& folder, const SyntheticManifest& manifest) {
  const nlohmann::ordered_json json = {{"layout", manifest.layout},
                                       {"samples", manifest.samples},
                                       {"seed", manifest.seed},
                                       {"size", {manifest.size.width, manifest.size.height}}};
  WriteText(folder / kFileName, json.dump() + "\n");
}

}  // namespace assay
