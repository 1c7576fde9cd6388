#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/png_text.h"
#include "datasets/log_depth.h"
#include "datasets/moge.h"
#include "datasets/synthetic/depth_trees.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

// How a set's samples are called, and what they show. Frames have the shape of the set's own, or
// of MoGe's view where no source states one; the pack's lists state no sizes.
struct Form {
  std::string_view layout;
  std::string_view dataset;
  std::uint64_t stream;  // of random numbers
  Scene scene;
  Size size;
  Intrinsics camera;
  std::string_view place;        // the folder of a sample is called <place>_<number>
  double scale = 1;              // of depths to the world's metres; 1 = a metric set
  double unit = 0;               // the text of that name; 0 = none
  bool sky_is_infinite = false;  // else it is unknown
};

constexpr int kMostSamples = 1000;
// Metres of the world.
constexpr double kNear = 0.25;
constexpr double kFar = 40;

// What is rendered has no true scale, and here an infinite sky: sensors see none. No source says
// which files of the pack state a unit or an infinite sky; readers meet each form.
constexpr Form kForms[] = {
    {.layout = "moge",
     .dataset = "moge-nyu",
     .stream = 66,
     .scene = Scene::kRoom,
     .size = {.width = 160, .height = 120},
     .camera = {.fx = 145, .fy = 145, .cx = 80, .cy = 60},
     .place = "attic"},
    {.layout = "moge-ddad",
     .dataset = "moge-ddad",
     .stream = 80,
     .scene = Scene::kStreet,
     .size = {.width = 121, .height = 76},
     .camera = {.fx = 134, .fy = 134, .cx = 58, .cy = 37},
     .place = "tunnel",
     .unit = 1},
    {.layout = "moge-diode",
     .dataset = "moge-diode",
     .stream = 81,
     .scene = Scene::kStreet,
     .size = {.width = 128, .height = 96},
     .camera = {.fx = 111, .fy = 111, .cx = 64, .cy = 48},
     .place = "yard"},
    {.layout = "moge-eth3d",
     .dataset = "moge-eth3d",
     .stream = 82,
     .scene = Scene::kStreet,
     .size = {.width = 126, .height = 84},
     .camera = {.fx = 71, .fy = 71, .cx = 63, .cy = 43},
     .place = "bridge"},
    {.layout = "moge-gso",
     .dataset = "moge-gso",
     .stream = 83,
     .scene = Scene::kStreet,
     .size = {.width = 96, .height = 96},
     .camera = {.fx = 96, .fy = 96, .cx = 48, .cy = 48},
     .place = "toys",
     .scale = 0.125,
     .sky_is_infinite = true},
    {.layout = "moge-hammer",
     .dataset = "moge-hammer",
     .stream = 84,
     .scene = Scene::kRoom,
     .size = {.width = 128, .height = 64},
     .camera = {.fx = 72, .fy = 72, .cx = 66, .cy = 31},
     .place = "table",
     .unit = 0.001},
    {.layout = "moge-ibims",
     .dataset = "moge-ibims",
     .stream = 85,
     .scene = Scene::kRoom,
     .size = {.width = 160, .height = 120},
     .camera = {.fx = 138, .fy = 138, .cx = 79, .cy = 61},
     .place = "cellar"},
    {.layout = "moge-kitti",
     .dataset = "moge-kitti",
     .stream = 86,
     .scene = Scene::kStreet,
     .size = {.width = 192, .height = 58},
     .camera = {.fx = 112, .fy = 112, .cx = 94, .cy = 27},
     .place = "drive"},
    {.layout = "moge-sintel",
     .dataset = "moge-sintel",
     .stream = 87,
     .scene = Scene::kStreet,
     .size = {.width = 128, .height = 54},
     .camera = {.fx = 140, .fy = 140, .cx = 64, .cy = 27},
     .place = "plaza",
     .scale = 0.5,
     .sky_is_infinite = true},
    {.layout = "moge-spring",
     .dataset = "moge-spring",
     .stream = 88,
     .scene = Scene::kStreet,
     .size = {.width = 160, .height = 90},
     .camera = {.fx = 170, .fy = 170, .cx = 80, .cy = 45},
     .place = "meadow",
     .scale = 1.5,
     .sky_is_infinite = true},
};

const Form& FindForm(std::string_view layout) {
  for (const Form& form : kForms) {
    if (form.layout == layout) return form;
  }
  throw std::logic_error("MoGe's pack has no layout " + std::string(layout));
}

// World's metres to the numbers of the file, which its unit brings to depths.
double Factor(const Form& form) { return form.unit > 0 ? form.scale / form.unit : form.scale; }

// As Python prints it: "40.0".
std::string Printed(double value) { return nlohmann::json(value).dump(); }

// In the numbers of the file.
DepthMap StoredDepth(const Form& form, const DepthMap& depth_m, std::uint64_t seed) {
  DepthMap stored = WithHoles(depth_m, seed, kFar);
  std::transform(depth_m.Pixels().begin(),
                 depth_m.Pixels().end(),
                 stored.Pixels().begin(),
                 stored.Pixels().begin(),
                 [&](double metres, double kept) {
                   if (metres == 0 && form.sky_is_infinite) {
                     return std::numeric_limits<double>::infinity();
                   }
                   return kept * Factor(form);
                 });
  return stored;
}

// One sample has its texts behind the image, the next before it.
Bytes DepthFile(const Form& form, const DepthMap& stored, int sample) {
  const PngTextPlace place =
      sample % 2 == 0 ? PngTextPlace::kBeforeImage : PngTextPlace::kBehindImage;
  const double near = kNear * Factor(form);
  const double far = kFar * Factor(form);
  Bytes png = EncodePng(LogDepthPixels(stored, near, far));
  png = AddPngText(AddPngText(png, "near", Printed(near), place), "far", Printed(far), place);
  return form.unit > 0 ? AddPngText(png, "unit", Printed(form.unit), place) : png;
}

std::string MetaFile(const Form& form) {
  return fmt::format(R"({{"intrinsics": [[{}, 0.0, {}], [0.0, {}, {}], [0.0, 0.0, 1.0]]}})",
                     form.camera.fx / form.size.width,
                     form.camera.cx / form.size.width,
                     form.camera.fy / form.size.height,
                     form.camera.cy / form.size.height);
}

}  // namespace

void WriteMogeTree(std::string_view layout,
                   const std::filesystem::path& root,
                   const SynthOptions& options) {
  CheckSamples(options, kMostSamples);
  const Form& form = FindForm(layout);
  const std::filesystem::path base = root / MogeFolder(form.dataset);
  std::string list;
  // The list runs backwards and ends without a line end.
  for (int i = options.samples - 1; i >= 0; --i) {
    const std::uint64_t seed = HashOf(options.seed, form.stream, static_cast<std::uint64_t>(i));
    const WorldView view = RenderWorld(form.scene, seed, form.size, form.camera);
    const std::string key = fmt::format("{}_{}/{:04}", form.place, i / 2, i);
    WriteFile(base / key / "depth.png", DepthFile(form, StoredDepth(form, view.depth_m, seed), i));
    WriteFile(base / key / "image.jpg", EncodeJpeg(view.rgb));
    WriteText(base / key / "meta.json", MetaFile(form));
    list += (list.empty() ? "" : "\n") + key;
  }
  WriteText(base / ".index.txt", list);
  WriteManifest(root, {std::string(layout), options.samples, options.seed, form.size});
}

}  // namespace assay
