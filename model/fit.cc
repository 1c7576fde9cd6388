#include "model/fit.h"

#include <stdexcept>

namespace assay {
namespace {

// Sizes are below 2^28, so a product of three needs 84 bits.
__extension__ using Wide = __int128;

// A rational scale factor: answer pixels per pixel of the image shown.
struct Scale {
  int answer;
  int shown;
};

// One axis: `truth` grid cells over `shown` pixels, sampled from `answer` pixels.
struct Axis {
  int truth, shown, answer;
};

struct Samples {
  std::vector<int> index;
  std::int64_t inside = 0;  // samples that needed no clamping
};

Wide FloorDivide(Wide numerator, Wide denominator) {
  const Wide quotient = numerator / denominator;
  return numerator % denominator < 0 ? quotient - 1 : quotient;
}

// floor(u) of model/fit.h over a common denominator, so that no rounding decides
// which side of a pixel border a sample falls on. With s = a / b:
//   u = s X - (s W_i - W_o) / 2 = (a W_i (2x + 1 - W_g) + b W_o W_g) / (2 b W_g)
// Stretch is the same with s = W_o / W_i, where the offset vanishes.
Samples SampleAxis(const Axis& axis, Scale scale) {
  Samples samples;
  samples.index.reserve(static_cast<std::size_t>(axis.truth));
  const Wide step = Wide{scale.answer} * axis.shown;
  const Wide centre = Wide{scale.shown} * axis.answer * axis.truth;
  const Wide denominator = Wide{2} * scale.shown * axis.truth;
  for (int x = 0; x < axis.truth; ++x) {
    const Wide numerator = step * (Wide{2} * x + 1 - axis.truth) + centre;
    const Wide floor = FloorDivide(numerator, denominator);
    const bool before = floor < 0;
    const bool after = floor >= axis.answer;
    samples.index.push_back(before ? 0 : after ? axis.answer - 1 : static_cast<int>(floor));
    if (!before && !after) ++samples.inside;
  }
  return samples;
}

}  // namespace

std::optional<Fit> FitNamed(std::string_view name) {
  for (const auto& [text, fit] : kFitNames) {
    if (text == name) return fit;
  }
  return std::nullopt;
}

std::string_view NameOf(Fit fit) {
  for (const auto& [text, value] : kFitNames) {
    if (value == fit) return text;
  }
  throw std::logic_error("a fit without a name");
}

FitMap MapTo(Fit fit, Size truth, Size shown, Size answer) {
  for (const Size& size : {truth, shown, answer}) {
    if (size.width <= 0 || size.height <= 0) {
      throw std::invalid_argument("MapTo: every size must be positive");
    }
  }
  const Scale across{answer.width, shown.width};
  const Scale down{answer.height, shown.height};
  const bool across_is_larger = Wide{across.answer} * down.shown > Wide{down.answer} * across.shown;
  const bool use_across = fit == Fit::kCoverCrop ? across_is_larger : !across_is_larger;
  const Scale both = use_across ? across : down;

  const bool stretch = fit == Fit::kStretch;
  Samples columns = SampleAxis({truth.width, shown.width, answer.width}, stretch ? across : both);
  Samples rows = SampleAxis({truth.height, shown.height, answer.height}, stretch ? down : both);

  FitMap map;
  map.extrapolated = static_cast<std::int64_t>(truth.Pixels()) - columns.inside * rows.inside;
  map.column = std::move(columns.index);
  map.row = std::move(rows.index);
  return map;
}

}  // namespace assay
