#include "model/mask_png.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "datasets/io/png.h"
#include "metrics/mask_counts.h"
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

struct Inside {
  Mask mask;
  std::int64_t values = 0;  // different ones that are not 0
};

Inside InsideOf(const Raster<std::uint16_t>& values) {
  Inside inside{Mask(values.size())};
  std::vector<bool> seen(std::size_t{1} << 16);
  for (std::size_t i = 0; i < values.Pixels().size(); ++i) {
    const std::uint16_t value = values.Pixels()[i];
    inside.mask.Pixels()[i] = value == 0 ? 0 : 1;
    seen[value] = true;
  }
  inside.values = std::count(seen.begin() + 1, seen.end(), true);
  return inside;
}

std::int64_t DifferentValues(std::span<const std::uint8_t> pixels) {
  std::array<bool, 256> seen{};
  for (const std::uint8_t pixel : pixels) seen[pixel] = true;
  return std::count(seen.begin() + 1, seen.end(), true);
}

// The same for the usual mask, where it lies. Almost every one holds a single value
// besides 0, which is cheaper to confirm than to count.
Inside InsideOf(Raster<std::uint8_t> values) {
  const std::span<std::uint8_t> pixels = values.Pixels();
  std::uint8_t highest = 0;
  for (const std::uint8_t pixel : pixels) highest = std::max(highest, pixel);
  std::uint8_t between = 0;
  for (const std::uint8_t pixel : pixels) {
    between |= static_cast<std::uint8_t>(pixel != 0 && pixel != highest);
  }
  const std::int64_t different = between ? DifferentValues(pixels) : (highest == 0 ? 0 : 1);
  for (std::uint8_t& pixel : pixels) pixel = pixel == 0 ? 0 : 1;
  return {std::move(values), different};
}

Inside ReadInside(const Answer& answer) {
  if (SniffFormat(answer.bytes) == ImageFormat::kJpeg) {
    throw PredictionError(
        Stage::kRead,
        "lossy",
        answer.file.string() + ": is a JPEG, which leaves values around a mask; save a PNG");
  }
  const PngHeader header = ReadAnswer([&] { return DecodePngHeader(answer.bytes, answer.file); });
  if (header.colour == PngColour::kGray && header.bit_depth == 8) {
    return InsideOf(ReadAnswer([&] { return DecodePngGray8(answer.bytes, answer.file); }));
  }
  return InsideOf(
      ToValues(ReadAnswer([&] { return DecodePngSamples(answer.bytes, answer.file); }), answer));
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
  Inside inside = ReadInside(answer);
  const Size size = inside.mask.size();
  RequireTruthSize(answer, size, frame, "masks");
  const auto foreground = static_cast<double>(CountInside(inside.mask.Pixels()));
  Decoded<ReferringTask> decoded{std::move(inside.mask), {}};
  decoded.diagnostics = {{"foreground_share", foreground / static_cast<double>(size.Pixels())},
                         {"inside_values", static_cast<double>(inside.values)}};
  ResampleAsStated(answer, frame, decoded.value, decoded.diagnostics);
  return decoded;
}

}  // namespace

std::unique_ptr<Decoder<ReferringTask>> MakeMaskPng() { return std::make_unique<MaskPng>(); }

}  // namespace assay
