// The tasks as the evaluation loop sees them: one trait struct each, dispatched
// by one std::variant. There is no switch over tasks anywhere else.
//
// To add a task:
//   1. add its Query, Value and Truth to metrics/tasks.h and a metric with the
//      three laws of metrics/metric.h;
//   2. add a row type to the variants in datasets/catalog.h and model/catalog.h;
//   3. write eval/<task>_task.{h,cc} with an Evaluation<Task>, and add it to
//      AnyEvaluation below.
//
// Evaluation<Task> holds a protocol's metric and decoder, and states what the
// loop and the report need of the task:
//   kScorerVersion         raised whenever a score's meaning changes: records
//                          written by another version are scored again
//   ReadSettings(fields)   the task's part of a protocol
//   FrameOf(size)          the grid an answer to a truth of this size is brought to
//   Shown(truth)           the truth of the frame the model is shown
//   EmptyValue(frame)      what a declared empty answer decodes to
//   FindsNothing(value)    whether a decoded answer says that nothing is there
//   ScoreToText, ScoreFromText   as JSON, which records hold
//   Summarise(result)      named values for the report
//   Facts(score)           what a score states of its sample besides the metrics: names and
//                          values, the names the same for every score of a protocol
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "datasets/io/fields.h"
#include "metrics/depth.h"
#include "metrics/instances.h"
#include "metrics/metric.h"
#include "metrics/normals.h"
#include "metrics/referring.h"
#include "metrics/semantic.h"
#include "model/codec.h"

namespace assay {

// One number of a report. NaN stands for "undefined" and is written as null.
struct MetricValue {
  std::string name;
  double value = 0;
  std::string unit;  // fraction, ratio, metre, degree, …
  bool higher_is_better = true;
  std::int64_t n = 0;  // what the value averages over
  std::string over;    // "images", "classes", "pixels"
  // How the value is come by, where its name does not say all; empty = it does.
  std::string method = {};
};

struct Summary {
  std::vector<MetricValue> metrics;
  // Group ("class", "distance") -> entry ("road", "0-2 m") -> metric -> value, in order.
  struct Entry {
    std::string name;
    std::vector<std::pair<std::string, double>> values;
    std::vector<std::pair<std::string, std::int64_t>> counts = {};  // shown before the values
  };
  std::vector<std::pair<std::string, std::vector<Entry>>> breakdown;
  // Scored pixels of the whole set by what was done with them; empty where a
  // task does nothing to pixels.
  std::vector<std::pair<std::string, std::int64_t>> pixels = {};
  std::vector<std::string> warnings;
  // Why the answers may be in another convention than the one declared; empty where
  // nothing says so. Stands among the warnings too.
  std::string suspicion = {};
};

using SampleFacts = std::vector<std::pair<std::string, double>>;

template <class Task>
struct Evaluation;

template <>
struct Evaluation<SemanticTask> {
  static constexpr int kScorerVersion = 2;
  SemanticMetric metric;
  std::unique_ptr<Decoder<SemanticTask>> decoder;

  static SemanticMetric ReadSettings(Fields& fields);
  static std::vector<std::string> DefaultHeadline() { return {"mIoU"}; }
  Frame FrameOf(Size truth) const { return {truth, truth}; }
  Size SizeOf(const SemanticTruth& truth) const { return truth.labels.size(); }
  SemanticTruth Shown(const SemanticTruth& truth) const { return truth; }
  LabelMap EmptyValue(const Frame& frame) const { return LabelMap(frame.grid, 0); }
  bool FindsNothing(const LabelMap&) const { return false; }
  static std::string ScoreToText(const SemanticScore& score);
  static SemanticScore ScoreFromText(const std::string& text);
  Summary Summarise(const SemanticMetric::Result& result) const;
  SampleFacts Facts(const SemanticMetric::Score&) const { return {}; }
};

template <>
struct Evaluation<DepthTask> {
  static constexpr int kScorerVersion = 2;
  DepthMetric metric{DepthSettings{}};
  std::unique_ptr<Decoder<DepthTask>> decoder;

  static DepthMetric ReadSettings(Fields& fields);
  static std::vector<std::string> DefaultHeadline() { return {"delta1", "AbsRel"}; }
  Frame FrameOf(Size truth) const {
    const Size shown = metric.ShownFrame(truth);
    return {shown, shown};
  }
  Size SizeOf(const DepthTruth& truth) const { return truth.depth_m.size(); }
  DepthTruth Shown(const DepthTruth& truth) const;
  DepthValue EmptyValue(const Frame& frame) const { return {DepthMap(frame.grid, 0.0)}; }
  bool FindsNothing(const DepthValue&) const { return false; }
  static std::string ScoreToText(const DepthScore& score);
  static DepthScore ScoreFromText(const std::string& text);
  Summary Summarise(const DepthMetric::Result& result) const;
  SampleFacts Facts(const DepthScore& score) const;
};

template <>
struct Evaluation<ReferringTask> {
  static constexpr int kScorerVersion = 1;
  ReferringMetric metric{ReferringSettings{}};
  std::unique_ptr<Decoder<ReferringTask>> decoder;

  static ReferringMetric ReadSettings(Fields& fields);
  static std::vector<std::string> DefaultHeadline() { return {"cIoU", "gIoU"}; }
  Frame FrameOf(Size truth) const { return {truth, metric.ScoredSize(truth)}; }
  Size SizeOf(const ReferringTruth& truth) const { return truth.target.size(); }
  ReferringTruth Shown(const ReferringTruth& truth) const { return truth; }
  Mask EmptyValue(const Frame& frame) const { return Mask(frame.grid, 0); }
  bool FindsNothing(const Mask& value) const;
  static std::string ScoreToText(const ReferringScore& score);
  static ReferringScore ScoreFromText(const std::string& text);
  Summary Summarise(const ReferringMetric::Result& result) const;
  SampleFacts Facts(const ReferringMetric::Score&) const { return {}; }
};

template <>
struct Evaluation<InstancesTask> {
  static constexpr int kScorerVersion = 1;
  InstancesMetric metric;
  std::unique_ptr<Decoder<InstancesTask>> decoder;

  static InstancesMetric ReadSettings(Fields& fields);
  static std::vector<std::string> DefaultHeadline() { return {"cgF1", "IL_MCC", "pmF1"}; }
  Frame FrameOf(Size truth) const { return {truth, truth}; }
  Size SizeOf(const InstancesTruth& truth) const { return truth.size; }
  InstancesTruth Shown(const InstancesTruth& truth) const { return truth; }
  InstanceSet EmptyValue(const Frame& frame) const { return {frame.grid, {}}; }
  bool FindsNothing(const InstanceSet& value) const { return value.instances.empty(); }
  static std::string ScoreToText(const InstancesScore& score);
  static InstancesScore ScoreFromText(const std::string& text);
  Summary Summarise(const InstancesMetric::Result& result) const;
  SampleFacts Facts(const InstancesMetric::Score&) const { return {}; }
};

template <>
struct Evaluation<NormalsTask> {
  static constexpr int kScorerVersion = 2;
  NormalsMetric metric{NormalsSettings{}};
  std::unique_ptr<Decoder<NormalsTask>> decoder;

  static NormalsMetric ReadSettings(Fields& fields);
  static std::vector<std::string> DefaultHeadline() { return {"mean", "median"}; }
  Frame FrameOf(Size truth) const { return {truth, truth}; }
  Size SizeOf(const NormalsTruth& truth) const { return truth.normals.size(); }
  NormalsTruth Shown(const NormalsTruth& truth) const { return truth; }
  NormalsValue EmptyValue(const Frame& frame) const { return {NormalMap(frame.grid)}; }
  bool FindsNothing(const NormalsValue&) const { return false; }
  static std::string ScoreToText(const NormalsScore& score);
  static NormalsScore ScoreFromText(const std::string& text);
  Summary Summarise(const NormalsMetric::Result& result) const;
  SampleFacts Facts(const NormalsMetric::Score&) const { return {}; }
  // What Summary::suspicion will be, once further samples cannot change it.
  std::optional<std::string> EarlySuspicion(const NormalsMetric::State& state) const;
};

static_assert(Metric<SemanticMetric> && Metric<DepthMetric> && Metric<ReferringMetric> &&
              Metric<InstancesMetric> && Metric<NormalsMetric>);

// The first alternative is the one with defaults, so that a Protocol can be
// built step by step.
using AnyEvaluation = std::variant<Evaluation<DepthTask>,
                                   Evaluation<SemanticTask>,
                                   Evaluation<ReferringTask>,
                                   Evaluation<InstancesTask>,
                                   Evaluation<NormalsTask>>;

}  // namespace assay
