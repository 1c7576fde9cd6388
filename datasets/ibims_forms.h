// The two official forms of iBims-1 (datasets/ibims.h). Internal to the adapter.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datasets/dataset.h"
#include "datasets/depth_set.h"

namespace assay {

// imagelist.txt: one name a line. `suffix` is that of the truth files. Throws DatasetError.
DepthList ReadIbimsList(const std::filesystem::path& path, const std::string& suffix);

inline constexpr Size kIbimsSize = {.width = 640, .height = 480};
inline constexpr DepthSet kIbimsMat = {
    .dataset = "ibims",
    .split = "test",
    .layout = "[ibims1_core_mat/]<name>.mat",
    .official = 100,
    .keys_sha256 = "sha256:f75b8ff95ef4218494c2b2fc0bbd162ca8fa34f33593bdf09ffcbcd75110ff00",
    .list = "imagelist.txt",
    .read_list = [](const std::filesystem::path& path) { return ReadIbimsList(path, ".mat"); }};
inline constexpr DepthSet kIbimsRaw = {
    .dataset = "ibims",
    .split = "test",
    .layout = "[ibims1_core_raw/]{depth,mask_invalid,mask_transp}/<name>.png",
    .official = 100,
    .keys_sha256 = kIbimsMat.keys_sha256,
    .list = kIbimsMat.list,
    .read_list = [](const std::filesystem::path& path) { return ReadIbimsList(path, ".png"); }};

// Key, cluster and names of the answers to image `name`.
DepthSample IbimsSample(const std::string& name, Size size);

// nullptr where `scan.root` holds no sample of the form. Both throw DatasetError.
std::unique_ptr<Dataset<DepthTask>> OpenIbimsMat(const DatasetOptions& options, DepthScan scan);
std::unique_ptr<Dataset<DepthTask>> OpenIbimsRaw(const DatasetOptions& options, DepthScan scan);

}  // namespace assay
