#include "datasets/synthetic/saco_defects.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "datasets/io/file.h"
#include "datasets/synthetic/defects.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

using Json = nlohmann::ordered_json;

std::string EditJson(const fs::path& root,
                     std::string_view layout,
                     const std::string& what,
                     void (*edit)(Json& json)) {
  const fs::path path = FirstTruthFile(root, layout);
  Json json = Json::parse(ReadText(path));
  edit(json);
  WriteText(path, json.dump());
  return Did(what, path);
}

}  // namespace

std::string BrokenMask(const fs::path& root, std::string_view layout) {
  return EditJson(root, layout, "took the last run from a mask in", [](Json& json) {
    auto& counts =
        json.at("annotations").at(0).at("segmentation").at("counts").get_ref<std::string&>();
    counts.pop_back();
  });
}

std::string MaskSize(const fs::path& root, std::string_view layout) {
  return EditJson(root, layout, "exchanged the sides of a mask in", [](Json& json) {
    Json& size = json.at("annotations").at(0).at("segmentation").at("size");
    std::swap(size.at(0), size.at(1));
  });
}

std::string DoubledId(const fs::path& root, std::string_view layout) {
  return EditJson(root, layout, "gave the last pair the id of the first in", [](Json& json) {
    json.at("images").back().at("id") = json.at("images").front().at("id");
  });
}

std::string AnnotationWithoutPair(const fs::path& root, std::string_view layout) {
  return EditJson(root, layout, "took the pair of an annotation from", [](Json& json) {
    const Json id = json.at("annotations").at(0).at("image_id");
    Json& pairs = json.at("images");
    const auto at = std::find_if(
        pairs.begin(), pairs.end(), [&](const Json& pair) { return pair.at("id") == id; });
    pairs.erase(at);
  });
}

// The pair is still in the files of a and c.
std::string MissingPair(const fs::path& root, std::string_view layout) {
  const fs::path first = FirstTruthFile(root, layout);
  const fs::path path = first.parent_path() / "gold_metaclip_merged_b_release_test.json";
  Json json = Json::parse(ReadText(path));
  const Json id = json.at("images").back().at("id");
  json.at("images").erase(json.at("images").size() - 1);
  Json kept = Json::array();
  for (const Json& annotation : json.at("annotations")) {
    if (annotation.at("image_id") != id) kept.push_back(annotation);
  }
  json.at("annotations") = std::move(kept);
  WriteText(path, json.dump());
  return Did("took the last pair from", path);
}

}  // namespace assay
