#include "model/rgb_normals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "metrics/normals_angle.h"
#include "model/painted.h"

namespace assay {
namespace {

constexpr std::string_view kPrompt = "Generate a surface normal map of the input image.";
constexpr double kLongNorm = 1.4;
constexpr double kShortNorm = 0.5;

// 2 value - 255: 255 times the component, an odd whole number.
constexpr int Odd(std::uint8_t value) { return 2 * value - 255; }

// 255^2 times the squared length of the painted vector; 3 to 3 * 255^2.
constexpr std::size_t kMaxSquare = std::size_t{3} * 255 * 255;
std::size_t SquareOf(Rgb8 color) {
  std::size_t square = 0;
  for (const std::uint8_t value : {color.r, color.g, color.b}) {
    const auto size = static_cast<std::size_t>(std::abs(Odd(value)));
    square += size * size;
  }
  return square;
}

// The lengths of all painted vectors of an answer, counted by their whole squares.
class NormStatistics {
 public:
  explicit NormStatistics(const RgbImage& image)
      : counts_(kMaxSquare + 1), pixels_(static_cast<double>(image.size().Pixels())) {
    for (const Rgb8 color : image.Pixels()) ++counts_[SquareOf(color)];
  }

  // Nearest rank: the smallest length that at least this share does not exceed.
  double Quantile(double share) const {
    const double wanted = std::ceil(share * pixels_);
    double below = 0;
    for (std::size_t square = 0; square < counts_.size(); ++square) {
      below += static_cast<double>(counts_[square]);
      if (counts_[square] > 0 && below >= wanted) return Norm(square);
    }
    return 0;
  }
  template <class Test>
  double Share(const Test& test) const {
    double count = 0;
    for (std::size_t square = 0; square < counts_.size(); ++square) {
      if (test(Norm(square))) count += static_cast<double>(counts_[square]);
    }
    return count / pixels_;
  }

 private:
  static double Norm(std::size_t square) { return std::sqrt(static_cast<double>(square)) / 255; }

  std::vector<std::int64_t> counts_;
  double pixels_;
};

struct Settings {
  ToByte to_byte = ToByte::kRound;
  Painted painted;
  std::string prompt;
};

class RgbNormals final : public Codec<NormalsTask> {
 public:
  explicit RgbNormals(Settings settings) : settings_(std::move(settings)) {}

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Ask(const NormalsTask::Query& /*query*/) const override {
    return {settings_.prompt};
  }
  RgbImage Encode(const NormalsTruth& truth, const NormalsTask::Query& query) const override;
  Decoded<NormalsTask> Decode(const Answer& answer,
                              const NormalsTask::Query& query,
                              const Frame& frame) const override;

 private:
  Settings settings_;
};

RgbImage RgbNormals::Encode(const NormalsTruth& truth, const NormalsTask::Query& /*query*/) const {
  RgbImage image(truth.normals.size());
  const auto from = truth.normals.Pixels();
  std::transform(from.begin(), from.end(), image.Pixels().begin(), [&](const Vector3& normal) {
    return RgbFromNormal(normal, settings_.to_byte);
  });
  return image;
}

Decoded<NormalsTask> RgbNormals::Decode(const Answer& answer,
                                        const NormalsTask::Query& /*query*/,
                                        const Frame& frame) const {
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  // A colour decodes by itself, so taking the nearest pixel first gives the same vectors.
  const RgbImage nearest = Resample(image, map);
  Decoded<NormalsTask> decoded;
  decoded.value.map = NormalMap(nearest.size());
  std::transform(nearest.Pixels().begin(),
                 nearest.Pixels().end(),
                 decoded.value.map.Pixels().begin(),
                 NormalFromRgb);
  const NormStatistics norms(image);
  decoded.diagnostics = {
      {"norm_p1", norms.Quantile(0.01)},
      {"norm_p50", norms.Quantile(0.50)},
      {"norm_p99", norms.Quantile(0.99)},
      {"undefined_colour_share", norms.Share([](double norm) { return norm > kLongNorm; })},
      {"short_share", norms.Share([](double norm) { return norm < kShortNorm; })},
      {"extrapolated_pixels", static_cast<double>(map.extrapolated)}};
  return decoded;
}

}  // namespace

Vector3 NormalFromRgb(Rgb8 color) {
  const double length = std::sqrt(static_cast<double>(SquareOf(color)));
  return {-Odd(color.r) / length, Odd(color.g) / length, Odd(color.b) / length};
}

Rgb8 RgbFromNormal(const Vector3& normal, ToByte to_byte) {
  const Vector3 n = IsDirection(normal) ? normal : Vector3{0, 0, 1};
  const double length = Length(n);
  const auto channel = [&](double component) {
    return Byte(std::clamp((1 + component / length) / 2, 0.0, 1.0), to_byte);
  };
  return {channel(-n.x), channel(n.y), channel(n.z)};
}

std::unique_ptr<Codec<NormalsTask>> MakeRgbNormals(Fields& fields) {
  Settings settings;
  settings.to_byte = fields.Choice<ToByte>("u8", ToByte::kRound, kToByteNames);
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  return std::make_unique<RgbNormals>(std::move(settings));
}

}  // namespace assay
