// Full-size frames of ETH3D for whole-command memory: raw float32 truth and .npy answers.
//
//   scan_tree FOLDER FRAMES
//
// Writes FOLDER/hall/ground_truth_depth/dslr_images/DSC_<n>.JPG, 6048 x 4032 metres with +inf
// where a scanner saw nothing, and FOLDER/answers/rgb/hall/images/dslr_images/DSC_<n>.npy of the
// same size, a little off. Frame n is the same bytes on every run.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <string>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/float32.h"
#include "metrics/raster.h"

namespace {

constexpr assay::Size kFrame{.width = 6048, .height = 4032};
constexpr int kUnseen = 3;  // of 17 blocks of pixels

void WriteFrame(const std::filesystem::path& folder, int number) {
  assay::Raster<double> truth(kFrame);
  assay::Raster<double> answer(kFrame);
  for (int y = 0; y < kFrame.height; ++y) {
    for (int x = 0; x < kFrame.width; ++x) {
      const double depth = 6 + 4 * std::sin(x * 1e-3 + number) + 3e-4 * y;
      const bool seen = (x / 5 + y / 7) % 17 >= kUnseen;
      truth.At(x, y) = seen ? depth : std::numeric_limits<double>::infinity();
      answer.At(x, y) = 1.03 * depth + 1e-3 * ((x + y) % 11);
    }
  }
  char name[32];
  std::snprintf(name, sizeof name, "DSC_%04d", number);
  const auto truths = folder / "hall" / "ground_truth_depth" / "dslr_images";
  const auto answers = folder / "answers" / "rgb" / "hall" / "images" / "dslr_images";
  assay::WriteFile(truths / (std::string(name) + ".JPG"), assay::EncodeFloat32(truth));
  assay::WriteFile(answers / (std::string(name) + ".npy"), assay::EncodeNpyFloat32(answer));
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc >= 3 ? std::atoi(argv[2]) : 0;
  if (frames < 1) {
    std::fprintf(stderr, "usage: scan_tree FOLDER FRAMES\n");
    return 2;
  }
  for (int number = 0; number < frames; ++number) WriteFrame(argv[1], number);
  return 0;
}
