// What assay decode says of a decoded value, and how it writes one, for each task.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "model/codec.h"

namespace assay::cli {

nlohmann::ordered_json Describe(const Decoded<SemanticTask>& decoded);
nlohmann::ordered_json Describe(const Decoded<DepthTask>& decoded);
nlohmann::ordered_json Describe(const Decoded<ReferringTask>& decoded);
nlohmann::ordered_json Describe(const Decoded<InstancesTask>& decoded);
// The lengths painted vectors had are diagnostics of their own ("norm").
nlohmann::ordered_json Describe(const Decoded<NormalsTask>& decoded);

// `stem` is the path without extension. Throws OutputError.
void Save(const Decoded<SemanticTask>& decoded, const std::filesystem::path& stem);
void Save(const Decoded<DepthTask>& decoded, const std::filesystem::path& stem);
void Save(const Decoded<ReferringTask>& decoded, const std::filesystem::path& stem);
// 0 = none, k = the k-th instance.
void Save(const Decoded<InstancesTask>& decoded, const std::filesystem::path& stem);
// NumPy H x W x 3, frame RUB.
void Save(const Decoded<NormalsTask>& decoded, const std::filesystem::path& stem);

}  // namespace assay::cli
