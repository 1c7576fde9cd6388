// Random pairs of a phrase's answer and truth: masks near those of the truth, groups,
// other categories, low scores, annotators that disagree or are not exhaustive.
#pragma once

#include <random>

#include "metrics/tasks.h"

namespace assay::test {

struct InstancesPair {
  InstanceSet value;
  InstancesTruth truth;
};

// Three annotators with up to `most` objects each, answers with up to `most`.
InstancesPair RandomInstances(int most, std::mt19937_64& random);

// What the first instances of an annotator would be as an answer.
InstanceSet AsAnswer(const Annotation& annotation, Size size);

}  // namespace assay::test
