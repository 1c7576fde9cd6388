// Whole numbers that are the same on every run.
#pragma once

#include <cstdint>
#include <random>

namespace assay::bench {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  // Uniform in [low, high]; the slight bias of the modulus does not matter here.
  int Int(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace assay::bench
