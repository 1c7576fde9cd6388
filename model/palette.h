// The colours a model is told to paint classes in.
//
// As settings, "palette" is either a list, in prompt order,
//   [{"class": "road", "rgb": [128, 0, 128]}, …]
// or an object, whose order is that of its names byte by byte,
//   {"road": [128, 0, 128], "sky": "#0080ff", "car": "blue", …}
// A colour is [r, g, b], "#rrggbb", "(r, g, b)", "<r, g, b>", "r,g,b" or a CSS name.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/io/fields.h"
#include "datasets/io/image.h"

namespace assay {

struct PaletteEntry {
  std::string name;  // of a class of the label space
  Rgb8 color;
  friend bool operator==(const PaletteEntry&, const PaletteEntry&) = default;
};
using Palette = std::vector<PaletteEntry>;

// The 19 evaluated Cityscapes classes in train-id order; every two colours are
// at least 127 apart, black is left free. A choice of this product: the colours
// behind published numbers are not known. configs/palettes/cityscapes.json holds
// the same.
Palette CityscapesPalette();

// The setting "palette", CityscapesPalette() where absent. Reports colours that
// cannot be read, and names and colours that occur twice; returns the default
// then. Never empty, at most 255 entries.
Palette ReadPalette(Fields& fields);

std::optional<Rgb8> ParseColor(std::string_view text);

// A setting that is one colour, and one that is a list of at most `most` colours.
// Report what cannot be read; the fallback, and an empty list, are returned then.
Rgb8 ReadColor(Fields& fields, std::string_view name, Rgb8 fallback);
std::vector<Rgb8> ReadColors(Fields& fields, std::string_view name, std::size_t most);

// {"road": <128, 0, 128>, "sidewalk": <255, 0, 255>}
std::string PaletteMapping(std::span<const PaletteEntry> palette);

}  // namespace assay
