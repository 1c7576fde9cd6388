// What a run asks besides the dataset's own words: files that the answer settings name.
//
//   presence   {"<key>": "yes" | "no", …}, true and false alike: what a language model
//              says of whether the phrase is in the image (the gate of Vision Banana,
//              arXiv:2604.20329v3). "no": the model is not asked, and nothing is there
//              is the valid answer, whatever else was saved for that sample. It is
//              never a missing one
//   rewrites   {"<key>": "<expression>", …}: what is asked instead of the dataset's own
//              expression. "none" states that the expressions are asked as they stand,
//              where the published numbers ask rewritten ones
//
// Both enter the answer hash by their sha-256. Every selected sample needs an entry;
// entries of other samples are left alone, so that one file serves many protocols.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"

namespace assay {

// The dataset with what its protocol asks: the same samples, their queries rewritten
// and gated. Throws ConfigError: a file that is no such object, a value of another kind,
// selected samples without an entry (with their number), a task without words.
AnyDataset AskAs(const Protocol& protocol,
                 AnyDataset dataset,
                 const std::vector<std::size_t>& selection);

// What must stand beside every number: "presence-gate", and where a model was asked
// "no-rewrite" (the oracle reads no words).
std::vector<std::string> AskingLabel(const Protocol& protocol, bool oracle);

}  // namespace assay
