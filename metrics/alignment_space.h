// In which space an alignment works. Internal to metrics/.
#pragma once

#include "metrics/alignment.h"

namespace assay {

// True where the kind fits disparity; other kinds map depth by s p + t.
bool FitsDisparity(Alignment kind);

}  // namespace assay
