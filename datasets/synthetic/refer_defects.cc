#include "datasets/synthetic/refer_defects.h"

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/io/pickle.h"
#include "datasets/synthetic/defects.h"
#include "datasets/synthetic/pickle_writer.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

// Changes a refs file in the form it has.
std::string EditRefs(const fs::path& root,
                     std::string_view layout,
                     const std::string& what,
                     void (*edit)(json& refs)) {
  const fs::path path = FirstTruthFile(root, layout);
  const bool is_pickle = path.extension() == ".p";
  json refs = is_pickle ? DecodePickle(ReadFile(path), path) : json::parse(ReadText(path));
  edit(refs);
  WriteText(path, is_pickle ? WritePickle(refs) : refs.dump());
  return Did(what, path);
}

}  // namespace

std::string RefWithoutAnnotation(const fs::path& root, std::string_view layout) {
  return EditRefs(root, layout, "gave a ref an annotation that is nowhere in", [](json& refs) {
    json& annotation = refs.at(0).at("ann_id");
    (annotation.is_array() ? annotation.at(0) : annotation) = 999999;
  });
}

std::string DoubledSentence(const fs::path& root, std::string_view layout) {
  return EditRefs(root, layout, "gave two sentences one id in", [](json& refs) {
    refs.at(1).at("sentences").at(0).at("sent_id") = refs.at(0).at("sentences").at(0).at("sent_id");
  });
}

// Whatever loads it with Python runs `true`; protocol 0.
std::string CallingPickle(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  WriteText(path, "cos\nsystem\n(S'true'\ntR.");
  return Did("wrote a call of a function into", path);
}

std::string OddPolygon(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout).parent_path() / "instances.json";
  json file = json::parse(ReadText(path));
  json& polygon = file.at("annotations").at(0).at("segmentation").at(0);
  polygon.erase(polygon.size() - 1);
  WriteText(path, file.dump());
  return Did("took the last y from a polygon in", path);
}

std::string WithoutPhoto(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout).replace_extension(".jpg");
  fs::remove(path);
  return Did("removed", path);
}

std::string ShapeWithoutPoints(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  json file = json::parse(ReadText(path));
  file.at("shapes").back().erase("points");
  WriteText(path, file.dump());
  return Did("took the points from a shape in", path);
}

}  // namespace assay
