// assay score --all-variants and assay run --all-variants.
#pragma once

#include "eval/cli/args.h"
#include "eval/cli/scoring.h"

namespace assay::cli {

// `named` gives the request's data and answers. RUN/<variant>/ are whole run folders, and
// RUN/suite.json sets them side by side (eval/variants.h). Where a variant refuses a sample
// the exit code is kDatasetBad, where one is below its floor kUncovered.
int ScoreVariants(const std::string& named,
                  const po::variables_map& given,
                  const ScoreRequest& request);

}  // namespace assay::cli
