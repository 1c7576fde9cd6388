// The task types: what is asked, what is answered, what is true.
//
// This is the one place that states shapes, units, axes and invalid pixels;
// every other header refers to it. Rasters are H x W, row-major, origin top
// left (metrics/raster.h).
//
// A task is a struct with three member types:
//   Query   what the model is asked about one sample
//   Value   a decoded answer, in task space: no colour is left in it
//   Truth   the ground truth of one sample
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/label_space.h"
#include "metrics/raster.h"
#include "metrics/run_length.h"
#include "metrics/vector3.h"

namespace assay {

// H x W class ids of a LabelSpace. Id 0 is "unlabeled" in every label space and
// stands for "no class" in a decoded answer.
using LabelMap = Raster<std::uint8_t>;

// H x W, 1 = inside, 0 = outside; no other value occurs.
using Mask = Raster<std::uint8_t>;

// H x W depth in metres, planar z: the distance from the camera plane, not
// along the ray. In ground truth 0 means "no measurement" and every other value
// is positive and finite. In answers any value can occur (see DepthValue).
using DepthMap = Raster<double>;

// H x W surface normals in the camera's frame RUB: x right, y up, z out of the image
// towards the viewer, so a wall that faces the camera is (0, 0, 1). Ground truth keeps
// the length its file has, and (0, 0, 0) means "no normal"; answers are of any length,
// and (0, 0, 0) or a component that is not finite is an undefined pixel.
using NormalMap = Raster<Vector3>;

// ---- semantic --------------------------------------------------------------

struct SemanticTruth {
  LabelMap labels;  // H x W ids of the label space
  // H x W: id * 1000 + k for instance k of a class with instances, the bare id
  // for everything else. Empty where the dataset has no instances.
  Raster<std::uint16_t> instances;
};

struct SemanticTask {
  static constexpr std::string_view kName = "semantic";
  struct Query {
    const LabelSpace* space = nullptr;  // static storage; never null
  };
  using Value = LabelMap;
  using Truth = SemanticTruth;
};

// ---- instances -------------------------------------------------------------

// One object of an answer. Masks lie at the size of the truth; boxes have the unit
// the truth has (SA-Co: fractions of the image) and are needed for scores of boxes only.
struct Instance {
  RunLengthMask mask;
  std::optional<BoxXywh> box_xywh = {};
  double score = 1;  // what the model states; 1 where it states none
  std::int64_t category = 1;
  friend bool operator==(const Instance&, const Instance&) = default;
};

struct InstanceSet {
  Size size;
  std::vector<Instance> instances;  // empty: a valid answer, nothing is there
  friend bool operator==(const InstanceSet&, const InstanceSet&) = default;
};

// One object as one annotator has drawn it.
struct TrueInstance {
  RunLengthMask mask;
  std::optional<BoxXywh> box_xywh = {};
  std::int64_t category = 1;
  bool crowd = false;  // a group; never matched
};

// What one annotator says of one phrase. No instance: the phrase is not in the image.
struct Annotation {
  std::vector<TrueInstance> instances;
  std::vector<std::int64_t> categories = {1};  // instances of others do not count
  bool exhaustive = true;                      // every object is drawn, one by one
};

struct InstancesTruth {
  Size size;
  std::vector<Annotation> annotators;  // in the order of the files: a, b, c
};

struct InstancesTask {
  static constexpr std::string_view kName = "instances";
  struct Query {
    std::string phrase;  // a noun phrase
    Size size;           // of the image
  };
  using Value = InstanceSet;
  using Truth = InstancesTruth;
};

// ---- referring -------------------------------------------------------------

struct ReferringTruth {
  // H x W: 0 background, 1 covered by one part of the target, 2 covered by two or
  // more, 255 ignored. What a 2 counts as differs between evaluators.
  Raster<std::uint8_t> target;
  // The dataset says that the expression describes nothing in this image; `target`
  // then has no 1 and no 2.
  bool no_target = false;
};

struct ReferringTask {
  static constexpr std::string_view kName = "referring";
  struct Query {
    std::string expression;    // cleaned: without outer blanks, lower case where its evaluator says
    std::string raw;           // as typed; empty where the dataset keeps only one form
    bool is_sentence = false;  // a whole question or request rather than a noun phrase
  };
  using Value = Mask;
  using Truth = ReferringTruth;
};

// ---- depth -----------------------------------------------------------------

// Pinhole camera, pixels; see metrics/raster.h for the pixel convention.
struct Intrinsics {
  double fx = 0, fy = 0, cx = 0, cy = 0;
};

struct DepthTruth {
  DepthMap depth_m;
  Mask file_mask;  // 1 = usable; empty where the dataset ships no mask file
};

enum class DepthKind {
  kDepth,      // planar z; metres where the model is metric
  kDisparity,  // proportional to 1/z; larger = nearer
};

struct DepthValue {
  DepthMap map;  // at the answer's own size for arrays, at the asked size for painted answers
  DepthKind kind = DepthKind::kDepth;
  // True for an answer painted in the RGB depth code. There 0 and +inf are the
  // two closed ends of the code, hence *defined*: the protocol's clip brings
  // them into range. In any other answer NaN, +-inf, 0 and negative values are
  // undefined pixels.
  bool painted = false;
  // Largest finite depth of the code an answer was painted in, metres: the last
  // 8-bit colour before white. Stands in for +inf where a protocol has no clip.
  // Default: lambda = -3, c = 10/3, that is 10 * (sqrt(7 * 255) - 1).
  double painted_far_m = 412.49260348555216;
};

struct DepthTask {
  static constexpr std::string_view kName = "depth";
  struct Query {
    Size frame;  // of the image the model is shown
    std::optional<Intrinsics> camera;
  };
  using Value = DepthValue;
  using Truth = DepthTruth;
};

// ---- normals ---------------------------------------------------------------

struct NormalsTruth {
  NormalMap normals;
};

struct NormalsValue {
  NormalMap map;
};

struct NormalsTask {
  static constexpr std::string_view kName = "normals";
  struct Query {
    Size frame;  // of the image the model is shown; 0 x 0 where only the truth's file says
    std::optional<Intrinsics> camera;
  };
  using Value = NormalsValue;
  using Truth = NormalsTruth;
};

}  // namespace assay
