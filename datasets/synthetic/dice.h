// Random numbers that are equal on every machine and with every library:
// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
// generators", OOPSLA 2014). The distributions of <random> differ between
// implementations.
#pragma once

#include <cstdint>

namespace assay {

constexpr std::uint64_t MixBits(std::uint64_t z) {
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

class Dice {
 public:
  constexpr explicit Dice(std::uint64_t seed) : state_(seed) {}
  constexpr std::uint64_t Next() { return MixBits(state_ += 0x9e3779b97f4a7c15U); }
  // In [0, count).
  constexpr int Below(int count) {
    return static_cast<int>(Next() % static_cast<std::uint64_t>(count));
  }
  // In [low, high).
  constexpr double Uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(Next() >> 11U) * 0x1.0p-53);
  }

 private:
  std::uint64_t state_;
};

// One hash of two numbers and a purpose: independent streams from one seed.
constexpr std::uint64_t HashOf(std::uint64_t seed, std::uint64_t a, std::uint64_t b = 0) {
  return MixBits(MixBits(seed + 0x9e3779b97f4a7c15U * (a + 1)) + 0xd1b54a32d192ed03U * (b + 1));
}

}  // namespace assay
