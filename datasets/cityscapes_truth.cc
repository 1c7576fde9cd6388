#include "datasets/cityscapes_truth.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "datasets/cityscapes_labels.h"
#include "datasets/dataset.h"

namespace assay {
namespace {

constexpr unsigned kLastId = 33;
constexpr unsigned kFirstThing = 24;  // 24..33 have instances, and only they

bool Consistent(unsigned label, unsigned value) {
  if (label > kLastId) return false;
  if (value < 1000) return value == label;
  return value / 1000 == label && label >= kFirstThing;
}

bool AllConsistent(std::span<const std::uint8_t> labels, std::span<const std::uint16_t> instances) {
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (!Consistent(labels[i], instances[i])) return false;
  }
  return true;
}

constexpr std::size_t kBlock = 4;

struct Block {
  std::uint32_t labels = 0;
  std::uint64_t instances = 0;
  friend bool operator==(const Block&, const Block&) = default;
};

Block BlockAt(std::span<const std::uint8_t> labels,
              std::span<const std::uint16_t> instances,
              std::size_t pixel) {
  Block block;
  std::memcpy(&block.labels, labels.data() + pixel, sizeof block.labels);
  std::memcpy(&block.instances, instances.data() + pixel, sizeof block.instances);
  return block;
}

// The first pixel that breaks the rules, or the number of pixels. Every pixel of
// every truth image passes through here; label images are runs of equal pixels,
// so most blocks repeat the one before and need no second look.
std::size_t FirstInconsistent(std::span<const std::uint8_t> labels,
                              std::span<const std::uint16_t> instances) {
  std::size_t pixel = 0;
  Block checked;  // all zero, which is consistent
  for (; pixel + kBlock <= labels.size(); pixel += kBlock) {
    const Block block = BlockAt(labels, instances, pixel);
    if (block == checked) continue;
    if (!AllConsistent(labels.subspan(pixel, kBlock), instances.subspan(pixel, kBlock))) break;
    checked = block;
  }
  while (pixel < labels.size() && Consistent(labels[pixel], instances[pixel])) ++pixel;
  return pixel;
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
  const std::size_t pixel = FirstInconsistent(ids, values);
  if (pixel < ids.size()) ThrowAt(pixel, truth, labels, instances, key);
}

}  // namespace assay
