#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "datasets/ibims_forms.h"
#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/mat.h"
#include "datasets/listing.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

constexpr const char* kStruct = "data";
constexpr std::array kFields = {"depth", "mask_invalid", "mask_transp"};

Mask MaskOf(const Raster<double>& one, const Raster<double>& two) {
  Mask mask(one.size());
  std::transform(one.Pixels().begin(),
                 one.Pixels().end(),
                 two.Pixels().begin(),
                 mask.Pixels().begin(),
                 [](double a, double b) { return static_cast<std::uint8_t>(a != 0 && b != 0); });
  return mask;
}

// Standard form has the principal point in the last column, MATLAB's in the last row.
std::optional<Intrinsics> CameraOf(const Array& k) {
  if (k.shape != std::vector<std::int64_t>{3, 3}) return std::nullopt;
  const bool transposed = k.values[6] != 0 || k.values[7] != 0;
  return Intrinsics{.fx = k.values[0],
                    .fy = k.values[4],
                    .cx = transposed ? k.values[6] : k.values[2],
                    .cy = transposed ? k.values[7] : k.values[5]};
}

// One file an image; matio holds a lock, so reads come one after another. The bytes of a
// truth are its three fields as NumPy arrays.
class IbimsMat final : public Dataset<DepthTask> {
 public:
  IbimsMat(DatasetInfo info, std::vector<DepthSample> samples)
      : info_(std::move(info)), samples_(std::move(samples)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return samples_.size(); }
  bool SerialReads() const override { return true; }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    return {.key = sample.key,
            .cluster = sample.cluster,
            .image = {},
            .native_names = sample.native_names,
            .query = {.frame = sample.size, .camera = sample.camera}};
  }

  RawTruth ReadTruth(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    RawTruth raw;
    try {
      const MatFile file = MatFile::Open(sample.truth.at(0));
      const std::vector<std::string> fields(kFields.begin(), kFields.end());
      for (const Array& map : file.ReadFields(kStruct, fields)) {
        raw.push_back({sample.truth[0].string(), EncodeNpy(AsRaster(map, file.Path()))});
      }
    } catch (const FileError& e) {
      throw AsDatasetError(e, sample.key);
    }
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const DepthSample& sample = samples_.at(index);
    std::array<Raster<double>, kFields.size()> maps;
    for (std::size_t i = 0; i < maps.size(); ++i) {
      const RawPart& field = raw.at(i);
      maps[i] = AsRaster(DecodeNpy(field.bytes, field.path), field.path);
      CheckSize(maps[i].size(), sample.size, field.path, sample.key);
    }
    DepthTruth truth{.depth_m = std::move(maps[0]), .file_mask = MaskOf(maps[1], maps[2])};
    CleanDepth(raw[0], sample.key, truth);
    return truth;
  }

  RgbImage Image(std::size_t index) const override {
    const DepthSample& sample = samples_.at(index);
    try {
      const MatFile file = MatFile::Open(sample.truth.at(0));
      const Array rgb = file.ReadField(kStruct, "rgb");
      return ImageOf(rgb, sample);
    } catch (const FileError& e) {
      throw AsDatasetError(e, sample.key);
    }
  }

 private:
  static RgbImage ImageOf(const Array& rgb, const DepthSample& sample) {
    const std::vector<std::int64_t> expected = {sample.size.height, sample.size.width, 3};
    if (rgb.shape != expected) {
      throw DatasetError(sample.truth.at(0),
                         sample.key,
                         "field rgb is not height x width x 3",
                         "unpack ibims1_core_mat again");
    }
    RgbImage image(sample.size);
    const auto byte = [&](double value) {
      if (value >= 0 && value <= 255 && value == std::floor(value)) {
        return static_cast<std::uint8_t>(value);
      }
      throw DatasetError(
          sample.truth.at(0),
          sample.key,
          fmt::format("field rgb holds {}; colours are whole numbers from 0 to 255", value),
          "unpack ibims1_core_mat again");
    };
    std::size_t at = 0;
    for (Rgb8& pixel : image.Pixels()) {
      pixel = {byte(rgb.values[at]), byte(rgb.values[at + 1]), byte(rgb.values[at + 2])};
      at += 3;
    }
    return image;
  }

  DatasetInfo info_;
  std::vector<DepthSample> samples_;
};

std::optional<Intrinsics> ReadCamera(const fs::path& path, const std::string& key) {
  try {
    return CameraOf(MatFile::Open(path).ReadField(kStruct, "calib"));
  } catch (const FileError& e) {
    if (e.code == "no-such-field") return std::nullopt;  // a camera is welcome, not needed
    throw AsDatasetError(e, key);
  }
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenIbimsMat(const DatasetOptions& options, DepthScan scan) {
  const Size size = FrameOf(scan, kIbimsSize);
  for (const std::string& file : FileNames(scan.root)) {
    if (!file.ends_with(".mat")) continue;
    DepthSample sample = IbimsSample(fs::path(file).stem().string(), size);
    sample.truth = {scan.root / file};
    sample.camera = ReadCamera(sample.truth.front(), sample.key);
    scan.samples.push_back(std::move(sample));
  }
  if (scan.samples.empty()) return nullptr;
  DatasetInfo info = DescribeDepth(kIbimsMat, options, scan);
  return std::make_unique<IbimsMat>(std::move(info), std::move(scan.samples));
}

}  // namespace assay
