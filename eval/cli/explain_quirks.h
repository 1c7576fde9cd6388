// assay explain quirks: where reference evaluators differ from what their papers say, or
// from each other, and what each protocol does about it.
#pragma once

#include <string>
#include <vector>

#include "eval/protocol.h"

namespace assay::cli {

// Prints configs/quirks.json: all of it by evaluator, or the one row of that name ("" is all).
// As JSON the file itself, or the row. Returns the exit code. Throws FileError where the file
// cannot be read; ConfigError where it is no list of quirks, and for a name without a row.
int ExplainQuirks(const ConfigRoot& configs, const std::string& name, bool as_json);

}  // namespace assay::cli
