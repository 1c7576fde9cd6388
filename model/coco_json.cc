#include "model/coco_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/coco_entries.h"

namespace assay {
namespace {

using Stage = PredictionError::Stage;

double Share(std::int64_t part, Size whole) {
  return static_cast<double>(part) / static_cast<double>(whole.Pixels());
}

// ---- instances --------------------------------------------------------------

class CocoInstances final : public Decoder<InstancesTask> {
 public:
  std::vector<std::string> Extensions() const override { return {"json"}; }
  Decoded<InstancesTask> Decode(const Answer& answer,
                                const InstancesTask::Query& query,
                                const Frame& frame) const override;
};

Decoded<InstancesTask> CocoInstances::Decode(const Answer& answer,
                                             const InstancesTask::Query& /*query*/,
                                             const Frame& frame) const {
  Decoded<InstancesTask> decoded{{frame.grid, {}}, {}};
  std::int64_t in_pixels = 0;
  for (CocoEntry& entry : ReadCocoEntries(answer, frame.grid)) {
    const BoxXywh box = entry.box_xywh ? *entry.box_xywh : FractionBox(entry.mask);
    in_pixels += std::any_of(box.begin(), box.end(), [](double v) { return v > 1; }) ? 1 : 0;
    decoded.value.instances.push_back({std::move(entry.mask), box, entry.score, entry.category});
  }
  const auto count = static_cast<double>(decoded.value.instances.size());
  decoded.diagnostics = {
      {"entries", count}, {"used", count}, {"boxes_in_pixels", static_cast<double>(in_pixels)}};
  return decoded;
}

// ---- referring --------------------------------------------------------------

class CocoMask final : public Decoder<ReferringTask> {
 public:
  explicit CocoMask(std::optional<double> min_score) : min_score_(min_score) {}

  std::vector<std::string> Extensions() const override { return {"json"}; }
  Decoded<ReferringTask> Decode(const Answer& answer,
                                const ReferringTask::Query& query,
                                const Frame& frame) const override;

 private:
  std::optional<double> min_score_;
};

Decoded<ReferringTask> CocoMask::Decode(const Answer& answer,
                                        const ReferringTask::Query& /*query*/,
                                        const Frame& frame) const {
  std::vector<RunLengthMask> masks;
  const std::vector<CocoEntry> entries = ReadCocoEntries(answer, frame.grid);
  for (const CocoEntry& entry : entries) {
    if (!min_score_ || entry.score >= *min_score_) masks.push_back(entry.mask);
  }
  Decoded<ReferringTask> decoded{Mask(frame.grid), {}};
  if (!masks.empty()) decoded.value = ToMask(Merge(masks, MergeRule::kOr));
  decoded.diagnostics = {{"entries", static_cast<double>(entries.size())},
                         {"used", static_cast<double>(masks.size())}};
  return decoded;
}

// ---- semantic ---------------------------------------------------------------

struct LabelSettings {
  std::optional<double> min_score, min_presence;
  std::int64_t min_area = 0;
};

class CocoLabels final : public Decoder<SemanticTask> {
 public:
  explicit CocoLabels(const LabelSettings& settings) : settings_(settings) {}

  std::vector<std::string> Extensions() const override { return {"json"}; }
  Decoded<SemanticTask> Decode(const Answer& answer,
                               const SemanticTask::Query& query,
                               const Frame& frame) const override;

 private:
  bool Keeps(const CocoEntry& entry) const {
    return (!settings_.min_score || entry.score >= *settings_.min_score) &&
           (!settings_.min_presence || entry.presence >= *settings_.min_presence) &&
           Area(entry.mask) >= settings_.min_area;
  }
  void Check(const CocoEntry& entry, const LabelSpace& space) const;

  LabelSettings settings_;
};

void CocoLabels::Check(const CocoEntry& entry, const LabelSpace& space) const {
  if (entry.category < 0 || entry.category >= static_cast<std::int64_t>(space.classes.size())) {
    throw PredictionError(Stage::kDecode,
                          "bad-id",
                          fmt::format("{} has category_id {}; the label ids of {} are 0 to {}",
                                      entry.place,
                                      entry.category,
                                      space.name,
                                      space.classes.size() - 1));
  }
  if (settings_.min_presence && !entry.presence) {
    throw PredictionError(Stage::kDecode,
                          "bad-entry",
                          entry.place + " has no \"presence\", which min_presence needs");
  }
}

// Pixels that are set for the first time.
std::int64_t PaintBelow(const RunLengthMask& mask,
                        std::uint8_t id,
                        LabelMap& labels,
                        Mask& covered) {
  std::int64_t fresh = 0;
  std::int64_t at = 0;
  for (std::size_t i = 0; i < mask.runs.size(); ++i) {
    const std::int64_t end = at + mask.runs[i];
    for (; i % 2 == 1 && at < end; ++at) {
      const int x = static_cast<int>(at / mask.size.height);
      const int y = static_cast<int>(at % mask.size.height);
      if (covered.At(x, y) != 0) continue;
      covered.At(x, y) = 1;
      labels.At(x, y) = id;
      ++fresh;
    }
    at = end;
  }
  return fresh;
}

Decoded<SemanticTask> CocoLabels::Decode(const Answer& answer,
                                         const SemanticTask::Query& query,
                                         const Frame& frame) const {
  const std::vector<CocoEntry> entries = ReadCocoEntries(answer, frame.grid);
  std::vector<const CocoEntry*> used;
  for (const CocoEntry& entry : entries) {
    Check(entry, *query.space);
    if (Keeps(entry)) used.push_back(&entry);
  }
  // From the top down.
  std::stable_sort(used.begin(), used.end(), [](const CocoEntry* a, const CocoEntry* b) {
    return a->score > b->score;
  });
  Decoded<SemanticTask> decoded{LabelMap(frame.grid), {}};
  Mask covered(frame.grid);
  std::int64_t pixels = 0;
  for (const CocoEntry* entry : used) {
    pixels +=
        PaintBelow(entry->mask, static_cast<std::uint8_t>(entry->category), decoded.value, covered);
  }
  decoded.diagnostics = {{"entries", static_cast<double>(entries.size())},
                         {"used", static_cast<double>(used.size())},
                         {"covered_share", Share(pixels, frame.grid)}};
  return decoded;
}

}  // namespace

std::unique_ptr<Decoder<InstancesTask>> MakeCocoInstances() {
  return std::make_unique<CocoInstances>();
}

std::unique_ptr<Decoder<ReferringTask>> MakeCocoMask(Fields& fields) {
  return std::make_unique<CocoMask>(fields.OptionalNumber("min_score"));
}

std::unique_ptr<Decoder<SemanticTask>> MakeCocoLabels(Fields& fields) {
  LabelSettings settings;
  settings.min_score = fields.OptionalNumber("min_score");
  settings.min_presence = fields.OptionalNumber("min_presence");
  settings.min_area = fields.Integer("min_area", 0, 0);
  return std::make_unique<CocoLabels>(settings);
}

}  // namespace assay
