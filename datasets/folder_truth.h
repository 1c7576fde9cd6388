// Truth files of a folder dataset (datasets/folder_description.h), into task space.
//
// No measurement: depth 0, or below, or not finite; normals as datasets/normal_files.h has
// it. All throw DatasetError naming the file and the sample.
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "datasets/folder_description.h"

namespace assay {

// From the header where that tells it; of arrays from the whole file.
Size FolderTruthSize(const FolderDescription& folder,
                     const std::filesystem::path& path,
                     const std::string& key);

// Ids that are neither a class, 0 nor `ignore` are refused. What is ignored becomes 0, "no
// class", which is not scored.
SemanticTruth DecodeFolder(const FolderDescription& folder,
                           const RawPart& raw,
                           const std::string& key,
                           const SemanticTask& task);
// A mask without a pixel inside says that the expression describes nothing.
ReferringTruth DecodeFolder(const FolderDescription& folder,
                            const RawPart& raw,
                            const std::string& key,
                            const ReferringTask& task);
// One annotator, who has drawn every object.
InstancesTruth DecodeFolder(const FolderDescription& folder,
                            const RawPart& raw,
                            const std::string& key,
                            const InstancesTask& task);
DepthTruth DecodeFolder(const FolderDescription& folder,
                        const RawPart& raw,
                        const std::string& key,
                        const DepthTask& task);
NormalsTruth DecodeFolder(const FolderDescription& folder,
                          const RawPart& raw,
                          const std::string& key,
                          const NormalsTask& task);

}  // namespace assay
