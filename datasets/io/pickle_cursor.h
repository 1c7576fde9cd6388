// The bytes of a pickle, taken from front to back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace assay {

class PickleCursor {
 public:
  // Borrows `bytes`; `path` is only for messages.
  PickleCursor(std::span<const std::uint8_t> bytes, const std::filesystem::path& path)
      : bytes_(bytes), path_(path) {}

  const std::filesystem::path& Path() const { return path_; }
  std::size_t Position() const { return position_; }
  std::size_t Left() const { return bytes_.size() - position_; }

  // Each throws FileError truncated when the bytes end first.
  std::uint8_t Byte() { return static_cast<std::uint8_t>(Little(1)); }
  std::uint64_t Little(std::size_t count);  // an unsigned number of 1 to 8 bytes
  std::uint64_t Big8();
  std::string_view Take(std::uint64_t count);
  std::string_view Line();  // up to the next '\n', which is taken too

 private:
  std::span<const std::uint8_t> bytes_;
  const std::filesystem::path& path_;
  std::size_t position_ = 0;
};

}  // namespace assay
