// The box around stretches of a mask's column-major pixels, one after the other.
#pragma once

#include <algorithm>
#include <cstdint>

#include "metrics/run_length.h"

namespace assay {

class RunBox {
 public:
  // `height` of the mask, at least 1.
  explicit RunBox(int height) : height_(static_cast<std::uint32_t>(height)), top_(height_) {}

  // Positions begin to end - 1; not empty, and behind those added before.
  void Add(std::uint32_t begin, std::uint32_t end) {
    if (end_ == 0) left_ = begin / height_;
    // Most stretches are one column further: dividing would cost more than all the rest.
    if (begin - column_ >= height_) column_ += height_;
    if (begin - column_ >= height_) column_ = begin - begin % height_;
    const bool one_column = end - column_ <= height_;
    top_ = std::min(top_, one_column ? begin - column_ : 0);
    bottom_ = std::max(bottom_, one_column ? end - 1 - column_ : height_ - 1);
    end_ = end;
  }

  // 0, 0, 0, 0 where nothing was added.
  PixelBox Box() const {
    if (end_ == 0) return {};
    const std::uint32_t right = (end_ - 1) / height_;
    return {static_cast<int>(left_),
            static_cast<int>(top_),
            static_cast<int>(right - left_ + 1),
            static_cast<int>(bottom_ - top_ + 1)};
  }

 private:
  std::uint32_t height_;
  std::uint32_t left_ = 0;
  std::uint32_t top_;
  std::uint32_t bottom_ = 0;
  std::uint32_t column_ = 0;  // where the column of the last stretch's first pixel begins
  std::uint32_t end_ = 0;     // behind the last stretch
};

}  // namespace assay
