#include "metrics/depth_strip.h"

#include "metrics/wide_clones.h"

namespace assay {
namespace {

ASSAY_WIDE_CLONES
PixelSet WithinOf(const double* values, std::size_t count, double least, double most) {
  PixelSet set = 0;
  for (std::size_t i = 0; i < count; ++i) {
    set |= values[i] >= least && values[i] <= most ? kStripPixelSets[i] : 0;
  }
  return set;
}

}  // namespace

PixelSet Within(std::span<const double> values, double least, double most) {
  return WithinOf(values.data(), values.size(), least, most);
}

}  // namespace assay
