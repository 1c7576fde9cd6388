#include "model/rgb_mask.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/nearest_color.h"
#include "model/painted.h"
#include "model/palette.h"

namespace assay {
namespace {

constexpr std::string_view kPrompt =
    "This image shows segmentation masks from the given image. The background is black color. The "
    "{expression} is represented by a solid yellow.";
constexpr std::string_view kExpression = "{expression}";
constexpr Rgb8 kYellow{255, 255, 0};
constexpr Rgb8 kBlack{0, 0, 0};
constexpr std::size_t kMostOthers = 254;  // 256 colours with the two above
constexpr int kFar = 14;
constexpr int kVeryFar = 48;
// No two 8-bit colours are farther apart than sqrt(3) * 255.
constexpr double kLargestDistance = 442;

struct Settings {
  Rgb8 foreground = kYellow;
  Rgb8 background = kBlack;
  std::vector<Rgb8> others;
  std::optional<double> tau;
  Painted painted;
  std::string prompt;
};

// The referent comes last, so that every tie is outside.
std::vector<Rgb8> Candidates(const Settings& settings) {
  std::vector<Rgb8> colors = {settings.background};
  colors.insert(colors.end(), settings.others.begin(), settings.others.end());
  colors.push_back(settings.foreground);
  return colors;
}

int Distance2(Rgb8 a, Rgb8 b) {
  const int dr = a.r - b.r;
  const int dg = a.g - b.g;
  const int db = a.b - b.b;
  return dr * dr + dg * dg + db * db;
}

struct Painting {
  Mask mask;
  std::int64_t inside = 0, far = 0, very_far = 0;
};

class RgbMask final : public Codec<ReferringTask> {
 public:
  explicit RgbMask(Settings settings)
      : settings_(std::move(settings)),
        nearest_(Candidates(settings_)),
        referent_(static_cast<std::uint8_t>(settings_.others.size() + 1)) {}

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Notes(const ReferringTask::Query& query) const override;
  std::vector<std::string> Ask(const ReferringTask::Query& query) const override;
  RgbImage Encode(const ReferringTruth& truth, const ReferringTask::Query& query) const override;
  Decoded<ReferringTask> Decode(const Answer& answer,
                                const ReferringTask::Query& query,
                                const Frame& frame) const override;

 private:
  Painting Classify(const RgbImage& image) const;

  Settings settings_;
  NearestColor nearest_;
  std::uint8_t referent_;  // the candidate that is inside
};

std::vector<std::string> RgbMask::Notes(const ReferringTask::Query& /*query*/) const {
  const bool as_shipped = settings_.foreground == kYellow && settings_.background == kBlack;
  if (as_shipped || settings_.prompt != kPrompt) return {};
  const auto text = [](Rgb8 c) { return fmt::format("({}, {}, {})", c.r, c.g, c.b); };
  return {
      fmt::format("the prompt asks for solid yellow on black, the answers are read as {} on {}; "
                  "set prompt too",
                  text(settings_.foreground),
                  text(settings_.background))};
}

std::vector<std::string> RgbMask::Ask(const ReferringTask::Query& query) const {
  return {FillPrompt(settings_.prompt, kExpression, query.expression)};
}

RgbImage RgbMask::Encode(const ReferringTruth& truth, const ReferringTask::Query& /*query*/) const {
  RgbImage image(truth.target.size());
  const auto from = truth.target.Pixels();
  const auto to = image.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const bool inside = from[i] == 1 || from[i] == 2;
    to[i] = inside ? settings_.foreground : settings_.background;
  }
  return image;
}

Painting RgbMask::Classify(const RgbImage& image) const {
  Painting painting{Mask(image.size())};
  const double tau2 = settings_.tau.value_or(0) * settings_.tau.value_or(0);
  const auto from = image.Pixels();
  const auto to = painting.mask.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const NearestColor::Match match = nearest_.Find(from[i]);
    const bool inside =
        settings_.tau ? Distance2(from[i], settings_.foreground) < tau2 : match.index == referent_;
    to[i] = inside ? 1 : 0;
    painting.inside += inside ? 1 : 0;
    painting.far += match.squared_distance > kFar * kFar ? 1 : 0;
    painting.very_far += match.squared_distance > kVeryFar * kVeryFar ? 1 : 0;
  }
  return painting;
}

Decoded<ReferringTask> RgbMask::Decode(const Answer& answer,
                                       const ReferringTask::Query& /*query*/,
                                       const Frame& frame) const {
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  const Painting painting = Classify(image);
  const auto pixels = static_cast<double>(image.size().Pixels());
  Decoded<ReferringTask> decoded;
  decoded.value = Resample(painting.mask, map);
  decoded.diagnostics = {{"foreground_share", static_cast<double>(painting.inside) / pixels},
                         {"share_beyond_14", static_cast<double>(painting.far) / pixels},
                         {"share_beyond_48", static_cast<double>(painting.very_far) / pixels},
                         {"extrapolated_pixels", static_cast<double>(map.extrapolated)}};
  return decoded;
}

void CheckColors(const Settings& settings, Fields& fields) {
  if (settings.foreground == settings.background) {
    fields.Report("background", "is the foreground's colour: nothing could be told apart");
  }
  for (std::size_t i = 0; i < settings.others.size(); ++i) {
    const Rgb8 color = settings.others[i];
    if (color != settings.foreground && color != settings.background) continue;
    fields.Report("others",
                  fmt::format("colour {} is that of the {}; list further referents only",
                              i + 1,
                              color == settings.foreground ? "foreground" : "background"));
  }
  if (settings.tau && !settings.others.empty()) {
    fields.Report("tau", "decides alone, so that others would have no effect; give one of them");
  }
}

}  // namespace

std::unique_ptr<Codec<ReferringTask>> MakeRgbMask(Fields& fields) {
  Settings settings;
  settings.foreground = ReadColor(fields, "foreground", kYellow);
  settings.background = ReadColor(fields, "background", kBlack);
  settings.others = ReadColors(fields, "others", kMostOthers);
  settings.tau = fields.OptionalNumber("tau", {}, {.min = 1, .max = kLargestDistance});
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  CheckColors(settings, fields);
  return std::make_unique<RgbMask>(std::move(settings));
}

}  // namespace assay
