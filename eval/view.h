// Datasets as a protocol's view shows them (metrics/centred_view.h).
//
// Where a depth protocol has the settings
//   "view": {"width", "height", "max_over_p1"}
// every sample's truth and image are turned and cut to that view, and the answer is one to it:
// its frame is the view's, `assay prompts --images` writes it, and the camera of the query is the
// view's. The truth hash covers the camera, as the truth depends on it.
#pragma once

#include "datasets/catalog.h"
#include "eval/protocol.h"

namespace assay {

// The dataset itself where the protocol states no view.
AnyDataset ViewAs(const Protocol& protocol, AnyDataset dataset);

}  // namespace assay
