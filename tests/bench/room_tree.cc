// Full-size frames of NYU Depth v2 for whole-command timing: depth PNGs and painted answers.
//
//   room_tree FOLDER FRAMES
//
// Writes FOLDER/official_splits/test/room/sync_depth_<seq>.png, 640 x 480 millimetres with the
// noise and the holes of a sensor, and FOLDER/answers/room/rgb_<seq>.png, 1200 x 896 in the
// depth code, a little off. Frame n is the same bytes on every run.

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "model/rgb_depth.h"
#include "tests/bench/outlines.h"

namespace {

using assay::bench::Dice;
using assay::bench::WritePng;

const cv::Size kTruth(640, 480);
const cv::Size kAnswer(1200, 896);
constexpr int kBoxes = 12;

// An upright box in front of the walls; all in fractions of the frame and metres.
struct Furniture {
  double left, top, width, height, depth_m;
};

std::vector<Furniture> MakeRoom(Dice& dice) {
  std::vector<Furniture> room;
  for (int i = 0; i < kBoxes; ++i) {
    const auto share = [&](int most) { return dice.Int(0, most) / 1000.0; };
    room.push_back({share(800), share(800), share(300), share(300), 0.8 + share(5000)});
  }
  return room;
}

double DepthAt(const std::vector<Furniture>& room, double x, double y) {
  double depth = 3 + 3 * y + 2 * std::sin(3 * x) + 0.5 * std::cos(9 * x * y);
  for (const Furniture& box : room) {
    const bool inside =
        x > box.left && x < box.left + box.width && y > box.top && y < box.top + box.height;
    if (inside) depth = box.depth_m + 0.6 * x;
  }
  return depth;
}

void WriteFrame(const std::filesystem::path& folder, int number) {
  char name[32];
  std::snprintf(name, sizeof name, "%05d.png", number);
  Dice dice(static_cast<std::uint64_t>(number) + 1);
  const std::vector<Furniture> room = MakeRoom(dice);
  cv::Mat truth(kTruth, CV_16UC1);
  for (int y = 0; y < truth.rows; ++y) {
    for (int x = 0; x < truth.cols; ++x) {
      const double depth = DepthAt(room, (x + 0.5) / truth.cols, (y + 0.5) / truth.rows);
      const bool hole = dice.Chance(10);
      truth.at<std::uint16_t>(y, x) =
          hole ? std::uint16_t{0} : static_cast<std::uint16_t>(1000 * depth + dice.Int(-8, 8));
    }
  }
  cv::Mat answer(kAnswer, CV_8UC3);
  const assay::DepthCurve curve;
  for (int y = 0; y < answer.rows; ++y) {
    for (int x = 0; x < answer.cols; ++x) {
      const double depth = DepthAt(room, (x + 0.5) / answer.cols, (y + 0.5) / answer.rows);
      const assay::Rgb8 color = assay::RgbFromDepth(
          curve, 1.03 * depth + dice.Int(-15, 15) / 1000.0, assay::ToByte::kRound);
      answer.at<cv::Vec3b>(y, x) = {color.b, color.g, color.r};
    }
  }
  const auto truths = folder / "official_splits" / "test" / "room";
  WritePng(truths / (std::string("sync_depth_") + name), truth);
  WritePng(folder / "answers" / "room" / (std::string("rgb_") + name), answer);
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc >= 3 ? std::atoi(argv[2]) : 0;
  if (frames < 1) {
    std::fprintf(stderr, "usage: room_tree FOLDER FRAMES\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder / "official_splits" / "test" / "room");
  std::filesystem::create_directories(folder / "answers" / "room");
  for (int number = 0; number < frames; ++number) WriteFrame(folder, number);
  return 0;
}
