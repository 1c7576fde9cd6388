#include "datasets/synthetic/defects.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <sstream>
#include <string>

#include "datasets/dataset.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/mat.h"
#include "datasets/listing.h"
#include "datasets/synthetic/cityscapes_defects.h"
#include "datasets/synthetic/depth_defects.h"
#include "datasets/synthetic/mat_writer.h"
#include "datasets/synthetic/normals_defects.h"
#include "datasets/synthetic/refer_defects.h"
#include "datasets/synthetic/saco_defects.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

struct TruthPlace {
  std::string_view layout, folder, prefix, suffix;
};
constexpr std::array<TruthPlace, 47> kPlaces = {{
    {"cityscapes", "gtFine", "", "_gtFine_labelIds.png"},
    {"diode", "val", "", "_depth.npy"},
    {"diode-indoor", "val/indoors", "", "_depth.npy"},
    {"diode-indoor-normals", "val/indoors", "", "_normal.npy"},
    {"diode-indoor-normals-stablenormal", "", "", "_gt.png"},
    {"diode-normals", "val", "", "_normal.npy"},
    {"diode-normals-marigold", "diode/val", "", "_normal.npy"},
    {"diode-outdoor", "val/outdoor", "", "_depth.npy"},
    {"eth3d", "depth", "", ".JPG"},
    {"grefcoco", "grefcoco", "grefs(unc)", ".json"},
    {"ibims-mat", "ibims1_core_mat", "", ".mat"},
    {"ibims-normals", "ibims", "", "_normal.exr"},
    {"ibims-normals-marigold", "ibims", "", "_normal.npy"},
    {"ibims-raw", "ibims1_core_raw/depth", "", ".png"},
    {"kitti", "data_depth_annotated", "", ".png"},
    {"moge", "NYUv2", "depth", ".png"},
    {"moge-ddad", "DDAD", "depth", ".png"},
    {"moge-diode", "DIODE", "depth", ".png"},
    {"moge-eth3d", "ETH3D", "depth", ".png"},
    {"moge-gso", "GSO", "depth", ".png"},
    {"moge-hammer", "HAMMER", "depth", ".png"},
    {"moge-ibims", "iBims-1", "depth", ".png"},
    {"moge-kitti", "KITTI", "depth", ".png"},
    {"moge-sintel", "Sintel", "depth", ".png"},
    {"moge-spring", "Spring", "depth", ".png"},
    {"nuscenes", "samples/LIDAR_TOP", "", ".pcd.bin"},
    {"nyu-bts", "official_splits", "sync_depth_", ".png"},
    {"nyu-marigold", "test", "depth_", ".png"},
    {"nyu-mat", "", "nyu_depth_v2_labeled", ".mat"},
    {"nyu-normals", "nyuv2", "", "_normal.png"},
    {"nyu-normals-marigold", "nyuv2", "", "_normal.npy"},
    {"nyu-normals-metric3d", "nyuv2", "", "_normal.png"},
    {"oasis-normals", "oasis", "", "_normal.npy"},
    {"oasis-normals-marigold", "oasis", "", "_normal.npy"},
    {"reasonseg", "reason_seg/ReasonSeg/val", "", ".json"},
    {"refcoco", "refcoco", "refs(unc)", ".p"},
    {"refcocog", "refcocog", "refs(umd)", ".p"},
    {"refcocoplus", "refcoco+", "refs(unc)", ".p"},
    {"saco", "gt-annotations", "gold_metaclip_merged_a", ".json"},
    {"scannet", ".", "", ".png"},
    {"scannet-normals", "scannet", "", "_normal.png"},
    {"scannet-normals-marigold", "scannet", "", "_normal.npy"},
    {"sintel", "training/depth", "", ".dpt"},
    {"sintel-normals", "sintel", "", "_normal.exr"},
    {"sintel-normals-marigold", "sintel", "", "_normal.npy"},
    {"vkitti", "depth", "", ".png"},
    {"vkitti-normals", "vkitti", "", "_normal.png"},
}};

fs::path FirstFile(const fs::path& folder, const TruthPlace& place) {
  for (const std::string& file : FileNames(folder)) {
    if (file.starts_with(place.prefix) && file.ends_with(place.suffix)) return folder / file;
  }
  for (const std::string& name : FolderNames(folder)) {
    fs::path found = FirstFile(folder / name, place);
    if (!found.empty()) return found;
  }
  return {};
}

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

// ---- defects of any file -----------------------------------------------------

std::string Truncate(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  Bytes bytes = ReadFile(path);
  bytes.resize(bytes.size() / 2);
  WriteFile(path, bytes);
  return Did("cut off the second half of", path);
}

std::string Empty(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  WriteFile(path, Bytes{});
  return Did("left no byte in", path);
}

std::string Remove(const fs::path& root, std::string_view layout) {
  const fs::path truth = FirstTruthFile(root, layout);
  const fs::path path = layout == "cityscapes" ? InstancesOf(truth)
                        : layout == "nyu-mat"  ? truth.parent_path() / "splits.mat"
                                               : truth;
  fs::remove(path);
  return Did("removed", path);
}

std::string RemoveLabels(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  fs::remove(path);
  return Did("removed", path);
}

// ---- defects of images -------------------------------------------------------

template <class T>
Raster<T> WithoutLastColumn(const Raster<T>& image) {
  Raster<T> out(Size{image.width() - 1, image.height()});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) out.At(x, y) = image.At(x, y);
  }
  return out;
}

std::string WrongSize(const fs::path& root, std::string_view layout) {
  if (IsNormalsLayout(layout)) return NarrowNormals(root, layout);
  if (IsDepthArray(layout)) return NarrowDepth(root, layout);
  const fs::path path = FirstTruthFile(root, layout);
  const Bytes bytes = ReadFile(path);
  WriteFile(path,
            layout == "cityscapes" ? EncodePng(WithoutLastColumn(DecodeGray8(bytes, path)))
                                   : EncodePng(WithoutLastColumn(DecodeGray16(bytes, path))));
  return Did("took the last column from", path);
}

// The usual accident: a viewer saved the high byte only.
std::string EightBit(const fs::path& root, std::string_view layout) {
  if (IsNormalsLayout(layout)) return OtherDepthNormals(root, layout);
  const fs::path truth = FirstTruthFile(root, layout);
  const fs::path path = layout == "cityscapes" ? InstancesOf(truth) : truth;
  const auto deep = DecodeGray16(ReadFile(path), path);
  Raster<std::uint8_t> flat(deep.size());
  std::transform(
      deep.Pixels().begin(), deep.Pixels().end(), flat.Pixels().begin(), [](std::uint16_t value) {
        return static_cast<std::uint8_t>(value >> 8U);
      });
  WriteFile(path, EncodePng(flat));
  return Did("made 8-bit", path);
}

std::string SixteenBit(const fs::path& root, std::string_view layout) {
  if (IsNormalsLayout(layout)) return OtherDepthNormals(root, layout);
  const fs::path path = FirstTruthFile(root, layout);
  const auto flat = DecodeGray8(ReadFile(path), path);
  Raster<std::uint16_t> deep(flat.size());
  std::copy(flat.Pixels().begin(), flat.Pixels().end(), deep.Pixels().begin());
  WriteFile(path, EncodePng(deep));
  return Did("made 16-bit", path);
}

std::string JpegAsPng(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  const ImageHeader header = ReadHeader(path);
  WriteFile(path, EncodeJpeg(RgbImage(header.size, Rgb8{90, 90, 90})));
  return Did("wrote a JPEG under the name", path);
}

// The same image in a second scene folder.
std::string Doubled(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  const fs::path scene = path.parent_path();
  const fs::path copy = scene.parent_path() / (scene.filename().string() + "_copy");
  WriteFile(copy / path.filename(), ReadFile(path));
  return Did("copied into another scene", path);
}

// ---- defects of depth ---------------------------------------------------------

template <class Number>
void AppendSlice(const MatFile& file, const char* name, int index, std::vector<Number>& numbers) {
  const Bytes bytes = file.ReadSliceBytes(name, index);
  const std::size_t old = numbers.size();
  numbers.resize(old + bytes.size() / sizeof(Number));
  std::memcpy(numbers.data() + old, bytes.data(), bytes.size());
}

NyuMatContent ReadAll(const fs::path& path) {
  const MatFile file = MatFile::Open(path);
  const std::vector<std::int64_t> dims = file.Dims("rawDepths");
  NyuMatContent content{.size = {static_cast<int>(dims.at(1)), static_cast<int>(dims.at(0))},
                        .images = static_cast<int>(dims.at(2)),
                        .rgb = {},
                        .raw_depths = {},
                        .depths = {}};
  for (int index = 0; index < content.images; ++index) {
    AppendSlice(file, "images", index, content.rgb);
    AppendSlice(file, "rawDepths", index, content.raw_depths);
    AppendSlice(file, "depths", index, content.depths);
  }
  return content;
}

std::string NanDepth(const fs::path& root, std::string_view layout) {
  if (IsDepthArray(layout)) return NanDepthArray(root, layout);
  const fs::path path = FirstTruthFile(root, layout);
  NyuMatContent content = ReadAll(path);
  content.raw_depths.at(77) = std::numeric_limits<float>::quiet_NaN();
  fs::remove(path);
  WriteNyuMat(path, content);
  return Did("set one depth to NaN in", path);
}

std::string NegativeDepth(const fs::path& root, std::string_view layout) {
  if (IsDepthArray(layout)) return NegativeDepthArray(root, layout);
  const fs::path path = FirstTruthFile(root, layout);
  NyuMatContent content = ReadAll(path);
  content.raw_depths.at(78) = -1;
  fs::remove(path);
  WriteNyuMat(path, content);
  return Did("set one depth to -1 in", path);
}

constexpr std::string_view kAll =
    "cityscapes diode diode-indoor diode-indoor-normals diode-indoor-normals-stablenormal "
    "diode-normals diode-normals-marigold diode-outdoor eth3d grefcoco ibims-mat "
    "ibims-normals ibims-normals-marigold ibims-raw kitti moge moge-ddad moge-diode "
    "moge-eth3d moge-gso moge-hammer moge-ibims moge-kitti moge-sintel moge-spring nuscenes "
    "nyu-bts nyu-marigold nyu-mat nyu-normals nyu-normals-marigold nyu-normals-metric3d "
    "oasis-normals oasis-normals-marigold reasonseg refcoco refcocog refcocoplus saco "
    "scannet scannet-normals scannet-normals-marigold sintel sintel-normals "
    "sintel-normals-marigold vkitti vkitti-normals";
constexpr std::string_view kDepthArrays =
    "diode diode-indoor diode-outdoor eth3d ibims-mat nuscenes sintel";
constexpr std::string_view kFloatDepth =
    "diode diode-indoor diode-outdoor eth3d ibims-mat nyu-mat sintel";
constexpr std::string_view kMaskFiles = "diode diode-indoor diode-outdoor ibims-raw";
constexpr std::string_view kNormalsArrays =
    "diode-indoor-normals diode-normals diode-normals-marigold ibims-normals "
    "ibims-normals-marigold nyu-normals-marigold oasis-normals oasis-normals-marigold "
    "scannet-normals-marigold sintel-normals sintel-normals-marigold";
constexpr std::string_view kPng =
    "cityscapes diode-indoor-normals-stablenormal ibims-raw kitti moge moge-ddad moge-diode "
    "moge-eth3d moge-gso moge-hammer moge-ibims moge-kitti moge-sintel moge-spring nyu-bts "
    "nyu-marigold nyu-normals nyu-normals-metric3d scannet scannet-normals vkitti "
    "vkitti-normals";
constexpr std::string_view kSized =
    "cityscapes diode diode-indoor diode-indoor-normals diode-indoor-normals-stablenormal "
    "diode-normals diode-normals-marigold diode-outdoor eth3d ibims-mat ibims-normals "
    "ibims-normals-marigold ibims-raw kitti nyu-bts nyu-marigold nyu-normals "
    "nyu-normals-marigold nyu-normals-metric3d oasis-normals oasis-normals-marigold scannet "
    "scannet-normals scannet-normals-marigold sintel sintel-normals sintel-normals-marigold "
    "vkitti vkitti-normals";
constexpr std::string_view kDeepPng =
    "cityscapes ibims-raw kitti moge moge-ddad moge-diode moge-eth3d moge-gso moge-hammer "
    "moge-ibims moge-kitti moge-sintel moge-spring nyu-bts nyu-marigold scannet vkitti "
    "vkitti-normals";
constexpr std::string_view kFlatPng =
    "cityscapes diode-indoor-normals-stablenormal nyu-normals nyu-normals-metric3d "
    "scannet-normals";
constexpr std::string_view kNormalsPng =
    "diode-indoor-normals-stablenormal nyu-normals nyu-normals-metric3d scannet-normals "
    "vkitti-normals";
constexpr std::string_view kMoge =
    "moge moge-ddad moge-diode moge-eth3d moge-gso moge-hammer moge-ibims moge-kitti "
    "moge-sintel moge-spring";
constexpr std::string_view kNyuPng = "nyu-bts nyu-marigold";
constexpr std::string_view kRefs = "grefcoco refcoco refcocog refcocoplus";
constexpr std::string_view kPickle = "refcoco refcocog refcocoplus";
constexpr std::string_view kJson = "grefcoco reasonseg saco";

// Sorted by name.
constexpr std::array<DefectRow, 34> kRows = {{
    {"annotation-without-pair",
     "an annotation of a pair that is not in its file",
     "saco",
     AnnotationWithoutPair},
    {"broken-mask", "a mask that ends too early", "saco", BrokenMask},
    {"calling-pickle", "a refs file that calls a function", kPickle, CallingPickle},
    {"doubled-id", "two pairs with one id", "saco", DoubledId},
    {"doubled-sample", "one image in two scene folders", kNyuPng, Doubled},
    {"doubled-sentence", "two sentences with one id", kRefs, DoubledSentence},
    {"eight-bit", "a 16-bit truth file saved with 8 bits", kDeepPng, EightBit},
    {"gray-normals", "a file of normals with one channel", kNormalsPng, GrayNormals},
    {"instance-of-stuff",
     "instance values of a class without instances",
     "cityscapes",
     InstanceOfStuff},
    {"instance-without-labels",
     "an instance file without its label file",
     "cityscapes",
     RemoveLabels},
    {"jpeg-as-png", "a JPEG under the name of a PNG truth file", kPng, JpegAsPng},
    {"label-255", "a label id above 33", "cityscapes", Label255},
    {"mask-size", "a mask of another size than its image", "saco", MaskSize},
    {"missing-file", "a truth file that is not there", kAll, Remove},
    {"missing-image", "labels without their photo", "reasonseg", WithoutPhoto},
    {"missing-mask", "depth without the mask beside it", kMaskFiles, RemoveMask},
    {"missing-pair", "a pair that one annotator's file lacks", "saco", MissingPair},
    {"missing-range", "log-coded depth without near and far", kMoge, DropTexts},
    {"nan-depth", "a depth that is no number", kFloatDepth, NanDepth},
    {"negative-depth", "a depth below zero", kFloatDepth, NegativeDepth},
    {"odd-polygon", "a polygon with an x without a y", kPickle, OddPolygon},
    {"photo-as-depth", "the photo under the name of its depth", "eth3d", PhotoAsDepth},
    {"ref-without-annotation",
     "an expression of an annotation that is nowhere",
     kRefs,
     RefWithoutAnnotation},
    {"shape-without-points", "a shape that lies nowhere", "reasonseg", ShapeWithoutPoints},
    {"sixteen-bit", "an 8-bit truth file saved with 16 bits", kFlatPng, SixteenBit},
    {"train-ids", "train ids in a labelIds file", "cityscapes", TrainIds},
    {"truncated-array", "the first half of a file of normals", kNormalsArrays, Truncate},
    {"truncated-depth", "the first half of a file of depths", kDepthArrays, Truncate},
    {"truncated-json", "the first half of an annotation file", kJson, Truncate},
    {"truncated-mat", "the first half of the labelled file", "nyu-mat", Truncate},
    {"truncated-pickle", "the first half of a refs file", kPickle, Truncate},
    {"truncated-png", "the first half of a truth file", kPng, Truncate},
    {"unreadable", "a truth file of zero bytes", kAll, Empty},
    {"wrong-size", "a truth file with a column less", kSized, WrongSize},
}};

}  // namespace

fs::path FirstTruthFile(const fs::path& root, std::string_view layout) {
  for (const TruthPlace& place : kPlaces) {
    if (place.layout != layout) continue;
    fs::path found = FirstFile(root / place.folder, place);
    if (!found.empty()) return found;
  }
  throw DatasetError(root,
                     "",
                     "no truth file of layout " + std::string(layout),
                     "defects are for trees written by assay synth");
}

bool AppliesTo(const DefectRow& row, std::string_view layout) {
  std::istringstream names{std::string(row.layouts)};
  for (std::string name; names >> name;) {
    if (name == layout) return true;
  }
  return false;
}

std::span<const DefectRow> DefectCatalog() { return kRows; }

}  // namespace assay
