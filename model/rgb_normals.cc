#include "model/rgb_normals.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "metrics/normals_angle.h"
#include "model/painted.h"
#include "model/reading.h"
#include "model/resize_bytes.h"

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

// The sum of three odd squares is 3 more than a multiple of 8: an eighth of the places is
// enough for all of them.
constexpr std::size_t kPlaces = kMaxSquare / 8 + 1;
std::size_t PlaceOf(Rgb8 color) { return SquareOf(color) / 8; }
double RootOf(std::size_t place) { return std::sqrt(static_cast<double>(8 * place + 3)); }

// 1 / RootOf, looked up: a root and three divisions a pixel take three times as long.
using Inverses = std::array<double, kPlaces>;
const Inverses& InverseRoots() {
  static const Inverses kInverses = [] {
    Inverses inverses{};
    for (std::size_t place = 0; place < kPlaces; ++place) inverses[place] = 1 / RootOf(place);
    return inverses;
  }();
  return kInverses;
}

Vector3 Unit(const Inverses& inverses, Rgb8 color) {
  const double scale = inverses[PlaceOf(color)];
  return {-Odd(color.r) * scale, Odd(color.g) * scale, Odd(color.b) * scale};
}

// The lengths of all painted vectors of an answer, counted by place.
class NormStatistics {
 public:
  explicit NormStatistics(const RgbImage& image)
      : counts_(kPlaces), pixels_(static_cast<double>(image.size().Pixels())) {
    for (const Rgb8 color : image.Pixels()) ++counts_[PlaceOf(color)];
  }

  // Nearest rank: the smallest length that at least this share does not exceed.
  double Quantile(double share) const {
    const auto wanted = static_cast<std::int64_t>(std::ceil(share * pixels_));
    std::int64_t below = 0;
    for (std::size_t place = 0; place < counts_.size(); ++place) {
      below += counts_[place];
      if (counts_[place] > 0 && below >= wanted) return Norm(place);
    }
    return 0;
  }
  template <class Test>
  double Share(const Test& test) const {
    std::int64_t count = 0;
    for (std::size_t place = 0; place < counts_.size(); ++place) {
      if (test(Norm(place))) count += counts_[place];
    }
    return static_cast<double>(count) / pixels_;
  }

 private:
  static double Norm(std::size_t place) { return RootOf(place) / 255; }

  std::vector<std::int32_t> counts_;
  double pixels_;
};

enum class Resampling { kNearest, kBilinearBytes };
constexpr std::pair<std::string_view, Resampling> kResamplingNames[] = {
    {"nearest", Resampling::kNearest}, {"bilinear_bytes", Resampling::kBilinearBytes}};

struct Settings {
  ToByte to_byte = ToByte::kRound;
  Painted painted;
  Resampling resampling = Resampling::kNearest;
  std::string prompt;
};

// The colours on the truth's grid, and the truth pixels that needed clamping.
struct OnGrid {
  RgbImage image;
  std::int64_t extrapolated = 0;
};

OnGrid Bring(const RgbImage& image,
             const Settings& settings,
             const Answer& answer,
             const Frame& frame) {
  if (settings.resampling == Resampling::kNearest) {
    // A colour decodes by itself, so taking the nearest pixel first gives the same vectors.
    const FitMap map = FitPainted(answer, settings.painted, frame, image.size());
    return {Resample(image, map), map.extrapolated};
  }
  if (answer.fit.value_or(Fit::kStretch) != Fit::kStretch) {
    throw PredictionError(PredictionError::Stage::kDecode,
                          "wrong-fit",
                          answer.file.string() +
                              ": this protocol stretches answers over the truth; take the fit out "
                              "of the manifest, or say stretch");
  }
  return {ResizeBytesBilinear(image, frame.grid)};
}

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
  const OnGrid grid = Bring(image, settings_, answer, frame);
  Decoded<NormalsTask> decoded;
  decoded.value.map = NormalsFromRgb(grid.image);
  const NormStatistics norms(image);
  decoded.diagnostics = {
      {"norm_p1", norms.Quantile(0.01)},
      {"norm_p50", norms.Quantile(0.50)},
      {"norm_p99", norms.Quantile(0.99)},
      {"undefined_colour_share", norms.Share([](double norm) { return norm > kLongNorm; })},
      {"short_share", norms.Share([](double norm) { return norm < kShortNorm; })},
      {"extrapolated_pixels", static_cast<double>(grid.extrapolated)}};
  return decoded;
}

}  // namespace

Vector3 NormalFromRgb(Rgb8 color) { return Unit(InverseRoots(), color); }

NormalMap NormalsFromRgb(const RgbImage& image) {
  const Inverses& inverses = InverseRoots();
  NormalMap normals(image.size());
  std::transform(
      image.Pixels().begin(), image.Pixels().end(), normals.Pixels().begin(), [&](Rgb8 color) {
        return Unit(inverses, color);
      });
  return normals;
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
  settings.resampling =
      fields.Choice<Resampling>("resample", Resampling::kNearest, kResamplingNames);
  if (settings.resampling == Resampling::kBilinearBytes && settings.painted.fit != Fit::kStretch) {
    fields.Report("fit", "must be 'stretch' when resample is 'bilinear_bytes'");
  }
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  return std::make_unique<RgbNormals>(std::move(settings));
}

}  // namespace assay
