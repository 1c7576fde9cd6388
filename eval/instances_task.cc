#include <array>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "eval/tasks.h"

namespace assay {
namespace {

constexpr std::array<std::pair<std::string_view, InstanceFormula>, 2> kFormulas = {
    {{"reference", InstanceFormula::kReference}, {"paper", InstanceFormula::kPaper}}};
constexpr std::array<std::pair<std::string_view, InstanceAnnotators>, 4> kAnnotators = {
    {{"oracle", InstanceAnnotators::kOracle},
     {"a", InstanceAnnotators::kA},
     {"b", InstanceAnnotators::kB},
     {"c", InstanceAnnotators::kC}}};
constexpr std::array<std::pair<std::string_view, InstanceOverlap>, 2> kOverlaps = {
    {{"mask", InstanceOverlap::kMask}, {"box", InstanceOverlap::kBox}}};

MetricValue Value(std::string name, double number, const InstancesMetric::Result& result) {
  return {.name = std::move(name),
          .value = number,
          .unit = "fraction",
          .n = result.positives + result.negatives,
          .over = "pairs"};
}

// The values that depend on a threshold, under the report's names.
void AddValues(const InstancesMetric::Values& values,
               const std::string& suffix,
               const InstancesMetric::Result& result,
               bool has_mcc,
               std::vector<MetricValue>& metrics) {
  const double cgf1 = has_mcc ? values.cgf1 : std::numeric_limits<double>::quiet_NaN();
  metrics.push_back(Value("cgF1" + suffix, cgf1, result));
  const std::pair<const char*, double> rows[] = {
      {"pmF1", values.positive_micro_f1},
      {"F1", values.f1},
      {"precision", values.precision},
      {"recall", values.recall},
      {"positive_micro_precision", values.positive_micro_precision},
      {"positive_macro_F1", values.positive_macro_f1}};
  for (const auto& [name, number] : rows) metrics.push_back(Value(name + suffix, number, result));
}

void AppendNumber(std::string_view before, std::int64_t number, std::string& text) {
  std::array<char, 24> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text += before;
  text.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void AppendHits(const PerTau& hits, std::string& text) {
  for (std::size_t t = 0; t < hits.size(); ++t) AppendNumber(t == 0 ? "" : ",", hits[t], text);
}

// What is left of a score's text.
class ScoreText {
 public:
  explicit ScoreText(std::string_view text) : left_(text) {}

  bool Skip(std::string_view expected) {
    if (!left_.starts_with(expected)) return false;
    left_.remove_prefix(expected.size());
    return true;
  }
  void Expect(std::string_view expected) {
    if (!Skip(expected)) Fail();
  }
  std::int64_t Number() {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    if (error != std::errc()) Fail();
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return number;
  }

  PerTau Hits() {
    PerTau hits{};
    for (std::size_t t = 0; t < hits.size(); ++t) {
      if (t > 0) Expect(",");
      hits[t] = Number();
    }
    return hits;
  }

 private:
  [[noreturn]] void Fail() const {
    throw std::runtime_error("a record's score is damaged at '" + std::string(left_) + "'");
  }

  std::string_view left_;
};

}  // namespace

InstancesMetric Evaluation<InstancesTask>::ReadSettings(Fields& fields) {
  InstancesSettings settings;
  settings.formula = fields.Choice<InstanceFormula>("formula", settings.formula, kFormulas);
  settings.annotators =
      fields.Choice<InstanceAnnotators>("annotators", settings.annotators, kAnnotators);
  settings.overlap = fields.Choice<InstanceOverlap>("overlap", settings.overlap, kOverlaps);
  settings.min_score = fields.Number("min_score", settings.min_score, {.min = 0, .max = 1});
  settings.box_epsilon = fields.Number("box_epsilon", settings.box_epsilon, {.min = 0, .max = 1});
  settings.image_epsilon =
      fields.Number("image_epsilon", settings.image_epsilon, {.min = 0, .max = 1});
  return InstancesMetric(settings);
}

// {"annotators": [[truths, predictions, [hits at each tau, or nothing where all are 0],
// foreign], …]}. By hand, both ways: a set has hundreds of thousands of pairs, most of
// them of zeros only.
std::string Evaluation<InstancesTask>::ScoreToText(const InstancesScore& score) {
  std::string text = R"({"annotators":[)";
  text.reserve(40 * (score.annotators.size() + 1));
  for (const InstancesScore::Counts& counts : score.annotators) {
    if (&counts != score.annotators.data()) text += ',';
    AppendNumber("[", counts.truths, text);
    AppendNumber(",", counts.predictions, text);
    text += ",[";
    if (counts.hits != PerTau{}) AppendHits(counts.hits, text);
    AppendNumber("],", counts.foreign, text);
    text += ']';
  }
  return text += "]}";
}

InstancesScore Evaluation<InstancesTask>::ScoreFromText(const std::string& text) {
  InstancesScore score;
  score.annotators.reserve(3);
  ScoreText left(text);
  left.Expect(R"({"annotators":[)");
  while (left.Skip(score.annotators.empty() ? "[" : ",[")) {
    InstancesScore::Counts& counts = score.annotators.emplace_back();
    counts.truths = left.Number();
    left.Expect(",");
    counts.predictions = left.Number();
    left.Expect(",[");
    if (!left.Skip("]")) {
      counts.hits = left.Hits();
      left.Expect("]");
    }
    left.Expect(",");
    counts.foreign = left.Number();
    left.Expect("]");
  }
  left.Expect("]}");
  return score;
}

Summary Evaluation<InstancesTask>::Summarise(const InstancesMetric::Result& result) const {
  // The coefficient needs pairs of both kinds; the reference prints 0 without.
  const bool has_mcc = result.positives > 0 && result.negatives > 0;
  const double undefined = std::numeric_limits<double>::quiet_NaN();
  Summary summary;
  AddValues(result.mean, "", result, has_mcc, summary.metrics);
  summary.metrics.push_back(Value("IL_MCC", has_mcc ? result.il_mcc : undefined, result));
  const std::pair<const char*, double> image_level[] = {{"IL_precision", result.il_precision},
                                                        {"IL_recall", result.il_recall},
                                                        {"IL_F1", result.il_f1}};
  for (const auto& [name, number] : image_level) {
    summary.metrics.push_back(Value(name, number, result));
  }
  summary.metrics.push_back(Value("IL_FPR", result.il_fpr, result));
  summary.metrics.back().higher_is_better = false;
  AddValues(result.at_50, "@0.5", result, has_mcc, summary.metrics);
  AddValues(result.at_75, "@0.75", result, has_mcc, summary.metrics);
  if (!has_mcc && result.positives + result.negatives > 0) {
    summary.warnings.emplace_back(
        "IL_MCC and cgF1 need pairs with and without the phrase in the image; this set has only "
        "one kind, so they are undefined and pmF1 stands alone");
  }
  if (result.counts.foreign > 0) {
    summary.warnings.push_back(std::to_string(result.counts.foreign) +
                               " predictions have a category the truth does not list; they count "
                               "as not given");
  }
  return summary;
}

}  // namespace assay
