// Rasters of 3-vectors as files: colours, arrays and OpenEXR.
//
// Components keep the order and sign they are stored with; which axes they mean is the
// caller's to say (metrics/normal_frames.h). (0, 0, 0) stands for "no vector".
// Throws FileError as datasets/io/image.h and datasets/io/array.h do, and wrong-shape.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "metrics/raster.h"
#include "metrics/vector3.h"

namespace assay {

using VectorMap = Raster<Vector3>;

// 2 v / 255 - 1 of 8-bit RGB, 2 v / 65535 - 1 of 16-bit RGB. R = G = B = 0 is no vector:
// the stored numbers say so, because they would decode to (-1, -1, -1). A pixel of
// decoded colours is never (0, 0, 0).
VectorMap VectorsFromPng8(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);
VectorMap VectorsFromPng16(std::span<const std::uint8_t> bytes, const std::filesystem::path& path);

enum class VectorAxes {
  kLast,    // H x W x 3
  kFirst,   // 3 x H x W
  kEither,  // whichever fits; H x W x 3 where both do
};
// Further axes of length 1 in front are dropped.
VectorMap VectorsFromArray(const Array& array, VectorAxes axes, const std::filesystem::path& path);
Array ArrayFromVectors(const VectorMap& map);  // H x W x 3

}  // namespace assay
