// The truth of one pair of SA-Co/Gold in one annotator's file.
//
// Canonical form, hashed and decoded (one line, no blanks, names in byte order):
//
//   {"annotations":[{…},…],"categories":[1],"image":{…}}
//
// with the pair's objects complete, in the order of the file, and the ids of all
// categories. It does not depend on how the file is laid out nor on other pairs.
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "datasets/saco_file.h"

namespace assay {

// The question of a pair, from the file's own object.
struct SacoQuestion {
  std::string file_name;
  std::string phrase;
};
SacoQuestion ReadSacoQuestion(const SacoFile& file, const SacoPair& pair);

// Throws DatasetError where an object is no JSON.
RawPart CanonicalSacoPair(const SacoFile& file, const SacoPair& pair);

// Throws DatasetError with the annotation's id: a segmentation that is no compressed
// run-length mask, does not decode, or has another size than `size`; an iscrowd other
// than 0 and 1; a bbox that is not four finite numbers. A missing iscrowd is 0; a
// missing bbox leaves no box.
Annotation DecodeSacoPair(const RawPart& part, const std::string& key, Size size);

}  // namespace assay
