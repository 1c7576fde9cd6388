// What full-size trees are painted with: outlines as people draw them, and as networks do.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "tests/bench/dice.h"

namespace assay::bench {

using Polygon = std::vector<cv::Point>;

// A closed outline around a centre, `corners` straight edges, radii off by up to `rough` percent.
inline Polygon Blob(Dice& dice, cv::Point centre, int rx, int ry, int corners, int rough) {
  Polygon outline;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * 3.14159265358979 * i / corners;
    const double scale = dice.Int(100 - rough, 100) / 100.0;
    outline.emplace_back(centre.x + static_cast<int>(rx * scale * std::cos(angle)),
                         centre.y + static_cast<int>(ry * scale * std::sin(angle)));
  }
  return outline;
}

// The outline with a corner every `spacing` pixels, each a little off: what a network paints.
inline Polygon Roughen(Dice& dice, const Polygon& outline, int spacing) {
  Polygon rough;
  for (std::size_t i = 0; i < outline.size(); ++i) {
    const cv::Point from = outline[i];
    const cv::Point step = outline[(i + 1) % outline.size()] - from;
    const int pieces = std::max(1, static_cast<int>(std::hypot(step.x, step.y)) / spacing);
    for (int k = 0; k < pieces; ++k) {
      rough.push_back(from + cv::Point(step.x * k / pieces + dice.Int(-2, 2),
                                       step.y * k / pieces + dice.Int(-2, 2)));
    }
  }
  return rough;
}

// Written as Pillow and libpng do by default, not with OpenCV's fast settings.
inline void WritePng(const std::filesystem::path& path, const cv::Mat& image) {
  const std::vector<int> settings = {
      cv::IMWRITE_PNG_COMPRESSION, 6, cv::IMWRITE_PNG_STRATEGY, cv::IMWRITE_PNG_STRATEGY_DEFAULT};
  if (!cv::imwrite(path.string(), image, settings)) {
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    std::exit(1);
  }
}

}  // namespace assay::bench
