#include "datasets/synthetic/layouts.h"

#include <array>

#include "datasets/io/errors.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

// A writer of one layout.
template <auto Write>
void WriteOnly(std::string_view, const std::filesystem::path& root, const SynthOptions& options) {
  Write(root, options);
}

// Sorted by name.
constexpr std::array<LayoutRow, 52> kRows = {{
    {.name = "cityscapes", .dataset = "cityscapes", .write = WriteOnly<WriteCityscapesTree>},
    {.name = "diode", .dataset = "diode", .write = WriteOnly<WriteDiodeTree>},
    {.name = "diode-indoor", .dataset = "diode-indoor", .write = WriteOnly<WriteDiodeIndoorTree>},
    {.name = "diode-indoor-normals",
     .dataset = "diode-indoor-normals",
     .write = WriteOnly<WriteDiodeIndoorNormalsTree>},
    {.name = "diode-indoor-normals-stablenormal",
     .dataset = "diode-indoor-normals-stablenormal",
     .write = WriteOnly<WriteStableNormalTree>},
    {.name = "diode-normals",
     .dataset = "diode-normals",
     .write = WriteOnly<WriteDiodeNormalsTree>},
    {.name = "diode-normals-marigold",
     .dataset = "diode-normals-marigold",
     .write = WriteDsineTree},
    {.name = "diode-outdoor",
     .dataset = "diode-outdoor",
     .write = WriteOnly<WriteDiodeOutdoorTree>},
    {.name = "eth3d", .dataset = "eth3d", .write = WriteOnly<WriteEth3dTree>},
    {.name = "folder-depth", .dataset = "folder-depth", .write = WriteOnly<WriteFolderDepthTree>},
    {.name = "folder-instances",
     .dataset = "folder-instances",
     .write = WriteOnly<WriteFolderInstancesTree>},
    {.name = "folder-normals",
     .dataset = "folder-normals",
     .write = WriteOnly<WriteFolderNormalsTree>},
    {.name = "folder-referring",
     .dataset = "folder-referring",
     .write = WriteOnly<WriteFolderReferringTree>},
    {.name = "folder-semantic",
     .dataset = "folder-semantic",
     .write = WriteOnly<WriteFolderSemanticTree>},
    {.name = "grefcoco", .dataset = "grefcoco-unc", .write = WriteOnly<WriteGrefCocoTree>},
    {.name = "ibims-mat", .dataset = "ibims", .write = WriteOnly<WriteIbimsMatTree>},
    {.name = "ibims-normals", .dataset = "ibims-normals", .write = WriteDsineTree},
    {.name = "ibims-normals-marigold",
     .dataset = "ibims-normals-marigold",
     .write = WriteDsineTree},
    {.name = "ibims-raw", .dataset = "ibims", .write = WriteOnly<WriteIbimsRawTree>},
    {.name = "kitti", .dataset = "kitti", .write = WriteOnly<WriteKittiTree>},
    {.name = "moge", .dataset = "moge-nyu", .write = WriteMogeTree},
    {.name = "moge-ddad", .dataset = "moge-ddad", .write = WriteMogeTree},
    {.name = "moge-diode", .dataset = "moge-diode", .write = WriteMogeTree},
    {.name = "moge-eth3d", .dataset = "moge-eth3d", .write = WriteMogeTree},
    {.name = "moge-gso", .dataset = "moge-gso", .write = WriteMogeTree},
    {.name = "moge-hammer", .dataset = "moge-hammer", .write = WriteMogeTree},
    {.name = "moge-ibims", .dataset = "moge-ibims", .write = WriteMogeTree},
    {.name = "moge-kitti", .dataset = "moge-kitti", .write = WriteMogeTree},
    {.name = "moge-sintel", .dataset = "moge-sintel", .write = WriteMogeTree},
    {.name = "moge-spring", .dataset = "moge-spring", .write = WriteMogeTree},
    {.name = "nuscenes", .dataset = "nuscenes", .write = WriteOnly<WriteNuscenesTree>},
    {.name = "nyu-bts", .dataset = "nyu", .write = WriteOnly<WriteNyuBtsTree>},
    {.name = "nyu-marigold", .dataset = "nyu", .write = WriteOnly<WriteNyuMarigoldTree>},
    {.name = "nyu-mat", .dataset = "nyu", .write = WriteOnly<WriteNyuMatTree>},
    {.name = "nyu-normals", .dataset = "nyu-normals", .write = WriteDsineTree},
    {.name = "nyu-normals-marigold", .dataset = "nyu-normals-marigold", .write = WriteDsineTree},
    {.name = "nyu-normals-metric3d", .dataset = "nyu-normals-metric3d", .write = WriteDsineTree},
    {.name = "oasis-normals", .dataset = "oasis-normals", .write = WriteDsineTree},
    {.name = "oasis-normals-marigold",
     .dataset = "oasis-normals-marigold",
     .write = WriteDsineTree},
    {.name = "reasonseg", .dataset = "reasonseg", .write = WriteOnly<WriteReasonSegTree>},
    {.name = "refcoco", .dataset = "refcoco-unc", .write = WriteOnly<WriteRefCocoTree>},
    {.name = "refcocog", .dataset = "refcocog-umd", .write = WriteOnly<WriteRefCocoGTree>},
    {.name = "refcocoplus", .dataset = "refcoco+-unc", .write = WriteOnly<WriteRefCocoPlusTree>},
    {.name = "saco", .dataset = "saco-gold", .write = WriteOnly<WriteSacoTree>},
    {.name = "scannet", .dataset = "scannet", .write = WriteOnly<WriteScannetTree>},
    {.name = "scannet-normals", .dataset = "scannet-normals", .write = WriteDsineTree},
    {.name = "scannet-normals-marigold",
     .dataset = "scannet-normals-marigold",
     .write = WriteDsineTree},
    {.name = "sintel", .dataset = "sintel", .write = WriteOnly<WriteSintelTree>},
    {.name = "sintel-normals", .dataset = "sintel-normals", .write = WriteDsineTree},
    {.name = "sintel-normals-marigold",
     .dataset = "sintel-normals-marigold",
     .write = WriteDsineTree},
    {.name = "vkitti", .dataset = "vkitti", .write = WriteOnly<WriteVkittiTree>},
    {.name = "vkitti-normals", .dataset = "vkitti-normals", .write = WriteDsineTree},
}};

}  // namespace

std::span<const LayoutRow> LayoutCatalog() { return kRows; }

void CheckSamples(const SynthOptions& options, int limit) {
  if (options.samples >= 1 && options.samples <= limit) return;
  throw ConfigError("--samples " + std::to_string(options.samples) + ": this layout holds 1 to " +
                    std::to_string(limit) + " samples");
}

}  // namespace assay
