#include "model/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/did_you_mean.h"
#include "model/coco_json.h"
#include "model/depth_formats.h"
#include "model/label_formats.h"
#include "model/mask_png.h"
#include "model/normal_formats.h"
#include "model/rgb_depth.h"
#include "model/rgb_instances.h"
#include "model/rgb_mask.h"
#include "model/rgb_normals.h"
#include "model/rgb_semantic.h"
#include "model/sam3_agent.h"

namespace assay {
namespace {

constexpr std::string_view kSemantic = SemanticTask::kName;
constexpr std::string_view kDepth = DepthTask::kName;
constexpr std::string_view kReferring = ReferringTask::kName;
constexpr std::string_view kInstances = InstancesTask::kName;
constexpr std::string_view kNormals = NormalsTask::kName;

using Argument = std::string_view;

// A codec is a decoder; the variant holds decoders.
AnyDecoder MakeSemantic(Argument /*none*/, Fields& fields) {
  return std::unique_ptr<Decoder<SemanticTask>>(MakeRgbSemantic(fields));
}
AnyDecoder MakeDepth(Argument /*none*/, Fields& fields) {
  return std::unique_ptr<Decoder<DepthTask>>(MakeRgbDepth(fields));
}
AnyDecoder MakeMask(Argument /*none*/, Fields& fields) {
  return std::unique_ptr<Decoder<ReferringTask>>(MakeRgbMask(fields));
}
AnyDecoder MakeInstances(Argument /*none*/, Fields& fields) {
  return std::unique_ptr<Decoder<InstancesTask>>(MakeRgbInstances(fields));
}
AnyDecoder MakeNormals(Argument /*none*/, Fields& fields) {
  return std::unique_ptr<Decoder<NormalsTask>>(MakeRgbNormals(fields));
}

// Sorted by name, then by task.
constexpr auto kRows = std::to_array<CodecRow>({
    {"coco-json",
     kInstances,
     "",
     "COCO results: a mask, score and category per entry",
     [](Argument, Fields&) -> AnyDecoder { return MakeCocoInstances(); }},
    {"coco-json",
     kReferring,
     "",
     "COCO results: the union of the masks",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeCocoMask(fields); }},
    {"coco-json",
     kSemantic,
     "",
     "COCO results: category_id is the label id, higher scores on top",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeCocoLabels(fields); }},
    {"exr",
     kDepth,
     "",
     "OpenEXR of depth: one channel, Z, or points as R, G, B",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeExrDepth(fields); }},
    {"exr",
     kNormals,
     "",
     "OpenEXR of normals, channels R, G, B or X, Y, Z; frame lub unless said",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeExrNormals(fields); }},
    {"label-ids",
     kSemantic,
     "",
     "8-bit gray PNG of label ids, at the truth's size",
     [](Argument, Fields&) -> AnyDecoder { return MakeLabelIds(); }},
    {"mask-png",
     kReferring,
     "",
     "PNG whose values other than 0 are inside, at the truth's size",
     [](Argument, Fields&) -> AnyDecoder { return MakeMaskPng(); }},
    {"normals-npy",
     kNormals,
     "",
     "NumPy array of normals, H x W x 3 or 3 x H x W; frame rub unless said",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeNpyNormals(fields); }},
    {"normals-png",
     kNormals,
     "",
     "8- or 16-bit RGB PNG of normals, 2 v / 255 - 1; frame lub unless said",
     [](Argument, Fields& fields) -> AnyDecoder { return MakePngNormals(fields); }},
    {"npy",
     kDepth,
     "",
     "NumPy array H x W of depth, disparity or distance",
     [](Argument, Fields& fields) -> AnyDecoder { return MakeNpyDepth(fields); }},
    {"npz",
     kDepth,
     "FIELD",
     "one array of a NumPy archive; without FIELD the only one",
     [](Argument field, Fields& fields) -> AnyDecoder { return MakeNpzDepth(field, fields); }},
    {"pfm",
     kDepth,
     "",
     "portable float map, one channel",
     [](Argument, Fields& fields) -> AnyDecoder { return MakePfmDepth(fields); }},
    {"png16",
     kDepth,
     "SCALE",
     "16-bit gray PNG, metres = value / SCALE",
     [](Argument scale, Fields& fields) -> AnyDecoder { return MakePng16Depth(scale, fields); }},
    {"rgb-depth", kDepth, "", "metric depth painted along seven edges of the RGB cube", MakeDepth},
    {"rgb-instances",
     kInstances,
     "",
     "objects painted in one colour each on a known background",
     MakeInstances},
    {"rgb-mask",
     kReferring,
     "",
     "a referent painted in its colour on a background, nearest wins",
     MakeMask},
    {"rgb-normals", kNormals, "", "surface normals painted as one channel an axis", MakeNormals},
    {"rgb-semantic",
     kSemantic,
     "",
     "classes painted in the palette's colours, nearest wins",
     MakeSemantic},
    {"sam3-agent",
     kInstances,
     "",
     "SAM 3 agent JSON: masks, boxes and scores",
     [](Argument, Fields&) -> AnyDecoder { return MakeSam3Instances(); }},
    {"sam3-agent",
     kReferring,
     "",
     "SAM 3 agent JSON: the union of the selected masks",
     [](Argument, Fields&) -> AnyDecoder { return MakeSam3Mask(); }},
    {"train-ids",
     kSemantic,
     "",
     "8-bit gray PNG of train ids, 255 for none, at the truth's size",
     [](Argument, Fields&) -> AnyDecoder { return MakeTrainIds(); }},
});

// Painted codecs are named after what is painted: masks, for expressions.
std::string PaintedName(std::string_view task) {
  return "rgb-" + std::string(task == kReferring ? "mask" : task);
}

// A null decoder of some task: there is none of the task asked for.
AnyDecoder Nothing() { return std::unique_ptr<Decoder<SemanticTask>>(); }

void ReportUnknown(std::string_view task, const std::string& name, Fields& answer) {
  std::vector<std::string> known = {"rgb"};
  std::string allowed = "rgb";
  for (const CodecRow& row : kRows) {
    if (row.task != task) continue;
    known.emplace_back(row.name);
    allowed += fmt::format(", {}{}{}", row.name, row.argument.empty() ? "" : ":", row.argument);
  }
  const std::string hint = DidYouMean(name, known);
  answer.Report("codec",
                fmt::format("'{}' does not read {} answers; {}{}allowed: {}",
                            name,
                            task,
                            hint,
                            hint.empty() ? "" : " ",
                            allowed));
}

}  // namespace

std::span<const CodecRow> CodecCatalog() { return kRows; }

bool IsPainted(std::string_view codec) { return codec.starts_with("rgb"); }

AnyDecoder MakeDecoder(std::string_view task, Fields& answer) {
  const std::string text = answer.Text("codec", "rgb");
  const std::size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  const std::string argument = colon == std::string::npos ? "" : text.substr(colon + 1);

  const std::string wanted = name == "rgb" ? PaintedName(task) : name;
  const auto* const row = std::find_if(kRows.begin(), kRows.end(), [&](const CodecRow& r) {
    return r.name == wanted && r.task == task;
  });
  if (row == kRows.end()) {
    ReportUnknown(task, name, answer);
    return Nothing();
  }
  if (row->argument.empty() && colon != std::string::npos) {
    answer.Report("codec", fmt::format("'{}' takes nothing after the colon", name));
  }
  AnyDecoder decoder = row->make(argument, answer);
  answer.Finish();
  return decoder;
}

}  // namespace assay
