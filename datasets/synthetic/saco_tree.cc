#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/saco_subsets.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"
#include "metrics/run_length.h"

namespace assay {
namespace {

using Json = nlohmann::ordered_json;

constexpr Size kSize = {.width = 160, .height = 120};
constexpr Intrinsics kCamera = {.fx = 150, .fy = 150, .cx = 80, .cy = 56};
constexpr std::int64_t kFirstId = 10000000;
// Fewer pixels are no object that an annotator would draw.
constexpr std::int64_t kSmallest = 6;
constexpr std::array<std::string_view, 2> kMedia = {"metaclip-images", "sa1b-images"};

struct Phrase {
  std::string_view text;
  std::uint8_t label = 0;  // Cityscapes id; 0: nothing like it is ever there
};
constexpr std::array<Phrase, 4> kPhrases = {
    {{"the car", 26}, {"elephant", 0}, {"person", 24}, {"blue bus", 28}}};

struct Pair {
  std::int64_t id = 0;
  std::size_t image = 0;
  Phrase phrase;
  bool crowded = false;  // c gives the objects it cannot tell apart as one crowd
};

// Id 10000001 is the pair that is not exhaustive.
std::vector<Pair> Pairs(int samples) {
  std::vector<Pair> pairs;
  for (std::size_t i = 0; i < static_cast<std::size_t>(samples); ++i) {
    pairs.push_back({.id = kFirstId + static_cast<std::int64_t>(i == 0 ? 0 : i + 1),
                     .image = i / kPhrases.size(),
                     .phrase = kPhrases.at(i % kPhrases.size())});
    if (i == 0) pairs.push_back({kFirstId + 1, 0, kPhrases[2], true});
  }
  return pairs;
}

std::string FileName(std::string_view media, std::uint64_t seed, std::size_t image) {
  if (media == kMedia[1]) return fmt::format("sa_{:06}.jpg", 223000 + image);
  return fmt::format("1/{0}/metaclip_1_{0}_{1:016x}.jpeg", 100001 + image, HashOf(seed, image));
}

std::uint64_t SceneSeed(std::uint64_t seed, std::string_view media, std::size_t image) {
  return HashOf(seed, media == kMedia[0] ? 50 : 51, image);
}

// The scene's objects of a label, by instance value; groups have the bare label.
std::map<std::uint16_t, Mask> Objects(const WorldView& view, std::uint8_t label) {
  std::map<std::uint16_t, Mask> objects;
  for (int y = 0; y < kSize.height; ++y) {
    for (int x = 0; x < kSize.width; ++x) {
      if (label == 0 || view.labels.At(x, y) != label) continue;
      objects.try_emplace(view.instances.At(x, y), kSize).first->second.At(x, y) = 1;
    }
  }
  return objects;
}

// As by a hand that starts a pixel too far to the right.
RunLengthMask WithoutFirstColumn(const RunLengthMask& mask) {
  Mask pixels = ToMask(mask);
  const int column = BoundingBox(mask).x;
  for (int y = 0; y < pixels.height(); ++y) pixels.At(column, y) = 0;
  return ToRuns(pixels);
}

// What annotator `who` draws: a every object, b each a column narrower, c all but the
// smallest where there are several.
std::vector<RunLengthMask> Drawn(const std::map<std::uint16_t, Mask>& objects, char who) {
  std::vector<RunLengthMask> masks;
  for (const auto& [value, pixels] : objects) {
    if (value < 1000) continue;
    RunLengthMask mask = ToRuns(pixels);
    if (Area(mask) < kSmallest) continue;
    RunLengthMask narrow = WithoutFirstColumn(mask);
    masks.push_back(who == 'b' && Area(narrow) > 0 ? std::move(narrow) : std::move(mask));
  }
  if (who == 'c' && masks.size() > 1) {
    masks.erase(std::min_element(masks.begin(), masks.end(), [](const auto& a, const auto& b) {
      return Area(a) < Area(b);
    }));
  }
  return masks;
}

Json AnnotationJson(std::int64_t id, const Pair& pair, const RunLengthMask& mask, bool crowd) {
  const PixelBox box = BoundingBox(mask);
  const double width = kSize.width;
  const double height = kSize.height;
  return {{"id", id},
          {"image_id", pair.id},
          {"source", "manual"},
          {"area", static_cast<double>(Area(mask)) / (width * height)},
          {"bbox", {box.x / width, box.y / height, box.width / width, box.height / height}},
          {"segmentation",
           {{"counts", EncodeRuns(mask)}, {"size", Json::array({kSize.height, kSize.width})}}},
          {"category_id", 1},
          {"iscrowd", crowd ? 1 : 0}};
}

Json PairJson(const Pair& pair, std::string file_name, bool exhaustive) {
  return {{"id", pair.id},
          {"file_name", std::move(file_name)},
          {"text_input", pair.phrase.text},
          {"width", kSize.width},
          {"height", kSize.height},
          {"queried_category", std::to_string(pair.phrase.label)},
          {"is_instance_exhaustive", exhaustive ? 1 : 0},
          {"is_pixel_exhaustive", 1}};
}

class TreeWriter {
 public:
  TreeWriter(const std::filesystem::path& root, const SynthOptions& options)
      : root_(root), options_(options), pairs_(Pairs(options.samples)) {
    for (const std::string_view media : kMedia) {
      for (std::size_t image = 0; image <= pairs_.back().image; ++image) {
        views_[media].push_back(
            RenderWorld(Scene::kStreet, SceneSeed(options.seed, media, image), kSize, kCamera));
        WriteFile(root_ / media / FileName(media, options.seed, image),
                  EncodeJpeg(views_[media].back().rgb));
      }
    }
  }

  void WriteAnnotator(const SacoSubset& subset, char who) const {
    Json images = Json::array();
    Json annotations = Json::array();
    std::vector<Pair> pairs = pairs_;
    // The official files need not agree in their order.
    if (who == 'c') std::reverse(pairs.begin(), pairs.end());
    for (const Pair& pair : pairs) {
      const bool exhaustive = !(pair.crowded && who == 'c');
      images.push_back(
          PairJson(pair, FileName(subset.media, options_.seed, pair.image), exhaustive));
      Annotate(pair, views_.at(subset.media)[pair.image], who, annotations);
    }
    std::string description = fmt::format("synthetic, like SA-Co/Gold {} {}", subset.name, who);
    const Json json = {
        {"info", {{"version", "v1"}, {"description", std::move(description)}}},
        {"images", std::move(images)},
        {"annotations", std::move(annotations)},
        {"categories", Json::array({{{"supercategory", "object"}, {"id", 1}, {"name", "object"}}})},
        {"licenses", Json::array()}};
    WriteText(root_ / "gt-annotations" / SacoFileName(subset, who), json.dump());
  }

 private:
  static void Annotate(const Pair& pair, const WorldView& view, char who, Json& annotations) {
    const auto objects = Objects(view, pair.phrase.label);
    const auto add = [&](const RunLengthMask& mask, bool crowd) {
      const auto id = static_cast<std::int64_t>(annotations.size()) + 1;
      annotations.push_back(AnnotationJson(id, pair, mask, crowd));
    };
    for (const RunLengthMask& mask : Drawn(objects, who)) add(mask, false);
    const auto group = objects.find(pair.phrase.label);
    if (pair.crowded && who == 'c' && group != objects.end()) add(ToRuns(group->second), true);
  }

  std::filesystem::path root_;
  SynthOptions options_;
  std::vector<Pair> pairs_;
  std::map<std::string_view, std::vector<WorldView>> views_;  // by media
};

}  // namespace

void WriteSacoTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, 10000);
  const TreeWriter writer(root, options);
  for (const SacoSubset& subset : SacoSubsets()) {
    for (const char who : {'a', 'b', 'c'}) writer.WriteAnnotator(subset, who);
  }
  WriteManifest(root, {"saco", options.samples, options.seed, kSize});
}

}  // namespace assay
