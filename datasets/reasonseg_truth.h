// The labelme file of one ReasonSeg image: what is asked, and the mask that is painted
// from its shapes.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "datasets/io/paint.h"
#include "metrics/tasks.h"

namespace assay {

struct ReasonShape {
  std::string label;
  std::vector<PaintPoint> points;  // truncated toward zero
};

struct ReasonFile {
  std::string text;  // the first entry, as it is
  bool is_sentence = false;
  std::vector<ReasonShape> shapes;  // in file order, without those labelled "flag"
};

// UTF-8, or Windows-1252 where it is not. Throws std::invalid_argument that says what
// is wrong: no JSON, a field that is missing or of another type, no text, a shape
// without points, a point beyond kMaxPaintCoordinate.
ReasonFile ParseReasonFile(std::span<const std::uint8_t> bytes);

// Larger shapes first, so that a small target on a large ignored region stays; of equal
// areas the later one first. Area: pixels set when the shape is painted alone. A label
// that contains "ignore" paints 255, any other 1; case does not matter. A shape is its
// outline and what is in it (datasets/io/paint.h). `no_target`: no shape paints 1.
ReferringTruth PaintReasonTruth(const std::vector<ReasonShape>& shapes, Size size);

}  // namespace assay
