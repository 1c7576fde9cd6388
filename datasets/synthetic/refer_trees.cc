// Trees of the RefCOCO family and of ReasonSeg.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/pickle_writer.h"
#include "datasets/synthetic/shape_scene.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr Size kSize = {.width = 160, .height = 120};
constexpr int kMaxSamples = 100000;
constexpr int kFirstImage = 1001;
constexpr int kFirstAnnotation = 5001;

std::uint64_t SceneSeed(const SynthOptions& options, std::uint64_t purpose, int image) {
  return HashOf(options.seed, purpose, static_cast<std::uint64_t>(image));
}

// The files of one set while they grow.
class ReferFiles {
 public:
  // Draws the next picture; returns the annotation ids of its shapes.
  const ShapeScene& AddImage(const std::filesystem::path& root, std::uint64_t seed) {
    scene_ = DrawShapeScene(seed, kSize);
    ++image_;
    const std::string name = fmt::format("COCO_train2014_{:012}.jpg", image_);
    WriteFile(root / "images/mscoco/images/train2014" / name, EncodeJpeg(scene_.rgb));
    images_.push_back(
        {{"id", image_}, {"file_name", name}, {"height", kSize.height}, {"width", kSize.width}});
    shape_ids_.clear();
    for (const SceneShape& shape : scene_.shapes) {
      shape_ids_.push_back(kFirstAnnotation + static_cast<int>(annotations_.size()));
      annotations_.push_back({{"id", shape_ids_.back()},
                              {"image_id", image_},
                              {"category_id", 1},
                              {"iscrowd", 0},
                              {"segmentation", shape.parts}});
    }
    return scene_;
  }
  const std::vector<int>& ShapeIds() const { return shape_ids_; }

  void AddRef(const json& annotation,
              const std::string& split,
              const std::vector<std::string>& expressions) {
    json ref = {{"ref_id", static_cast<int>(refs_.size())},
                {"ann_id", annotation},
                {"image_id", image_},
                {"category_id", 1},
                {"split", split},
                {"file_name", fmt::format("COCO_train2014_{:012}_{}.jpg", image_, refs_.size())},
                {"sent_ids", json::array()},
                {"sentences", json::array()}};
    for (const std::string& expression : expressions) {
      ref["sent_ids"].push_back(sentences_);
      ref["sentences"].push_back({{"sent_id", sentences_++},
                                  {"sent", expression},
                                  {"raw", "The " + expression},
                                  {"tokens", json::array({expression})}});
    }
    refs_.push_back(std::move(ref));
  }

  const json& Refs() const { return refs_; }
  std::string Instances() const {
    const json file = {{"info", {{"description", "synthetic"}}},
                       {"licenses", json::array()},
                       {"images", images_},
                       {"annotations", annotations_},
                       {"categories", {{{"id", 1}, {"name", "shape"}}}}};
    return file.dump();
  }

 private:
  ShapeScene scene_;
  int image_ = kFirstImage - 1;
  int sentences_ = 0;
  std::vector<int> shape_ids_;
  json images_ = json::array();
  json annotations_ = json::array();
  json refs_ = json::array();
};

// As many expressions of `split` as there are samples, on pictures of their own, with one of
// train on each.
void AddSplit(const std::filesystem::path& root,
              const SynthOptions& options,
              std::uint64_t purpose,
              const std::string& split,
              ReferFiles& files) {
  for (int samples = 0, image = 0; samples < options.samples; ++image) {
    const ShapeScene& scene = files.AddImage(root, SceneSeed(options, purpose, image));
    files.AddRef(files.ShapeIds().at(2), "train", {scene.shapes.at(2).Name()});
    for (std::size_t i = 0; i < 2 && samples < options.samples; ++i) {
      const SceneShape& shape = scene.shapes.at(i);
      std::vector<std::string> said = {shape.Name()};
      if (i == 0 && samples + 1 < options.samples) said.push_back("shape that is " + shape.colour);
      files.AddRef(files.ShapeIds().at(i), split, said);
      samples += static_cast<int>(said.size());
    }
  }
}

// Google split RefCOCOg by images into train and val alone.
json Without(const std::string& split, const json& refs) {
  json kept = json::array();
  for (const json& ref : refs) {
    if (ref.at("split") != split) kept.push_back(ref);
  }
  return kept;
}

// Three splits, drawn for `purpose` and the two after it.
void WriteRefCoco(const std::filesystem::path& root,
                  const SynthOptions& options,
                  const std::string& layout,
                  const std::string& folder,
                  std::uint64_t purpose) {
  CheckSamples(options, kMaxSamples);
  ReferFiles files;
  for (const char* split : {"val", "testA", "testB"}) {
    AddSplit(root, options, purpose++, split, files);
  }
  WriteText(root / folder / "refs(unc).p", WritePickle(files.Refs()));
  WriteText(root / folder / "instances.json", files.Instances());
  WriteManifest(root, {layout, options.samples, options.seed, kSize});
}

// One picture of ReasonSeg with its labels.
void WriteReasonSample(const std::filesystem::path& folder, int sample, std::uint64_t seed) {
  const ShapeScene scene = DrawShapeScene(seed, kSize);
  json shapes = json::array({{{"label", "flag"}, {"points", {{1, 1}}}}});
  const auto add = [&](const std::string& label, const std::vector<double>& xy) {
    json points = json::array();
    for (std::size_t i = 0; i < xy.size(); i += 2) points.push_back({xy[i], xy[i + 1]});
    shapes.push_back({{"label", label}, {"shape_type", "polygon"}, {"points", points}});
  };
  for (const auto& part : scene.shapes.at(0).parts) add("target", part);
  for (const auto& part : scene.shapes.at(1).parts) add("ignore", part);
  const bool is_sentence = sample % 2 == 0;
  const std::string name = scene.shapes.at(0).Name();
  const json labels = {{"text", {is_sentence ? "Which shape is the " + name + "?" : "the " + name}},
                       {"is_sentence", is_sentence},
                       {"shapes", shapes}};
  const auto stem = folder / fmt::format("{:09}_synthetic", sample);
  WriteFile(stem.string() + ".jpg", EncodeJpeg(scene.rgb));
  WriteText(stem.string() + ".json", labels.dump());
}

}  // namespace

void WriteRefCocoTree(const std::filesystem::path& root, const SynthOptions& options) {
  WriteRefCoco(root, options, "refcoco", "refcoco", 44);
}

void WriteRefCocoPlusTree(const std::filesystem::path& root, const SynthOptions& options) {
  WriteRefCoco(root, options, "refcocoplus", "refcoco+", 47);
}

void WriteRefCocoGTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMaxSamples);
  ReferFiles files;
  AddSplit(root, options, 40, "val", files);
  AddSplit(root, options, 43, "test", files);
  WriteText(root / "refcocog" / "refs(umd).p", WritePickle(files.Refs()));
  WriteText(root / "refcocog" / "refs(google).p", WritePickle(Without("test", files.Refs())));
  WriteText(root / "refcocog" / "instances.json", files.Instances());
  WriteManifest(root, {"refcocog", options.samples, options.seed, kSize});
}

void WriteGrefCocoTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMaxSamples);
  ReferFiles files;
  for (int sample = 0; sample < options.samples; ++sample) {
    // One picture for every three: all of it, none of it, one of it.
    if (sample % 3 == 0) files.AddImage(root, SceneSeed(options, 41, sample / 3));
    if (sample % 3 == 0) {
      files.AddRef(files.ShapeIds(), "val", {"all shapes"});
    } else if (sample % 3 == 1) {
      files.AddRef(json::array({-1}), "val", {"bicycle"});
    } else {
      files.AddRef(json::array({files.ShapeIds().front()}), "val", {"first shape"});
    }
  }
  WriteText(root / "grefcoco" / "grefs(unc).json", files.Refs().dump());
  WriteText(root / "grefcoco" / "instances.json", files.Instances());
  WriteManifest(root, {"grefcoco", options.samples, options.seed, kSize});
}

void WriteReasonSegTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMaxSamples);
  const auto folder = root / "reason_seg/ReasonSeg";
  for (int sample = 0; sample < options.samples; ++sample) {
    WriteReasonSample(folder / "val", sample, SceneSeed(options, 42, sample));
    WriteReasonSample(folder / "test", sample, SceneSeed(options, 50, sample));
  }
  WriteManifest(root, {"reasonseg", options.samples, options.seed, kSize});
}

}  // namespace assay
