// Normals of NYU as large as the real ones, and painted answers, for scripts/bench:
//
//   normals_tree FOLDER FRAMES
//
// Truth is DSINE's, 640x480, with a border that has none; an answer is 1200x896 and noisy,
// as models paint. Both show walls, boxes and balls of one room.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "model/rgb_normals.h"
#include "tests/bench/outlines.h"

namespace {

using assay::Vector3;
using assay::bench::Dice;
using assay::bench::WritePng;

const cv::Size kTruth(640, 480);
const cv::Size kAnswer(1200, 896);
constexpr int kThings = 12;
constexpr double kBorder = 0.07;  // of each side

// A box or a ball; all in fractions of the frame.
struct Thing {
  bool ball;
  double x, y, size, tilt;
};

std::vector<Thing> MakeRoom(Dice& dice) {
  std::vector<Thing> room;
  for (int i = 0; i < kThings; ++i) {
    const auto share = [&](int most) { return dice.Int(0, most) / 1000.0; };
    room.push_back({dice.Chance(50), share(1000), share(1000), 0.05 + share(150), share(2000) - 1});
  }
  return room;
}

Vector3 NormalAt(const std::vector<Thing>& room, double x, double y) {
  Vector3 normal = y > 0.6 ? Vector3{0, 0.98, 0.2} : Vector3{x > 0.5 ? -0.6 : 0.6, 0, 0.8};
  for (const Thing& thing : room) {
    const double u = (x - thing.x) / thing.size;
    const double v = (y - thing.y) / thing.size;
    if (thing.ball && u * u + v * v < 1) normal = {u, -v, std::sqrt(1 - u * u - v * v)};
    if (!thing.ball && std::abs(u) < 1 && std::abs(v) < 1) normal = {thing.tilt, 0.1, 0.7};
  }
  return normal;
}

cv::Mat Paint(const std::vector<Thing>& room, cv::Size size, double border, int noise, Dice& dice) {
  cv::Mat image(size, CV_8UC3);
  for (int row = 0; row < size.height; ++row) {
    for (int column = 0; column < size.width; ++column) {
      const double x = (column + 0.5) / size.width;
      const double y = (row + 0.5) / size.height;
      auto& pixel = image.at<cv::Vec3b>(row, column);
      pixel = {0, 0, 0};
      if (std::min({x, y, 1 - x, 1 - y}) < border) continue;
      const auto c = assay::RgbFromNormal(NormalAt(room, x, y), assay::ToByte::kRound);
      const auto noisy = [&](int value) {
        return cv::saturate_cast<unsigned char>(value + dice.Int(-noise, noise));
      };
      pixel = {noisy(c.b), noisy(c.g), noisy(c.r)};
    }
  }
  return image;
}

void WriteFrame(const std::filesystem::path& folder, int number) {
  Dice dice(static_cast<std::uint64_t>(number) + 1);
  const std::vector<Thing> room = MakeRoom(dice);
  char name[32];
  std::snprintf(name, sizeof name, "%06d_normal.png", number);
  WritePng(folder / "nyuv2" / "test" / name, Paint(room, kTruth, kBorder, 1, dice));
  std::snprintf(name, sizeof name, "%04d.png", number);
  WritePng(folder / "answers" / name, Paint(room, kAnswer, 0, 3, dice));
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc >= 3 ? std::atoi(argv[2]) : 0;
  if (frames < 1) {
    std::fprintf(stderr, "usage: normals_tree FOLDER FRAMES\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder / "nyuv2" / "test");
  std::filesystem::create_directories(folder / "answers");
  for (int number = 0; number < frames; ++number) WriteFrame(folder, number);
  return 0;
}
