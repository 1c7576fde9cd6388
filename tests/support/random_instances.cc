#include "tests/support/random_instances.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "tests/support/naive_masks.h"

namespace assay::test {
namespace {

int Number(int low, int high, std::mt19937_64& random) {
  return std::uniform_int_distribution(low, high)(random);
}

bool OneIn(int n, std::mt19937_64& random) { return Number(1, n, random) == 1; }

Mask Changed(Mask mask, std::mt19937_64& random) {
  constexpr double kShares[] = {0, 0.02, 0.1, 0.4};
  std::bernoulli_distribution flip(kShares[Number(0, 3, random)]);
  for (std::uint8_t& pixel : mask.Pixels()) {
    if (flip(random)) pixel = pixel == 0 ? 1 : 0;
  }
  return mask;
}

// A box as fractions, that of the mask.
BoxXywh BoxInFractions(const RunLengthMask& mask) {
  const PixelBox box = BoundingBox(mask);
  const double width = mask.size.width;
  const double height = mask.size.height;
  return {box.x / width, box.y / height, box.width / width, box.height / height};
}

}  // namespace

InstancesPair RandomInstances(int most, std::mt19937_64& random) {
  const Size size = RandomSize(8, 8, random);
  const int objects = OneIn(3, random) ? 0 : Number(1, most, random);
  std::vector<Mask> masks;
  for (int i = 0; i < objects; ++i) masks.push_back(RandomMask(size, random));
  InstancesPair pair{{size, {}}, {size, {}}};
  for (int k = 0; k < 3; ++k) {
    Annotation annotation;
    annotation.exhaustive = !OneIn(25, random);
    if (OneIn(4, random)) annotation.categories = {1, 2};
    for (const Mask& mask : masks) {
      if (OneIn(6, random)) continue;
      const RunLengthMask runs = ToRuns(Changed(mask, random));
      annotation.instances.push_back(
          {runs, BoxInFractions(runs), OneIn(10, random) ? 2 : 1, OneIn(10, random)});
    }
    pair.truth.annotators.push_back(annotation);
  }
  const int answers = OneIn(3, random) ? 0 : Number(0, most, random);
  for (int i = 0; i < answers; ++i) {
    const bool invented = masks.empty() || OneIn(5, random);
    const std::size_t from = masks.empty() ? 0 : static_cast<std::size_t>(i) % masks.size();
    const RunLengthMask runs =
        ToRuns(Changed(invented ? RandomMask(size, random) : masks[from], random));
    constexpr double kScores[] = {0.2, 0.49999, 0.5, 0.8, 1};
    pair.value.instances.push_back(
        {runs, BoxInFractions(runs), kScores[Number(0, 4, random)], OneIn(10, random) ? 2 : 1});
  }
  return pair;
}

InstanceSet AsAnswer(const Annotation& annotation, Size size) {
  InstanceSet answer{size, {}};
  for (const TrueInstance& instance : annotation.instances) {
    if (instance.crowd) continue;
    answer.instances.push_back({instance.mask, instance.box_xywh, 1, instance.category});
  }
  return answer;
}

}  // namespace assay::test
