#include "datasets/diode_meta.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "datasets/dataset.h"
#include "datasets/list_text.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

void AppendHalf(const Json& half, const std::string& folder, std::vector<DepthListEntry>& entries) {
  for (const auto& [scene, scans] : half.items()) {
    for (const auto& [scan, names] : scans.items()) {
      for (const Json& name : names) {
        const std::string key =
            fmt::format("{}/{}/{}/{}", folder, scene, scan, name.get<std::string>());
        entries.push_back({key, key + "_depth.npy"});
      }
    }
  }
}

}  // namespace

DepthList ReadDiodeMeta(const std::filesystem::path& path, const std::string& half) {
  const std::string text = ReadListText(path);
  std::vector<DepthListEntry> entries;
  try {
    const Json meta = Json::parse(text);
    for (const auto& [folder, scenes] : meta.at("val").items()) {
      if (!half.empty() && folder != half) continue;
      AppendHalf(scenes, folder, entries);
    }
  } catch (const nlohmann::json::exception& e) {
    throw DatasetError(path,
                       "",
                       std::string("is no diode_meta.json: ") + e.what(),
                       "take the file of the DIODE development kit as it is");
  }
  return ListOf(path, text, std::move(entries), "sample of val");
}

}  // namespace assay
