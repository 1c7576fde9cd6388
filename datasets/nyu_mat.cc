#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "datasets/io/errors.h"
#include "datasets/io/mat.h"
#include "datasets/nyu_forms.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little,
              "the numbers of a slice are little-endian");

template <class Number>
double NumberAt(const Bytes& bytes, std::size_t index) {
  Number value{};
  std::memcpy(&value, bytes.data() + index * sizeof(Number), sizeof(Number));
  return static_cast<double>(value);
}

void CheckDepth(double depth, int x, int y, const fs::path& file, const std::string& key) {
  if (depth >= 0 && std::isfinite(depth)) return;
  throw DatasetError(file,
                     key,
                     fmt::format("pixel ({}, {}) holds the depth {}", x, y, depth),
                     "depths are finite metres, 0 where nothing was measured: get the file again "
                     "from the NYU Depth v2 page");
}

// Column-major, as MATLAB stores it: (y, x) lies at y + height * x.
template <class Number>
DepthMap DecodeSlice(const RawPart& raw, Size size, const std::string& key) {
  DepthMap depth(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto at = static_cast<std::size_t>(y) +
                      static_cast<std::size_t>(size.height) * static_cast<std::size_t>(x);
      depth.At(x, y) = NumberAt<Number>(raw.bytes, at);
      CheckDepth(depth.At(x, y), x, y, raw.path, key);
    }
  }
  return depth;
}

class NyuMat final : public Dataset<DepthTask> {
 public:
  NyuMat(MatFile file,
         std::string field,
         NyuContext context,
         DatasetInfo info,
         std::vector<int> indices)
      : file_(std::move(file)),
        field_(std::move(field)),
        context_(std::move(context)),
        info_(std::move(info)),
        indices_(std::move(indices)) {}

  const DatasetInfo& Info() const override { return info_; }
  std::size_t Size() const override { return indices_.size(); }
  bool SerialReads() const override { return true; }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    return NyuItem(context_, "", indices_.at(index), {});
  }

  RawTruth ReadTruth(std::size_t index) const override {
    RawTruth raw;
    try {
      raw.push_back({file_.Path(), file_.ReadSliceBytes(field_, indices_.at(index))});
    } catch (const FileError& e) {
      throw AsDatasetError(e, NyuKey(indices_.at(index)));
    }
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const std::string key = NyuKey(indices_.at(index));
    const assay::Size size = context_.ImageSize();
    const std::size_t bytes = raw.at(0).bytes.size();
    if (bytes == size.Pixels() * sizeof(float)) {
      return {.depth_m = DecodeSlice<float>(raw.at(0), size, key), .file_mask = {}};
    }
    if (bytes == size.Pixels() * sizeof(double)) {
      return {.depth_m = DecodeSlice<double>(raw.at(0), size, key), .file_mask = {}};
    }
    throw DatasetError(
        raw.at(0).path,
        key,
        fmt::format("{} has {} bytes an image; expected single or double numbers", field_, bytes),
        "get the file again from the NYU Depth v2 page");
  }

  RgbImage Image(std::size_t index) const override {
    try {
      return file_.ReadRgbSlice("images", indices_.at(index));
    } catch (const FileError& e) {
      throw AsDatasetError(e, NyuKey(indices_.at(index)));
    }
  }

 private:
  MatFile file_;
  std::string field_;
  NyuContext context_;
  DatasetInfo info_;
  std::vector<int> indices_;  // along the last axis, from 0, ascending
};

std::string Shape(const std::vector<std::int64_t>& dims) {
  return fmt::format("{}", fmt::join(dims, "x"));
}

// How many images `field` holds; its first two axes must be rows and columns.
std::int64_t CheckShape(const MatFile& file, const std::string& field, Size size) {
  const std::vector<std::int64_t> dims = file.Dims(field);
  if (dims.size() == 3 && dims[0] == size.height && dims[1] == size.width) return dims[2];
  throw DatasetError(
      file.Path(),
      "",
      fmt::format("{} has the MATLAB shape {}, expected {}x{}xN (rows, columns, images)",
                  field,
                  Shape(dims),
                  size.height,
                  size.width),
      "use the official file; a copy written by another tool may have its axes reversed");
}

// The indices a splits.mat field lists, from 0, ascending. The file counts from 1.
std::vector<int> ReadIndices(const fs::path& path,
                             const MatFile& file,
                             const std::string& field,
                             std::int64_t images) {
  std::vector<int> indices;
  for (const double number : file.ReadAll(field).values) {
    if (number != std::floor(number) || number < 1 || number > static_cast<double>(images)) {
      throw DatasetError(
          path,
          "",
          fmt::format(
              "{} holds {}; indices run from 1 to {} (images in the file)", field, number, images),
          "use the official splits.mat with the labelled file it belongs to");
    }
    indices.push_back(static_cast<int>(number) - 1);
  }
  std::sort(indices.begin(), indices.end());
  const auto twice = std::adjacent_find(indices.begin(), indices.end());
  if (twice != indices.end()) {
    throw DatasetError(path,
                       NyuKey(*twice),
                       fmt::format("{} lists the image {} twice", field, *twice + 1),
                       "use the official splits.mat");
  }
  return indices;
}

std::vector<int> ReadSplit(const fs::path& path, const std::string& split, std::int64_t images) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw DatasetError(path,
                       "",
                       "missing: which images are the test images stands in this file",
                       "download splits.mat from the NYU Depth v2 page and put it beside the "
                       "labelled file, or evaluate split=all");
  }
  const MatFile file = MatFile::Open(path);
  return ReadIndices(path, file, split == "train" ? "trainNdxs" : "testNdxs", images);
}

std::vector<int> AllImages(std::int64_t images) {
  std::vector<int> indices(static_cast<std::size_t>(images));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

}  // namespace

std::unique_ptr<Dataset<DepthTask>> OpenNyuMat(const fs::path& file,
                                               const std::string& name,
                                               const std::string& field,
                                               const NyuContext& context) {
  try {
    MatFile mat = MatFile::Open(file);
    const std::int64_t images = CheckShape(mat, field, context.ImageSize());
    std::vector<int> indices =
        context.split == "all"
            ? AllImages(images)
            : ReadSplit(file.parent_path() / "splits.mat", context.split, images);
    if (indices.empty()) {
      throw DatasetError(file, "", "no image of split " + context.split, "use split=all");
    }
    DatasetInfo info = context.Info(name, "nyu_depth_v2_labeled.mat with splits.mat", indices);
    info.notes.push_back(
        "the scene of an image is not read from this form: every image is a "
        "cluster of its own");
    return std::make_unique<NyuMat>(
        std::move(mat), field, context, std::move(info), std::move(indices));
  } catch (const FileError& e) {
    throw AsDatasetError(e, "");
  }
}

}  // namespace assay
