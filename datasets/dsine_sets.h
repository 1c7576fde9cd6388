// The sets of the DSINE evaluation pack, and of the Marigold pack that has its layout
// (datasets/dsine.h), as one table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "datasets/normal_files.h"
#include "metrics/raster.h"

namespace assay {

struct DsineSet {
  std::string_view dataset;  // row of DatasetCatalog
  std::string_view folder;   // below dsine_eval
  std::string_view split;
  std::string_view list;         // name of the official list file
  std::string_view list_sha256;  // of the official list as it is
  std::int64_t official = 0;     // samples
  std::string_view keys_sha256;  // HashOfKeys of them
  Size size;                     // of every sample; 0 x 0 = that of its image
  NormalFile file = NormalFile::kPng8;
  std::string_view suffix;            // of a truth file, behind the sample's name
  std::string_view only_folder = {};  // the one that holds all samples; empty = any
  NormalFrame frame = NormalFrame::kLub;
  bool nyu_numbers = false;  // names are 6-digit numbers among NYU's 1449 images, from 0
  std::string_view image_mark = "_img";  // of an image, between the sample's name and the dot
  int folder_levels = 1;                 // between the set's folder and its files
  // Columns that the source itself takes from both sides of image and truth.
  int cut_columns = 0;
  // Truth of at most this length faces the camera, (0, 0, 1), and is scored.
  std::optional<double> facing_up_to = {};
};

// Sorted by dataset.
std::span<const DsineSet> DsineSets();
// Throws std::logic_error for a name outside the table.
const DsineSet& FindDsineSet(std::string_view dataset);

}  // namespace assay
