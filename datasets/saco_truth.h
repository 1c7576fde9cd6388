// The truth of one pair of SA-Co/Gold in one annotator's file.
//
// Canonical form, hashed and decoded, of everything that tells what is asked and what is
// true, and nothing else; a line each, strings with their length before them:
//
//   image <height> <width> <exhaustive: 0 or 1> <length>:<file_name> <length>:<text_input>
//   categories <id> …
//   annotation <id> <category> <crowd: 0 or 1> <numbers: 0 or 4> [<x> <y> <w> <h>]
//              <length>:<counts>
//
// with the annotations in the order of the file. It does not depend on how the file is
// laid out, on other fields nor on other pairs.
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "datasets/saco_file.h"

namespace assay {

// The question of a pair.
struct SacoQuestion {
  std::string file_name;
  std::string phrase;
};
SacoQuestion ReadSacoQuestion(const SacoFile& file, const SacoPair& pair);

// Throws DatasetError with the annotation's id: no JSON; a segmentation that is no
// compressed run-length mask, or has another size than the pair; an iscrowd other than 0
// and 1; a bbox that is not four finite numbers. A missing iscrowd is 0; a missing bbox
// leaves no box.
RawPart CanonicalSacoPair(const SacoFile& file, const SacoPair& pair);

// Throws DatasetError with the annotation's id where a mask does not decode to `size`.
Annotation DecodeSacoPair(const RawPart& part, const std::string& key, Size size);

}  // namespace assay
