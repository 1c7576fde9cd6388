// cameras.txt of COLMAP's text format.
#pragma once

#include <filesystem>
#include <optional>

#include "metrics/tasks.h"

namespace assay {

// Focal lengths and centre of the only camera in the file, "ID MODEL WIDTH HEIGHT fx fy cx cy …",
// for images of `size`; distortion is left out. nullopt where there is no file, where it lists
// several cameras, or one of a model that does not begin with these four numbers. Throws
// DatasetError for a camera of another image size, and for a line of another form.
// Source: colmap/colmap, documentation of the output format.
std::optional<Intrinsics> ReadSingleCamera(const std::filesystem::path& path, Size size);

}  // namespace assay
