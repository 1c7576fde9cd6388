#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "datasets/dsine_sets.h"
#include "datasets/io/array.h"
#include "datasets/io/exr.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "datasets/synthetic/dice.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"
#include "datasets/synthetic/world.h"

namespace assay {
namespace {

// How a set's samples are called, and what they show.
struct Form {
  std::string_view dataset;
  std::uint64_t stream;  // of random numbers
  Scene scene;
  Size size;
  bool jpeg = false;                // the input images
  int border = 0;                   // pixels around the truth that have no normal
  bool listed = false;              // the tree holds a list, which runs backwards
  std::string (*name)(int sample);  // <folder>/<name>
};

constexpr Size kRoom = {.width = 160, .height = 120};
constexpr Size kStreet = {.width = 192, .height = 64};
constexpr int kMostSamples = 724;  // even numbers among NYU's 1449

// Wider than the 442 columns that Marigold takes from Sintel's frames.
constexpr Size kWideStreet = {.width = 522, .height = 48};

constexpr Form kForms[] = {
    {.dataset = "diode-normals-marigold",
     .stream = 58,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 2,
     .listed = true,
     .name =
         [](int i) {
           const bool indoors = i % 2 == 0;
           return fmt::format("{0}/scene_0009{1}/scan_{2:05}/0009{1}_{2:05}_{0}_010_000",
                              indoors ? "indoors" : "outdoor",
                              indoors ? 0 : 1,
                              900 + i);
         }},
    {.dataset = "ibims-normals",
     .stream = 53,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 2,
     .name = [](int i) { return fmt::format("ibims/room_{:02}", i); }},
    {.dataset = "ibims-normals-marigold",
     .stream = 53,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 2,
     .listed = true,
     .name = [](int i) { return fmt::format("ibims/room_{:02}", i); }},
    {.dataset = "nyu-normals-marigold",
     .stream = 50,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 8,
     .listed = true,
     .name = [](int i) { return fmt::format("test/{:06}", 2 * i); }},
    {.dataset = "nyu-normals-metric3d",
     .stream = 50,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 8,
     .name = [](int i) { return fmt::format("test/{:06}", 2 * i); }},
    {.dataset = "scannet-normals-marigold",
     .stream = 51,
     .scene = Scene::kRoom,
     .size = kRoom,
     .name = [](int i) { return fmt::format("scene9{:03}_00/{:06}", i / 2, 10 * i); }},
    {.dataset = "oasis-normals",
     .stream = 54,
     .scene = Scene::kStreet,
     .size = kStreet,
     .border = 12,
     .name = [](int i) { return fmt::format("val/{}_DT", 900000 + i); }},
    {.dataset = "oasis-normals-marigold",
     .stream = 54,
     .scene = Scene::kStreet,
     .size = kStreet,
     .border = 12,
     .listed = true,
     .name = [](int i) { return fmt::format("val/{}_DT", 900000 + i); }},
    {.dataset = "sintel-normals-marigold",
     .stream = 55,
     .scene = Scene::kStreet,
     .size = kWideStreet,
     .listed = true,
     .name = [](int i) { return fmt::format("alley_{}/frame_{:04}", 7 + i / 50, 1 + i % 50); }},
    {.dataset = "sintel-normals",
     .stream = 55,
     .scene = Scene::kStreet,
     .size = kStreet,
     .name = [](int i) { return fmt::format("alley_{}/frame_{:04}", 7 + i / 50, 1 + i % 50); }},
    {.dataset = "nyu-normals",
     .stream = 50,
     .scene = Scene::kRoom,
     .size = kRoom,
     .border = 8,
     .name = [](int i) { return fmt::format("test/{:06}", 2 * i); }},
    {.dataset = "scannet-normals",
     .stream = 51,
     .scene = Scene::kRoom,
     .size = kRoom,
     .listed = true,
     .name = [](int i) { return fmt::format("scene9{:03}_00/{:06}", i / 2, 10 * i); }},
    {.dataset = "vkitti-normals",
     .stream = 52,
     .scene = Scene::kStreet,
     .size = kStreet,
     .jpeg = true,
     .name = [](int i) { return fmt::format("Scene{:02}/{:06}", 90 + i / 200, i % 200); }},
};

const Form& FindForm(std::string_view dataset) {
  return *std::find_if(std::begin(kForms), std::end(kForms), [&](const Form& form) {
    return form.dataset == dataset;
  });
}

Intrinsics CameraOf(Size size) {
  const double focal = 0.8 * size.width;
  return {focal, focal, size.width / 2.0, size.height / 2.0};
}

// The world's normals in the frame of the files, with the border left out.
NormalMap StoredNormals(const DsineSet& set, const Form& form, const NormalMap& normals) {
  NormalMap stored(normals.size());
  for (int y = form.border; y < normals.height() - form.border; ++y) {
    for (int x = form.border; x < normals.width() - form.border; ++x) {
      const Vector3& n = normals.At(x, y);
      // All frames of the table are their own inverse.
      if (n != Vector3{}) stored.At(x, y) = ToRub(set.frame, n);
    }
  }
  return stored;
}

template <class Colour, class Value>
Raster<Colour> Colours(const NormalMap& normals, double largest) {
  Raster<Colour> image(normals.size());
  const auto channel = [&](double component) {
    return static_cast<Value>(std::floor((component + 1) / 2 * largest + 0.5));
  };
  std::transform(normals.Pixels().begin(),
                 normals.Pixels().end(),
                 image.Pixels().begin(),
                 [&](const Vector3& n) -> Colour {
                   if (n == Vector3{}) return {};
                   return {channel(n.x), channel(n.y), channel(n.z)};
                 });
  return image;
}

// What reads back as `normals` (NormalFile::kPng8BgrNegated).
NormalMap BgrNegated(NormalMap normals) {
  for (Vector3& n : normals.Pixels()) {
    if (n != Vector3{}) n = {-n.z, -n.y, -n.x};
  }
  return normals;
}

Bytes EncodeTruth(NormalFile kind, const NormalMap& normals) {
  switch (kind) {
    case NormalFile::kPng16:
      return EncodePng(Colours<Rgb16, std::uint16_t>(normals, 65535));
    case NormalFile::kExr:
      return EncodeExr(normals);
    case NormalFile::kNpy:
      return EncodeNpyFloat32(ArrayFromVectors(normals));
    case NormalFile::kPng8BgrNegated:
      return EncodePng(Colours<Rgb8, std::uint8_t>(BgrNegated(normals), 255));
    case NormalFile::kPng8:
      break;
  }
  return EncodePng(Colours<Rgb8, std::uint8_t>(normals, 255));
}

Bytes EncodeIntrinsics(const Intrinsics& camera) {
  return EncodeNpyFloat32(Array{
      .shape = {3, 3}, .values = {camera.fx, 0, camera.cx, 0, camera.fy, camera.cy, 0, 0, 1}});
}

std::string ImageEnd(const DsineSet& set, const Form& form) {
  return std::string(set.image_mark) + (form.jpeg ? ".jpg" : ".png");
}

void WriteSample(const std::filesystem::path& base,
                 const DsineSet& set,
                 const Form& form,
                 const SynthOptions& options,
                 int sample) {
  const std::uint64_t seed = HashOf(options.seed, form.stream, static_cast<std::uint64_t>(sample));
  const Intrinsics camera = CameraOf(form.size);
  const WorldView view = RenderWorld(form.scene, seed, form.size, camera);
  const std::string stem = (base / form.name(sample)).string();
  WriteFile(stem + ImageEnd(set, form), form.jpeg ? EncodeJpeg(view.rgb) : EncodePng(view.rgb));
  WriteFile(stem + std::string(set.suffix),
            EncodeTruth(set.file, StoredNormals(set, form, view.normals)));
  WriteFile(stem + "_intrins.npy", EncodeIntrinsics(camera));
}

}  // namespace

void WriteDsineTree(std::string_view dataset,
                    const std::filesystem::path& root,
                    const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  const DsineSet& set = FindDsineSet(dataset);
  const Form& form = FindForm(dataset);
  const std::filesystem::path base = root / set.folder;
  std::string list;
  for (int i = options.samples - 1; i >= 0; --i) {
    WriteSample(base, set, form, options, i);
    // As the official ones, without a line end after the last line.
    list += (list.empty() ? "" : "\n") + form.name(i) + ImageEnd(set, form);
  }
  if (form.listed) WriteText(base / "split" / set.list, list);
  WriteManifest(root, {std::string(dataset), options.samples, options.seed, form.size});
}

}  // namespace assay
