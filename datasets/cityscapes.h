// Cityscapes, fine annotations, any split.
//
//   {root}/gtFine/{split}/{city}/{city}_{seq:06}_{frame:06}_gtFine_labelIds.png     8-bit ids 0..33
//   {root}/gtFine/{split}/{city}/{city}_{seq:06}_{frame:06}_gtFine_instanceIds.png  16-bit
//   {root}/leftImg8bit/{split}/{city}/{city}_{seq:06}_{frame:06}_leftImg8bit.png    optional
//
// The root may also be the gtFine folder itself. Key: "city/city_seq_frame",
// byte-wise sorted; cluster: the city. Any image size is accepted: scaled copies
// of the benchmark are in use.
// Instance values: the bare id (stuff, and groups of things), or id * 1000 + k.
//
// Source: mcordts/cityscapesScripts@0bcc4a7:cityscapesscripts/helpers/csHelpers.py
// (names) and evaluation/evalPixelLevelSemanticLabeling.py (what is fatal).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

// The parts of a file name: split at '_', the last part at '.'.
struct CityscapesName {
  std::string city, sequence, frame;
  std::string type;       // gtFine, leftImg8bit, …
  std::string type2;      // labelIds, instanceIds, …; empty in a name of 5 parts
  std::string extension;  // png, json

  std::string Frame() const { return city + "_" + sequence + "_" + frame; }
  friend bool operator==(const CityscapesName&, const CityscapesName&) = default;
};

// nullopt unless the name has 5 or 6 non-empty parts and sequence and frame are
// six digits each.
std::optional<CityscapesName> ParseCityscapesName(std::string_view file_name);

// Truth is checked pixel by pixel as it is decoded: ids above 33, instance
// values above 1000 of a class without instances, and labels that disagree with
// the instances are DatasetErrors that name the pixel.
// Throws DatasetError; see datasets/wrong_root.h for a wrong root.
std::unique_ptr<Dataset<SemanticTask>> OpenCityscapes(const DatasetOptions& options);

}  // namespace assay
