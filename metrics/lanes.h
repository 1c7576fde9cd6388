// A sum as eight, one of every eighth term, so that wide registers add them up side by side and
// an addition need not wait for the one before it. Internal to metrics/.
#pragma once

#include <array>

namespace assay {

using Lanes = std::array<double, 8>;

// Added up in pairs.
inline double Total(const Lanes& lanes) {
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) +
         ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

}  // namespace assay
