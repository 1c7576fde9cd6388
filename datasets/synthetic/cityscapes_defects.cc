#include "datasets/synthetic/cityscapes_defects.h"

#include <cstdint>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/defects.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

std::string EditLabels(const fs::path& root,
                       std::string_view layout,
                       const std::string& what,
                       std::uint8_t (*edit)(std::uint8_t label, std::size_t pixel)) {
  const fs::path path = FirstTruthFile(root, layout);
  auto labels = DecodeGray8(ReadFile(path), path);
  std::size_t pixel = 0;
  for (std::uint8_t& label : labels.Pixels()) label = edit(label, pixel++);
  WriteFile(path, EncodePng(labels));
  return Did(what, path);
}

}  // namespace

fs::path InstancesOf(const fs::path& labels) {
  const std::string path = labels.string();
  const std::string_view suffix = "labelIds.png";
  return path.substr(0, path.size() - suffix.size()) + "instanceIds.png";
}

std::string Label255(const fs::path& root, std::string_view layout) {
  return EditLabels(
      root, layout, "set one pixel to 255 in", [](std::uint8_t label, std::size_t pixel) {
        return pixel == 1000 ? std::uint8_t{255} : label;
      });
}

std::string TrainIds(const fs::path& root, std::string_view layout) {
  return EditLabels(root, layout, "wrote train ids into", [](std::uint8_t label, std::size_t) {
    const std::uint8_t train_id = CityscapesLabels().classes[label].train_id;
    return train_id == 255 ? std::uint8_t{0} : train_id;
  });
}

std::string InstanceOfStuff(const fs::path& root, std::string_view layout) {
  const fs::path path = InstancesOf(FirstTruthFile(root, layout));
  auto values = DecodeGray16(ReadFile(path), path);
  for (std::uint16_t& value : values.Pixels()) {
    if (value == 7) value = 7000;
  }
  WriteFile(path, EncodePng(values));
  return Did("made the road an object in", path);
}

}  // namespace assay
