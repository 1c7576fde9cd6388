// Referring expressions of the RefCOCO family: RefCOCO, RefCOCO+, RefCOCOg, RefClef
// and gRefCOCO.
//
//   {root}/<set>/refs(<who split them>).json or .p    gRefCOCO: grefs(unc).json or .p
//   {root}/<set>/instances.json                        COCO annotations and image sizes
//   {root}/images/mscoco/images/train2014/<image>.jpg  optional; also images/train2014
//                                                      and train2014, RefClef:
//                                                      images/saiapr_tc-12
//
// The root may also be the folder of the set itself. Where a .json and a .p lie side by
// side the .json is read, and a note says so.
// A sample is one sentence of one ref: key "<ref_id>/<sent_id>", in file order; cluster:
// the image. The expression is `sent` without outer blanks, A to Z lower-cased.
// The truth is drawn from the annotations at the image's size (datasets/coco_parts.h);
// gRefCOCO leaves crowd annotations out. `no_target`: gRefCOCO's [-1], or an annotation
// without any part (dvlab-research/LISA@3cb2d43:utils/refer_seg_dataset.py).
// What a truth is decoded from is the objects of its image and its annotations, cut out
// of instances.json.
//
// Splits: datasets/refer_records.h; gRefCOCO's by name only. The refs file is the official
// list; what a complete one holds is known for some splits.
// Sources: lichengunc/refer@e3bbaa3:refer.py; henghuiding/ReLA@a389648:gres_model/
// data/datasets/grefer.py.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

struct ReferSet {
  std::string_view name;      // refcocog-umd, …
  std::string_view title;     // for people
  std::string_view folder;    // below the root
  std::string_view split_by;  // in the name of the refs file
  bool generalised = false;   // gRefCOCO: any number of targets, none included
};
std::span<const ReferSet> ReferSets();  // sorted by name

// Split "" is val. Throws DatasetError; ConfigError for a split the set does not have;
// std::invalid_argument for a name that is not in ReferSets().
std::unique_ptr<Dataset<ReferringTask>> OpenRefer(std::string_view name,
                                                  const DatasetOptions& options);

}  // namespace assay
