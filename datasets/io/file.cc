#include "datasets/io/file.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"

namespace assay {
namespace {

// std::strerror shares one buffer between threads; this does not.
std::string ErrorText(int code) { return std::generic_category().message(code); }

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int Get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }
  // Network file systems report a full disk only here.
  bool Close() { return ::close(Release()) == 0; }

 private:
  int fd_;
};

using Algorithm = std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

FileError CannotOpen(const std::filesystem::path& path, int code) {
  if (code == ENOENT || code == ENOTDIR) {
    return {path, "not-found", "no such file; check the path"};
  }
  return {path, "unreadable", "cannot open: " + ErrorText(code) + "; check its permissions"};
}

std::uint64_t RegularFileSize(int file, const std::filesystem::path& path) {
  struct stat status = {};
  if (::fstat(file, &status) != 0) {
    throw FileError(path, "unreadable", "cannot read: " + ErrorText(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    throw FileError(path, "unreadable", "is a folder where a file is needed");
  }
  if (!S_ISREG(status.st_mode)) {
    throw FileError(path, "unreadable", "is not a regular file; save it to disk first");
  }
  return static_cast<std::uint64_t>(status.st_size);
}

// What read and pread gave for bytes that must be there.
void CheckRead(ssize_t count, const std::filesystem::path& path) {
  if (count < 0) throw FileError(path, "unreadable", "cannot read: " + ErrorText(errno));
  if (count > 0) return;
  throw FileError(path, "truncated", "became shorter while it was read; write it again");
}

void ReadAll(const Descriptor& file,
             std::span<std::uint8_t> bytes,
             const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t count = ::read(file.Get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    CheckRead(count, path);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

OutputError CannotWrite(const std::filesystem::path& path, int code) {
  const char* advice = code == ENOSPC || code == EDQUOT ? "free some space or choose another folder"
                                                        : "choose a folder that can be written";
  return OutputError(path.string() + ": cannot write: " + ErrorText(code) + "; " + advice);
}

void WriteAll(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
  if (file.Get() < 0) throw CannotWrite(path, errno);
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.Get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw CannotWrite(path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  if (!file.Close()) throw CannotWrite(path, errno);
}

std::span<const std::uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// O_NONBLOCK: opening a pipe would wait for its writer before it can be refused.
int OpenForReading(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) throw CannotOpen(path, errno);
  return fd;
}

// The first `max_prefix` bytes, or all of a file that has fewer.
Bytes ReadUpTo(const std::filesystem::path& path,
               std::uint64_t max_prefix,
               std::uint64_t max_bytes) {
  const Descriptor file(OpenForReading(path));
  const std::uint64_t size = RegularFileSize(file.Get(), path);
  if (size > max_bytes) {
    throw FileError(path,
                    "too-large",
                    "has " + std::to_string(size) + " bytes; at most " + std::to_string(max_bytes) +
                        " are read here");
  }
  Bytes bytes(static_cast<std::size_t>(size < max_prefix ? size : max_prefix));
  ReadAll(file, bytes, path);
  return bytes;
}

}  // namespace

Bytes ReadFile(const std::filesystem::path& path, std::uint64_t max_bytes) {
  return ReadUpTo(path, UINT64_MAX, max_bytes);
}

Bytes ReadPrefix(const std::filesystem::path& path, std::uint64_t count) {
  return ReadUpTo(path, count, UINT64_MAX);
}

FileParts::FileParts(std::filesystem::path path) : path_(std::move(path)) {
  Descriptor file(OpenForReading(path_));
  RegularFileSize(file.Get(), path_);
  descriptor_ = file.Release();
}

FileParts::~FileParts() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileParts::FileParts(FileParts&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

FileParts& FileParts::operator=(FileParts&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

Bytes FileParts::Read(std::uint64_t offset, std::uint64_t count) const {
  const std::uint64_t size = RegularFileSize(descriptor_, path_);
  if (offset > size || size - offset < count) {
    throw FileError(path_,
                    "truncated",
                    "has " + std::to_string(size) + " bytes, " + std::to_string(count) +
                        " from byte " + std::to_string(offset) + " on are needed");
  }
  Bytes bytes(static_cast<std::size_t>(count));
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t got = ::pread(
        descriptor_, bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    CheckRead(got, path_);
    done += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string ReadText(const std::filesystem::path& path) {
  const Bytes bytes = ReadFile(path);
  return {bytes.begin(), bytes.end()};
}

void WriteFile(const std::filesystem::path& path, std::span<const std::uint8_t> bytes) {
  if (const std::filesystem::path folder = path.parent_path(); !folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw CannotWrite(folder, error.value());
  }
  std::filesystem::path temporary = path;
  temporary += ".tmp" + std::to_string(::getpid());
  try {
    WriteAll(temporary, bytes);
    if (::rename(temporary.c_str(), path.c_str()) != 0) throw CannotWrite(path, errno);
  } catch (const OutputError&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void WriteText(const std::filesystem::path& path, const std::string& text) {
  WriteFile(path, AsBytes(text));
}

std::string Sha256(std::span<const std::span<const std::uint8_t>> pieces) {
  // Looking the algorithm up and making a context cost more than hashing a small text.
  static const Algorithm kAlgorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr), &EVP_MD_free);
  thread_local const Context kContext(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, 32> digest = {};
  unsigned int length = 0;
  bool done = kAlgorithm != nullptr && kContext != nullptr &&
              EVP_DigestInit_ex(kContext.get(), kAlgorithm.get(), nullptr) == 1;
  for (const auto& piece : pieces) {
    done = done && EVP_DigestUpdate(kContext.get(), piece.data(), piece.size()) == 1;
  }
  done = done && EVP_DigestFinal_ex(kContext.get(), digest.data(), &length) == 1;
  if (!done || length != digest.size()) {
    throw std::runtime_error("libcrypto offers no SHA-256; assay needs it for every hash");
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "sha256:";
  text.reserve(text.size() + 2 * digest.size());
  for (const unsigned char byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256(std::span<const std::uint8_t> bytes) { return Sha256(std::array{bytes}); }

std::string Sha256(const std::string& text) { return Sha256(AsBytes(text)); }

}  // namespace assay
