// assay run --suite: every member into RUN/<protocol>/, the table into RUN/suite.json.
#pragma once

#include "eval/cli/args.h"

namespace assay::cli {

// What is missing is found before any work: a member without a dataset or without
// answers is named in the table and has no row of values. Exit codes, the first that
// applies: kDatasetBad for a dataset that is not there, kUncovered for answers that are
// not, coverage below a floor or a mean that cannot be given; with --allow-partial the
// members that are there decide.
int RunSuite(const po::variables_map& given, const Arguments& arguments);

}  // namespace assay::cli
