#include "datasets/synthetic/depth_defects.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/float32.h"
#include "datasets/io/image.h"
#include "datasets/io/mat.h"
#include "datasets/synthetic/defects.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/mat_writer.h"
#include "metrics/tasks.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// ---- files as depth and back ---------------------------------------------------

DepthMap ReadNpy(const fs::path& path, Size /*size*/) {
  return AsRaster(DecodeNpy(ReadFile(path), path), path);
}
void WriteNpy(const fs::path& path, const DepthMap& depth) {
  WriteFile(path, EncodeNpyFloat32(depth));
}

DepthMap ReadBare(const fs::path& path, Size size) {
  return DecodeFloat32(ReadFile(path), path, size);
}
void WriteBare(const fs::path& path, const DepthMap& depth) {
  WriteFile(path, EncodeFloat32(depth));
}

DepthMap ReadDpt(const fs::path& path, Size /*size*/) { return DecodeDpt(ReadFile(path), path); }
void WriteDpt(const fs::path& path, const DepthMap& depth) { WriteFile(path, EncodeDpt(depth)); }

constexpr const char* kStruct = "data";

DepthMap ReadMat(const fs::path& path, Size /*size*/) {
  return AsRaster(MatFile::Open(path).ReadField(kStruct, "depth"), path);
}

std::vector<double> ColumnMajor(const Raster<double>& map) {
  std::vector<double> numbers;
  for (int x = 0; x < map.width(); ++x) {
    for (int y = 0; y < map.height(); ++y) numbers.push_back(map.At(x, y));
  }
  return numbers;
}

MatField FieldOf(const char* name, const Raster<double>& map) {
  return {name,
          {static_cast<std::size_t>(map.height()), static_cast<std::size_t>(map.width())},
          ColumnMajor(map)};
}

// Keeps the masks.
void WriteMat(const fs::path& path, const DepthMap& depth) {
  std::vector<MatField> fields = {FieldOf("depth", depth)};
  {
    const MatFile file = MatFile::Open(path);
    for (const char* mask : {"mask_invalid", "mask_transp"}) {
      fields.push_back(FieldOf(mask, AsRaster(file.ReadField(kStruct, mask), path)));
    }
  }
  fs::remove(path);
  WriteMatStruct(path, kStruct, std::move(fields));
}

struct ArrayKind {
  std::string_view layout;
  DepthMap (*read)(const fs::path& path, Size size);
  void (*write)(const fs::path& path, const DepthMap& depth);
};
constexpr std::array<ArrayKind, 6> kKinds = {{{"diode", ReadNpy, WriteNpy},
                                              {"diode-indoor", ReadNpy, WriteNpy},
                                              {"diode-outdoor", ReadNpy, WriteNpy},
                                              {"eth3d", ReadBare, WriteBare},
                                              {"ibims-mat", ReadMat, WriteMat},
                                              {"sintel", ReadDpt, WriteDpt}}};

const ArrayKind* FindKind(std::string_view layout) {
  const auto at = std::find_if(
      kKinds.begin(), kKinds.end(), [&](const ArrayKind& kind) { return kind.layout == layout; });
  return at == kKinds.end() ? nullptr : &*at;
}

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

std::string Edit(const fs::path& root,
                 std::string_view layout,
                 const std::string& what,
                 DepthMap (*edit)(const DepthMap& depth)) {
  const fs::path path = FirstTruthFile(root, layout);
  const auto manifest = ReadManifest(root);
  const ArrayKind& kind = *FindKind(layout);
  kind.write(path, edit(kind.read(path, manifest ? manifest->size : Size{})));
  return Did(what, path);
}

// The middle of the last row is usable in every layout that has a mask.
DepthMap WithPixel(const DepthMap& depth, double value) {
  DepthMap edited = depth;
  int x = depth.width() / 2;
  while (!(depth.At(x, depth.height() - 1) > 0)) ++x;
  edited.At(x, depth.height() - 1) = value;
  return edited;
}

}  // namespace

bool IsDepthArray(std::string_view layout) { return FindKind(layout) != nullptr; }

std::string NarrowDepth(const fs::path& root, std::string_view layout) {
  return Edit(root, layout, "took the last column from", [](const DepthMap& depth) {
    DepthMap narrow(Size{depth.width() - 1, depth.height()});
    for (int y = 0; y < narrow.height(); ++y) {
      std::copy_n(depth.Row(y).begin(), narrow.width(), narrow.Row(y).begin());
    }
    return narrow;
  });
}

std::string NanDepthArray(const fs::path& root, std::string_view layout) {
  return Edit(root, layout, "set one depth to NaN in", [](const DepthMap& depth) {
    return WithPixel(depth, std::numeric_limits<double>::quiet_NaN());
  });
}

std::string NegativeDepthArray(const fs::path& root, std::string_view layout) {
  return Edit(root, layout, "set one depth to -1 in", [](const DepthMap& depth) {
    return WithPixel(depth, -1);
  });
}

std::string RemoveMask(const fs::path& root, std::string_view layout) {
  const fs::path depth = FirstTruthFile(root, layout);
  const std::string stem = depth.stem().string();
  const fs::path path = depth.extension() == ".npy"
                            ? depth.parent_path() / (stem + "_mask.npy")
                            : depth.parent_path().parent_path() / "mask_transp" / depth.filename();
  fs::remove(path);
  return Did("removed", path);
}

std::string PhotoAsDepth(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  WriteFile(path, EncodeJpeg(RgbImage(Size{64, 48}, Rgb8{90, 90, 90})));
  return Did("put a photo in the place of", path);
}

std::string DropTexts(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  WriteFile(path, EncodePng(DecodeGray16(ReadFile(path), path)));
  return Did("took the texts from", path);
}

}  // namespace assay
