// Whole files as bytes, and writes that are never seen half done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace assay {

using Bytes = std::vector<std::uint8_t>;

// Throws FileError not-found, unreadable, or too-large (before allocating).
Bytes ReadFile(const std::filesystem::path& path, std::uint64_t max_bytes = std::uint64_t{1} << 32);
// The first `count` bytes; fewer only where the file has fewer.
Bytes ReadPrefix(const std::filesystem::path& path, std::uint64_t count);
std::string ReadText(const std::filesystem::path& path);

// A file that stays open, for reading parts of it. Reading is safe from any thread.
class FileParts {
 public:
  // Throws FileError not-found, unreadable.
  explicit FileParts(std::filesystem::path path);
  ~FileParts();
  FileParts(FileParts&& other) noexcept;
  FileParts& operator=(FileParts&& other) noexcept;
  FileParts(const FileParts&) = delete;
  FileParts& operator=(const FileParts&) = delete;

  const std::filesystem::path& Path() const { return path_; }
  // `count` bytes from `offset` on. Throws FileError truncated where the file ends
  // before; memory is taken for what it has only.
  Bytes Read(std::uint64_t offset, std::uint64_t count) const;

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

// Writes path + ".tmp<pid>", then renames; creates missing parent folders.
// Throws OutputError.
void WriteFile(const std::filesystem::path& path, std::span<const std::uint8_t> bytes);
void WriteText(const std::filesystem::path& path, const std::string& text);

// "sha256:" + 64 hexadecimal digits.
std::string Sha256(std::span<const std::uint8_t> bytes);
std::string Sha256(const std::string& text);
// Of several pieces as if they were one.
std::string Sha256(std::span<const std::span<const std::uint8_t>> pieces);

}  // namespace assay
