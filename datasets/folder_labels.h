// The classes of a folder dataset as a label space.
#pragma once

#include <vector>

#include "datasets/folder_description.h"
#include "metrics/label_space.h"

namespace assay {

// Every listed class is evaluated; 0 and what lies between the ids is not. One category per
// class, no instances. Equal classes give the same object, which lives as long as the
// program: a run has a handful of them at most. Safe to call from several threads.
const LabelSpace& FolderLabels(const std::vector<FolderClass>& classes);

}  // namespace assay
