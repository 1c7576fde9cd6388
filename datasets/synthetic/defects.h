// Defects: one named fault in one sample of a tree that assay synth wrote. The
// table is declared with the layouts (datasets/synthetic/layouts.h); here is what
// a row does to files.
//
// Every defect ends in a DatasetError that names the damaged file, when the
// tree is opened or when the sample is read, with one exception: a truth file that
// is missing from an NYU, KITTI or normals tree cannot be told from a partial download, so
// it is a note that names the file, and the tree counts as partial.
#pragma once

#include <filesystem>
#include <string_view>

#include "datasets/synthetic/layouts.h"

namespace assay {

// The truth file a defect damages: the first one in byte order (for nyu-mat the
// labelled file, for saco that of annotator a and subset metaclip; the refs file of the
// referring sets).
std::filesystem::path FirstTruthFile(const std::filesystem::path& root, std::string_view layout);

// Whether `layout` is among the names in `row.layouts`.
bool AppliesTo(const DefectRow& row, std::string_view layout);

}  // namespace assay
