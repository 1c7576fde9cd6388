// SemanticMetric::Compare, the one loop over pixels.
//
// Label images are long equal stretches, so eight pixels are looked at at once:
// a word equal to the previous uniform one only lengthens a run. Pixels of mixed
// words are counted one by one in two tables in turn, so that two neighbours of
// the same cell do not wait for each other's store.
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "metrics/semantic.h"

namespace assay {
namespace {

constexpr std::size_t kWord = 8;             // pixels looked at at once
constexpr std::size_t kTable = std::size_t{256} * 256;  // cells, index truth * 256 + prediction
constexpr std::size_t kValues = 65536;       // of the instance image
constexpr std::uint16_t kFirstInstance = 1001;
constexpr std::uint16_t kInstanceBase = 1000;

std::uint64_t LoadWord(const void* from) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Eight pixels of equal value v are v in every byte.
bool IsUniform8(std::uint64_t word) { return word == std::rotl(word, 8); }
bool IsUniform16(std::uint64_t word) { return word == std::rotl(word, 16); }

using Cells = std::vector<std::uint32_t>;

class PairCounter {
 public:
  void AddRun(std::uint8_t truth, std::uint8_t prediction, std::size_t length) {
    even_[Index(truth, prediction)] += static_cast<std::uint32_t>(length);
  }
  void AddWord(const std::uint8_t* truth, const std::uint8_t* prediction) {
    for (std::size_t i = 0; i < kWord; i += 2) {
      ++even_[Index(truth[i], prediction[i])];
      ++odd_[Index(truth[i + 1], prediction[i + 1])];
    }
  }
  std::int64_t Count(std::size_t truth, std::size_t prediction) const {
    const std::size_t index = truth * 256 + prediction;
    return std::int64_t{even_[index]} + odd_[index];
  }

 private:
  static std::size_t Index(std::uint8_t truth, std::uint8_t prediction) {
    return static_cast<std::size_t>(truth) * 256 + prediction;
  }
  Cells even_ = Cells(kTable);
  Cells odd_ = Cells(kTable);
};

void CountPairs(std::span<const std::uint8_t> truth,
                std::span<const std::uint8_t> prediction,
                PairCounter& counter) {
  const std::size_t count = truth.size();
  std::size_t i = 0;
  while (i + kWord <= count) {
    const std::uint64_t t = LoadWord(&truth[i]);
    const std::uint64_t p = LoadWord(&prediction[i]);
    if (!IsUniform8(t) || !IsUniform8(p)) {
      counter.AddWord(&truth[i], &prediction[i]);
      i += kWord;
      continue;
    }
    const std::size_t begin = i;
    do {
      i += kWord;
    } while (i + kWord <= count && LoadWord(&truth[i]) == t && LoadWord(&prediction[i]) == p);
    counter.AddRun(truth[begin], prediction[begin], i - begin);
  }
  for (; i < count; ++i) counter.AddRun(truth[i], prediction[i], 1);
}

// The objects of one image, found by value through a 16-bit table.
class InstanceCounter {
 public:
  explicit InstanceCounter(const LabelSpace& space) : space_(space) {}

  void AddRun(std::uint16_t value, std::uint8_t prediction, std::size_t length) {
    if (value < kFirstInstance) return;
    if (slots_[value] == 0) Open(value);
    if (slots_[value] == kIgnored) return;
    Object& object = objects_[slots_[value] - 1U];
    const auto pixels = static_cast<std::int64_t>(length);
    object.counts.pixels += pixels;
    object.counts.class_hits += prediction == object.counts.class_id ? pixels : 0;
    object.counts.category_hits += object.category_hit[prediction] ? pixels : 0;
  }
  std::vector<SemanticScore::Instance> Sorted() &&;

 private:
  struct Object {
    std::uint16_t value = 0;
    SemanticScore::Instance counts;
    std::array<bool, 256> category_hit{};
  };
  static constexpr std::uint16_t kIgnored = 65535;
  void Open(std::uint16_t value);

  const LabelSpace& space_;
  std::vector<std::uint16_t> slots_ = std::vector<std::uint16_t>(kValues);  // 0 = not seen
  std::vector<Object> objects_;
};

void InstanceCounter::Open(std::uint16_t value) {
  const std::size_t id = value / kInstanceBase;
  const bool known = id < space_.classes.size();
  if (known && !space_.classes[id].evaluated) {
    slots_[value] = kIgnored;
    return;
  }
  if (!known || space_.classes[id].average_instance_pixels <= 0) {
    throw std::invalid_argument(
        "instance value " + std::to_string(value) + " stands for class id " + std::to_string(id) +
        (known ? ", which has no average instance size" : ", which the label space does not have"));
  }
  Object object;
  object.value = value;
  object.counts.class_id = static_cast<std::uint8_t>(id);
  for (const LabelClass& other : space_.classes) {
    object.category_hit[other.id] = other.category == space_.classes[id].category;
  }
  objects_.push_back(object);
  slots_[value] = static_cast<std::uint16_t>(objects_.size());
}

std::vector<SemanticScore::Instance> InstanceCounter::Sorted() && {
  std::sort(objects_.begin(), objects_.end(), [](const Object& a, const Object& b) {
    return a.value < b.value;
  });
  std::vector<SemanticScore::Instance> sorted;
  sorted.reserve(objects_.size());
  for (const Object& object : objects_) sorted.push_back(object.counts);
  return sorted;
}

void CountInstances(std::span<const std::uint16_t> values,
                    std::span<const std::uint8_t> prediction,
                    InstanceCounter& counter) {
  const std::size_t count = values.size();
  std::size_t i = 0;
  while (i + kWord <= count) {
    const std::uint64_t first = LoadWord(&values[i]);
    const std::uint64_t second = LoadWord(&values[i + kWord / 2]);
    const bool one_value = first == second && IsUniform16(first);
    if (one_value && values[i] < kFirstInstance) {
      i += kWord;
    } else if (one_value && IsUniform8(LoadWord(&prediction[i]))) {
      counter.AddRun(values[i], prediction[i], kWord);
      i += kWord;
    } else {
      for (const std::size_t end = i + kWord; i < end; ++i) {
        counter.AddRun(values[i], prediction[i], 1);
      }
    }
  }
  for (; i < count; ++i) counter.AddRun(values[i], prediction[i], 1);
}

std::vector<SemanticScore::Cell> CellsOf(const PairCounter& counter,
                                         std::size_t classes,
                                         std::size_t pixels) {
  std::vector<SemanticScore::Cell> cells;
  std::int64_t counted = 0;
  for (std::size_t t = 0; t < classes; ++t) {
    for (std::size_t p = 0; p < classes; ++p) {
      const std::int64_t count = counter.Count(t, p);
      if (count == 0) continue;
      cells.push_back({static_cast<std::uint8_t>(t), static_cast<std::uint8_t>(p), count});
      counted += count;
    }
  }
  if (counted != static_cast<std::int64_t>(pixels)) {
    throw std::logic_error("a label map holds an id outside the label space");
  }
  return cells;
}

}  // namespace

SemanticScore SemanticMetric::Compare(const Value& value, const Truth& truth) const {
  const bool has_instances = !truth.instances.empty();
  if (value.size() != truth.labels.size() ||
      (has_instances && truth.instances.size() != value.size())) {
    throw std::logic_error("prediction, labels and instances differ in size");
  }
  PairCounter pairs;
  CountPairs(truth.labels.Pixels(), value.Pixels(), pairs);
  Score score;
  score.cells = CellsOf(pairs, space_->classes.size(), value.size().Pixels());
  if (has_instances) {
    InstanceCounter objects(*space_);
    CountInstances(truth.instances.Pixels(), value.Pixels(), objects);
    score.instances = std::move(objects).Sorted();
  }
  return score;
}

}  // namespace assay
