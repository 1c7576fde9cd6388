#include "model/image_model.h"

#include <charconv>

namespace assay {

std::uint64_t SeedOf(std::int64_t seed, const std::string& key, const std::string& purpose) {
  const std::string digest = Sha256(std::to_string(seed) + " " + purpose + " " + key);
  constexpr std::size_t kPrefix = std::string_view("sha256:").size();
  std::uint64_t value = 0;
  for (std::size_t byte = 0; byte < 8; ++byte) {
    const char* const digits = digest.data() + kPrefix + 2 * byte;
    std::uint64_t read = 0;
    std::from_chars(digits, digits + 2, read, 16);
    value |= read << (8 * byte);
  }
  return value & ~(std::uint64_t{1} << 63U);
}

}  // namespace assay
