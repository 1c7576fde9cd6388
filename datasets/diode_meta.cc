#include "datasets/diode_meta.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "datasets/dataset.h"
#include "datasets/list_text.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

void AppendHalf(const Json& half, const std::string& folder, DepthList& list) {
  for (const auto& [scene, scans] : half.items()) {
    for (const auto& [scan, names] : scans.items()) {
      for (const Json& name : names) {
        const std::string key =
            fmt::format("{}/{}/{}/{}", folder, scene, scan, name.get<std::string>());
        list.entries.push_back({key, key + "_depth.npy"});
      }
    }
  }
}

}  // namespace

DepthList ReadDiodeMeta(const std::filesystem::path& path, const std::string& half) {
  const std::string text = ReadListText(path);
  DepthList list{.path = path,
                 .sha256 = Sha256(text),
                 .text_sha256 = Sha256(WithoutLineEnds(text)),
                 .entries = {}};
  try {
    const Json meta = Json::parse(text);
    for (const auto& [folder, scenes] : meta.at("val").items()) {
      if (!half.empty() && folder != half) continue;
      AppendHalf(scenes, folder, list);
    }
  } catch (const nlohmann::json::exception& e) {
    throw DatasetError(path,
                       "",
                       std::string("is no diode_meta.json: ") + e.what(),
                       "take the file of the DIODE development kit as it is");
  }
  if (list.entries.empty()) throw DatasetError(path, "", "the list names no sample of val", "");
  return list;
}

}  // namespace assay
