// Reading truth files: what a FileError means for a dataset, and 16-bit depth.
#pragma once

#include <filesystem>
#include <string>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"

namespace assay {

// The dataset is at fault: names file and sample, and what to do about `error`.
DatasetError AsDatasetError(const FileError& error, const std::string& key);

// Throws DatasetError.
RawPart ReadTruthFile(const std::filesystem::path& path, const std::string& key);
// 8-bit RGB, PNG or JPEG by content.
RgbImage ReadInputImage(const std::filesystem::path& path, const std::string& key);
// A photo as people see it: a gray JPEG is spread to three channels, its EXIF
// orientation is applied where its benchmark does so.
enum class PhotoOrientation { kAsStored, kAsSeen };
RgbImage ReadPhoto(const std::filesystem::path& path,
                   const std::string& key,
                   PhotoOrientation orientation);
// The size ReadPhoto gives, from the beginning of the file.
Size ReadPhotoSize(const std::filesystem::path& path,
                   const std::string& key,
                   PhotoOrientation orientation);
void CheckSize(Size found,
               Size expected,
               const std::filesystem::path& path,
               const std::string& key);

// 16-bit PNG, metres = value / units_per_metre in double, 0 = no measurement.
// Throws DatasetError: unreadable, not 16-bit grayscale, not `expected` large.
DepthMap DecodeDepthPng(const RawPart& raw,
                        const std::string& key,
                        double units_per_metre,
                        Size expected);

}  // namespace assay
