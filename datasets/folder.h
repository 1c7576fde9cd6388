// A folder of one's own as a dataset: no C++ is needed to score private data.
//
// What its files are stands in the protocol file under "folder"
// (datasets/folder_description.h); a root without a protocol at hand may hold it in
// protocol.json. Samples are in the order of the samples table, or of the keys. What is there
// is the whole set, unless the protocol's "expected_count" says more.
#pragma once

#include <string_view>

#include "datasets/catalog.h"

namespace assay {

inline constexpr const char* kFolderProtocol = "protocol.json";

// `name`: folder-depth, … . Throws DatasetError: no description, no file of the pattern, a
// sample of the table without its truth, a key twice; ConfigError for a description with
// problems.
AnyDataset OpenFolder(std::string_view name, const DatasetOptions& options);

}  // namespace assay
