#include "model/rgb_semantic.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "datasets/io/did_you_mean.h"
#include "model/nearest_color.h"
#include "model/painted.h"

namespace assay {
namespace {

constexpr std::string_view kPrompt =
    "Generate a visualization image of semantic segmentation, using this color mapping: {mapping}";
constexpr std::string_view kMapping = "{mapping}";
constexpr Rgb8 kBlack{0, 0, 0};
constexpr int kFar = 14;
constexpr int kVeryFar = 48;

struct Settings {
  Palette palette;
  bool implicit_black = false;
  Painted painted;
  std::string prompt;
};

const LabelClass* FindClass(const LabelSpace& space, std::string_view name) {
  const auto found = std::find_if(space.classes.begin(),
                                  space.classes.end(),
                                  [&](const LabelClass& c) { return c.name == name; });
  return found == space.classes.end() ? nullptr : &*found;
}

// Candidate position -> label id. The implicit black comes last and is id 0.
using Ids = std::array<std::uint8_t, 256>;

Ids ResolveIds(const Palette& palette, const LabelSpace& space) {
  std::vector<Finding> findings = UnknownClasses(palette, space);
  if (!findings.empty()) throw ConfigError("palette", std::move(findings));
  Ids ids{};
  for (std::size_t i = 0; i < palette.size(); ++i) {
    ids[i] = FindClass(space, palette[i].name)->id;
  }
  return ids;
}

std::vector<Rgb8> Candidates(const Settings& settings) {
  std::vector<Rgb8> colors;
  for (const PaletteEntry& entry : settings.palette) colors.push_back(entry.color);
  if (settings.implicit_black) colors.push_back(kBlack);
  return colors;
}

struct Painting {
  LabelMap labels;
  std::int64_t far = 0, very_far = 0;
};

class RgbSemantic final : public Codec<SemanticTask> {
 public:
  explicit RgbSemantic(Settings settings)
      : settings_(std::move(settings)),
        nearest_(Candidates(settings_)),
        prompt_(FillPrompt(settings_.prompt, kMapping, PaletteMapping(settings_.palette))) {}

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Notes(const SemanticTask::Query& query) const override;
  std::vector<std::string> Ask(const SemanticTask::Query& query) const override;
  RgbImage Encode(const SemanticTruth& truth, const SemanticTask::Query& query) const override;
  Decoded<SemanticTask> Decode(const Answer& answer,
                               const SemanticTask::Query& query,
                               const Frame& frame) const override;

 private:
  Ids IdsForDecoding(const LabelSpace& space, const Answer& answer) const;
  Painting Classify(const RgbImage& image, const Ids& ids) const;

  Settings settings_;
  NearestColor nearest_;
  std::string prompt_;
};

std::vector<std::string> RgbSemantic::Notes(const SemanticTask::Query& query) const {
  ResolveIds(settings_.palette, *query.space);
  std::string absent;
  for (const LabelClass& c : query.space->classes) {
    const bool named = std::any_of(settings_.palette.begin(),
                                   settings_.palette.end(),
                                   [&](const PaletteEntry& entry) { return entry.name == c.name; });
    if (c.evaluated && !named) absent += (absent.empty() ? "" : ", ") + std::string(c.name);
  }
  if (absent.empty()) return {};
  return {"the palette names no colour for " + absent + ": no answer can find them"};
}

std::vector<std::string> RgbSemantic::Ask(const SemanticTask::Query& query) const {
  ResolveIds(settings_.palette, *query.space);
  return {prompt_};
}

RgbImage RgbSemantic::Encode(const SemanticTruth& truth, const SemanticTask::Query& query) const {
  const Ids ids = ResolveIds(settings_.palette, *query.space);
  // Pixels of classes that the prompt does not name.
  const Rgb8 rest = settings_.implicit_black ? kBlack : settings_.palette.front().color;
  std::array<Rgb8, 256> colors;
  colors.fill(rest);
  for (std::size_t i = 0; i < settings_.palette.size(); ++i) {
    colors[ids[i]] = settings_.palette[i].color;
  }
  RgbImage image(truth.labels.size());
  const auto from = truth.labels.Pixels();
  const auto to = image.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = colors[from[i]];
  return image;
}

Ids RgbSemantic::IdsForDecoding(const LabelSpace& space, const Answer& answer) const {
  try {
    return ResolveIds(settings_.palette, space);
  } catch (const ConfigError& error) {
    throw PredictionError(PredictionError::Stage::kDecode,
                          "bad-palette",
                          answer.file.string() + ": cannot be decoded with this " + error.what());
  }
}

Painting RgbSemantic::Classify(const RgbImage& image, const Ids& ids) const {
  Painting painting{LabelMap(image.size())};
  const auto from = image.Pixels();
  const auto to = painting.labels.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const NearestColor::Match match = nearest_.Find(from[i]);
    to[i] = ids[match.index];
    painting.far += match.squared_distance > kFar * kFar ? 1 : 0;
    painting.very_far += match.squared_distance > kVeryFar * kVeryFar ? 1 : 0;
  }
  return painting;
}

Decoded<SemanticTask> RgbSemantic::Decode(const Answer& answer,
                                          const SemanticTask::Query& query,
                                          const Frame& frame) const {
  const Ids ids = IdsForDecoding(*query.space, answer);
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  const Painting painting = Classify(image, ids);
  const auto pixels = static_cast<double>(image.size().Pixels());
  Decoded<SemanticTask> decoded;
  decoded.value = Resample(painting.labels, map);
  decoded.diagnostics = {{"share_beyond_14", static_cast<double>(painting.far) / pixels},
                         {"share_beyond_48", static_cast<double>(painting.very_far) / pixels},
                         {"extrapolated_pixels", static_cast<double>(map.extrapolated)}};
  return decoded;
}

}  // namespace

std::vector<Finding> UnknownClasses(std::span<const PaletteEntry> palette,
                                    const LabelSpace& space) {
  std::vector<std::string> names;
  for (const LabelClass& c : space.classes) names.emplace_back(c.name);
  std::vector<Finding> findings;
  for (const PaletteEntry& entry : palette) {
    if (FindClass(space, entry.name) != nullptr) continue;
    const std::string hint = DidYouMean(entry.name, names);
    findings.push_back(
        {"/" + entry.name,
         "is no class of " + std::string(space.name) + (hint.empty() ? "" : "; " + hint)});
  }
  return findings;
}

std::unique_ptr<Codec<SemanticTask>> MakeRgbSemantic(Fields& fields) {
  Settings settings;
  settings.palette = ReadPalette(fields);
  settings.implicit_black = fields.Flag("implicit_black", false);
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  const bool has_black = std::any_of(settings.palette.begin(),
                                     settings.palette.end(),
                                     [](const PaletteEntry& e) { return e.color == kBlack; });
  if (settings.implicit_black && has_black) {
    fields.Report("implicit_black", "is on, but the palette gives black to a class already");
  }
  return std::make_unique<RgbSemantic>(std::move(settings));
}

}  // namespace assay
