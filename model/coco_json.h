// Answers as COCO results (model/coco_entries.h), one list a sample: from one file for
// the whole set (model/coco_answers.h), or in a file of its own.
//
//   instances   every entry is an instance with its category, its score and its box as
//               the file states it; without one, the mask's box as fractions of the
//               image. No settings: thresholds are the metric's
//   referring   the union of the masks. Setting: min_score (none), entries below it
//               are left out
//   semantic    category_id is the label id, else bad-id. Where masks overlap, the
//               higher score is on top, of equal ones the earlier entry; pixels of no
//               mask are id 0. Settings, all optional, leave entries out:
//               min_score and min_presence (none; the latter needs the field presence
//               in every entry), min_area in pixels (0)
// An empty list is a valid answer that finds nothing.
//
// Source of the semantic rules: SAM 3 filters masks of class names by presence, score
// and area into one label map (arXiv:2511.16719, F.1); its thresholds and its order are
// not published, those here are this product's.
//
// Diagnostics: entries; used (those not left out); instances: boxes_in_pixels (stated
// boxes with a number above 1, which truths with fractions never match); semantic:
// covered_share (pixels of some mask).
#pragma once

#include <memory>

#include "datasets/io/fields.h"
#include "model/codec.h"

namespace assay {

std::unique_ptr<Decoder<InstancesTask>> MakeCocoInstances();
std::unique_ptr<Decoder<ReferringTask>> MakeCocoMask(Fields& fields);
std::unique_ptr<Decoder<SemanticTask>> MakeCocoLabels(Fields& fields);

}  // namespace assay
