// The samples of a run that have no score, each with what is wrong and where.
#pragma once

#include <filesystem>

#include "eval/records.h"

namespace assay::cli {

inline constexpr const char* kUnscoredFile = "unscored.jsonl";

// Writes RUN/unscored.jsonl, a line {"key", "outcome", "error", "detail"} for each in index
// order, and the first few of every outcome on standard error; neither where every sample
// has a score.
void TellUnscored(const std::filesystem::path& run, RecordStore& store);

}  // namespace assay::cli
