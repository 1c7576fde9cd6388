#include "datasets/io/pickle_cursor.h"

#include <fmt/format.h>

#include "datasets/io/errors.h"

namespace assay {

std::string_view PickleCursor::Take(std::uint64_t count) {
  if (count > Left()) {
    throw FileError(path_,
                    "truncated",
                    fmt::format("truncated pickle: {} bytes are needed at byte {}, {} are left; "
                                "copy it again",
                                count,
                                position_,
                                Left()));
  }
  const auto length = static_cast<std::size_t>(count);
  const std::string_view taken(reinterpret_cast<const char*>(bytes_.data()) + position_, length);
  position_ += length;
  return taken;
}

std::uint64_t PickleCursor::Little(std::size_t count) {
  std::uint64_t value = 0;
  const std::string_view taken = Take(count);
  for (std::size_t i = count; i-- > 0;) value = value << 8U | static_cast<std::uint8_t>(taken[i]);
  return value;
}

std::uint64_t PickleCursor::Big8() {
  std::uint64_t value = 0;
  for (const char byte : Take(8)) value = value << 8U | static_cast<std::uint8_t>(byte);
  return value;
}

std::string_view PickleCursor::Line() {
  const std::string_view rest(reinterpret_cast<const char*>(bytes_.data()) + position_, Left());
  const std::size_t end = rest.find('\n');
  // One byte more than there is says where the file ends.
  const std::string_view line = Take(end == std::string_view::npos ? Left() + 1 : end + 1);
  return line.substr(0, line.size() - 1);
}

}  // namespace assay
