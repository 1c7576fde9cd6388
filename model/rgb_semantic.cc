#include "model/rgb_semantic.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
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

constexpr std::string_view kRest = "background";

struct Settings {
  Palette palette;
  bool implicit_black = false;
  std::size_t classes_per_prompt = 0;  // 0 = all
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

// The classes of one prompt. The candidates are their colours and, last, black where it
// stands for everything else.
class Group {
 public:
  Group(const Settings& settings, std::size_t first, std::size_t count, bool has_rest)
      : first_(first),
        count_(count),
        nearest_(Candidates(Of(settings, first, count), has_rest || settings.implicit_black)) {
    Palette named = Of(settings, first, count);
    if (has_rest) named.push_back({std::string(kRest), kBlack});
    prompt_ = FillPrompt(settings.prompt, kMapping, PaletteMapping(named));
  }

  const std::string& prompt() const { return prompt_; }
  NearestColor::Match Find(Rgb8 color) const { return nearest_.Find(color); }
  bool IsRest(std::size_t candidate) const { return candidate == count_; }
  bool Has(std::size_t entry) const { return entry >= first_ && entry < first_ + count_; }
  // Of a candidate, in the palette.
  std::size_t EntryOf(std::size_t candidate) const { return first_ + candidate; }

 private:
  static Palette Of(const Settings& settings, std::size_t first, std::size_t count) {
    const auto begin = settings.palette.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin, begin + static_cast<std::ptrdiff_t>(count)};
  }
  static std::vector<Rgb8> Candidates(const Palette& palette, bool with_black) {
    std::vector<Rgb8> colors;
    colors.reserve(palette.size() + 1);
    for (const PaletteEntry& entry : palette) colors.push_back(entry.color);
    if (with_black) colors.push_back(kBlack);
    return colors;
  }

  std::size_t first_, count_;
  NearestColor nearest_;
  std::string prompt_;
};

std::vector<Group> GroupsOf(const Settings& settings) {
  const std::size_t classes = settings.palette.size();
  const std::size_t most =
      settings.classes_per_prompt == 0 ? classes : std::min(settings.classes_per_prompt, classes);
  std::vector<Group> groups;
  groups.reserve((classes + most - 1) / most);
  for (std::size_t first = 0; first < classes; first += most) {
    groups.emplace_back(settings, first, std::min(most, classes - first), most < classes);
  }
  return groups;
}

// What one image says of every pixel: a label, and how far its colour is from the class's.
constexpr int kUnclaimed = std::numeric_limits<int>::max();
struct Claims {
  LabelMap labels;
  Raster<int> distance;  // squared; kUnclaimed where the colour is everything else's
};

// How cleanly images were painted.
struct Cleanness {
  std::int64_t pixels = 0, far = 0, very_far = 0, extrapolated = 0;

  void Count(int squared_distance) {
    ++pixels;
    far += squared_distance > kFar * kFar ? 1 : 0;
    very_far += squared_distance > kVeryFar * kVeryFar ? 1 : 0;
  }
  Diagnostics Shown() const {
    const auto all = static_cast<double>(std::max<std::int64_t>(1, pixels));
    return {{"share_beyond_14", static_cast<double>(far) / all},
            {"share_beyond_48", static_cast<double>(very_far) / all},
            {"extrapolated_pixels", static_cast<double>(extrapolated)}};
  }
};

class RgbSemantic final : public Codec<SemanticTask> {
 public:
  explicit RgbSemantic(Settings settings)
      : settings_(std::move(settings)), groups_(GroupsOf(settings_)) {}

  std::vector<std::string> Extensions() const override { return PaintedExtensions(); }
  std::vector<std::string> Notes(const SemanticTask::Query& query) const override;
  std::size_t Parts() const override { return groups_.size(); }
  std::vector<std::string> Ask(const SemanticTask::Query& query) const override;
  RgbImage Encode(const SemanticTruth& truth, const SemanticTask::Query& query) const override;
  std::vector<RgbImage> EncodeParts(const SemanticTruth& truth,
                                    const SemanticTask::Query& query) const override;
  Decoded<SemanticTask> Decode(const Answer& answer,
                               const SemanticTask::Query& query,
                               const Frame& frame) const override;

 private:
  Ids IdsForDecoding(const LabelSpace& space, const Answer& answer) const;
  RgbImage Paint(const Group& group, const LabelMap& labels, const Ids& ids) const;
  LabelMap Classify(const Answer& answer,
                    const Ids& ids,
                    const Frame& frame,
                    Cleanness& cleanness) const;
  Claims ClaimsOf(const Group& group,
                  const Answer& part,
                  const Ids& ids,
                  const Frame& frame,
                  Cleanness& cleanness) const;
  Decoded<SemanticTask> DecodeParts(const Answer& answer, const Ids& ids, const Frame& frame) const;

  Settings settings_;
  std::vector<Group> groups_;
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
  std::vector<std::string> prompts;
  prompts.reserve(groups_.size());
  for (const Group& group : groups_) prompts.push_back(group.prompt());
  return prompts;
}

RgbImage RgbSemantic::Paint(const Group& group, const LabelMap& labels, const Ids& ids) const {
  // Pixels of classes that the prompt does not name.
  const bool has_rest = settings_.implicit_black || groups_.size() > 1;
  const Rgb8 rest = has_rest ? kBlack : settings_.palette.front().color;
  std::array<Rgb8, 256> colors;
  colors.fill(rest);
  for (std::size_t i = 0; i < settings_.palette.size(); ++i) {
    if (group.Has(i)) colors[ids[i]] = settings_.palette[i].color;
  }
  RgbImage image(labels.size());
  const auto from = labels.Pixels();
  const auto to = image.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = colors[from[i]];
  return image;
}

RgbImage RgbSemantic::Encode(const SemanticTruth& truth, const SemanticTask::Query& query) const {
  return Paint(groups_.front(), truth.labels, ResolveIds(settings_.palette, *query.space));
}

std::vector<RgbImage> RgbSemantic::EncodeParts(const SemanticTruth& truth,
                                               const SemanticTask::Query& query) const {
  const Ids ids = ResolveIds(settings_.palette, *query.space);
  std::vector<RgbImage> parts;
  parts.reserve(groups_.size());
  for (const Group& group : groups_) parts.push_back(Paint(group, truth.labels, ids));
  return parts;
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

LabelMap RgbSemantic::Classify(const Answer& answer,
                               const Ids& ids,
                               const Frame& frame,
                               Cleanness& cleanness) const {
  const RgbImage image = ReadPainted(answer, settings_.painted);
  const FitMap map = FitPainted(answer, settings_.painted, frame, image.size());
  LabelMap labels(image.size());
  const auto from = image.Pixels();
  const auto to = labels.Pixels();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const NearestColor::Match match = groups_.front().Find(from[i]);
    to[i] = ids[match.index];
    cleanness.Count(match.squared_distance);
  }
  cleanness.extrapolated += map.extrapolated;
  return Resample(labels, map);
}

Claims RgbSemantic::ClaimsOf(const Group& group,
                             const Answer& part,
                             const Ids& ids,
                             const Frame& frame,
                             Cleanness& cleanness) const {
  const RgbImage image = ReadPainted(part, settings_.painted);
  const FitMap map = FitPainted(part, settings_.painted, frame, image.size());
  Claims claims{LabelMap(image.size()), Raster<int>(image.size(), kUnclaimed)};
  const auto from = image.Pixels();
  const auto labels = claims.labels.Pixels();
  const auto distance = claims.distance.Pixels();
  for (std::size_t i = 0; i < from.size(); ++i) {
    const NearestColor::Match match = group.Find(from[i]);
    cleanness.Count(match.squared_distance);
    if (group.IsRest(match.index)) continue;
    labels[i] = ids[group.EntryOf(match.index)];
    distance[i] = match.squared_distance;
  }
  cleanness.extrapolated += map.extrapolated;
  return {Resample(claims.labels, map), Resample(claims.distance, map)};
}

Decoded<SemanticTask> RgbSemantic::DecodeParts(const Answer& answer,
                                               const Ids& ids,
                                               const Frame& frame) const {
  Cleanness cleanness;
  Claims best{LabelMap(frame.grid), Raster<int>(frame.grid, kUnclaimed)};
  Raster<std::uint8_t> claimed_by(frame.grid);  // images; 255 at the most
  for (std::size_t part = 0; part < groups_.size(); ++part) {
    if (answer.parts.at(part).declared_empty) continue;
    const Claims claims = ClaimsOf(groups_[part], answer.parts[part], ids, frame, cleanness);
    const auto distance = claims.distance.Pixels();
    for (std::size_t i = 0; i < distance.size(); ++i) {
      if (distance[i] == kUnclaimed) continue;
      ++claimed_by.Pixels()[i];
      if (distance[i] >= best.distance.Pixels()[i]) continue;
      best.distance.Pixels()[i] = distance[i];
      best.labels.Pixels()[i] = claims.labels.Pixels()[i];
    }
  }
  const auto share = [&](auto is_such) {
    const auto claims = claimed_by.Pixels();
    return static_cast<double>(std::count_if(claims.begin(), claims.end(), is_such)) /
           static_cast<double>(claims.size());
  };
  Decoded<SemanticTask> decoded{std::move(best.labels), cleanness.Shown()};
  decoded.diagnostics.emplace_back("unclaimed_share", share([](int n) { return n == 0; }));
  decoded.diagnostics.emplace_back("contested_share", share([](int n) { return n > 1; }));
  return decoded;
}

Decoded<SemanticTask> RgbSemantic::Decode(const Answer& answer,
                                          const SemanticTask::Query& query,
                                          const Frame& frame) const {
  const Ids ids = IdsForDecoding(*query.space, answer);
  if (groups_.size() > 1) return DecodeParts(answer, ids, frame);
  Cleanness cleanness;
  LabelMap labels = Classify(answer, ids, frame, cleanness);
  return {std::move(labels), cleanness.Shown()};
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
  settings.classes_per_prompt =
      static_cast<std::size_t>(fields.Integer("classes_per_prompt", 0, 0));
  settings.painted = ReadPaintedSettings(fields);
  settings.prompt = fields.Text("prompt", std::string(kPrompt));
  const bool has_black = std::any_of(settings.palette.begin(),
                                     settings.palette.end(),
                                     [](const PaletteEntry& e) { return e.color == kBlack; });
  if (settings.implicit_black && has_black) {
    fields.Report("implicit_black", "is on, but the palette gives black to a class already");
  }
  const bool has_groups =
      settings.classes_per_prompt > 0 && settings.classes_per_prompt < settings.palette.size();
  if (has_groups && has_black) {
    fields.Report(
        "classes_per_prompt",
        "makes black everything else in every prompt, but the palette gives it to a class");
  }
  return std::make_unique<RgbSemantic>(std::move(settings));
}

}  // namespace assay
