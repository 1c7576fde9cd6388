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

constexpr std::size_t kWord = 8;                        // pixels looked at at once
constexpr std::size_t kTable = std::size_t{256} * 256;  // cells, index truth * 256 + prediction
constexpr std::size_t kValues = 65536;                  // of the instance image
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

// What every object of one image is predicted as. Row 0 takes the pixels of
// everything that is no object, so that counting needs no branch.
class InstanceCounter {
 public:
  // Every prediction counted later is below space.classes.size().
  explicit InstanceCounter(const LabelSpace& space)
      : space_(space), stride_(space.classes.size()), even_(stride_), odd_(stride_) {
    std::fill(rows_.begin() + kFirstInstance, rows_.end(), kUnseen);
  }

  void AddRun(std::uint16_t value, std::uint8_t prediction, std::size_t length) {
    const std::size_t index = Row(value) * stride_ + prediction;
    even_[index] += static_cast<std::uint32_t>(length);
  }
  void AddWord(const std::uint16_t* values, const std::uint8_t* prediction) {
    for (std::size_t i = 0; i < kWord; i += 2) {
      const std::size_t first = Row(values[i]) * stride_ + prediction[i];
      const std::size_t second = Row(values[i + 1]) * stride_ + prediction[i + 1];
      ++even_[first];
      ++odd_[second];
    }
  }
  std::vector<SemanticScore::Instance> Sorted() const;

 private:
  static constexpr std::uint16_t kUnseen = 65535;
  std::size_t Row(std::uint16_t value) {
    const std::uint16_t row = rows_[value];
    return row != kUnseen ? row : Open(value);
  }
  std::uint16_t Open(std::uint16_t value);
  SemanticScore::Instance CountsOf(std::uint16_t value) const;

  const LabelSpace& space_;
  std::size_t stride_;
  std::vector<std::uint16_t> rows_ = std::vector<std::uint16_t>(kValues);  // row of each value
  std::vector<std::uint16_t> values_;                                      // of rows 1, 2, …
  Cells even_, odd_;
};

std::uint16_t InstanceCounter::Open(std::uint16_t value) {
  const std::size_t id = value / kInstanceBase;
  const bool known = id < space_.classes.size();
  if (known && !space_.classes[id].evaluated) return rows_[value] = 0;
  if (!known || space_.classes[id].average_instance_pixels <= 0) {
    throw std::invalid_argument(
        "instance value " + std::to_string(value) + " stands for class id " + std::to_string(id) +
        (known ? ", which has no average instance size" : ", which the label space does not have"));
  }
  values_.push_back(value);
  even_.resize(even_.size() + stride_);
  odd_.resize(odd_.size() + stride_);
  return rows_[value] = static_cast<std::uint16_t>(values_.size());
}

SemanticScore::Instance InstanceCounter::CountsOf(std::uint16_t value) const {
  const LabelClass& own = space_.classes[value / kInstanceBase];
  SemanticScore::Instance counts{.class_id = own.id};
  const std::size_t row = rows_[value] * stride_;
  for (const LabelClass& answer : space_.classes) {
    const std::int64_t pixels = std::int64_t{even_[row + answer.id]} + odd_[row + answer.id];
    counts.pixels += pixels;
    counts.class_hits += answer.id == own.id ? pixels : 0;
    counts.category_hits += answer.category == own.category ? pixels : 0;
  }
  return counts;
}

std::vector<SemanticScore::Instance> InstanceCounter::Sorted() const {
  std::vector<std::uint16_t> ascending = values_;
  std::sort(ascending.begin(), ascending.end());
  std::vector<SemanticScore::Instance> sorted;
  sorted.reserve(ascending.size());
  for (const std::uint16_t value : ascending) sorted.push_back(CountsOf(value));
  return sorted;
}

// True where the eight values from `at` on are all equal to `word`'s four.
bool ContinuesValue(const std::uint16_t* at, std::uint64_t word) {
  return LoadWord(at) == word && LoadWord(at + kWord / 2) == word;
}

void CountInstances(std::span<const std::uint16_t> values,
                    std::span<const std::uint8_t> prediction,
                    InstanceCounter& counter) {
  const std::size_t count = values.size();
  std::size_t i = 0;
  while (i + kWord <= count) {
    const std::uint64_t v = LoadWord(&values[i]);
    const std::uint64_t p = LoadWord(&prediction[i]);
    const bool one_value = IsUniform16(v) && ContinuesValue(&values[i], v);
    const std::size_t begin = i;
    if (one_value && values[i] < kFirstInstance) {
      i += kWord;
    } else if (one_value && IsUniform8(p)) {
      do {
        i += kWord;
      } while (i + kWord <= count && ContinuesValue(&values[i], v) &&
               LoadWord(&prediction[i]) == p);
      counter.AddRun(values[begin], prediction[begin], i - begin);
    } else {
      counter.AddWord(&values[i], &prediction[i]);
      i += kWord;
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
    InstanceCounter objects(*space_);  // CellsOf has checked the ids
    CountInstances(truth.instances.Pixels(), value.Pixels(), objects);
    score.instances = objects.Sorted();
  }
  if (settings_.boundary_ratio > 0) {
    score.boundaries = CompareBoundaries(value, truth.labels, settings_.policy);
  }
  return score;
}

}  // namespace assay
