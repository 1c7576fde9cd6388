// Crop windows of the depth protocols. All boxes are half-open, 0-based.
//
// Fractions are multiplied in double and truncated toward zero, as every
// reference does: 0.99189189 * 370 = 366.9999993 gives 366 (float32 products
// give 367, rounding is wrong on almost every row).
#pragma once

#include "metrics/raster.h"

namespace assay {

struct Box {
  int row_begin = 0, row_end = 0, col_begin = 0, col_end = 0;
  friend bool operator==(const Box&, const Box&) = default;
};

inline constexpr Size kKbSize{1216, 352};  // of the KB crop

// kExplicit: rows and columns that the protocol states itself.
enum class Crop { kNone, kNyuBox, kNyuBoxMatlab, kGarg, kEigen, kExplicit };

// In which frame the box is computed and scored.
enum class CropFrame {
  kFull,     // the ground truth as it is on disk
  kKb,       // inside the 352 x 1216 crop of KITTI; nothing outside is scored
  kPadBack,  // the prediction covers the KB crop and is padded into the full frame
};

Box WholeImage(Size size);
// KB crop: top = H - 352, left = trunc((W - 1216) / 2), 352 x 1216.
// Throws std::invalid_argument when the image is smaller than the crop.
Box KbCrop(Size size);
// The box of `crop` for an image of `size`, clamped to the image; `stated` is that of kExplicit.
Box CropBox(Crop crop, Size size, const Box& stated = {});

template <class T>
Raster<T> Cut(const Raster<T>& image, const Box& box) {
  Raster<T> out(Size{box.col_end - box.col_begin, box.row_end - box.row_begin});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) {
      out.At(x, y) = image.At(x + box.col_begin, y + box.row_begin);
    }
  }
  return out;
}

}  // namespace assay
