// The view in which MoGe scores a frame: the camera turned until it looks through the image's
// centre, and the widest field of view of a given shape that stays inside the image.
//
// Coordinates are those of metrics/raster.h; a camera K has its principal point at (cx, cy), and
// rays (u, v, 1) K^-T. With R the smallest turn that brings the ray of the image's centre to the
// optical axis:
//   field of view  x from -w/2 to w/2 and y from -h/2 to h/2 in the turned camera's plane z = 1,
//                  w / h = width / height of the view. The largest w and h that exceed neither
//                  the image's own fields (1 / fx and 1 / fy in units of its width and height) nor
//                  the quadrilateral of its corners, along the view's diagonals
//   depth          the image's depths are first resampled to pixels as wide as the view's: a pixel
//                  takes the measured one that is nearest to its centre of those around it
//                  (metrics/nearest_grid.h, with any number of cells), or is unmeasured. A view's
//                  pixel takes the resampled one its ray falls in: its distance from the camera,
//                  over the length of the view's ray (x, y, 1)
//   valid          measured, and at most `most_over_p1` times the 1 % quantile of the measured
//                  depths of the view (linear between order statistics)
// Sources: microsoft/MoGe@0744441:moge/test/dataloader.py, and for the resampling
// EasternJournalist/utils3d@3fab839:utils3d/numpy/maps.py.
#pragma once

#include <array>

#include "metrics/raster.h"
#include "metrics/tasks.h"

namespace assay {

// What a protocol states of it.
struct CentredView {
  Size size;  // of the view, pixels
  double most_over_p1 = 1000;
  friend bool operator==(const CentredView&, const CentredView&) = default;
};

// From a view's pixels to an image's.
class ViewMapping {
 public:
  // `camera` and `image` are the image's. Throws std::invalid_argument when no view of that
  // shape is inside the image.
  ViewMapping(const Intrinsics& camera, Size image, Size view);

  // The camera of the view, pixels.
  Intrinsics Camera() const;
  // The image's size at which its pixels are as wide as the view's.
  Size Rescaled() const { return rescaled_; }
  // Where the centre of a view's pixel falls in the rescaled image, a pixel's centre being
  // whole (OpenCV's remap).
  struct Place {
    float x = 0, y = 0;
  };
  Place At(int x, int y) const;

 private:
  Size view_;
  double width_ = 0, height_ = 0;  // the field of view
  Size rescaled_;
  std::array<std::array<double, 3>, 3>
      transform_{};  // (u, v, 1) of the view to the image's, both in [0, 1]
};

// `depth` 0 = no measurement, in the result too.
DepthMap DepthInView(const DepthMap& depth, const Intrinsics& camera, const CentredView& view);

}  // namespace assay
