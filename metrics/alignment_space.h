// In which space an alignment works, and on which columns. Internal to metrics/.
#pragma once

#include "metrics/alignment.h"

namespace assay {

// True where the kind fits disparity; other kinds map depth by s p + t.
bool FitsDisparity(Alignment kind);

// The max_res that a fit goes by: Marigold's evaluator thins the columns of its fits of depth
// and of disparity, other kinds see every pixel (0).
int ThinnedTo(const AlignmentSettings& settings);

}  // namespace assay
