// Writes MATLAB files in miniature, for tests and demos: the two official files of NYU Depth
// v2, and structs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "metrics/raster.h"

namespace assay {

// All arrays in MATLAB's order: column-major, images along the last axis.
struct NyuMatContent {
  Size size;
  int images = 0;
  std::vector<std::uint8_t> rgb;  // H x W x 3 x images
  std::vector<float> raw_depths;  // H x W x images, metres, 0 = missing
  std::vector<float> depths;      // the same, filled
};

// Version 7.3, fields images, rawDepths, depths. Throws OutputError.
// HDF5 itself writes it, because matio offers no way to leave out the time of
// writing: equal content gives equal bytes.
void WriteNyuMat(const std::filesystem::path& path, const NyuMatContent& content);
// Version 5, fields trainNdxs and testNdxs, counted from 1. Throws OutputError.
void WriteNyuSplits(const std::filesystem::path& path,
                    std::vector<double> train,
                    std::vector<double> test);

// One field of a struct; numbers in MATLAB's order.
struct MatField {
  std::string name;
  std::vector<std::size_t> dims;
  std::variant<std::vector<double>, std::vector<std::uint8_t>> numbers;
};

// Version 5, deflated, one variable `name` that holds one struct. Throws OutputError.
void WriteMatStruct(const std::filesystem::path& path,
                    const std::string& name,
                    std::vector<MatField> fields);

}  // namespace assay
