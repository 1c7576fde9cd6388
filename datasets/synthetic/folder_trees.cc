#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "datasets/folder.h"
#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/shape_scene.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"
#include "metrics/polygon.h"

namespace assay {
namespace {

using nlohmann::ordered_json;

constexpr Size kRoom = {.width = 160, .height = 120};
constexpr Intrinsics kCamera = {.fx = 145, .fy = 145, .cx = 80, .cy = 60};
constexpr int kMostSamples = 1000;
constexpr double kFarMetres = 20;

// Some of the world's classes, under ids of their own.
struct Class {
  int id;
  int world;  // Cityscapes id
  const char* name;
  std::array<int, 3> color;
};
constexpr Class kClasses[] = {{10, 7, "floor", {128, 64, 128}},
                              {20, 11, "house", {70, 70, 70}},
                              {30, 24, "person", {220, 20, 60}},
                              {40, 26, "car", {0, 0, 142}}};
constexpr int kIgnore = 255;

// "corridor/0003": two samples a room.
std::string KeyOf(int sample) { return fmt::format("room_{:02}/{:04}", sample / 2, sample); }

void WriteProtocol(const std::filesystem::path& root,
                   const char* dataset,
                   const SynthOptions& options,
                   ordered_json folder,
                   const ordered_json& settings = ordered_json::object()) {
  folder["images"] = "images/*/*.png";
  folder["licence"] = "CC0-1.0; drawn by assay synth";
  ordered_json protocol = {{"name", std::string(dataset) + "-synthetic"},
                           {"title", "A synthetic folder, described by this file alone"},
                           {"dataset", dataset},
                           {"expected_count", options.samples},
                           {"folder", std::move(folder)}};
  protocol.update(settings);
  WriteText(root / kFolderProtocol, protocol.dump(2) + "\n");
  WriteManifest(root, {dataset, options.samples, options.seed, kRoom});
}

WorldView View(Scene scene, const SynthOptions& options, std::uint64_t stream, int sample) {
  const std::uint64_t seed = HashOf(options.seed, stream, static_cast<std::uint64_t>(sample));
  return RenderWorld(scene, seed, kRoom, kCamera);
}

void WriteImage(const std::filesystem::path& root, const std::string& key, const RgbImage& image) {
  WriteFile(root / "images" / (key + ".png"), EncodePng(image));
}

Raster<std::uint8_t> OwnIds(const LabelMap& world) {
  Raster<std::uint8_t> ids(world.size());
  std::transform(world.Pixels().begin(), world.Pixels().end(), ids.Pixels().begin(), [](int label) {
    const auto* known = std::find_if(std::begin(kClasses),
                                     std::end(kClasses),
                                     [&](const Class& one) { return one.world == label; });
    return static_cast<std::uint8_t>(known == std::end(kClasses) ? kIgnore : known->id);
  });
  return ids;
}

// Pixels of one shape.
void Paint(const SceneShape& shape, std::uint8_t value, Raster<std::uint8_t>& into) {
  std::vector<RunLengthMask> parts;
  parts.reserve(shape.parts.size());
  for (const auto& part : shape.parts) parts.push_back(DrawPolygon(into.size(), part));
  const Mask mask = ToMask(Merge(parts, MergeRule::kOr));
  for (std::size_t i = 0; i < mask.Pixels().size(); ++i) {
    if (mask.Pixels()[i] != 0) into.Pixels()[i] = value;
  }
}

}  // namespace

void WriteFolderDepthTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) {
    const WorldView view = View(Scene::kRoom, options, 71, i);
    WriteImage(root, KeyOf(i), view.rgb);
    const std::uint64_t seed = HashOf(options.seed, 72, static_cast<std::uint64_t>(i));
    WriteFile(root / "depth" / (KeyOf(i) + ".npy"),
              EncodeNpyFloat32(WithHoles(view.depth_m, seed, kFarMetres)));
  }
  WriteProtocol(root,
                "folder-depth",
                options,
                {{"truth", "depth/*/*.npy"}, {"truth_format", "npy"}},
                {{"gt_bounds", {{"min", 0}, {"max", kFarMetres}}},
                 {"pred_clip", {{"min", 0.01}, {"max", kFarMetres}}}});
}

void WriteFolderNormalsTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) {
    const WorldView view = View(Scene::kRoom, options, 73, i);
    WriteImage(root, KeyOf(i), view.rgb);
    NormalMap opencv(view.normals.size());
    std::transform(view.normals.Pixels().begin(),
                   view.normals.Pixels().end(),
                   opencv.Pixels().begin(),
                   [](const Vector3& n) { return n == Vector3{} ? n : Vector3{n.x, -n.y, -n.z}; });
    WriteFile(root / "normals" / (KeyOf(i) + ".npy"), EncodeNpyFloat32(ArrayFromVectors(opencv)));
  }
  WriteProtocol(root,
                "folder-normals",
                options,
                {{"truth", "normals/*/*.npy"}, {"truth_format", "npy"}, {"truth_frame", "opencv"}});
}

void WriteFolderSemanticTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  for (int i = 0; i < options.samples; ++i) {
    const WorldView view = View(Scene::kStreet, options, 74, i);
    WriteImage(root, KeyOf(i), view.rgb);
    WriteFile(root / "labels" / (KeyOf(i) + ".png"), EncodePng(OwnIds(view.labels)));
  }
  ordered_json classes = ordered_json::array();
  for (const Class& one : kClasses) {
    classes.push_back({{"id", one.id}, {"name", one.name}, {"color", one.color}});
  }
  WriteProtocol(root,
                "folder-semantic",
                options,
                {{"truth", "labels/*/*.png"},
                 {"truth_format", "ids"},
                 {"ignore", kIgnore},
                 {"classes", std::move(classes)}});
}

void WriteFolderReferringTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  std::string table = "key,image,expression,weather\n";
  for (int i = 0; i < options.samples; ++i) {
    const std::uint64_t seed = HashOf(options.seed, 75, static_cast<std::uint64_t>(i / 2));
    const ShapeScene scene = DrawShapeScene(seed, kRoom);
    const std::string image = fmt::format("room_{:02}/photo", i / 2);
    WriteImage(root, image, scene.rgb);
    const SceneShape& shape = scene.shapes[static_cast<std::size_t>(i % 2) % scene.shapes.size()];
    Raster<std::uint8_t> mask(kRoom);
    Paint(shape, 255, mask);
    WriteFile(root / "masks" / (KeyOf(i) + ".png"), EncodePng(mask));
    table += fmt::format(
        "{},{},\"the {}\",{}\n", KeyOf(i), image, shape.Name(), i % 3 == 0 ? "rain" : "sun");
  }
  WriteText(root / "samples.csv", table);
  WriteProtocol(root,
                "folder-referring",
                options,
                {{"truth", "masks/*/*.png"},
                 {"truth_format", "mask"},
                 {"samples", "samples.csv"},
                 {"cluster", "image"},
                 {"slices", {"weather"}}});
}

void WriteFolderInstancesTree(const std::filesystem::path& root, const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  std::string table = "key,phrase\n";
  for (int i = 0; i < options.samples; ++i) {
    const std::uint64_t seed = HashOf(options.seed, 76, static_cast<std::uint64_t>(i));
    const ShapeScene scene = DrawShapeScene(seed, kRoom);
    WriteImage(root, KeyOf(i), scene.rgb);
    // Every third phrase names what is not there.
    const std::string kind = i % 3 == 2 ? "star" : scene.shapes.front().kind;
    Raster<std::uint8_t> ids(kRoom);
    std::uint8_t next = 0;
    for (const SceneShape& shape : scene.shapes) {
      if (shape.kind == kind) Paint(shape, ++next, ids);
    }
    WriteFile(root / "objects" / (KeyOf(i) + ".png"), EncodePng(ids));
    table += fmt::format("{},{}\n", KeyOf(i), kind);
  }
  WriteText(root / "samples.csv", table);
  WriteProtocol(
      root,
      "folder-instances",
      options,
      {{"truth", "objects/*/*.png"}, {"truth_format", "ids"}, {"samples", "samples.csv"}});
}

}  // namespace assay
