#include "datasets/log_depth.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "datasets/io/image.h"
#include "datasets/io/png_text.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

constexpr std::uint16_t kUnknown = 0;
constexpr std::uint16_t kInfinite = 65535;
constexpr double kSteps = 65533;

using Texts = std::multimap<std::string, std::string>;

double PositiveText(const Texts& texts, const char* name, const RawPart& raw) {
  if (texts.count(name) > 1) {
    throw FileError(raw.path, "corrupt", fmt::format("its text \"{}\" stands twice", name));
  }
  const auto at = texts.find(name);
  double number = 0;
  if (at != texts.end()) {
    const std::string& text = at->second;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) number = 0;
  }
  if (number > 0 && std::isfinite(number)) return number;
  throw FileError(raw.path,
                  "wrong-format",
                  fmt::format("its text \"{}\" is {}, not a positive number; near and far say what "
                              "the values mean, and viewers drop them when they save",
                              name,
                              at == texts.end() ? "missing" : "\"" + at->second + "\""));
}

}  // namespace

DepthMap DecodeLogDepth(const RawPart& raw, const std::string& key) {
  try {
    const Raster<std::uint16_t> png = DecodeGray16(raw.bytes, raw.path);
    const Texts texts = DecodePngText(raw.bytes, raw.path);
    const double near = PositiveText(texts, "near", raw);
    const double far = PositiveText(texts, "far", raw);
    const double unit = texts.contains("unit") ? PositiveText(texts, "unit", raw) : 1;
    if (far < near) {
      throw FileError(raw.path, "corrupt", fmt::format("far {} is below near {}", far, near));
    }
    DepthMap depth(png.size());
    std::transform(png.Pixels().begin(), png.Pixels().end(), depth.Pixels().begin(), [=](auto v) {
      if (v == kUnknown || v == kInfinite) return 0.0;
      const double t = (v - 1) / kSteps;
      return std::pow(near, 1 - t) * std::pow(far, t) * unit;
    });
    return depth;
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

Raster<std::uint16_t> LogDepthPixels(const DepthMap& depth, double near_m, double far_m) {
  Raster<std::uint16_t> png(depth.size());
  std::transform(
      depth.Pixels().begin(), depth.Pixels().end(), png.Pixels().begin(), [=](double metres) {
        if (!(metres > 0)) return kUnknown;
        if (std::isinf(metres)) return kInfinite;
        const double t = std::log(metres / near_m) / std::log(far_m / near_m);
        return static_cast<std::uint16_t>(1 + std::floor(std::clamp(t, 0.0, 1.0) * kSteps + 0.5));
      });
  return png;
}

}  // namespace assay
