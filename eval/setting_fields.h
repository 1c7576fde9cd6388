// Settings that more than one task reads from a protocol.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "datasets/io/fields.h"
#include "metrics/alignment.h"

namespace assay {

// The words a setting may have.
template <class E, std::size_t N>
using SettingNames = std::array<std::pair<std::string_view, E>, N>;

inline constexpr SettingNames<bool, 2> kBoundEnds = {{{"strict", true}, {"inclusive", false}}};
inline constexpr SettingNames<Median, 2> kMedians = {
    {{"averaged", Median::kAveraged}, {"lower", Median::kLower}}};

// Bounds have min, max (none = unbounded), min_strict and max_strict.
template <class Bounds>
Bounds ReadBounds(Fields fields) {
  Bounds bounds;
  bounds.min = fields.Number("min", 0, {.min = 0});
  bounds.min_strict = fields.Choice<bool>("min_end", true, kBoundEnds);
  bounds.max = fields.OptionalNumber("max");
  bounds.max_strict = fields.Choice<bool>("max_end", true, kBoundEnds);
  if (bounds.max && *bounds.max <= bounds.min) fields.Report("max", "must be larger than min");
  fields.Finish();
  return bounds;
}

}  // namespace assay
