#include "datasets/io/remap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace assay {
namespace {

constexpr double kLobes = 3;
constexpr int kWeightBits = 22;

double Sinc(double x) {
  if (x == 0) return 1;
  const double angle = std::numbers::pi * x;
  return std::sin(angle) / angle;
}

double Lanczos(double x) { return x >= -kLobes && x < kLobes ? Sinc(x) * Sinc(x / kLobes) : 0; }

// What a pixel of the result is made of along one axis.
struct Taps {
  int begin = 0;
  std::vector<std::int64_t> weights;  // of 2^22
};

std::vector<Taps> TapsOf(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double widened = std::max(scale, 1.0);
  std::vector<Taps> all;
  all.reserve(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const double reach = kLobes * widened;
    // Cut off toward zero, as Pillow does; what is below zero becomes 0 in any case.
    // NOLINTBEGIN(bugprone-incorrect-roundings)
    Taps taps{.begin = std::max(static_cast<int>(centre - reach + 0.5), 0), .weights = {}};
    const int end = std::min(static_cast<int>(centre + reach + 0.5), from);
    // NOLINTEND(bugprone-incorrect-roundings)
    std::vector<double> weights;
    weights.reserve(static_cast<std::size_t>(end - taps.begin));
    double total = 0;
    for (int at = taps.begin; at < end; ++at) {
      weights.push_back(Lanczos((at - centre + 0.5) / widened));
      total += weights.back();
    }
    taps.weights.reserve(weights.size());
    for (const double weight : weights) {
      taps.weights.push_back(std::llround(weight / total * (1 << kWeightBits)));
    }
    all.push_back(std::move(taps));
  }
  return all;
}

// `at(i)` is tap number i.
template <class At>
Rgb8 Mixed(const Taps& taps, const At& at) {
  std::array<std::int64_t, 3> sums{};
  sums.fill(std::int64_t{1} << (kWeightBits - 1));
  for (std::size_t i = 0; i < taps.weights.size(); ++i) {
    const Rgb8 pixel = at(taps.begin + static_cast<int>(i));
    sums[0] += taps.weights[i] * pixel.r;
    sums[1] += taps.weights[i] * pixel.g;
    sums[2] += taps.weights[i] * pixel.b;
  }
  const auto byte = [](std::int64_t sum) {
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kWeightBits, 0, 255));
  };
  return {byte(sums[0]), byte(sums[1]), byte(sums[2])};
}

RgbImage AlongRows(const RgbImage& image, int width) {
  const std::vector<Taps> taps = TapsOf(image.width(), width);
  RgbImage out({width, image.height()});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < width; ++x) {
      out.At(x, y) =
          Mixed(taps[static_cast<std::size_t>(x)], [&](int from) { return image.At(from, y); });
    }
  }
  return out;
}

RgbImage AlongColumns(const RgbImage& image, int height) {
  const std::vector<Taps> taps = TapsOf(image.height(), height);
  RgbImage out({image.width(), height});
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < out.width(); ++x) {
      out.At(x, y) =
          Mixed(taps[static_cast<std::size_t>(y)], [&](int from) { return image.At(x, from); });
    }
  }
  return out;
}

}  // namespace

RgbImage ResizeLanczos(const RgbImage& image, Size size) {
  RgbImage out = image;
  if (size.width != image.width()) out = AlongRows(out, size.width);
  if (size.height != image.height()) out = AlongColumns(out, size.height);
  return out;
}

RgbImage Remap(const RgbImage& image, const Raster<float>& from_x, const Raster<float>& from_y) {
  static_assert(sizeof(Rgb8) == 3);
  const auto view = [](const auto& raster, int type) {
    // OpenCV takes its inputs without const and does not write them.
    using T = std::remove_const_t<std::remove_reference_t<decltype(raster.Pixels()[0])>>;
    return cv::Mat(raster.height(), raster.width(), type, const_cast<T*>(raster.Pixels().data()));
  };
  RgbImage out(from_x.size());
  cv::Mat target(out.height(), out.width(), CV_8UC3, out.Pixels().data());
  cv::remap(view(image, CV_8UC3),
            target,
            view(from_x, CV_32FC1),
            view(from_y, CV_32FC1),
            cv::INTER_LINEAR,
            cv::BORDER_CONSTANT,
            cv::Scalar(0, 0, 0));
  return out;
}

}  // namespace assay
