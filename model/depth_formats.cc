#include "model/depth_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/exr.h"
#include "datasets/io/image.h"
#include "metrics/crop.h"
#include "model/native.h"
#include "model/reading.h"

namespace assay {
namespace {

enum class ArrayKind { kDepth, kDisparity, kDistance };
constexpr std::pair<std::string_view, ArrayKind> kKindNames[] = {
    {"depth", ArrayKind::kDepth},
    {"disparity", ArrayKind::kDisparity},
    {"distance", ArrayKind::kDistance}};

enum class ArrayUnit { kMetre, kFocal300 };
constexpr std::pair<std::string_view, ArrayUnit> kUnitNames[] = {
    {"metre", ArrayUnit::kMetre}, {"focal_300", ArrayUnit::kFocal300}};
constexpr double kCanonicalFocal = 300;  // pixels

// The file's numbers in the unit of the answer.
using Read = std::function<DepthMap(const Answer&)>;

[[noreturn]] void ThrowNoCamera(const Answer& answer, std::string_view why) {
  throw PredictionError(PredictionError::Stage::kDecode,
                        "no-camera",
                        fmt::format("{}: {}", answer.file.string(), why));
}

// A camera and the frame it looks at, over which an array lies.
struct View {
  Intrinsics camera;
  Size frame;
};

// The dataset's camera belongs to the whole image. The KB crop moves its centre; of another crop
// or view the array does not state where it lies.
View ViewOf(const Answer& answer,
            const DepthTask::Query& query,
            const Frame& frame,
            Size size,
            std::string_view what,
            std::string_view remedy) {
  if (!query.camera) {
    ThrowNoCamera(answer, fmt::format("{}: the dataset states no intrinsics; {}", what, remedy));
  }
  const Intrinsics& camera = *query.camera;
  if (size == query.frame || frame.shown == query.frame) return {camera, query.frame};
  if (frame.shown != kKbSize) {
    ThrowNoCamera(answer,
                  fmt::format("{}: the protocol shows a {}x{} crop, the intrinsics are those "
                              "of the {}x{} image; {}",
                              what,
                              frame.shown.width,
                              frame.shown.height,
                              query.frame.width,
                              query.frame.height,
                              remedy));
  }
  const Box crop = KbCrop(query.frame);
  return {{camera.fx, camera.fy, camera.cx - crop.col_begin, camera.cy - crop.row_begin}, kKbSize};
}

void PlanarFromDistance(const View& view, DepthMap& map) {
  const auto& [camera, frame] = view;
  const double across = static_cast<double>(frame.width) / map.width();
  const double down = static_cast<double>(frame.height) / map.height();
  for (int y = 0; y < map.height(); ++y) {
    const double slope_y = ((y + 0.5) * down - camera.cy) / camera.fy;
    const auto row = map.Row(y);
    for (int x = 0; x < map.width(); ++x) {
      const double slope_x = ((x + 0.5) * across - camera.cx) / camera.fx;
      row[static_cast<std::size_t>(x)] /= std::sqrt(1 + slope_x * slope_x + slope_y * slope_y);
    }
  }
}

// What an array's numbers mean, besides their kind.
struct Unit {
  ArrayUnit unit = ArrayUnit::kMetre;
  std::optional<double> focal_px;
};

double MetresPerValue(const Unit& unit,
                      const Answer& answer,
                      const DepthTask::Query& query,
                      const Frame& frame,
                      Size size) {
  if (unit.unit == ArrayUnit::kMetre) return 1;
  if (unit.focal_px) return *unit.focal_px / kCanonicalFocal;
  const View view = ViewOf(answer,
                           query,
                           frame,
                           size,
                           "unit 'focal_300' cannot be turned into metres",
                           "state the focal length of the processed image with "
                           "--set answer.focal=PIXELS");
  const double fx = view.camera.fx * size.width / view.frame.width;
  const double fy = view.camera.fy * size.height / view.frame.height;
  return (fx + fy) / 2 / kCanonicalFocal;
}

DepthMap Scaled(DepthMap map, double scale) {
  if (scale != 1) {
    for (double& value : map.Pixels()) value *= scale;
  }
  return map;
}

double CountUndefined(const DepthMap& map) {
  const auto pixels = map.Pixels();
  return static_cast<double>(std::count_if(pixels.begin(), pixels.end(), [](double value) {
    return !(value > 0) || std::isinf(value);
  }));
}

class ArrayDepth final : public Decoder<DepthTask> {
 public:
  ArrayDepth(std::vector<std::string> extensions, ArrayKind kind, Read read, Unit unit = {})
      : extensions_(std::move(extensions)), kind_(kind), read_(std::move(read)), unit_(unit) {}

  std::vector<std::string> Extensions() const override { return extensions_; }
  // MoGe saves both, and its depth is the third of its points:
  // microsoft/MoGe@019c955:moge/scripts/infer.py.
  std::vector<std::string> NamesInFolder() const override { return {"depth", "points"}; }
  Decoded<DepthTask> Decode(const Answer& answer,
                            const DepthTask::Query& query,
                            const Frame& frame) const override;

 private:
  std::vector<std::string> extensions_;
  ArrayKind kind_;
  Read read_;
  Unit unit_;
};

Decoded<DepthTask> ArrayDepth::Decode(const Answer& answer,
                                      const DepthTask::Query& query,
                                      const Frame& frame) const {
  Decoded<DepthTask> decoded;
  DepthMap& map = decoded.value.map;
  map = ReadAnswer([&] { return read_(answer); });
  if (map.empty()) {
    throw PredictionError(
        PredictionError::Stage::kRead, "wrong-shape", answer.file.string() + ": holds no numbers");
  }
  if (const double metres = MetresPerValue(unit_, answer, query, frame, map.size()); metres != 1) {
    map = Scaled(std::move(map), metres);
  }
  if (kind_ == ArrayKind::kDistance) {
    const View view = ViewOf(answer,
                             query,
                             frame,
                             map.size(),
                             "kind 'distance' cannot be turned into planar depth",
                             "save planar z");
    PlanarFromDistance(view, map);
  }
  decoded.value.kind = kind_ == ArrayKind::kDisparity ? DepthKind::kDisparity : DepthKind::kDepth;
  decoded.diagnostics = {{"undefined_pixels", CountUndefined(map)}};
  ResampleAsStated(answer, frame, map, decoded.diagnostics);
  return decoded;
}

ArrayKind ReadKind(Fields& fields) {
  return fields.Choice<ArrayKind>("kind", ArrayKind::kDepth, kKindNames);
}

bool IsPositive(double value) { return value > 0 && std::isfinite(value); }

double ReadScale(Fields& fields) {
  const double scale = fields.Number("scale", 1);
  if (IsPositive(scale)) return scale;
  fields.Report("scale", "must be a positive number");
  return 1;
}

Unit ReadUnit(Fields& fields, ArrayKind kind) {
  Unit unit;
  if (fields.Has("unit")) {
    unit.unit = fields.Choice<ArrayUnit>("unit", ArrayUnit::kMetre, kUnitNames);
  }
  if (fields.Has("focal")) unit.focal_px = fields.OptionalNumber("focal", {}, {.min = 0});
  if (unit.unit == ArrayUnit::kFocal300 && kind == ArrayKind::kDisparity) {
    fields.Report("unit", "'focal_300' is a unit of depth, not of disparity");
  }
  if (unit.focal_px && (unit.unit == ArrayUnit::kMetre || !IsPositive(*unit.focal_px))) {
    fields.Report("focal", "must be a positive number of pixels, with unit focal_300");
  }
  return unit;
}

using DecodeArray = std::function<DepthMap(const Answer&)>;

std::unique_ptr<Decoder<DepthTask>> MakeArray(std::string extension,
                                              Fields& fields,
                                              DecodeArray decode) {
  const ArrayKind kind = ReadKind(fields);
  const double scale = ReadScale(fields);
  const Unit unit = ReadUnit(fields, kind);
  Read read = [decode = std::move(decode), scale](const Answer& answer) {
    return Scaled(decode(answer), scale);
  };
  return std::make_unique<ArrayDepth>(
      std::vector{std::move(extension)}, kind, std::move(read), unit);
}

// Division, not a product with 1 / divisor: v / 1000 is the nearest double.
DepthMap ReadPng16(const Answer& answer, double divisor) {
  const Raster<std::uint16_t> image = DecodeGray16(answer.bytes, answer.file);
  DepthMap map(image.size());
  std::transform(image.Pixels().begin(),
                 image.Pixels().end(),
                 map.Pixels().begin(),
                 [divisor](std::uint16_t value) { return value / divisor; });
  return map;
}

}  // namespace

std::unique_ptr<Decoder<DepthTask>> MakeNpyDepth(Fields& fields) {
  return MakeArray("npy", fields, [](const Answer& answer) {
    return AsRaster(DecodeNpy(answer.bytes, answer.file), answer.file);
  });
}

std::unique_ptr<Decoder<DepthTask>> MakeNpzDepth(std::string_view field, Fields& fields) {
  return MakeArray("npz", fields, [field = std::string(field)](const Answer& answer) {
    return AsRaster(DecodeNpz(answer.bytes, answer.file, field), answer.file);
  });
}

std::unique_ptr<Decoder<DepthTask>> MakePfmDepth(Fields& fields) {
  return MakeArray("pfm", fields, [](const Answer& answer) {
    return AsRaster(DecodePfm(answer.bytes, answer.file), answer.file);
  });
}

std::unique_ptr<Decoder<DepthTask>> MakeExrDepth(Fields& fields) {
  return MakeArray("exr", fields, [](const Answer& answer) {
    return DecodeExrDepth(answer.bytes, answer.file);
  });
}

std::unique_ptr<Decoder<DepthTask>> MakePng16Depth(std::string_view scale, Fields& fields) {
  const ArrayKind kind = ReadKind(fields);
  double divisor = 0;
  const auto [stop, error] = std::from_chars(scale.data(), scale.data() + scale.size(), divisor);
  const bool whole = error == std::errc() && stop == scale.data() + scale.size();
  if (!whole || !IsPositive(divisor)) {
    fields.Report("codec",
                  fmt::format("png16 needs what one metre is in the file, a positive "
                              "number: png16:1000 or png16:256; found '{}'",
                              scale));
    return nullptr;
  }
  return std::make_unique<ArrayDepth>(
      std::vector<std::string>{"png"}, kind, [divisor](const Answer& answer) {
        return ReadPng16(answer, divisor);
      });
}

}  // namespace assay
