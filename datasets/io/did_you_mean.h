// Suggestions for misspelt names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace assay {

// "" or "did you mean 'x'?", the candidate of smallest edit distance if it is
// close enough to be a slip; ties go to the first.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace assay
