#include "datasets/sintel_camera.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cstring>
#include <system_error>

#include "datasets/truth_file.h"

namespace assay {
namespace {

static_assert(std::endian::native == std::endian::little, "the numbers of a .cam file are");

constexpr float kTag = 202021.25F;
constexpr std::size_t kNumbers = 9 + 12;
constexpr std::size_t kBytes = sizeof(float) + kNumbers * sizeof(double);

}  // namespace

std::optional<Intrinsics> ReadSintelCamera(const std::filesystem::path& path,
                                           const std::string& key) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::nullopt;
  const Bytes bytes = ReadTruthFile(path, key).bytes;
  float tag = 0;
  if (bytes.size() == kBytes) std::memcpy(&tag, bytes.data(), sizeof(tag));
  if (tag != kTag) {
    throw DatasetError(path,
                       key,
                       fmt::format("is no .cam file: {} bytes, expected {} that begin with {}",
                                   bytes.size(),
                                   kBytes,
                                   kTag),
                       "unpack it again from the official archive");
  }
  std::array<double, 9> k{};
  std::memcpy(k.data(), bytes.data() + sizeof(tag), sizeof(k));
  return Intrinsics{.fx = k[0], .fy = k[4], .cx = k[2], .cy = k[5]};
}

Bytes EncodeSintelCamera(const Intrinsics& camera) {
  const std::array<double, kNumbers> numbers = {
      camera.fx, 0, camera.cx, 0, camera.fy, camera.cy, 0, 0, 1,            // K
      1,         0, 0,         0, 0,         1,         0, 0, 0, 0, 1, 0};  // [R | t]
  Bytes bytes(kBytes);
  std::memcpy(bytes.data(), &kTag, sizeof(kTag));
  std::memcpy(bytes.data() + sizeof(kTag), numbers.data(), sizeof(numbers));
  return bytes;
}

}  // namespace assay
