#include "eval/view.h"

#include <fmt/format.h>

#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "datasets/io/remap.h"

namespace assay {
namespace {

Bytes BytesOf(const Intrinsics& camera, Size size) {
  const std::string text = fmt::format(
      "{} {} {} {} {} {}", camera.fx, camera.fy, camera.cx, camera.cy, size.width, size.height);
  return {text.begin(), text.end()};
}

class ViewedDepth final : public Dataset<DepthTask> {
 public:
  ViewedDepth(std::unique_ptr<Dataset<DepthTask>> dataset, const CentredView& view)
      : dataset_(std::move(dataset)), view_(view) {}

  const DatasetInfo& Info() const override { return dataset_->Info(); }
  std::size_t Size() const override { return dataset_->Size(); }

  assay::Item<DepthTask> Item(std::size_t index) const override {
    assay::Item<DepthTask> item = dataset_->Item(index);
    item.image.clear();  // no file holds the view
    // A broken or missing camera is told when the sample is read.
    if (item.query.camera && item.query.frame.Pixels() > 0) {
      item.query.camera = MappingOf(item).Camera();
    }
    item.query.frame = view_.size;
    return item;
  }

  RawTruth ReadTruth(std::size_t index) const override {
    RawTruth raw = dataset_->ReadTruth(index);
    const auto item = dataset_->Item(index);
    raw.push_back({raw.front().path, BytesOf(CameraOf(item), item.query.frame)});
    return raw;
  }

  DepthTruth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    const RawTruth inner(raw.begin(), raw.end() - 1);
    const DepthTruth whole = dataset_->DecodeTruth(index, inner);
    return {.depth_m = DepthInView(whole.depth_m, CameraOf(dataset_->Item(index)), view_),
            .file_mask = {}};
  }

  RgbImage Image(std::size_t index) const override {
    const ViewMapping mapping = MappingOf(dataset_->Item(index));
    const RgbImage image = ResizeLanczos(dataset_->Image(index), mapping.Rescaled());
    Raster<float> from_x(view_.size);
    Raster<float> from_y(view_.size);
    for (int y = 0; y < view_.size.height; ++y) {
      for (int x = 0; x < view_.size.width; ++x) {
        const ViewMapping::Place place = mapping.At(x, y);
        from_x.At(x, y) = place.x;
        from_y.At(x, y) = place.y;
      }
    }
    return Remap(image, from_x, from_y);
  }

  bool SerialReads() const override { return dataset_->SerialReads(); }

 private:
  static Intrinsics CameraOf(const assay::Item<DepthTask>& item) {
    if (item.query.camera) return *item.query.camera;
    throw DatasetError(item.image,
                       item.key,
                       "has no camera, and the protocol's view is made by it",
                       "complete the set: the camera lies beside the depth");
  }

  ViewMapping MappingOf(const assay::Item<DepthTask>& item) const {
    try {
      return {CameraOf(item), item.query.frame, view_.size};
    } catch (const std::invalid_argument& fault) {
      throw DatasetError(item.image, item.key, fault.what(), "its camera cannot be right");
    }
  }

  std::unique_ptr<Dataset<DepthTask>> dataset_;
  CentredView view_;
};

}  // namespace

AnyDataset ViewAs(const Protocol& protocol, AnyDataset dataset) {
  const auto* evaluation = std::get_if<Evaluation<DepthTask>>(&protocol.evaluation);
  if (evaluation == nullptr || !evaluation->metric.settings().view) return dataset;
  auto& depth = std::get<std::unique_ptr<Dataset<DepthTask>>>(dataset);
  return std::make_unique<ViewedDepth>(std::move(depth), *evaluation->metric.settings().view);
}

}  // namespace assay
