// The Cityscapes classes: 34 ids (0..33), of which 19 are evaluated.
//
// Source: mcordts/cityscapesScripts@0bcc4a7:cityscapesscripts/helpers/labels.py
// (ids, train ids, categories) and
// evaluation/evalPixelLevelSemanticLabeling.py (average instance sizes). The
// entry -1 (license plate) never occurs in an 8-bit label image and is left
// out.
#pragma once

#include "metrics/label_space.h"

namespace assay {

// Categories in the official order: void 0, flat 1, construction 2, object 3,
// nature 4, sky 5, human 6, vehicle 7. Static storage.
const LabelSpace& CityscapesLabels();

}  // namespace assay
