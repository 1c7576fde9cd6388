#include "eval/constant_answers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "eval/shown.h"
#include "eval/tasks.h"

namespace assay {
namespace {

// One a task: sees every truth that `evaluation` scores, then says the same of a frame of any size.
template <class Task>
class Constant;

bool Within(const DepthBounds& bounds, double metres) {
  if (bounds.min_strict ? metres <= bounds.min : metres < bounds.min) return false;
  if (!bounds.max) return true;
  return bounds.max_strict ? metres < *bounds.max : metres <= *bounds.max;
}

template <>
class Constant<SemanticTask> {
 public:
  static constexpr std::string_view kName = "all-one-class";
  explicit Constant(const Evaluation<SemanticTask>& /*evaluation*/) {}
  void See(const SemanticTruth& truth, const SemanticTask::Query& query) {
    for (const std::uint8_t label : truth.labels.Pixels()) {
      const bool counts =
          label < query.space->classes.size() && query.space->classes[label].evaluated;
      if (counts) ++pixels_[label];
    }
  }
  SemanticTruth Of(Size size) const {
    const auto most = std::max_element(pixels_.begin(), pixels_.end());
    return {LabelMap(size, static_cast<std::uint8_t>(most - pixels_.begin())), {}};
  }

 private:
  std::array<std::int64_t, 256> pixels_{};
};

template <>
class Constant<ReferringTask> {
 public:
  static constexpr std::string_view kName = "all-foreground";
  explicit Constant(const Evaluation<ReferringTask>& /*evaluation*/) {}
  void See(const ReferringTruth& /*truth*/, const ReferringTask::Query& /*query*/) {}
  ReferringTruth Of(Size size) const { return {Raster<std::uint8_t>(size, 1), false}; }
};

template <>
class Constant<InstancesTask> {
 public:
  static constexpr std::string_view kName = "one-instance";
  explicit Constant(const Evaluation<InstancesTask>& /*evaluation*/) {}
  void See(const InstancesTruth& /*truth*/, const InstancesTask::Query& /*query*/) {}
  InstancesTruth Of(Size size) const {
    return {size, {{.instances = {{.mask = ToRuns(Mask(size, 1))}}}}};
  }
};

template <>
class Constant<DepthTask> {
 public:
  static constexpr std::string_view kName = "mean-depth";
  explicit Constant(const Evaluation<DepthTask>& evaluation)
      : bounds_(evaluation.metric.settings().bounds) {}
  void See(const DepthTruth& truth, const DepthTask::Query& /*query*/) {
    for (const double metres : truth.depth_m.Pixels()) {
      if (metres <= 0 || !Within(bounds_, metres)) continue;
      sum_ += metres;
      ++pixels_;
    }
  }
  DepthTruth Of(Size size) const {
    return {DepthMap(size, pixels_ == 0 ? 0 : sum_ / static_cast<double>(pixels_)), {}};
  }

 private:
  DepthBounds bounds_;
  double sum_ = 0;
  std::int64_t pixels_ = 0;
};

template <>
class Constant<NormalsTask> {
 public:
  static constexpr std::string_view kName = "mean-normal";
  explicit Constant(const Evaluation<NormalsTask>& /*evaluation*/) {}
  void See(const NormalsTruth& truth, const NormalsTask::Query& /*query*/) {
    for (const Vector3& n : truth.normals.Pixels()) {
      const double length = Length(n);
      if (length == 0) continue;
      sum_ = {sum_.x + n.x / length, sum_.y + n.y / length, sum_.z + n.z / length};
    }
  }
  NormalsTruth Of(Size size) const {
    const double length = Length(sum_);
    const Vector3 mean =
        length == 0 ? Vector3{0, 0, 1} : Vector3{sum_.x / length, sum_.y / length, sum_.z / length};
    return {NormalMap(size, mean)};
  }

 private:
  static double Length(const Vector3& n) { return std::sqrt(n.x * n.x + n.y * n.y + n.z * n.z); }

  Vector3 sum_;
};

template <class Task>
void Write(const Evaluation<Task>& evaluation,
           const Dataset<Task>& dataset,
           const std::vector<std::size_t>& selection,
           const std::filesystem::path& folder) {
  const Codec<Task>& codec = PainterOf(evaluation);
  Constant<Task> constant(evaluation);
  std::vector<Size> sizes;
  sizes.reserve(selection.size());
  for (const std::size_t index : selection) {
    const auto truth = evaluation.Shown(dataset.DecodeTruth(index, dataset.ReadTruth(index)));
    constant.See(truth, dataset.Item(index).query);
    sizes.push_back(evaluation.SizeOf(truth));
  }
  for (std::size_t i = 0; i < selection.size(); ++i) {
    const auto item = dataset.Item(selection[i]);
    if (item.known_absent) continue;
    const std::vector<RgbImage> parts = codec.EncodeParts(constant.Of(sizes[i]), item.query);
    for (std::size_t part = 0; part < parts.size(); ++part) {
      WriteFile(folder / AnswerFileName(item.key, part, parts.size()), EncodePng(parts[part]));
    }
  }
}

}  // namespace

std::string_view ConstantName(const Protocol& protocol) {
  return std::visit(
      []<class Task>(const Evaluation<Task>& /*evaluation*/) { return Constant<Task>::kName; },
      protocol.evaluation);
}

void WriteConstantAnswers(const Protocol& protocol,
                          const AnyDataset& dataset,
                          const std::vector<std::size_t>& selection,
                          const std::filesystem::path& folder) {
  std::visit(
      [&]<class Task>(const std::unique_ptr<Dataset<Task>>& typed) {
        Write(std::get<Evaluation<Task>>(protocol.evaluation), *typed, selection, folder);
      },
      dataset);
}

}  // namespace assay
