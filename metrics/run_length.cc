#include "metrics/run_length.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "metrics/run_box.h"

namespace assay {
namespace {

constexpr int kFirstCharacter = 48;
constexpr int kLastCharacter = 111;
constexpr int kGroupBits = 5;
constexpr int kGroupMask = 31;
constexpr int kSignBit = 16;
constexpr int kMoreBit = 32;

std::string Describe(Size size) {
  return std::to_string(size.width) + " x " + std::to_string(size.height);
}

void CheckSize(Size size) {
  if (size.width < 1 || size.height < 1) {
    throw std::invalid_argument("a mask of " + Describe(size) + " pixels has no pixel");
  }
  if (static_cast<std::int64_t>(size.width) * size.height > kMaxMaskPixels) {
    throw std::invalid_argument("a mask of " + Describe(size) + " pixels is larger than " +
                                std::to_string(kMaxMaskPixels) + " pixels");
  }
}

std::int64_t PixelsOf(Size size) { return static_cast<std::int64_t>(size.width) * size.height; }

// Joins stretches of pixels into canonical runs.
class RunWriter {
 public:
  explicit RunWriter(std::size_t likely_runs = 0) : runs_(likely_runs + 1) {}

  void Append(bool inside, std::uint32_t length) {
    if (length == 0) return;
    if (inside == (last_ % 2 == 1)) {
      runs_[last_] += length;
      return;
    }
    if (++last_ == runs_.size()) runs_.resize(2 * runs_.size());
    runs_[last_] = length;
  }
  std::vector<std::uint32_t> Take() {
    runs_.resize(last_ + 1);
    return std::move(runs_);
  }

 private:
  std::vector<std::uint32_t> runs_;  // those up to last_ are in use
  std::size_t last_ = 0;             // odd where it counts pixels inside
};

// Reads the stretches of a mask piece by piece.
class RunReader {
 public:
  explicit RunReader(const RunLengthMask& mask) : runs_(mask.runs), left_(runs_.front()) {
    if (left_ == 0) Next();
  }
  bool done() const { return index_ >= runs_.size(); }
  bool inside() const { return index_ % 2 == 1; }
  std::uint32_t left() const { return left_; }
  void Skip(std::uint32_t length) {
    left_ -= length;
    if (left_ == 0) Next();
  }

 private:
  void Next() {
    ++index_;
    if (!done()) left_ = runs_[index_];
  }

  std::span<const std::uint32_t> runs_;
  std::size_t index_ = 0;
  std::uint32_t left_;
};

int GroupAt(std::string_view text, std::size_t at) {
  if (at == text.size()) throw std::invalid_argument("the runs end inside a number");
  const int character = static_cast<unsigned char>(text[at]);
  if (character < kFirstCharacter || character > kLastCharacter) {
    throw std::invalid_argument("character " + std::to_string(at + 1) + " of the runs has code " +
                                std::to_string(character) + "; 48 to 111 occur in runs");
  }
  return character - kFirstCharacter;
}

// The stored number that begins at `at`, which then stands behind it.
std::int64_t NumberAt(std::string_view text, std::size_t& at) {
  std::uint64_t bits = 0;
  for (int k = 0; k < kMaxRunCharacters; ++k) {
    const int group = GroupAt(text, at++);
    const int shift = kGroupBits * k;
    bits |= static_cast<std::uint64_t>(group & kGroupMask) << shift;
    if ((group & kMoreBit) != 0) continue;
    if ((group & kSignBit) != 0) bits |= ~std::uint64_t{0} << (shift + kGroupBits);
    return static_cast<std::int64_t>(bits);
  }
  throw std::invalid_argument("a number before character " + std::to_string(at + 1) +
                              " of the runs has more than " + std::to_string(kMaxRunCharacters) +
                              " characters");
}

void AppendNumber(std::int64_t number, std::string& text) {
  bool more = true;
  while (more) {
    const int group = static_cast<int>(number & kGroupMask);
    number >>= kGroupBits;
    more = (group & kSignBit) != 0 ? number != -1 : number != 0;
    text += static_cast<char>(kFirstCharacter + (group | (more ? kMoreBit : 0)));
  }
}

void CheckRun(std::int64_t run, std::size_t index) {
  if (run < 0) {
    throw std::invalid_argument("run " + std::to_string(index + 1) +
                                " is negative: " + std::to_string(run));
  }
}

// Why run `index` does not fit into the pixels that no run has covered yet.
[[noreturn]] void RefuseRun(Size size, std::int64_t run, std::size_t index) {
  CheckRun(run, index);
  const std::string which =
      run <= PixelsOf(size) ? ""
                            : ": run " + std::to_string(index + 1) + " has " + std::to_string(run);
  throw std::invalid_argument("the runs cover more than the " + std::to_string(PixelsOf(size)) +
                              " pixels of " + Describe(size) + which);
}

// Runs as they are stored, from `next(i)` while `more()`; at most about `likely` of them.
template <class More, class Next>
RunLengthMask CollectRuns(Size size, std::size_t likely, const More& more, const Next& next) {
  CheckSize(size);
  std::int64_t left = PixelsOf(size);
  RunWriter out(likely);
  for (std::size_t i = 0; more(); ++i) {
    const std::int64_t run = next(i);
    if (run < 0 || run > left) RefuseRun(size, run, i);
    left -= run;
    out.Append(i % 2 == 1, static_cast<std::uint32_t>(run));
  }
  if (left == 0) return {size, out.Take()};
  throw std::invalid_argument("the runs cover " + std::to_string(PixelsOf(size) - left) +
                              " of the " + std::to_string(PixelsOf(size)) + " pixels of " +
                              Describe(size));
}

RunLengthMask MergeTwo(const RunLengthMask& a, const RunLengthMask& b, MergeRule rule) {
  if (a.size != b.size) {
    throw std::invalid_argument("masks of " + Describe(a.size) + " and " + Describe(b.size) +
                                " pixels cannot be merged");
  }
  RunReader left(a);
  RunReader right(b);
  RunWriter out;
  while (!left.done() && !right.done()) {
    const std::uint32_t length = std::min(left.left(), right.left());
    out.Append(
        rule == MergeRule::kOr ? left.inside() || right.inside() : left.inside() && right.inside(),
        length);
    left.Skip(length);
    right.Skip(length);
  }
  return {a.size, out.Take()};
}

}  // namespace

RunLengthMask EmptyRuns(Size size) {
  CheckSize(size);
  return {size, {static_cast<std::uint32_t>(PixelsOf(size))}};
}

RunLengthMask MakeRuns(Size size, std::span<const std::int64_t> runs) {
  auto at = runs.begin();
  return CollectRuns(
      size, runs.size(), [&] { return at != runs.end(); }, [&](std::size_t) { return *at++; });
}

RunLengthMask DecodeRuns(Size size, std::string_view text) {
  std::size_t at = 0;
  std::int64_t last = 0;
  std::int64_t before_last = 0;
  return CollectRuns(
      size,
      text.size(),
      [&] { return at < text.size(); },
      [&](std::size_t i) {
        // Most numbers are one character: outlines are smooth, so runs differ by little.
        const int group = static_cast<unsigned char>(text[at]) - kFirstCharacter;
        std::int64_t run = 0;
        if (group >= 0 && group < kMoreBit) {
          ++at;
          run = (group ^ kSignBit) - kSignBit;
        } else {
          std::size_t behind = at;  // a copy: `at` then stays in a register
          run = NumberAt(text, behind);
          at = behind;
        }
        // Stays inside 64 bits: a number has 60 at most, and runs beyond the mask are refused.
        if (i > 2) run += before_last;
        before_last = last;
        return last = run;
      });
}

std::string EncodeRuns(const RunLengthMask& mask) {
  std::string text;
  for (std::size_t i = 0; i < mask.runs.size(); ++i) {
    const std::int64_t before = i > 2 ? mask.runs[i - 2] : 0;
    AppendNumber(static_cast<std::int64_t>(mask.runs[i]) - before, text);
  }
  return text;
}

RunLengthMask ToRuns(const Raster<std::uint8_t>& mask) {
  CheckSize(mask.size());
  // Columns are copied a few dozen at a time: going down each in the raster would
  // touch a new cache line for every pixel.
  constexpr int kStrip = 64;
  const auto height = static_cast<std::size_t>(mask.height());
  std::vector<std::uint8_t> columns(kStrip * height);
  RunWriter out;
  for (int left = 0; left < mask.width(); left += kStrip) {
    const int width = std::min(kStrip, mask.width() - left);
    for (int y = 0; y < mask.height(); ++y) {
      const auto row = mask.Row(y).subspan(static_cast<std::size_t>(left));
      for (std::size_t x = 0; x < static_cast<std::size_t>(width); ++x) {
        columns[x * height + static_cast<std::size_t>(y)] = row[x] != 0 ? 1 : 0;
      }
    }
    auto at = columns.cbegin();
    const auto end = at + width * static_cast<std::ptrdiff_t>(height);
    while (at != end) {
      const std::uint8_t value = *at;
      const auto next = std::find(at, end, value == 0 ? 1 : 0);
      out.Append(value != 0, static_cast<std::uint32_t>(next - at));
      at = next;
    }
  }
  return {mask.size(), out.Take()};
}

Raster<std::uint8_t> ToMask(const RunLengthMask& mask) {
  CheckSize(mask.size);
  const std::int64_t total = std::accumulate(mask.runs.begin(), mask.runs.end(), std::int64_t{0});
  if (total != PixelsOf(mask.size)) {
    throw std::invalid_argument("the runs cover " + std::to_string(total) + " pixels of " +
                                Describe(mask.size));
  }
  Raster<std::uint8_t> out(mask.size);
  std::int64_t at = 0;
  for (std::size_t i = 0; i < mask.runs.size(); ++i) {
    const std::int64_t end = at + mask.runs[i];
    for (std::int64_t p = at; i % 2 == 1 && p < end; ++p) {
      out.At(static_cast<int>(p / mask.size.height), static_cast<int>(p % mask.size.height)) = 1;
    }
    at = end;
  }
  return out;
}

std::int64_t Area(const RunLengthMask& mask) {
  std::int64_t area = 0;
  for (std::size_t i = 1; i < mask.runs.size(); i += 2) area += mask.runs[i];
  return area;
}

PixelBox BoundingBox(const RunLengthMask& mask) {
  RunBox box(mask.size.height);
  std::uint32_t at = 0;
  for (std::size_t i = 1; i < mask.runs.size(); i += 2) {
    const std::uint32_t begin = at + mask.runs[i - 1];
    at = begin + mask.runs[i];
    box.Add(begin, at);
  }
  return box.Box();
}

BoxXywh FractionBox(const RunLengthMask& mask) {
  const PixelBox box = BoundingBox(mask);
  const auto width = static_cast<double>(mask.size.width);
  const auto height = static_cast<double>(mask.size.height);
  return {box.x / width, box.y / height, box.width / width, box.height / height};
}

RunLengthMask Merge(std::span<const RunLengthMask> masks, MergeRule rule) {
  if (masks.empty()) throw std::invalid_argument("there is no mask to merge");
  RunLengthMask merged = masks.front();
  for (const RunLengthMask& mask : masks.subspan(1)) merged = MergeTwo(merged, mask, rule);
  return merged;
}

}  // namespace assay
