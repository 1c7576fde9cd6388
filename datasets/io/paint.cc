#include "datasets/io/paint.h"

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

namespace assay {

void PaintShape(Raster<std::uint8_t>& map, std::span<const PaintPoint> points, std::uint8_t value) {
  if (points.empty()) throw std::invalid_argument("a shape without points");
  std::vector<cv::Point> outline;
  outline.reserve(points.size());
  for (const PaintPoint& point : points) {
    if (point.x < -kMaxPaintCoordinate || point.x > kMaxPaintCoordinate ||
        point.y < -kMaxPaintCoordinate || point.y > kMaxPaintCoordinate) {
      throw std::invalid_argument("a point far outside any image");
    }
    outline.emplace_back(point.x, point.y);
  }
  cv::Mat image(map.height(), map.width(), CV_8U, map.Pixels().data());
  cv::polylines(image, outline, /*isClosed=*/true, cv::Scalar(value), /*thickness=*/1);
  cv::fillPoly(image, std::vector<std::vector<cv::Point>>{outline}, cv::Scalar(value));
}

}  // namespace assay
