#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <system_error>
#include <utility>

#include "datasets/ibims_forms.h"
#include "datasets/io/errors.h"
#include "datasets/io/png.h"
#include "datasets/list_text.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr double kMostMetres = 50;
constexpr double kMostUnits = 65535;
constexpr const char* kMasks[] = {"mask_invalid", "mask_transp"};

// What is not 0 in a PNG of one channel and any depth.
Mask DecodeMask(const RawPart& raw, const DepthSample& sample) {
  const PngSamples png = DecodePngSamples(raw.bytes, raw.path);
  if (png.header.Samples() != 1) {
    throw FileError(
        raw.path, "wrong-channels", "is a " + Describe(png.header) + ", not one channel");
  }
  CheckSize(png.header.size, sample.size, raw.path, sample.key);
  Mask mask(png.header.size);
  std::transform(
      png.samples.begin(), png.samples.end(), mask.Pixels().begin(), [](std::uint16_t value) {
        return static_cast<std::uint8_t>(value != 0 ? 1 : 0);
      });
  return mask;
}

DepthTruth DecodeIbimsRaw(const RawTruth& raw, const DepthSample& sample) {
  const RawPart& file = raw.at(0);
  try {
    const Raster<std::uint16_t> png = DecodeGray16(file.bytes, file.path);
    CheckSize(png.size(), sample.size, file.path, sample.key);
    DepthTruth truth{.depth_m = DepthMap(png.size()), .file_mask = DecodeMask(raw.at(1), sample)};
    std::transform(png.Pixels().begin(),
                   png.Pixels().end(),
                   truth.depth_m.Pixels().begin(),
                   [](std::uint16_t value) { return value * kMostMetres / kMostUnits; });
    const Mask second = DecodeMask(raw.at(2), sample);
    std::transform(second.Pixels().begin(),
                   second.Pixels().end(),
                   truth.file_mask.Pixels().begin(),
                   truth.file_mask.Pixels().begin(),
                   [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a & b); });
    return truth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, sample.key);
  }
}

// "fx, fy, cx, cy", separated by commas or blanks. nullopt where there is no file.
std::optional<Intrinsics> ReadCalibration(const fs::path& path, const std::string& key) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  std::string text = ReadListText(path);
  std::replace(text.begin(), text.end(), ',', ' ');
  std::istringstream numbers(text);
  Intrinsics camera;
  std::string more;
  if (!(numbers >> camera.fx >> camera.fy >> camera.cx >> camera.cy) || numbers >> more) {
    throw DatasetError(path, key, "does not hold four numbers", "lines are \"fx,fy,cx,cy\"");
  }
  return camera;
}

// A re-pack in millimetres looks the same but for the masks.
void CheckMasks(const fs::path& base) {
  for (const char* mask : kMasks) {
    std::error_code error;
    if (fs::is_directory(base / mask, error)) continue;
    throw DatasetError(
        base / mask,
        "",
        "there are depth PNGs and no such folder beside them",
        "unpack ibims1_core_raw as it is; re-packs without masks have another scale");
  }
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenIbimsRaw(const DatasetOptions& options, DepthScan scan) {
  const Size size = FrameOf(scan, kIbimsSize);
  for (const std::string& file : FileNames(scan.root / "depth")) {
    if (!file.ends_with(".png")) continue;
    const std::string name = fs::path(file).stem().string();
    DepthSample sample = IbimsSample(name, size);
    sample.image = scan.root / "rgb" / file;
    sample.truth = {scan.root / "depth" / file};
    for (const char* mask : kMasks) {
      sample.truth.push_back(scan.root / mask / file);
    }
    sample.camera = ReadCalibration(scan.root / "calib" / (name + ".txt"), name);
    scan.samples.push_back(std::move(sample));
  }
  if (scan.samples.empty()) return nullptr;
  CheckMasks(scan.root);
  const std::vector<std::string> depths = FileNames(scan.root / "depth");
  for (const std::string& file : FileNames(scan.root / "rgb")) {
    const bool has_truth = std::binary_search(depths.begin(), depths.end(), file);
    if (!has_truth) scan.alone.push_back("depth/" + file);
  }
  return MakeDepthDataset(kIbimsRaw, options, std::move(scan), DecodeIbimsRaw);
}

}  // namespace assay
