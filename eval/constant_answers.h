// Answers that look at no picture: what a model must beat.
//
// They are the strongest constants, chosen with the truth of the very samples in hand, each over
// all pixels of these samples that have a truth:
//   semantic    the evaluated class with most pixels, everywhere
//   referring   everything is inside
//   instances   one object that fills the image
//   depth       the mean depth in metres of what lies within the protocol's bounds, everywhere
//   normals     the mean of the unit vectors, renormalised, everywhere; (0, 0, 1) where it vanishes
// Sums run in the order of the samples, in double. The answers are painted by the protocol's codec
// at the size of the frame that a model is shown.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"

namespace assay {

// Which constant a task's is: "all-one-class", "all-foreground", "one-instance", "mean-depth",
// "mean-normal".
std::string_view ConstantName(const Protocol& protocol);

// Writes <key>.png for each sample that is not known to be absent. Throws DatasetError,
// OutputError, and ConfigError where the answer format cannot paint.
void WriteConstantAnswers(const Protocol& protocol,
                          const AnyDataset& dataset,
                          const std::vector<std::size_t>& selection,
                          const std::filesystem::path& folder);

}  // namespace assay
