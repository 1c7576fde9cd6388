// A folder of one's own as a dataset: what its files are, in JSON.
//
// It stands in the protocol file under "folder"; "dataset" is folder-semantic,
// folder-referring, folder-instances, folder-depth or folder-normals.
//
//   images        pattern of the input images, from the root; absent: none are there
//   truth         pattern of the truth files, needed
//   truth_format  semantic: ids (8-bit gray PNG of class ids)
//                 referring: mask (8-bit gray PNG, every value but 0 is inside)
//                 instances: ids (8- or 16-bit gray PNG, every value but 0 is an object)
//                 depth: png16, npy, exr, pfm
//                 normals: png8, png16, npy, exr (datasets/normal_files.h)
//   truth_scale   depth: metres of one stored unit; default 0.001 for png16, else 1
//   truth_frame   normals: the axes they are stored in (metrics/normal_frames.h); default rub
//   ignore        semantic, referring: a value that is not scored; absent: none
//   classes       semantic: {"id", "name", "color"} each; ids 1..254, 0 is "no class"
//   samples       a CSV file of the samples, from the root; absent: every truth file is one.
//                 Columns: key (fills the wildcards of `truth`), image (those of `images`;
//                 default: key), expression (referring, needed), phrase (instances, needed),
//                 and those named by cluster and slices
//   cluster       the column whose samples depend on each other; absent: the folder part of
//                 the key, or the key itself
//   slices        columns that say what kind of sample it is: reports give the metrics of the
//                 samples of each value, sorted by column and value; at most 256 values in
//                 all; an empty cell is in no slice
//   licence       whose the data is; for people
//
// In patterns '*' stands for one or more characters of one name, '**' for one or more whole
// names. A key is what lies from the first wildcard to the last one: "depth/*/*.png" gives
// "a/0001" for depth/a/0001.png. `images` has as many wildcards as `truth`, and each stands
// for the same text.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"
#include "datasets/normal_files.h"

namespace assay {

struct FolderClass {
  std::uint8_t id = 0;
  std::string name;
  Rgb8 color;
};

enum class FolderTruth { kPng8, kPng16, kNpy, kExr, kPfm };

struct FolderDescription {
  std::string images, truth;
  FolderTruth format = FolderTruth::kPng8;
  double scale = 1;
  NormalFrame frame = NormalFrame::kRub;
  std::optional<std::int64_t> ignore;
  std::vector<FolderClass> classes;
  std::string samples;
  std::string cluster;
  std::vector<std::string> slices;
  std::string licence;
};

// Of a dataset of this task. Problems go to `findings`, each with its pointer below
// `pointer`; `effective` gets every value in force.
FolderDescription ReadFolderDescription(const nlohmann::json& given,
                                        std::string_view task,
                                        const std::string& pointer,
                                        nlohmann::json& effective,
                                        std::vector<Finding>& findings);

}  // namespace assay
