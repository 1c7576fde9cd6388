// The writers of the layout table (datasets/synthetic/layouts.h), one per layout.
// Each throws ConfigError when the layout cannot hold so many samples, and
// OutputError when a file cannot be written.
#pragma once

#include <filesystem>
#include <string_view>

#include "datasets/synthetic/layouts.h"

namespace assay {

void WriteCityscapesTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteDiodeTree(const std::filesystem::path& root, const SynthOptions& options);  // both halves
void WriteDiodeIndoorTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteDiodeOutdoorTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteDiodeIndoorNormalsTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteDiodeNormalsTree(const std::filesystem::path& root,
                           const SynthOptions& options);  // both halves
// `dataset` is a set of the DSINE pack (datasets/dsine_sets.h).
void WriteDsineTree(std::string_view dataset,
                    const std::filesystem::path& root,
                    const SynthOptions& options);
void WriteEth3dTree(const std::filesystem::path& root, const SynthOptions& options);
// Described by a protocol.json of their own (datasets/folder_description.h).
void WriteFolderDepthTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteFolderInstancesTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteFolderNormalsTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteFolderReferringTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteFolderSemanticTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteIbimsMatTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteIbimsRawTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteKittiTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteNyuBtsTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteNyuMarigoldTree(const std::filesystem::path& root, const SynthOptions& options);
// `layout` is moge, which is NYUv2, or the dataset of another set of MoGe's pack.
void WriteMogeTree(std::string_view layout,
                   const std::filesystem::path& root,
                   const SynthOptions& options);
void WriteNuscenesTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteGrefCocoTree(const std::filesystem::path& root, const SynthOptions& options);
// Sets with several splits to evaluate hold `samples` of each.
void WriteReasonSegTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteRefCocoGTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteRefCocoPlusTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteRefCocoTree(const std::filesystem::path& root, const SynthOptions& options);
// HDF5 has global state: no other thread may read or write a .mat file
// meanwhile.
void WriteNyuMatTree(const std::filesystem::path& root, const SynthOptions& options);
// Three annotators' files and the images of each of the seven subsets, with the same
// phrases: `samples` pairs that are scored, and one that c does not call exhaustive.
void WriteSacoTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteScannetTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteSintelTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteStableNormalTree(const std::filesystem::path& root, const SynthOptions& options);
void WriteVkittiTree(const std::filesystem::path& root, const SynthOptions& options);

// Throws ConfigError unless 1 <= samples <= limit.
void CheckSamples(const SynthOptions& options, int limit);

}  // namespace assay
