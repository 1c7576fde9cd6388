#include "model/normal_formats.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/exr.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "metrics/normals_angle.h"
#include "model/native.h"
#include "model/reading.h"

namespace assay {
namespace {

constexpr std::pair<std::string_view, VectorAxes> kLayoutNames[] = {
    {"hwc", VectorAxes::kLast}, {"chw", VectorAxes::kFirst}, {"either", VectorAxes::kEither}};

using Read = std::function<VectorMap(const Answer&)>;

// The smallest length that at least this share of the lengths does not exceed.
double Quantile(std::vector<double>& lengths, double share) {
  if (lengths.empty()) return 0;
  const auto rank =
      static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(lengths.size())));
  const auto at = lengths.begin() + std::max<std::ptrdiff_t>(rank, 1) - 1;
  std::nth_element(lengths.begin(), at, lengths.end());
  return *at;
}

Diagnostics Describe(const NormalMap& map) {
  std::vector<double> lengths;
  for (const Vector3& normal : map.Pixels()) {
    if (IsDirection(normal)) lengths.push_back(Length(normal));
  }
  const std::size_t undefined = map.size().Pixels() - lengths.size();
  return {{"undefined_pixels", static_cast<double>(undefined)},
          {"norm_p1", Quantile(lengths, 0.01)},
          {"norm_p50", Quantile(lengths, 0.50)},
          {"norm_p99", Quantile(lengths, 0.99)}};
}

class StoredNormals final : public FramedNormals {
 public:
  StoredNormals(std::string extension, NormalFrame frame, Read read)
      : extension_(std::move(extension)), frame_(frame), read_(std::move(read)) {}

  NormalFrame DeclaredFrame() const override { return frame_; }
  std::vector<std::string> Extensions() const override { return {extension_}; }
  // As microsoft/MoGe@019c955:moge/scripts/infer.py saves them.
  std::vector<std::string> NamesInFolder() const override { return {"normal"}; }
  Decoded<NormalsTask> Decode(const Answer& answer,
                              const NormalsTask::Query& /*query*/,
                              const Frame& frame) const override {
    Decoded<NormalsTask> decoded;
    NormalMap& map = decoded.value.map;
    map = ReadAnswer([&] { return read_(answer); });
    decoded.diagnostics = Describe(map);
    for (Vector3& normal : map.Pixels()) normal = ToRub(frame_, normal);
    ResampleAsStated(answer, frame, map, decoded.diagnostics);
    return decoded;
  }

 private:
  std::string extension_;
  NormalFrame frame_;
  Read read_;
};

std::unique_ptr<Decoder<NormalsTask>> Make(std::string extension,
                                           NormalFrame usual,
                                           Fields& fields,
                                           Read read) {
  const auto frame = fields.Choice<NormalFrame>("frame", usual, kNormalFrameNames);
  return std::make_unique<StoredNormals>(std::move(extension), frame, std::move(read));
}

VectorMap ReadPng(const Answer& answer) {
  const bool deep = SniffFormat(answer.bytes) == ImageFormat::kPng &&
                    DecodeHeader(answer.bytes, answer.file).bit_depth == 16;
  return deep ? VectorsFromPng16(answer.bytes, answer.file)
              : VectorsFromPng8(answer.bytes, answer.file);
}

}  // namespace

std::unique_ptr<Decoder<NormalsTask>> MakeNpyNormals(Fields& fields) {
  const auto layout = fields.Choice<VectorAxes>("layout", VectorAxes::kEither, kLayoutNames);
  return Make("npy", NormalFrame::kRub, fields, [layout](const Answer& answer) {
    return VectorsFromArray(DecodeNpy(answer.bytes, answer.file), layout, answer.file);
  });
}

std::unique_ptr<Decoder<NormalsTask>> MakePngNormals(Fields& fields) {
  return Make("png", NormalFrame::kLub, fields, ReadPng);
}

std::unique_ptr<Decoder<NormalsTask>> MakeExrNormals(Fields& fields) {
  return Make("exr", NormalFrame::kLub, fields, [](const Answer& answer) {
    return DecodeExr(answer.bytes, answer.file);
  });
}

}  // namespace assay
