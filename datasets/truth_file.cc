#include "datasets/truth_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "datasets/io/image.h"
#include "datasets/io/jpeg.h"
#include "datasets/io/orientation.h"

namespace assay {
namespace {

std::string Remedy(const std::string& code) {
  if (code == "not-found") return "restore the file, or take its sample out of the tree";
  if (code == "unreadable") return "check the permissions and the disk";
  if (code == "truncated" || code == "corrupt") {
    return "unpack it again from the official archive";
  }
  if (code == "wrong-format" || code == "lossy") {
    return "the file must be the official lossless PNG, unconverted";
  }
  if (code == "wrong-depth" || code == "wrong-channels") {
    return "the file was converted by some tool; unpack the official one again";
  }
  return "compare it with the official archive";
}

}  // namespace

DatasetError AsDatasetError(const FileError& error, const std::string& key) {
  return {error.path, key, error.problem, Remedy(error.code)};
}

RawPart ReadTruthFile(const std::filesystem::path& path, const std::string& key) {
  try {
    return {path, ReadFile(path)};
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

RgbImage ReadInputImage(const std::filesystem::path& path, const std::string& key) {
  try {
    return DecodeRgb(ReadFile(path), path);
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

RgbImage ReadPhoto(const std::filesystem::path& path,
                   const std::string& key,
                   PhotoOrientation orientation) {
  try {
    const Bytes bytes = ReadFile(path);
    if (SniffFormat(bytes) != ImageFormat::kJpeg) return DecodeRgb(bytes, path);
    RgbImage stored = DecodeJpegRgb(bytes, path, GrayJpeg::kSpread);
    if (orientation == PhotoOrientation::kAsStored) return stored;
    return Oriented(stored, DecodeJpegOrientation(bytes, path));
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

Size ReadPhotoSize(const std::filesystem::path& path,
                   const std::string& key,
                   PhotoOrientation orientation) {
  try {
    const ImageHeader header = ReadHeader(path);
    if (header.format != ImageFormat::kJpeg || orientation == PhotoOrientation::kAsStored) {
      return header.size;
    }
    // An EXIF block has at most 64 KiB; what ReadHeader needed holds it.
    const Bytes prefix = ReadPrefix(path, std::uint64_t{1} << 18);
    return Oriented(header.size, DecodeJpegOrientation(prefix, path));
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

void CheckSize(Size found,
               Size expected,
               const std::filesystem::path& path,
               const std::string& key) {
  if (found == expected) return;
  throw DatasetError(path,
                     key,
                     fmt::format("{}x{} (width x height) pixels, expected {}x{}",
                                 found.width,
                                 found.height,
                                 expected.width,
                                 expected.height),
                     "ground truth is never resized: unpack the official file again");
}

DepthMap DecodeDepthPng(const RawPart& raw,
                        const std::string& key,
                        double units_per_metre,
                        Size expected) {
  try {
    const Raster<std::uint16_t> png = DecodeGray16(raw.bytes, raw.path);
    CheckSize(png.size(), expected, raw.path, key);
    DepthMap depth(png.size());
    std::transform(
        png.Pixels().begin(), png.Pixels().end(), depth.Pixels().begin(), [=](std::uint16_t value) {
          return value / units_per_metre;
        });
    return depth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

}  // namespace assay
