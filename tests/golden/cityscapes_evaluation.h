// Comparison with an output file of the official Cityscapes evaluation.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "metrics/semantic.h"

namespace assay::test {

// The truth <stem>_gtFine_labelIds.png, <stem>_gtFine_instanceIds.png of a folder.
SemanticTruth ReadSemanticTruth(const std::filesystem::path& folder, const std::string& stem);

SemanticMetric::Result EvaluateCityscapes(
    const std::vector<std::pair<LabelMap, SemanticTruth>>& samples,
    const SemanticSettings& settings = {});

// Confusion matrix exactly, every score and average to 1e-12, NaN where the
// official evaluation has NaN. perImageScores is wrong there and not compared.
void ExpectOfficialOutput(const SemanticMetric::Result& result, const nlohmann::json& official);

}  // namespace assay::test
