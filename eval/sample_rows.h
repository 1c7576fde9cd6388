// What each sample of a run was worth: a row a sample, in index order, from the records alone.
//
// A row has "key", "outcome" (eval/records.h), "error" ("stage/code: detail", null where there is
// none), every metric of the protocol as it is for this sample alone (null where undefined, or not
// scored), and what the task states of its score besides: for aligned depth the fit, p' = fit_scale
// * p + fit_shift or, in disparity, 1 / max(fit_scale * x + fit_shift, fit_disparity_floor).
#pragma once

#include <string>

#include "eval/protocol.h"
#include "eval/records.h"

namespace assay {

// One JSON object a line.
std::string SampleLines(const Protocol& protocol, RecordStore& store);
// RFC 4180, with a head; numbers in full precision, an empty field for null.
std::string SampleCsv(const Protocol& protocol, RecordStore& store);

}  // namespace assay
