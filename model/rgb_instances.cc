#include "model/rgb_instances.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "model/components.h"
#include "model/painted.h"
#include "model/palette.h"
#include "model/region_masks.h"

namespace assay {
namespace {

constexpr std::string_view kPrompt =
    "Generate an instance segmentation visualization of this image. Each {phrase} is colored "
    "differently. Background is {background}.";
constexpr std::string_view kPhrase = "{phrase}";
constexpr std::string_view kBackground = "{background}";
// Up to here some corner of the RGB cube is always 2 tau + 2 away from the background.
constexpr double kLargestTau = 100;
constexpr double kMargin = 2;

struct Settings {
  ObjectRule rule;
  Painted painted;
  std::string prompt;
};

// Colours of a grid whose points are more than `apart` from each other and from the
// background.
std::vector<Rgb8> GridColors(Rgb8 background, double apart) {
  const int steps = 255 / (static_cast<int>(apart) + 1);
  const auto level = [&](int i) { return static_cast<std::uint8_t>(255 * i / steps); };
  std::vector<Rgb8> colors;
  for (int r = 0; r <= steps; ++r) {
    for (int g = 0; g <= steps; ++g) {
      for (int b = 0; b <= steps; ++b) {
        const Rgb8 color{level(r), level(g), level(b)};
        const int dr = color.r - background.r;
        const int dg = color.g - background.g;
        const int db = color.b - background.b;
        if (dr * dr + dg * dg + db * db > apart * apart) colors.push_back(color);
      }
    }
  }
  return colors;
}

std::size_t CountDrawn(const Annotation& annotation) {
  return static_cast<std::size_t>(std::count_if(annotation.instances.begin(),
                                                annotation.instances.end(),
                                                [](const TrueInstance& i) { return !i.crowd; }));
}

// nullptr where nobody has drawn anything.
const Annotation* MostDrawn(const InstancesTruth& truth) {
  const Annotation* most = nullptr;
  for (const Annotation& annotation : truth.annotators) {
    if (CountDrawn(annotation) > (most == nullptr ? 0 : CountDrawn(*most))) most = &annotation;
  }
  return most;
}

void Paint(const RunLengthMask& mask, Rgb8 color, RgbImage& image) {
  if (mask.size != image.size()) {
    throw std::logic_error("rgb-instances: a mask of the truth has another size than the truth");
  }
  std::int64_t at = 0;
  for (std::size_t i = 0; i < mask.runs.size(); ++i) {
    const std::int64_t end = at + mask.runs[i];
    for (; i % 2 == 1 && at < end; ++at) {
      image.At(static_cast<int>(at / mask.size.height), static_cast<int>(at % mask.size.height)) =
          color;
    }
    at = end;
  }
}

class RgbInstances final : public Codec<InstancesTask> {
 public:
  explicit RgbInstances(Settings settings) : settings_(std::move(settings)) {}

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Ask(const InstancesTask::Query& query) const override;
  RgbImage Encode(const InstancesTruth& truth, const InstancesTask::Query& query) const override;
  Decoded<InstancesTask> Decode(const Answer& answer,
                                const InstancesTask::Query& query,
                                const Frame& frame) const override;

 private:
  Settings settings_;
};

std::vector<std::string> RgbInstances::Ask(const InstancesTask::Query& query) const {
  const Rgb8 c = settings_.rule.background;
  const std::string prompt =
      FillPrompt(settings_.prompt, kBackground, fmt::format("RGB({}, {}, {})", c.r, c.g, c.b));
  return {FillPrompt(prompt, kPhrase, query.phrase)};
}

RgbImage RgbInstances::Encode(const InstancesTruth& truth,
                              const InstancesTask::Query& /*query*/) const {
  RgbImage image(truth.size, settings_.rule.background);
  const Annotation* const drawn = MostDrawn(truth);
  if (drawn == nullptr) return image;
  const std::vector<Rgb8> colors =
      SeparatedColors(CountDrawn(*drawn), settings_.rule.background, settings_.rule.tau);
  auto color = colors.begin();
  for (const TrueInstance& instance : drawn->instances) {
    if (!instance.crowd) Paint(instance.mask, *color++, image);
  }
  return image;
}

double KeptShare(const Objects& found) {
  std::int64_t kept = 0;
  for (const Region& object : found.objects) kept += object.pixels;
  const auto painted = static_cast<std::int64_t>(found.map.size().Pixels()) - found.background;
  return painted == 0 ? 1 : static_cast<double>(kept) / static_cast<double>(painted);
}

Decoded<InstancesTask> RgbInstances::Decode(const Answer& answer,
                                            const InstancesTask::Query& /*query*/,
                                            const Frame& frame) const {
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  const Objects found = FindObjects(image, settings_.rule);
  Decoded<InstancesTask> decoded{{frame.grid, {}}, {}};
  for (RunLengthMask& mask : RegionMasks(found.map, found.objects.size(), map)) {
    if (mask.runs.size() < 2) continue;  // no pixel inside
    const BoxXywh box = FractionBox(mask);
    decoded.value.instances.push_back({std::move(mask), box});
  }
  const auto number = [](auto count) { return static_cast<double>(count); };
  const std::size_t vanished = found.objects.size() - decoded.value.instances.size();
  decoded.diagnostics = {{"instances", number(decoded.value.instances.size())},
                         {"kept_share", KeptShare(found)},
                         {"components", number(found.components)},
                         {"dropped_by_size", number(found.dropped_by_size)},
                         {"dropped_by_erosion", number(found.dropped_by_erosion)},
                         {"merged", number(found.joined)},
                         {"vanished", number(vanished)},
                         {"extrapolated_pixels", number(map.extrapolated)}};
  return decoded;
}

}  // namespace

std::unique_ptr<Codec<InstancesTask>> MakeRgbInstances(Fields& fields) {
  Settings settings;
  ObjectRule& rule = settings.rule;
  rule.background = ReadColor(fields, "background", rule.background);
  rule.tau = fields.Number("tau", rule.tau, {.min = 0, .max = kLargestTau});
  rule.theta_size = fields.Number("theta_size", rule.theta_size, {.min = 0, .max = 1});
  rule.theta_erosion = fields.Number("theta_erosion", rule.theta_erosion, {.min = 0, .max = 1});
  rule.gamma = fields.Number("gamma", rule.gamma, {.min = 0});
  rule.neighbours = fields.Choice<Neighbours>("connectivity", rule.neighbours, kNeighboursNames);
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  return std::make_unique<RgbInstances>(std::move(settings));
}

std::vector<Rgb8> SeparatedColors(std::size_t count, Rgb8 background, double tau) {
  if (tau > kLargestTau) throw std::invalid_argument("SeparatedColors: tau is at most 100");
  std::vector<Rgb8> colors = GridColors(background, 2 * tau + kMargin);
  if (colors.size() < count) colors = GridColors(background, tau);
  const std::size_t different = colors.size();
  for (std::size_t i = different; i < count; ++i) colors.push_back(colors[i % different]);
  colors.resize(count);
  return colors;
}

}  // namespace assay
