#include "datasets/io/png_filter.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace assay {
namespace {

using Byte = std::uint8_t;

Byte Sum(int left, int right) { return static_cast<Byte>((left + right) & 0xff); }

// The neighbour (left a, above b, above left c) nearest to a + b - c; ties go to
// a, then b. Written without branches: on photographs they are unpredictable.
int Paeth(int a, int b, int c) {
  const int distance_a = std::abs(b - c);
  const int distance_b = std::abs(a - c);
  const int distance_c = std::abs(a + b - 2 * c);
  const int best_ab = distance_b < distance_a ? b : a;
  return distance_c < std::min(distance_a, distance_b) ? c : best_ab;
}

void UndoUp(const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) row[i] = Sum(coded[i], prior[i]);
}

// Any pixel of kStep bytes, one byte at a time; the compiler keeps `left` and
// `corner` in registers because kStep is a constant.
template <std::size_t kStep, class Predict>
void UndoBytes(
    const Byte* coded, const Byte* prior, Byte* row, std::size_t count, const Predict& predict) {
  std::array<int, kStep> left = {};
  std::array<int, kStep> corner = {};
  for (std::size_t i = 0; i + kStep <= count; i += kStep) {
    for (std::size_t j = 0; j < kStep; ++j) {
      const int above = prior[i + j];
      left[j] = Sum(coded[i + j], predict(left[j], above, corner[j]));
      corner[j] = above;
      row[i + j] = static_cast<Byte>(left[j]);
    }
  }
}

// Sub from byte `i` on. It never looks at the row above, which the first row lacks.
template <std::size_t kStep>
void UndoSubBytes(const Byte* coded, Byte* row, std::size_t i, std::size_t count) {
  for (; i < count; ++i) row[i] = Sum(coded[i], i < kStep ? 0 : row[i - kStep]);
}

#if defined(__SSE2__)

// One pixel of kStep bytes in the low lanes of a register; the other lanes are 0.
// Three bytes go through integers: copied to the stack and loaded as four, they
// would wait for the store buffer at every pixel.
template <std::size_t kStep>
__m128i LoadPixel(const Byte* from) {
  if constexpr (kStep == 8) {
    return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
  } else if constexpr (kStep == 4) {
    int value = 0;
    std::memcpy(&value, from, 4);
    return _mm_cvtsi32_si128(value);
  } else {
    std::uint16_t low = 0;
    std::memcpy(&low, from, 2);
    return _mm_cvtsi32_si128(low | from[2] << 16);
  }
}

template <std::size_t kStep>
void StorePixel(Byte* to, __m128i pixel) {
  if constexpr (kStep == 8) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(to), pixel);
    return;
  }
  const int value = _mm_cvtsi128_si32(pixel);
  if constexpr (kStep == 4) {
    std::memcpy(to, &value, 4);
  } else {
    const auto low = static_cast<std::uint16_t>(value & 0xffff);
    std::memcpy(to, &low, 2);
    to[2] = static_cast<Byte>(value >> 16 & 0xff);
  }
}

// Bytes of `ones` where the mask is set, of `zeros` elsewhere.
__m128i Select(__m128i mask, __m128i ones, __m128i zeros) {
  return _mm_or_si128(_mm_and_si128(mask, ones), _mm_andnot_si128(mask, zeros));
}

__m128i Abs16(__m128i value) {
  return _mm_max_epi16(value, _mm_sub_epi16(_mm_setzero_si128(), value));
}

// Average rounds down and _mm_avg_epu8 rounds up: they differ where a + b is odd.
__m128i AverageDown(__m128i a, __m128i b) {
  const __m128i odd = _mm_and_si128(_mm_xor_si128(a, b), _mm_set1_epi8(1));
  return _mm_sub_epi8(_mm_avg_epu8(a, b), odd);
}

// Paeth in 16-bit lanes: the differences need nine bits and a sign.
__m128i Paeth16(__m128i a, __m128i b, __m128i c) {
  const __m128i from_a = _mm_sub_epi16(b, c);
  const __m128i from_b = _mm_sub_epi16(a, c);
  const __m128i distance_c = Abs16(_mm_add_epi16(from_a, from_b));
  const __m128i distance_a = Abs16(from_a);
  const __m128i distance_b = Abs16(from_b);
  const __m128i smallest = _mm_min_epi16(distance_c, _mm_min_epi16(distance_a, distance_b));
  const __m128i b_or_c = Select(_mm_cmpeq_epi16(smallest, distance_b), b, c);
  return Select(_mm_cmpeq_epi16(smallest, distance_a), a, b_or_c);
}

template <std::size_t kStep>
void UndoAverageSse(const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
  __m128i left = _mm_setzero_si128();
  for (std::size_t i = 0; i + kStep <= count; i += kStep) {
    const __m128i above = LoadPixel<kStep>(prior + i);
    left = _mm_add_epi8(LoadPixel<kStep>(coded + i), AverageDown(left, above));
    StorePixel<kStep>(row + i, left);
  }
}

template <std::size_t kStep>
void UndoPaethSse(const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
  const __m128i zero = _mm_setzero_si128();
  __m128i left = zero;
  __m128i corner = zero;
  for (std::size_t i = 0; i + kStep <= count; i += kStep) {
    const __m128i above = _mm_unpacklo_epi8(LoadPixel<kStep>(prior + i), zero);
    const __m128i delta = _mm_unpacklo_epi8(LoadPixel<kStep>(coded + i), zero);
    // An 8-bit addition in 16-bit lanes: the high bytes stay zero.
    left = _mm_add_epi8(delta, Paeth16(left, above, corner));
    corner = above;
    StorePixel<kStep>(row + i, _mm_packus_epi16(left, left));
  }
}

// Sub is a running sum. Pixels of 1, 2, 4 or 8 bytes divide a register: the sums
// of 16 bytes come from log2(16 / kStep) shifted additions.
template <std::size_t kStep>
__m128i SumWithin(__m128i value) {
  if constexpr (kStep <= 1) value = _mm_add_epi8(value, _mm_slli_si128(value, 1));
  if constexpr (kStep <= 2) value = _mm_add_epi8(value, _mm_slli_si128(value, 2));
  if constexpr (kStep <= 4) value = _mm_add_epi8(value, _mm_slli_si128(value, 4));
  return _mm_add_epi8(value, _mm_slli_si128(value, 8));
}

// The last pixel of a register, in every pixel of it.
template <std::size_t kStep>
__m128i SpreadLast(__m128i value) {
  if constexpr (kStep == 1) {
    value = _mm_srli_si128(value, 15);
    value = _mm_unpacklo_epi8(value, value);
  }
  if constexpr (kStep == 2) value = _mm_srli_si128(value, 14);
  if constexpr (kStep <= 2) {
    value = _mm_shufflelo_epi16(value, 0);
    return _mm_unpacklo_epi64(value, value);
  }
  if constexpr (kStep == 4) return _mm_shuffle_epi32(value, 0xff);
  return _mm_shuffle_epi32(value, 0xee);
}

template <std::size_t kStep>
void UndoSubSse(const Byte* coded, Byte* row, std::size_t count) {
  __m128i left = _mm_setzero_si128();
  std::size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m128i delta = _mm_loadu_si128(reinterpret_cast<const __m128i*>(coded + i));
    const __m128i sum = _mm_add_epi8(SumWithin<kStep>(delta), left);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(row + i), sum);
    left = SpreadLast<kStep>(sum);
  }
  UndoSubBytes<kStep>(coded, row, i, count);
}

// Pixels of three bytes do not divide a register: one pixel at a time.
template <>
void UndoSubSse<3>(const Byte* coded, Byte* row, std::size_t count) {
  __m128i left = _mm_setzero_si128();
  for (std::size_t i = 0; i + 3 <= count; i += 3) {
    left = _mm_add_epi8(left, LoadPixel<3>(coded + i));
    StorePixel<3>(row + i, left);
  }
}

template <>
void UndoSubSse<6>(const Byte* coded, Byte* row, std::size_t count) {
  UndoSubBytes<6>(coded, row, 0, count);
}

#endif

template <std::size_t kStep>
void UndoSub(const Byte* coded, Byte* row, std::size_t count) {
#if defined(__SSE2__)
  UndoSubSse<kStep>(coded, row, count);
#else
  UndoSubBytes<kStep>(coded, row, 0, count);
#endif
}

template <std::size_t kStep>
void UndoAverage(const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
#if defined(__SSE2__)
  if constexpr (kStep == 3 || kStep == 4 || kStep == 8) {
    UndoAverageSse<kStep>(coded, prior, row, count);
    return;
  }
#endif
  UndoBytes<kStep>(coded, prior, row, count, [](int a, int b, int) { return (a + b) / 2; });
}

template <std::size_t kStep>
void UndoPaeth(const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
#if defined(__SSE2__)
  if constexpr (kStep == 3 || kStep == 4 || kStep == 8) {
    UndoPaethSse<kStep>(coded, prior, row, count);
    return;
  }
#endif
  UndoBytes<kStep>(coded, prior, row, count, &Paeth);
}

template <std::size_t kStep>
void UndoFilter(int type, const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
  switch (type) {
    case 0:
      if (row != coded) std::memcpy(row, coded, count);
      return;
    case 1:
      return UndoSub<kStep>(coded, row, count);
    case 2:
      return UndoUp(coded, prior, row, count);
    case 3:
      return UndoAverage<kStep>(coded, prior, row, count);
    case 4:
      return UndoPaeth<kStep>(coded, prior, row, count);
    default:
      throw std::logic_error("UndoPngFilter: no such filter");
  }
}

// The first row has zeros above it: Up leaves the bytes as they are, and Paeth
// always picks the left neighbour.
template <std::size_t kStep>
void UndoFirstRow(int type, const Byte* coded, Byte* row, std::size_t count) {
  if (type == 3) {
    for (std::size_t i = 0; i < count; ++i) {
      row[i] = Sum(coded[i], i < kStep ? 0 : row[i - kStep] / 2);
    }
    return;
  }
  const int same = type == 2 ? 0 : (type == 4 ? 1 : type);
  UndoFilter<kStep>(same, coded, nullptr, row, count);
}

template <std::size_t kStep>
void Undo(int type, const Byte* coded, const Byte* prior, Byte* row, std::size_t count) {
  if (prior == nullptr) {
    UndoFirstRow<kStep>(type, coded, row, count);
  } else {
    UndoFilter<kStep>(type, coded, prior, row, count);
  }
}

}  // namespace

void UndoPngFilter(int type,
                   std::size_t step,
                   const std::uint8_t* coded,
                   const std::uint8_t* prior,
                   std::uint8_t* row,
                   std::size_t count) {
  switch (step) {
    case 1:
      return Undo<1>(type, coded, prior, row, count);
    case 2:
      return Undo<2>(type, coded, prior, row, count);
    case 3:
      return Undo<3>(type, coded, prior, row, count);
    case 4:
      return Undo<4>(type, coded, prior, row, count);
    case 6:
      return Undo<6>(type, coded, prior, row, count);
    case 8:
      return Undo<8>(type, coded, prior, row, count);
    default:
      throw std::logic_error("UndoPngFilter: no PNG has pixels of this many bytes");
  }
}

}  // namespace assay
