// Sintel's .cam files (datasets/sintel.h).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "datasets/io/file.h"
#include "metrics/tasks.h"

namespace assay {

// nullopt where there is no file. Throws DatasetError for another length or tag.
std::optional<Intrinsics> ReadSintelCamera(const std::filesystem::path& path,
                                           const std::string& key);
Bytes EncodeSintelCamera(const Intrinsics& camera);  // seen from the origin

}  // namespace assay
