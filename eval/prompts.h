// What to ask a model, for models that run elsewhere.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/catalog.h"
#include "eval/protocol.h"

namespace assay {

// One line per sample: {"key","image","prompts":[…],"file"}, in sample order; none for
// a sample that a presence file says is absent. With several prompts "files" names one for
// each in place of "file".
// With `frames` the images the model must be shown are written there as PNG
// where they differ from files on disk (crops, images inside a .mat).
void WritePrompts(const Protocol& protocol,
                  const AnyDataset& dataset,
                  const std::vector<std::size_t>& selection,
                  const std::filesystem::path& frames,
                  const std::function<void(const std::string& line)>& write);

}  // namespace assay
