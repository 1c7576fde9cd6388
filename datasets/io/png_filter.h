// The five row filters of PNG, undone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace assay {

inline constexpr int kPngFilters = 5;  // None, Sub, Up, Average, Paeth

// Undoes filter `type` (0 … 4) of one row of `count` bytes, `step` bytes per
// pixel (1 where pixels are smaller than a byte). `prior` is the row above,
// already undone, or null for the first row, which counts as zeros. `row` may
// be the same memory as `coded`; it may not overlap otherwise.
// Formulas: PNG specification (W3C, third edition), section 9.2.
void UndoPngFilter(int type,
                   std::size_t step,
                   const std::uint8_t* coded,
                   const std::uint8_t* prior,
                   std::uint8_t* row,
                   std::size_t count);

}  // namespace assay
