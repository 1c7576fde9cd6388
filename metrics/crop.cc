#include "metrics/crop.h"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace assay {
namespace {

// Literals as written by the evaluators: garg in cleinc/bts@5e3406b:pytorch/
// bts_eval.py, eigen in the same file. Double product, truncated.
struct Fractions {
  double top, bottom, left, right;
};
constexpr Fractions kGargFractions{0.40810811, 0.99189189, 0.03594771, 0.96405229};
constexpr Fractions kEigenFractions{0.3324324, 0.91351351, 0.0359477, 0.96405229};

// 1-based inclusive (45:471, 41:601) in MATLAB is 44:471, 40:601 here.
constexpr Box kNyu{45, 471, 41, 601};
constexpr Box kNyuMatlab{44, 471, 40, 601};

Box FractionBox(const Fractions& part, Size size) {
  return {static_cast<int>(part.top * size.height),
          static_cast<int>(part.bottom * size.height),
          static_cast<int>(part.left * size.width),
          static_cast<int>(part.right * size.width)};
}

Box Clamped(const Box& box, Size size) {
  return {std::min(box.row_begin, size.height),
          std::min(box.row_end, size.height),
          std::min(box.col_begin, size.width),
          std::min(box.col_end, size.width)};
}

}  // namespace

Box WholeImage(Size size) { return {0, size.height, 0, size.width}; }

Box KbCrop(Size size) {
  if (size.width < kKbSize.width || size.height < kKbSize.height) {
    throw std::invalid_argument("the image is " + std::to_string(size.width) + " x " +
                                std::to_string(size.height) +
                                " pixels; the KITTI crop needs at least 1216 x 352");
  }
  const int top = size.height - kKbSize.height;
  const int left = (size.width - kKbSize.width) / 2;
  return {top, top + kKbSize.height, left, left + kKbSize.width};
}

Box CropBox(Crop crop, Size size, const Box& stated) {
  switch (crop) {
    case Crop::kNone:
      return WholeImage(size);
    case Crop::kNyuBox:
      return Clamped(kNyu, size);
    case Crop::kNyuBoxMatlab:
      return Clamped(kNyuMatlab, size);
    case Crop::kGarg:
      return Clamped(FractionBox(kGargFractions, size), size);
    case Crop::kEigen:
      return Clamped(FractionBox(kEigenFractions, size), size);
    case Crop::kExplicit:
      return Clamped(stated, size);
  }
  throw std::logic_error("CropBox: not a crop");
}

}  // namespace assay
