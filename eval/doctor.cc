#include "eval/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "datasets/io/errors.h"
#include "eval/score_sample.h"
#include "metrics/normals_angle.h"

namespace assay {
namespace {

std::string SizeText(Size size) { return fmt::format("{}x{}", size.width, size.height); }

// What is worth knowing about the truths of a task, one fold each.
class SemanticFacts {
 public:
  Size Add(const SemanticTruth& truth) {
    for (const std::uint8_t id : truth.labels.Pixels()) seen_[id] = true;
    if (truth.instances.empty()) ++without_instances_;
    return truth.labels.size();
  }
  void Report(const SemanticTask::Query& query, DoctorReport& report) const {
    std::string present;
    std::string absent;
    for (const LabelClass& label : query.space->classes) {
      if (!label.evaluated) continue;
      std::string& list = seen_[label.id] ? present : absent;
      list += (list.empty() ? "" : ", ") + std::string(label.name);
    }
    report.facts.emplace_back("classes present", present);
    if (!absent.empty()) report.facts.emplace_back("classes absent", absent);
    if (without_instances_ > 0) {
      report.facts.emplace_back("without instances", std::to_string(without_instances_));
    }
  }

 private:
  std::array<bool, 256> seen_{};
  std::int64_t without_instances_ = 0;
};

class DepthFacts {
 public:
  Size Add(const DepthTruth& truth) {
    for (const double depth : truth.depth_m.Pixels()) {
      if (depth <= 0) continue;
      ++valid_;
      min_ = std::min(min_, depth);
      max_ = std::max(max_, depth);
    }
    pixels_ += static_cast<std::int64_t>(truth.depth_m.Pixels().size());
    return truth.depth_m.size();
  }
  void Report(const DepthTask::Query&, DoctorReport& report) const {
    if (valid_ == 0) {
      report.findings.push_back(
          {true, "", "", "no pixel has a depth", "is this the right folder?"});
      return;
    }
    report.facts.emplace_back("depth", fmt::format("{:.3f} to {:.3f} m", min_, max_));
    report.facts.emplace_back(
        "measured pixels",
        fmt::format("{:.1f} %",
                    100.0 * static_cast<double>(valid_) / static_cast<double>(pixels_)));
  }

 private:
  std::int64_t valid_ = 0, pixels_ = 0;
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = 0;
};

class ReferringFacts {
 public:
  Size Add(const ReferringTruth& truth) {
    const auto pixels = truth.target.Pixels();
    const auto count = [&](std::uint8_t value) {
      return std::count(pixels.begin(), pixels.end(), value);
    };
    without_target_ += count(1) + count(2) == 0 ? 1 : 0;
    with_overlap_ += count(2) > 0 ? 1 : 0;
    with_ignored_ += count(255) > 0 ? 1 : 0;
    return truth.target.size();
  }
  void Report(const ReferringTask::Query&, DoctorReport& report) const {
    report.facts.emplace_back("without a target", std::to_string(without_target_));
    report.facts.emplace_back("with overlapping parts", std::to_string(with_overlap_));
    report.facts.emplace_back("with ignored pixels", std::to_string(with_ignored_));
  }

 private:
  std::int64_t without_target_ = 0, with_overlap_ = 0, with_ignored_ = 0;
};

class InstancesFacts {
 public:
  Size Add(const InstancesTruth& truth) {
    bool positive = false;
    annotators_ = std::max(annotators_, truth.annotators.size());
    for (const Annotation& annotation : truth.annotators) {
      for (const TrueInstance& instance : annotation.instances) {
        ++(instance.crowd ? crowds_ : masks_);
        positive = positive || !instance.crowd;
      }
    }
    ++(positive ? positives_ : negatives_);
    return truth.size;
  }
  void Report(const InstancesTask::Query&, DoctorReport& report) const {
    report.facts.emplace_back("annotators", std::to_string(annotators_));
    report.facts.emplace_back("pairs with masks", std::to_string(positives_));
    report.facts.emplace_back("pairs without", std::to_string(negatives_));
    report.facts.emplace_back("masks of all annotators", std::to_string(masks_));
    if (crowds_ > 0) report.facts.emplace_back("crowds", std::to_string(crowds_));
  }

 private:
  std::size_t annotators_ = 0;
  std::int64_t positives_ = 0, negatives_ = 0, masks_ = 0, crowds_ = 0;
};

class NormalsFacts {
 public:
  Size Add(const NormalsTruth& truth) {
    for (const Vector3& normal : truth.normals.Pixels()) {
      ++pixels_;
      const double length = Length(normal);
      if (!(length > 0)) continue;
      ++with_normal_;
      off_unit_ += std::abs(length - 1) > 0.1 ? 1 : 0;
      away_ += normal.z < -kAway * length ? 1 : 0;
    }
    return truth.normals.size();
  }
  void Report(const NormalsTask::Query&, DoctorReport& report) const {
    if (with_normal_ == 0) {
      report.findings.push_back(
          {true, "", "", "no pixel has a normal", "is this the right folder?"});
      return;
    }
    report.facts.emplace_back("pixels with a normal", Percent(with_normal_, pixels_));
    report.facts.emplace_back("off unit length by more than 0.1", Percent(off_unit_, with_normal_));
    report.facts.emplace_back("pointing away from the camera", Percent(away_, with_normal_));
    if (2 * away_ > with_normal_) {
      report.findings.push_back({true,
                                 "",
                                 "",
                                 "most normals point away from the camera",
                                 "the files are in another axis convention than this dataset's"});
    }
  }

 private:
  // A visible surface may lean away a little where the ray comes from the side.
  static constexpr double kAway = 0.1;
  static std::string Percent(std::int64_t part, std::int64_t whole) {
    return fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
  }
  std::int64_t pixels_ = 0, with_normal_ = 0, off_unit_ = 0, away_ = 0;
};

SemanticFacts FactsFor(const Dataset<SemanticTask>&) { return {}; }
DepthFacts FactsFor(const Dataset<DepthTask>&) { return {}; }
ReferringFacts FactsFor(const Dataset<ReferringTask>&) { return {}; }
InstancesFacts FactsFor(const Dataset<InstancesTask>&) { return {}; }
NormalsFacts FactsFor(const Dataset<NormalsTask>&) { return {}; }

constexpr const char* kStopsModels = "scoring needs no image; running a model would stop here";

void CheckImage(const std::filesystem::path& image,
                const std::string& key,
                Size truth,
                DoctorReport& report) {
  std::error_code unreadable;  // a name that no file can have
  if (!std::filesystem::exists(image, unreadable)) return;
  ++report.images;
  try {
    const Size size = ReadHeader(image).size;
    if (size == truth) return;
    report.findings.push_back(
        {false,
         image.string(),
         key,
         fmt::format("the image is {}, its truth {}", SizeText(size), SizeText(truth)),
         "scoring needs no image, but a model would be shown another frame"});
  } catch (const FileError& error) {
    report.findings.push_back({false, image.string(), key, error.problem, kStopsModels});
  }
}

// Of an image that is no file of its own: a part of another file, or a view made from one.
template <class Task>
void CheckImageOf(const Dataset<Task>& dataset,
                  std::size_t index,
                  const RawTruth& truth,
                  DoctorReport& report) {
  try {
    dataset.Image(index);
    ++report.images;
  } catch (const DatasetError& error) {
    std::error_code unreadable;
    // A set without images says so of its truth.
    const bool is_there =
        error.path != truth.front().path && std::filesystem::exists(error.path, unreadable);
    if (!is_there) return;
    report.findings.push_back({false, error.path.string(), error.key, error.problem, kStopsModels});
  }
}

template <class Task>
DoctorReport ExamineTask(const Dataset<Task>& dataset,
                         const std::vector<std::size_t>& selection,
                         const std::function<void(std::int64_t)>& progress) {
  DoctorReport report;
  report.info = dataset.Info();
  auto facts = FactsFor(dataset);
  std::map<std::string, std::int64_t> sizes;
  std::string fingerprint;
  for (const std::size_t index : selection) {
    const auto item = dataset.Item(index);
    try {
      const RawTruth raw = dataset.ReadTruth(index);
      const Size size = facts.Add(dataset.DecodeTruth(index, raw));
      ++sizes[SizeText(size)];
      fingerprint += item.key + " " + TruthHash(raw) + "\n";
      if (!item.image.empty()) {
        CheckImage(item.image, item.key, size, report);
      } else {
        CheckImageOf(dataset, index, raw, report);
      }
    } catch (const DatasetError& error) {
      report.findings.push_back(
          {true, error.path.string(), error.key, error.problem, error.remedy});
    }
    progress(++report.samples);
  }
  std::string size_list;
  for (const auto& [size, count] : sizes) {
    size_list += fmt::format("{}{} ({})", size_list.empty() ? "" : ", ", size, count);
  }
  report.facts.emplace_back("sizes", size_list);
  if (!selection.empty()) facts.Report(dataset.Item(selection.front()).query, report);
  for (const std::string& note : report.info.notes) {
    report.findings.push_back({false, "", "", note, ""});
  }
  report.fingerprint = Sha256(fingerprint);
  return report;
}

}  // namespace

DoctorReport Examine(const AnyDataset& dataset,
                     const std::vector<std::size_t>& selection,
                     const std::function<void(std::int64_t)>& progress) {
  return std::visit([&](const auto& typed) { return ExamineTask(*typed, selection, progress); },
                    dataset);
}

}  // namespace assay
