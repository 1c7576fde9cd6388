#include "datasets/folder_truth.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "datasets/io/array.h"
#include "datasets/io/errors.h"
#include "datasets/io/exr.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

constexpr std::uint8_t kIgnoredPixel = 255;  // of a referring truth

Raster<std::uint8_t> Gray8(const RawPart& raw, const std::string& key) {
  try {
    return DecodeGray8(raw.bytes, raw.path);
  } catch (const FileError& error) {
    throw AsDatasetError(error, key);
  }
}

// 8- or 16-bit gray, as the file is.
Raster<std::uint16_t> Gray(const RawPart& raw, const std::string& key) {
  try {
    if (DecodeHeader(raw.bytes, raw.path).bit_depth == 16) return DecodeGray16(raw.bytes, raw.path);
  } catch (const FileError& error) {
    throw AsDatasetError(error, key);
  }
  const Raster<std::uint8_t> narrow = Gray8(raw, key);
  Raster<std::uint16_t> wide(narrow.size());
  std::copy(narrow.Pixels().begin(), narrow.Pixels().end(), wide.Pixels().begin());
  return wide;
}

Raster<double> Numbers(FolderTruth format, const RawPart& raw, const std::string& key) {
  try {
    if (format == FolderTruth::kExr) return DecodeExrDepth(raw.bytes, raw.path);
    if (format == FolderTruth::kPfm) return AsRaster(DecodePfm(raw.bytes, raw.path), raw.path);
    if (format == FolderTruth::kNpy) return AsRaster(DecodeNpy(raw.bytes, raw.path), raw.path);
  } catch (const FileError& error) {
    throw AsDatasetError(error, key);
  }
  const Raster<std::uint16_t> units = Gray(raw, key);
  Raster<double> numbers(units.size());
  std::copy(units.Pixels().begin(), units.Pixels().end(), numbers.Pixels().begin());
  return numbers;
}

NormalFile KindOf(FolderTruth format) {
  switch (format) {
    case FolderTruth::kPng16:
      return NormalFile::kPng16;
    case FolderTruth::kExr:
      return NormalFile::kExr;
    case FolderTruth::kNpy:
      return NormalFile::kNpy;
    case FolderTruth::kPng8:
    case FolderTruth::kPfm:
      break;
  }
  return NormalFile::kPng8;
}

// By id: what a pixel becomes; 0 for "no class", -1 for what is refused.
std::array<int, 256> Meanings(const FolderDescription& folder) {
  std::array<int, 256> meanings{};
  meanings.fill(-1);
  meanings[0] = 0;
  if (folder.ignore) meanings[static_cast<std::size_t>(*folder.ignore)] = 0;
  for (const FolderClass& one : folder.classes) meanings[one.id] = one.id;
  return meanings;
}

}  // namespace

Size FolderTruthSize(const FolderDescription& folder,
                     const std::filesystem::path& path,
                     const std::string& key) {
  if (folder.format != FolderTruth::kPng8 && folder.format != FolderTruth::kPng16) {
    const RawPart raw = ReadTruthFile(path, key);
    if (folder.format != FolderTruth::kNpy) return Numbers(folder.format, raw, key).size();
    try {
      const Array array = DecodeNpy(raw.bytes, raw.path);
      if (array.shape.size() < 2) {
        throw DatasetError(path, key, "has less than two axes", "it must be rows x columns");
      }
      return {static_cast<int>(array.shape[1]), static_cast<int>(array.shape[0])};
    } catch (const FileError& error) {
      throw AsDatasetError(error, key);
    }
  }
  try {
    return ReadHeader(path).size;
  } catch (const FileError& error) {
    throw AsDatasetError(error, key);
  }
}

SemanticTruth DecodeFolder(const FolderDescription& folder,
                           const RawPart& raw,
                           const std::string& key,
                           const SemanticTask& /*task*/) {
  const std::array<int, 256> meanings = Meanings(folder);
  SemanticTruth truth{Gray8(raw, key), {}};
  for (int y = 0; y < truth.labels.height(); ++y) {
    for (int x = 0; x < truth.labels.width(); ++x) {
      std::uint8_t& label = truth.labels.At(x, y);
      const int meaning = meanings[label];
      if (meaning < 0) {
        throw DatasetError(raw.path,
                           key,
                           fmt::format("pixel ({}, {}) has id {}, which is no class", x, y, label),
                           "add it to the classes, or state it as `ignore`");
      }
      label = static_cast<std::uint8_t>(meaning);
    }
  }
  return truth;
}

ReferringTruth DecodeFolder(const FolderDescription& folder,
                            const RawPart& raw,
                            const std::string& key,
                            const ReferringTask& /*task*/) {
  ReferringTruth truth{Gray8(raw, key), true};
  for (std::uint8_t& pixel : truth.target.Pixels()) {
    if (folder.ignore && pixel == *folder.ignore) {
      pixel = kIgnoredPixel;
    } else if (pixel != 0) {
      pixel = 1;
      truth.no_target = false;
    }
  }
  return truth;
}

InstancesTruth DecodeFolder(const FolderDescription& /*folder*/,
                            const RawPart& raw,
                            const std::string& key,
                            const InstancesTask& /*task*/) {
  const Raster<std::uint16_t> ids = Gray(raw, key);
  std::map<std::uint16_t, Mask> masks;
  for (std::size_t i = 0; i < ids.Pixels().size(); ++i) {
    const std::uint16_t id = ids.Pixels()[i];
    if (id != 0) masks.try_emplace(id, ids.size()).first->second.Pixels()[i] = 1;
  }
  Annotation annotation;
  annotation.instances.reserve(masks.size());
  for (const auto& [id, mask] : masks) {
    TrueInstance object{.mask = ToRuns(mask)};
    object.box_xywh = FractionBox(object.mask);
    annotation.instances.push_back(std::move(object));
  }
  return {ids.size(), {std::move(annotation)}};
}

DepthTruth DecodeFolder(const FolderDescription& folder,
                        const RawPart& raw,
                        const std::string& key,
                        const DepthTask& /*task*/) {
  DepthTruth truth{.depth_m = Numbers(folder.format, raw, key), .file_mask = {}};
  for (double& depth : truth.depth_m.Pixels()) {
    depth *= folder.scale;
    if (!std::isfinite(depth) || depth < 0) depth = 0;
  }
  return truth;
}

NormalsTruth DecodeFolder(const FolderDescription& folder,
                          const RawPart& raw,
                          const std::string& key,
                          const NormalsTask& /*task*/) {
  return {DecodeNormals(KindOf(folder.format), folder.frame, raw, key, {})};
}

}  // namespace assay
