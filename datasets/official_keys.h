// Whether the samples on disk are a set's official ones. As many samples as those prove nothing
// when they are others.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"

namespace assay {

// sha-256 of the keys, sorted, each followed by a line end.
std::string HashOfKeys(std::vector<std::string> keys);

// For samples that no list chose, of a tree that is not synthetic: where there are `official` or
// more of them and they are not the official ones, `info` says so and cannot be complete.
// `keys_sha256` is their HashOfKeys; empty where only their number is known.
void CheckOfficialKeys(std::string_view keys_sha256,
                       std::int64_t official,
                       std::vector<std::string> keys,
                       DatasetInfo& info);

}  // namespace assay
