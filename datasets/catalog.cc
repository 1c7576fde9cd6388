#include "datasets/catalog.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "datasets/cityscapes.h"
#include "datasets/diode.h"
#include "datasets/diode_normals.h"
#include "datasets/dsine.h"
#include "datasets/eth3d.h"
#include "datasets/folder.h"
#include "datasets/ibims.h"
#include "datasets/io/did_you_mean.h"
#include "datasets/io/errors.h"
#include "datasets/kitti.h"
#include "datasets/moge.h"
#include "datasets/nuscenes.h"
#include "datasets/nyu.h"
#include "datasets/reasonseg.h"
#include "datasets/refcoco.h"
#include "datasets/saco.h"
#include "datasets/scannet.h"
#include "datasets/sintel.h"
#include "datasets/stablenormal.h"
#include "datasets/vkitti.h"

namespace assay {
namespace {

constexpr std::string_view kSacoLayout =
    "gt-annotations/gold_<subset>_merged_{a,b,c}_release_test.json\n"
    "annotations/, annotation/ or no folder in place of gt-annotations/\n"
    "{metaclip-images,sa1b-images}/<file_name> (to run models)";

constexpr const char* kReferLayout =
    "<set>/refs(<split by>).p or .json, as refcocog/refs(umd).p\n"
    "<set>/instances.json\n"
    "images/mscoco/images/train2014/<image>.jpg (to run models)";
constexpr const char* kGrefLayout =
    "grefcoco/grefs(unc).json or .p\n"
    "grefcoco/instances.json\n"
    "images/mscoco/images/train2014/<image>.jpg (to run models)";

constexpr const char* kMogeLayout =
    "<set>/<sample>/depth.png\n"
    "<set>/.index.txt (the list; needed)\n"
    "<set>/<sample>/{image.jpg,meta.json} (to run models)";

// An adapter of one dataset, and one that is told which.
template <auto Open>
AnyDataset OpenOnly(std::string_view, const DatasetOptions& options) {
  return Open(options);
}
template <auto Open>
AnyDataset OpenNamed(std::string_view name, const DatasetOptions& options) {
  return Open(name, options);
}

constexpr DatasetRow MogeRow(std::string_view name) {
  return {.name = name,
          .task = DepthTask::kName,
          .tree = "moge",
          .layout = kMogeLayout,
          .takes_list = true,
          .open = OpenNamed<OpenMoge>};
}

constexpr const char* kFolderLayout =
    "files of any names; the protocol file describes them under \"folder\", as protocol.json\n"
    "of a tree that assay synth --layout folder-<task> writes";

constexpr DatasetRow FolderRow(std::string_view name, std::string_view task) {
  return {.name = name,
          .task = task,
          .tree = name,
          .layout = kFolderLayout,
          .open = OpenNamed<OpenFolder>};
}

// Sorted by name.
constexpr std::array<DatasetRow, 57> kRows = {{
    {.name = "cityscapes",
     .task = SemanticTask::kName,
     .tree = "cityscapes",
     .layout = "gtFine/<split>/<city>/<city>_<seq>_<frame>_gtFine_{labelIds,instanceIds}.png\n"
               "leftImg8bit/<split>/<city>/<city>_<seq>_<frame>_leftImg8bit.png (to run models)",
     .open = OpenOnly<OpenCityscapes>},
    {.name = "diode",
     .task = DepthTask::kName,
     .tree = "diode",
     .layout = "[val/]{indoors,outdoor}/<scene>/<scan>/<name>_depth.npy\n"
               "[val/]…/<name>_depth_mask.npy\n"
               "[val/]…/<name>.png (to run models)\n"
               "diode_val_all_filename_list.txt (a list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDiode>},
    {.name = "diode-indoor",
     .task = DepthTask::kName,
     .tree = "diode",
     .layout = "[val/]indoors/<scene>/<scan>/<name>_depth.npy\n"
               "[val/]…/<name>_depth_mask.npy\n"
               "[val/]…/<name>.png (to run models)\n"
               "diode_val_indoor_filename_list.txt (a list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDiode>},
    {.name = "diode-indoor-normals",
     .task = NormalsTask::kName,
     .tree = "diode",
     .layout = "[val/]indoors/<scene>/<scan>/<name>_normal.npy\n"
               "[val/]indoors/<scene>/<scan>/<name>.png (to run models)",
     .open = OpenNamed<OpenDiodeNormals>},
    {.name = "diode-indoor-normals-stablenormal",
     .task = NormalsTask::kName,
     .tree = "stablenormal",
     .layout = "<name>_gt.png\n"
               "<name>_ref.png (to run models)",
     .open = OpenOnly<OpenStableNormal>},
    {.name = "diode-normals",
     .task = NormalsTask::kName,
     .tree = "diode",
     .layout = "[val/]{indoors,outdoor}/<scene>/<scan>/<name>_normal.npy\n"
               "[val/]{indoors,outdoor}/<scene>/<scan>/<name>.png (to run models)",
     .open = OpenNamed<OpenDiodeNormals>},
    {.name = "diode-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "diode/val/{indoors,outdoor}/<scene>/<scan>/<name>_normal.npy\n"
               "diode/val/{indoors,outdoor}/<scene>/<scan>/<name>.png (to run models)\n"
               "diode/val/[split/]diode_test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "diode-outdoor",
     .task = DepthTask::kName,
     .tree = "diode",
     .layout = "[val/]outdoor/<scene>/<scan>/<name>_depth.npy\n"
               "[val/]…/<name>_depth_mask.npy\n"
               "[val/]…/<name>.png (to run models)\n"
               "diode_val_outdoor_filename_list.txt (a list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDiode>},
    {.name = "eth3d",
     .task = DepthTask::kName,
     .tree = "eth3d",
     .layout = "depth/<scene>_dslr_depth/<scene>/ground_truth_depth/dslr_images/<image>.JPG\n"
               "rgb/<scene>/images/dslr_images/<image>.JPG (to run models)\n"
               "<scene>/{ground_truth_depth,images}/dslr_images/<image>.JPG\n"
               "eth3d_filename_list.txt (a list; optional)",
     .takes_list = true,
     .open = OpenOnly<OpenEth3d>},
    FolderRow("folder-depth", DepthTask::kName),
    FolderRow("folder-instances", InstancesTask::kName),
    FolderRow("folder-normals", NormalsTask::kName),
    FolderRow("folder-referring", ReferringTask::kName),
    FolderRow("folder-semantic", SemanticTask::kName),
    {.name = "grefcoco-unc",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kGrefLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "ibims",
     .task = DepthTask::kName,
     .tree = "ibims",
     .layout = "[ibims1_core_mat/]<name>.mat\n"
               "[ibims1_core_raw/]{depth,mask_invalid,mask_transp}/<name>.png\n"
               "[ibims1_core_raw/]{rgb/<name>.png,calib/<name>.txt} (to run models)\n"
               "imagelist.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenOnly<OpenIbims>},
    {.name = "ibims-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "ibims/ibims/<name>_normal.exr\n"
               "ibims/ibims/<name>_img.png (to run models)\n"
               "ibims/[split/]ibims.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "ibims-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "ibims/ibims/<name>_normal.npy\n"
               "ibims/ibims/<name>_img.png (to run models)\n"
               "ibims/[split/]ibims_test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "kitti",
     .task = DepthTask::kName,
     .tree = "kitti",
     .layout =
         "data_depth_annotated/{train,val}/<drive>/proj_depth/groundtruth/image_02/<frame>.png\n"
         "<drive>/proj_depth/groundtruth/image_02/<frame>.png\n"
         "<date>/<drive>/image_02/data/<frame>.png (to run models)\n"
         "eigen_test_files_with_gt.txt (the official list)",
     .takes_list = true,
     .open = OpenOnly<OpenKitti>},
    MogeRow("moge-ddad"),
    MogeRow("moge-diode"),
    MogeRow("moge-eth3d"),
    MogeRow("moge-gso"),
    MogeRow("moge-hammer"),
    MogeRow("moge-ibims"),
    MogeRow("moge-kitti"),
    MogeRow("moge-nyu"),
    MogeRow("moge-sintel"),
    MogeRow("moge-spring"),
    {.name = "nuscenes",
     .task = DepthTask::kName,
     .tree = "nuscenes",
     .layout = "v1.0-<version>/{sample_data,calibrated_sensor,ego_pose}.json\n"
               "samples/LIDAR_TOP/<file>.pcd.bin\n"
               "samples/CAM_FRONT/<file>.jpg (to run models)\n"
               "a list of CAM_FRONT files, a line each, named with --set list=FILE (needed)",
     .takes_list = true,
     .open = OpenOnly<OpenNuscenes>},
    {.name = "nyu",
     .task = DepthTask::kName,
     .tree = "nyu",
     .layout =
         "official_splits/{test,train}/<scene>/{sync_depth_<5 digits>.png,rgb_<5 digits>.jpg}\n"
         "{test,train}/<scene>/{depth,rgb}_<4 digits>.png\n"
         "nyu_depth_v2_labeled.mat with splits.mat",
     .open = OpenOnly<OpenNyu>},
    {.name = "nyu-filled",
     .task = DepthTask::kName,
     .tree = "nyu",
     .layout = "nyu_depth_v2_labeled.mat with splits.mat (the in-painted field depths)",
     .open = OpenOnly<OpenNyuFilled>},
    {.name = "nyu-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "nyuv2/test/<6 digits>_normal.png\n"
               "nyuv2/test/<6 digits>_img.png (to run models)\n"
               "nyuv2/[split/]test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "nyu-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "nyuv2/test/<6 digits>_normal.npy\n"
               "nyuv2/test/<6 digits>_img.png (to run models)\n"
               "nyuv2/[split/]nyuv2_test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "nyu-normals-metric3d",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "nyuv2/test/<6 digits>_normal.png\n"
               "nyuv2/test/<6 digits>_img.png (to run models)\n"
               "nyuv2/[split/]test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "oasis-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "oasis/val/<name>_normal.npy\n"
               "oasis/val/<name>_img.png (their size is needed)\n"
               "oasis/[split/]val.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "oasis-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "oasis/val/<name>_normal.npy\n"
               "oasis/val/<name>_img.png (their size is needed)\n"
               "oasis/[split/]oasis_test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "reasonseg",
     .task = ReferringTask::kName,
     .tree = "reasonseg",
     .layout = "reason_seg/ReasonSeg/{train,val,test}/<name>.{jpg,json}",
     .open = OpenOnly<OpenReasonSeg>},
    {.name = "refclef-berkeley",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refclef-unc",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refcoco+-unc",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refcoco-google",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refcoco-unc",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refcocog-google",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "refcocog-umd",
     .task = ReferringTask::kName,
     .tree = "refer",
     .layout = kReferLayout,
     .open = OpenNamed<OpenRefer>},
    {.name = "saco-gold",
     .task = InstancesTask::kName,
     .tree = "saco-gold",
     .layout = kSacoLayout,
     .open = [](std::string_view, const DatasetOptions& options) -> AnyDataset {
       return OpenSaco(options);
     }},
    {.name = "saco-gold-a",
     .task = InstancesTask::kName,
     .tree = "saco-gold",
     .layout = kSacoLayout,
     .open = [](std::string_view, const DatasetOptions& options) -> AnyDataset {
       return OpenSaco(options, InstanceAnnotators::kA);
     }},
    {.name = "saco-gold-b",
     .task = InstancesTask::kName,
     .tree = "saco-gold",
     .layout = kSacoLayout,
     .open = [](std::string_view, const DatasetOptions& options) -> AnyDataset {
       return OpenSaco(options, InstanceAnnotators::kB);
     }},
    {.name = "saco-gold-c",
     .task = InstancesTask::kName,
     .tree = "saco-gold",
     .layout = kSacoLayout,
     .open = [](std::string_view, const DatasetOptions& options) -> AnyDataset {
       return OpenSaco(options, InstanceAnnotators::kC);
     }},
    {.name = "scannet",
     .task = DepthTask::kName,
     .tree = "scannet",
     .layout = "<scene>/depth/<6 digits>.png\n"
               "<scene>/color/<6 digits>.jpg (to run models)\n"
               "scannet_val_sampled_list_800_1.txt (a list; optional)",
     .takes_list = true,
     .open = OpenOnly<OpenScannet>},
    {.name = "scannet-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "scannet/<scene>/<frame>_normal.png\n"
               "scannet/<scene>/<frame>_img.png (to run models)\n"
               "scannet/[split/]test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "scannet-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "scannet/<scene>/<frame>_normal.npy\n"
               "scannet/<scene>/<frame>_img.png (to run models)\n"
               "scannet/[split/]scannet_test.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "sintel",
     .task = DepthTask::kName,
     .tree = "sintel",
     .layout = "[training/]depth/<sequence>/frame_<4 digits>.dpt\n"
               "[training/]camdata_left/<sequence>/frame_<4 digits>.cam (optional)\n"
               "[training/]{final,clean}/<sequence>/frame_<4 digits>.png (to run models)",
     .takes_list = true,
     .open = OpenOnly<OpenSintel>},
    {.name = "sintel-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "sintel/<sequence>/<frame>_normal.exr\n"
               "sintel/<sequence>/<frame>_img.png (to run models)\n"
               "sintel/[split/]sintel.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "sintel-normals-marigold",
     .task = NormalsTask::kName,
     .tree = "marigold",
     .layout = "sintel/<sequence>/<frame>_normal.npy\n"
               "sintel/<sequence>/<frame>_img.png (to run models)\n"
               "sintel/[split/]sintel_filtered.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
    {.name = "vkitti",
     .task = DepthTask::kName,
     .tree = "vkitti",
     .layout =
         "[depth/]<scene>/<variation>/frames/depth/Camera_{0,1}/depth_<5 digits>.png\n"
         "[rgb/]<scene>/<variation>/frames/rgb/Camera_{0,1}/rgb_<5 digits>.jpg (to run models)\n"
         "vkitti_val.txt (a list; optional)",
     .takes_list = true,
     .open = OpenOnly<OpenVkitti>},
    {.name = "vkitti-normals",
     .task = NormalsTask::kName,
     .tree = "dsine_eval",
     .layout = "vkitti/<scene>/<frame>_normal.png\n"
               "vkitti/<scene>/<frame>_img.jpg (to run models)\n"
               "vkitti/[split/]vkitti.txt (the official list; optional)",
     .takes_list = true,
     .open = OpenNamed<OpenDsine>},
}};

}  // namespace

std::span<const DatasetRow> DatasetCatalog() { return kRows; }

const DatasetRow& FindDataset(std::string_view name) {
  std::vector<std::string> names;
  for (const DatasetRow& row : kRows) {
    if (row.name == name) return row;
    names.emplace_back(row.name);
  }
  std::string message = "there is no dataset '" + std::string(name) + "'";
  const std::string hint = DidYouMean(name, names);
  throw ConfigError(message + (hint.empty() ? "; see assay list datasets" : "; " + hint));
}

AnyDataset DatasetRow::Open(const DatasetOptions& options) const {
  if (!options.list.empty() && !takes_list) {
    throw ConfigError(fmt::format(
        "the dataset {} takes no list: its files say which samples belong to it; leave out list",
        name));
  }
  return open(name, options);
}

}  // namespace assay
