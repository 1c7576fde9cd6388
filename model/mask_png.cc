#include "model/mask_png.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/png.h"
#include "model/native.h"
#include "model/reading.h"

namespace assay {
namespace {

using Stage = PredictionError::Stage;

// How many of the samples of a pixel state its value; the rest is alpha.
std::size_t ValueSamples(PngColour colour) {
  return colour == PngColour::kRgb || colour == PngColour::kRgba ? 3 : 1;
}

std::string Where(std::size_t pixel, Size size) {
  const auto width = static_cast<std::size_t>(size.width);
  return fmt::format("pixel (x {}, y {})", pixel % width, pixel / width);
}

void CheckPaletteIndex(const PngSamples& image, std::size_t pixel, const Answer& answer) {
  if (image.header.colour != PngColour::kPalette) return;
  if (image.samples[pixel] < image.palette.size()) return;
  throw PredictionError(Stage::kRead,
                        "corrupt",
                        fmt::format("{}: {} has palette index {}; the palette has {} colours",
                                    answer.file.string(),
                                    Where(pixel, image.header.size),
                                    image.samples[pixel],
                                    image.palette.size()));
}

// One value per pixel, unscaled.
Raster<std::uint16_t> ToValues(PngSamples image, const Answer& answer) {
  const auto step = static_cast<std::size_t>(image.header.Samples());
  const std::size_t stated = ValueSamples(image.header.colour);
  Raster<std::uint16_t> values(image.header.size);
  for (std::size_t i = 0; i < values.Pixels().size(); ++i) {
    const std::uint16_t* const pixel = image.samples.data() + i * step;
    CheckPaletteIndex(image, i, answer);
    for (std::size_t c = 1; c < stated; ++c) {
      if (pixel[c] == pixel[0]) continue;
      throw PredictionError(Stage::kRead,
                            "wrong-channels",
                            fmt::format("{}: {} is ({}, {}, {}), a colour; masks are gray (painted "
                                        "answers are read as rgb-mask)",
                                        answer.file.string(),
                                        Where(i, image.header.size),
                                        pixel[0],
                                        pixel[1],
                                        pixel[2]));
    }
    values.Pixels()[i] = pixel[0];
  }
  return values;
}

Raster<std::uint16_t> ReadValues(const Answer& answer) {
  if (SniffFormat(answer.bytes) == ImageFormat::kJpeg) {
    throw PredictionError(
        Stage::kRead,
        "lossy",
        answer.file.string() + ": is a JPEG, which leaves values around a mask; save a PNG");
  }
  return ToValues(ReadAnswer([&] { return DecodePngSamples(answer.bytes, answer.file); }), answer);
}

struct Inside {
  Mask mask;
  std::int64_t pixels = 0;
  std::int64_t values = 0;  // different ones
};

Inside InsideOf(const Raster<std::uint16_t>& values) {
  Inside inside{Mask(values.size())};
  std::vector<bool> seen(std::size_t{1} << 16);
  for (std::size_t i = 0; i < values.Pixels().size(); ++i) {
    const std::uint16_t value = values.Pixels()[i];
    if (value == 0) continue;
    inside.mask.Pixels()[i] = 1;
    ++inside.pixels;
    seen[value] = true;
  }
  inside.values = std::count(seen.begin(), seen.end(), true);
  return inside;
}

class MaskPng final : public Decoder<ReferringTask> {
 public:
  std::vector<std::string> Extensions() const override { return {"png"}; }
  Decoded<ReferringTask> Decode(const Answer& answer,
                                const ReferringTask::Query& query,
                                const Frame& frame) const override;
};

Decoded<ReferringTask> MaskPng::Decode(const Answer& answer,
                                       const ReferringTask::Query& /*query*/,
                                       const Frame& frame) const {
  Inside inside = InsideOf(ReadValues(answer));
  const Size size = inside.mask.size();
  RequireTruthSize(answer, size, frame, "masks");
  const auto pixels = static_cast<double>(size.Pixels());
  Decoded<ReferringTask> decoded{std::move(inside.mask), {}};
  decoded.diagnostics = {{"foreground_share", static_cast<double>(inside.pixels) / pixels},
                         {"inside_values", static_cast<double>(inside.values)}};
  ResampleAsStated(answer, frame, decoded.value, decoded.diagnostics);
  return decoded;
}

}  // namespace

std::unique_ptr<Decoder<ReferringTask>> MakeMaskPng() { return std::make_unique<MaskPng>(); }

}  // namespace assay
