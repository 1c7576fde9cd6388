#include "datasets/synthetic/normals_defects.h"

#include <algorithm>
#include <cstdint>

#include "datasets/io/array.h"
#include "datasets/io/exr.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "datasets/io/vectors.h"
#include "datasets/synthetic/defects.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

template <class Colour>
Raster<Colour> WithoutLastColumn(const Raster<Colour>& image) {
  Raster<Colour> out(Size{image.width() - 1, image.height()});
  for (int y = 0; y < out.height(); ++y) {
    std::copy_n(image.Row(y).begin(), out.width(), out.Row(y).begin());
  }
  return out;
}

bool IsDeep(const Bytes& bytes, const fs::path& path) {
  return DecodeHeader(bytes, path).bit_depth == 16;
}

std::string Did(const std::string& what, const fs::path& path) {
  return what + " " + path.filename().string();
}

Raster<Rgb8> HighBytes(const Raster<Rgb16>& deep) {
  Raster<Rgb8> flat(deep.size());
  const auto high = [](std::uint16_t value) { return static_cast<std::uint8_t>(value >> 8U); };
  std::transform(
      deep.Pixels().begin(), deep.Pixels().end(), flat.Pixels().begin(), [&](const Rgb16& c) {
        return Rgb8{high(c.r), high(c.g), high(c.b)};
      });
  return flat;
}

Raster<Rgb16> Deepened(const RgbImage& flat) {
  Raster<Rgb16> deep(flat.size());
  const auto both = [](std::uint8_t value) { return static_cast<std::uint16_t>(value * 257); };
  std::transform(
      flat.Pixels().begin(), flat.Pixels().end(), deep.Pixels().begin(), [&](const Rgb8& c) {
        return Rgb16{both(c.r), both(c.g), both(c.b)};
      });
  return deep;
}

}  // namespace

bool IsNormalsLayout(std::string_view layout) {
  return layout.find("-normals") != std::string_view::npos;
}

std::string NarrowNormals(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  const Bytes bytes = ReadFile(path);
  if (path.extension() == ".exr") {
    WriteFile(path, EncodeExr(WithoutLastColumn(DecodeExr(bytes, path))));
    return Did("took the last column from", path);
  }
  if (path.extension() == ".npy") {
    const VectorMap map = VectorsFromArray(DecodeNpy(bytes, path), VectorAxes::kLast, path);
    WriteFile(path, EncodeNpyFloat32(ArrayFromVectors(WithoutLastColumn(map))));
    return Did("took the last column from", path);
  }
  WriteFile(path,
            IsDeep(bytes, path) ? EncodePng(WithoutLastColumn(DecodeRgb16(bytes, path)))
                                : EncodePng(WithoutLastColumn(DecodeRgb(bytes, path))));
  return Did("took the last column from", path);
}

std::string GrayNormals(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  const Size size = DecodeHeader(ReadFile(path), path).size;
  WriteFile(path, EncodePng(Raster<std::uint8_t>(size, 128)));
  return Did("left one gray channel in", path);
}

std::string OtherDepthNormals(const fs::path& root, std::string_view layout) {
  const fs::path path = FirstTruthFile(root, layout);
  const Bytes bytes = ReadFile(path);
  if (IsDeep(bytes, path)) {
    WriteFile(path, EncodePng(HighBytes(DecodeRgb16(bytes, path))));
    return Did("made 8-bit", path);
  }
  WriteFile(path, EncodePng(Deepened(DecodeRgb(bytes, path))));
  return Did("made 16-bit", path);
}

}  // namespace assay
