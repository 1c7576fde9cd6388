// From Fortran's and MATLAB's order of elements to C's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace assay {

// `values` has the first axis of `shape` moving fastest; the result has the last
// axis moving fastest. values.size() must be the product of `shape`.
template <class T>
std::vector<T> RowMajorFromColumnMajor(std::span<const T> values,
                                       const std::vector<std::int64_t>& shape) {
  std::vector<std::size_t> steps;
  std::size_t step = 1;
  for (const std::int64_t length : shape) {
    steps.push_back(step);
    step *= static_cast<std::size_t>(length);
  }
  std::vector<T> out;
  out.reserve(values.size());
  std::vector<std::int64_t> index(shape.size(), 0);
  std::size_t from = 0;
  while (out.size() < values.size()) {
    out.push_back(values[from]);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      from += steps[axis];
      if (++index[axis] < shape[axis]) break;
      from -= steps[axis] * static_cast<std::size_t>(shape[axis]);
      index[axis] = 0;
    }
  }
  return out;
}

}  // namespace assay
