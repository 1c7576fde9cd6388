#include "datasets/cityscapes_truth.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "datasets/cityscapes_labels.h"
#include "datasets/dataset.h"

namespace assay {
namespace {

constexpr unsigned kLastId = 33;
constexpr unsigned kFirstThing = 24;  // 24..33 have instances, and only they

// Written without branches and in 16 bits so that compilers vectorise it: it
// runs over every pixel of every truth image.
bool AllConsistent(std::span<const std::uint8_t> labels, std::span<const std::uint16_t> instances) {
  std::uint16_t wrong = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::uint16_t label = labels[i];
    const std::uint16_t value = instances[i];
    const auto class_id = static_cast<std::uint16_t>(value / 1000U);
    const auto expected = static_cast<std::uint16_t>(value < 1000U ? value : class_id);
    const auto bad = static_cast<std::uint16_t>((expected != label) | (label > kLastId) |
                                                ((value >= 1000U) & (class_id < kFirstThing)));
    wrong = static_cast<std::uint16_t>(wrong | bad);
  }
  return wrong == 0;
}

std::string NameOf(unsigned id) {
  if (id > kLastId) return fmt::format("{}", id);
  return fmt::format("{} ({})", id, CityscapesLabels().classes[id].name);
}

constexpr const char* kUnpackAgain = "unpack the official gtFine archive again";

[[noreturn]] void ThrowAt(std::size_t pixel,
                          const SemanticTruth& truth,
                          const std::filesystem::path& labels,
                          const std::filesystem::path& instances,
                          const std::string& key) {
  const auto width = static_cast<std::size_t>(truth.labels.width());
  const std::string where = fmt::format("pixel ({}, {})", pixel % width, pixel / width);
  const unsigned label = truth.labels.Pixels()[pixel];
  const unsigned value = truth.instances.Pixels()[pixel];
  if (label > kLastId) {
    throw DatasetError(
        labels,
        key,
        fmt::format("{} holds label id {}, the largest is 33", where, label),
        label == 255 ? "255 is a train id: labelIds files hold regular ids" : kUnpackAgain);
  }
  if (value >= 1000 && value / 1000 < kFirstThing) {
    throw DatasetError(instances,
                       key,
                       fmt::format("{} holds instance value {}, but class {} has no instances",
                                   where,
                                   value,
                                   NameOf(value / 1000)),
                       kUnpackAgain);
  }
  throw DatasetError(
      labels,
      key,
      fmt::format("{} has label {}, but {} says {} (value {})",
                  where,
                  NameOf(label),
                  instances.filename().string(),
                  NameOf(value < 1000 ? value : value / 1000),
                  value),
      "labels and instances must come from one archive, and labelIds must hold regular ids, "
      "not train ids");
}

}  // namespace

void CheckCityscapesTruth(const SemanticTruth& truth,
                          const std::filesystem::path& labels,
                          const std::filesystem::path& instances,
                          const std::string& key) {
  if (truth.labels.size() != truth.instances.size()) {
    throw DatasetError(labels,
                       key,
                       fmt::format("{}x{} (width x height) pixels, but {} has {}x{}",
                                   truth.labels.width(),
                                   truth.labels.height(),
                                   instances.filename().string(),
                                   truth.instances.width(),
                                   truth.instances.height()),
                       kUnpackAgain);
  }
  const auto ids = truth.labels.Pixels();
  const auto values = truth.instances.Pixels();
  if (AllConsistent(ids, values)) return;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (!AllConsistent(ids.subspan(i, 1), values.subspan(i, 1))) {
      ThrowAt(i, truth, labels, instances, key);
    }
  }
}

}  // namespace assay
