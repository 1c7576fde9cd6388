// The entries of one sample in COCO results, with their masks drawn.
//
//   [{"image_id", "category_id", "segmentation", "bbox", "score", "presence"}, …]
//   image_id      the same in every entry
//   category_id   whole number
//   segmentation  {"size": [height, width], "counts": text or list of runs}, or a list
//                 of polygons [x0, y0, x1, y1, …] in pixels of the truth, whose union
//                 is the mask (metrics/run_length.h, polygon.h)
//   bbox          [x, y, width, height]; absent or []: none. Where there is no
//                 segmentation it is the mask, in pixels. A box of which nothing is
//                 above 1 is refused then: a normalised one, as SA-Co has them, would
//                 be almost empty
//   score         number
//   presence      number, optional: how sure the model is that the category is there
// Other fields are not looked at. All entries have a segmentation or none has, and the
// same of boxes: pycocotools goes by the first entry and reads the others wrongly.
//
// Source: cocodataset/cocoapi@8c9bcc3:PythonAPI/pycocotools/coco.py, loadRes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "metrics/run_length.h"
#include "model/prediction.h"

namespace assay {

struct CocoEntry {
  std::string place;  // "results.json: entry 2 of image_id 7", for messages
  RunLengthMask mask;
  std::optional<BoxXywh> box_xywh;  // as the file has it
  double score = 0;
  std::int64_t category = 0;
  std::optional<double> presence;
};

// Masks have the size `grid`. Throws PredictionError, naming file, entry (from 1) and
// its image_id:
// corrupt (no JSON), bad-entry (a field that is missing or of another kind, forms
// mixed, two image_ids), bad-mask (runs or polygons that cannot be drawn), wrong-size.
std::vector<CocoEntry> ReadCocoEntries(const Answer& answer, Size grid);

}  // namespace assay
