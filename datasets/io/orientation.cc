#include "datasets/io/orientation.h"

#include <cstddef>
#include <optional>
#include <stdexcept>

namespace assay {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::uint32_t kOrientationTag = 274;
constexpr std::uint32_t kShortType = 3;
constexpr std::size_t kEntryBytes = 12;

// Numbers of a TIFF block in its byte order.
class Tiff {
 public:
  explicit Tiff(Span bytes) : bytes_(bytes), big_(!bytes.empty() && bytes[0] == 'M') {}

  std::optional<std::uint32_t> Number(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || bytes_.size() - at < count) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value = value << 8U | bytes_[at + (big_ ? i : count - 1 - i)];
    }
    return value;
  }
  bool IsValid() const {
    if (bytes_.size() < 8 || bytes_[0] != bytes_[1]) return false;
    return (bytes_[0] == 'M' || bytes_[0] == 'I') && Number(2, 2) == 42U;
  }

 private:
  Span bytes_;
  bool big_;
};

bool SwapsAxes(int orientation) { return orientation >= 5; }

void CheckOrientation(int orientation) {
  if (orientation < 1 || orientation > 8) {
    throw std::logic_error("an orientation outside 1 to 8");
  }
}

}  // namespace

int ExifOrientation(Span bytes) {
  const Tiff tiff(bytes);
  if (!tiff.IsValid()) return kUpright;
  const std::size_t directory = tiff.Number(4, 4).value_or(0);
  const std::uint32_t entries = tiff.Number(directory, 2).value_or(0);
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (tiff.Number(entry, 2) != kOrientationTag) continue;
    if (tiff.Number(entry + 2, 2) != kShortType) return kUpright;
    const std::uint32_t value = tiff.Number(entry + 8, 2).value_or(kUpright);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : kUpright;
  }
  return kUpright;
}

Size Oriented(Size stored, int orientation) {
  CheckOrientation(orientation);
  return SwapsAxes(orientation) ? Size{stored.height, stored.width} : stored;
}

RgbImage Oriented(const RgbImage& stored, int orientation) {
  const Size size = Oriented(stored.size(), orientation);
  const bool swaps = SwapsAxes(orientation);
  // Whether the stored columns and rows run backwards in the picture.
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  RgbImage seen(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int column = swaps ? y : x;
      const int row = swaps ? x : y;
      seen.At(x, y) = stored.At(from_right ? stored.width() - 1 - column : column,
                                from_below ? stored.height() - 1 - row : row);
    }
  }
  return seen;
}

}  // namespace assay
