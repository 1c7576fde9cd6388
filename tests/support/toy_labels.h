// A small label space that has every case the semantic metric distinguishes.
#pragma once

#include "metrics/label_space.h"

namespace assay::test {

// void: 0, 1 | flat: 2 (evaluated), 3 (ignored) | creature: 4, 5 (instances) |
// machine: 6, 7 (instances), 8 (instances, ignored) | mixed: 9 (instances), 10.
// Average instance sizes: 4 -> 3.5, 5 -> 7, 6 -> 11.25, 7 -> 2, 8 -> 5, 9 -> 4.
const LabelSpace& ToyLabels();

}  // namespace assay::test
