#include "datasets/synthetic/layouts.h"

#include <array>

#include "datasets/io/errors.h"
#include "datasets/synthetic/trees.h"

namespace assay {
namespace {

using Root = std::filesystem::path;

// Sorted by name.
constexpr std::array<LayoutRow, 43> kRows = {{
    {.name = "cityscapes", .dataset = "cityscapes", .write = WriteCityscapesTree},
    {.name = "diode", .dataset = "diode", .write = WriteDiodeTree},
    {.name = "diode-indoor", .dataset = "diode-indoor", .write = WriteDiodeIndoorTree},
    {.name = "diode-indoor-normals",
     .dataset = "diode-indoor-normals",
     .write = WriteDiodeIndoorNormalsTree},
    {.name = "diode-indoor-normals-stablenormal",
     .dataset = "diode-indoor-normals-stablenormal",
     .write = WriteStableNormalTree},
    {.name = "diode-normals", .dataset = "diode-normals", .write = WriteDiodeNormalsTree},
    {.name = "diode-normals-marigold",
     .dataset = "diode-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("diode-normals-marigold", root, options);
         }},
    {.name = "diode-outdoor", .dataset = "diode-outdoor", .write = WriteDiodeOutdoorTree},
    {.name = "eth3d", .dataset = "eth3d", .write = WriteEth3dTree},
    {.name = "folder-depth", .dataset = "folder-depth", .write = WriteFolderDepthTree},
    {.name = "folder-instances", .dataset = "folder-instances", .write = WriteFolderInstancesTree},
    {.name = "folder-normals", .dataset = "folder-normals", .write = WriteFolderNormalsTree},
    {.name = "folder-referring", .dataset = "folder-referring", .write = WriteFolderReferringTree},
    {.name = "folder-semantic", .dataset = "folder-semantic", .write = WriteFolderSemanticTree},
    {.name = "grefcoco", .dataset = "grefcoco-unc", .write = WriteGrefCocoTree},
    {.name = "ibims-mat", .dataset = "ibims", .write = WriteIbimsMatTree},
    {.name = "ibims-normals",
     .dataset = "ibims-normals",
     .write = [](const Root& root,
                 const SynthOptions& options) { WriteDsineTree("ibims-normals", root, options); }},
    {.name = "ibims-normals-marigold",
     .dataset = "ibims-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("ibims-normals-marigold", root, options);
         }},
    {.name = "ibims-raw", .dataset = "ibims", .write = WriteIbimsRawTree},
    {.name = "kitti", .dataset = "kitti", .write = WriteKittiTree},
    {.name = "moge", .dataset = "moge-nyu", .write = WriteMogeTree},
    {.name = "nuscenes", .dataset = "nuscenes", .write = WriteNuscenesTree},
    {.name = "nyu-bts", .dataset = "nyu", .write = WriteNyuBtsTree},
    {.name = "nyu-marigold", .dataset = "nyu", .write = WriteNyuMarigoldTree},
    {.name = "nyu-mat", .dataset = "nyu", .write = WriteNyuMatTree},
    {.name = "nyu-normals",
     .dataset = "nyu-normals",
     .write = [](const Root& root,
                 const SynthOptions& options) { WriteDsineTree("nyu-normals", root, options); }},
    {.name = "nyu-normals-marigold",
     .dataset = "nyu-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("nyu-normals-marigold", root, options);
         }},
    {.name = "nyu-normals-metric3d",
     .dataset = "nyu-normals-metric3d",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("nyu-normals-metric3d", root, options);
         }},
    {.name = "oasis-normals",
     .dataset = "oasis-normals",
     .write = [](const Root& root,
                 const SynthOptions& options) { WriteDsineTree("oasis-normals", root, options); }},
    {.name = "oasis-normals-marigold",
     .dataset = "oasis-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("oasis-normals-marigold", root, options);
         }},
    {.name = "reasonseg", .dataset = "reasonseg", .write = WriteReasonSegTree},
    {.name = "refcoco", .dataset = "refcoco-unc", .write = WriteRefCocoTree},
    {.name = "refcocog", .dataset = "refcocog-umd", .write = WriteRefCocoGTree},
    {.name = "refcocoplus", .dataset = "refcoco+-unc", .write = WriteRefCocoPlusTree},
    {.name = "saco", .dataset = "saco-gold", .write = WriteSacoTree},
    {.name = "scannet", .dataset = "scannet", .write = WriteScannetTree},
    {.name = "scannet-normals",
     .dataset = "scannet-normals",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("scannet-normals", root, options);
         }},
    {.name = "scannet-normals-marigold",
     .dataset = "scannet-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("scannet-normals-marigold", root, options);
         }},
    {.name = "sintel", .dataset = "sintel", .write = WriteSintelTree},
    {.name = "sintel-normals",
     .dataset = "sintel-normals",
     .write = [](const Root& root,
                 const SynthOptions& options) { WriteDsineTree("sintel-normals", root, options); }},
    {.name = "sintel-normals-marigold",
     .dataset = "sintel-normals-marigold",
     .write =
         [](const Root& root, const SynthOptions& options) {
           WriteDsineTree("sintel-normals-marigold", root, options);
         }},
    {.name = "vkitti", .dataset = "vkitti", .write = WriteVkittiTree},
    {.name = "vkitti-normals",
     .dataset = "vkitti-normals",
     .write = [](const Root& root,
                 const SynthOptions& options) { WriteDsineTree("vkitti-normals", root, options); }},
}};

}  // namespace

std::span<const LayoutRow> LayoutCatalog() { return kRows; }

void CheckSamples(const SynthOptions& options, int limit) {
  if (options.samples >= 1 && options.samples <= limit) return;
  throw ConfigError("--samples " + std::to_string(options.samples) + ": this layout holds 1 to " +
                    std::to_string(limit) + " samples");
}

}  // namespace assay
