// How an encoder brings a channel in [0, 1] to 8 bits.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <utility>

namespace assay {

enum class ToByte { kRound, kTruncate };

inline constexpr std::pair<std::string_view, ToByte> kToByteNames[] = {
    {"round", ToByte::kRound}, {"truncate", ToByte::kTruncate}};

inline std::uint8_t Byte(double value, ToByte to_byte) {
  const double scaled = 255 * value;
  return static_cast<std::uint8_t>(to_byte == ToByte::kRound ? std::floor(scaled + 0.5)
                                                             : std::floor(scaled));
}

}  // namespace assay
