// Full-size Cityscapes frames for whole-command timing: label, instance and prediction PNGs.
//
//   street_tree FOLDER FRAMES [FIRST]
//
// Writes FOLDER/gtFine/val/bench/bench_<seq>_000019_gtFine_{labelIds,instanceIds}.png and
// FOLDER/answers/bench/bench_<seq>_000019.png for FRAMES frames from number FIRST (0) on.
//
// How fast a label PNG decodes depends on how well it compresses, so the frames are painted like
// annotations: polygons with straight edges, far to near, some twenty classes, thin poles, a few
// dozen instances; 20 to 30 KB a file. The answer is the same street with rough edges and some
// objects missed. Frame n is the same bytes on every run.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "tests/bench/outlines.h"

namespace {

constexpr int kWidth = 2048;
constexpr int kHeight = 1024;
constexpr int kHorizon = 430;

// Cityscapes ids used here: mcordts/cityscapesScripts@0bcc4a7:cityscapesscripts/helpers/labels.py.
enum Id : int {
  kEgoVehicle = 1,
  kOutOfRoi = 3,
  kStatic = 4,
  kRoad = 7,
  kSidewalk = 8,
  kBuilding = 11,
  kWall = 12,
  kFence = 13,
  kPole = 17,
  kTrafficLight = 19,
  kTrafficSign = 20,
  kVegetation = 21,
  kTerrain = 22,
  kSky = 23,
  kPerson = 24,
  kRider = 25,
  kCar = 26,
  kBicycle = 33,
};

using assay::bench::Blob;
using assay::bench::Dice;
using assay::bench::Polygon;
using assay::bench::Roughen;
using assay::bench::WritePng;

constexpr int kCornerEvery = 12;  // pixels

struct Shape {
  int id = 0;
  int instance = -1;  // -1 = stuff or a group
  Polygon outline;
};

Polygon Box(int left, int top, int right, int bottom) {
  return {{left, top}, {right, top}, {right, bottom}, {left, bottom}};
}

void AddBackground(Dice& dice, std::vector<Shape>& scene) {
  scene.push_back({kBuilding, -1, Box(0, 0, kWidth - 1, kHeight - 1)});
  Polygon sky = {{dice.Int(300, 700), 0}, {dice.Int(1300, 1800), 0}};
  for (int x = sky[1].x; x > sky[0].x; x -= dice.Int(30, 120)) {
    sky.emplace_back(x, dice.Int(120, kHorizon - 40));
  }
  scene.push_back({kSky, -1, sky});
  const int vanish = dice.Int(850, 1200);
  scene.push_back({kSidewalk,
                   -1,
                   {{0, 620},
                    {vanish - 60, kHorizon},
                    {vanish + 60, kHorizon},
                    {kWidth - 1, 620},
                    {kWidth - 1, 1023},
                    {0, 1023}}});
  scene.push_back({kRoad,
                   -1,
                   {{dice.Int(0, 60), 760},
                    {vanish - 25, kHorizon + 4},
                    {vanish + 25, kHorizon + 4},
                    {dice.Int(1960, 2047), 720},
                    {kWidth - 1, 1023},
                    {0, 1023}}});
  for (const int id : {kWall, kFence, kTerrain, kStatic, kTerrain}) {
    const int left = dice.Int(0, 1800);
    const int top = dice.Int(kHorizon - 20, 560);
    scene.push_back({id,
                     -1,
                     {{left, top},
                      {left + dice.Int(60, 240), top - dice.Int(0, 20)},
                      {left + dice.Int(60, 240), top + dice.Int(20, 70)},
                      {left, top + 50}}});
  }
}

void AddPlants(Dice& dice, std::vector<Shape>& scene) {
  for (int i = dice.Int(4, 9); i > 0; --i) {
    const cv::Point centre(dice.Int(0, kWidth - 1), dice.Int(150, kHorizon));
    scene.push_back(
        {kVegetation,
         -1,
         Blob(dice, centre, dice.Int(60, 260), dice.Int(60, 180), dice.Int(40, 90), 30)});
  }
}

void AddPoles(Dice& dice, std::vector<Shape>& scene) {
  for (int i = dice.Int(8, 16); i > 0; --i) {
    const int x = dice.Int(0, kWidth - 20);
    const int top = dice.Int(100, 350);
    scene.push_back({kPole, -1, Box(x, top, x + dice.Int(2, 9), dice.Int(kHorizon, 640))});
    if (dice.Chance(60)) {
      const int size = dice.Int(10, 34);
      scene.push_back({dice.Chance(50) ? kTrafficSign : kTrafficLight,
                       -1,
                       Blob(dice, {x, top + size}, size, size, 8, 10)});
    }
  }
}

// Far ones first. A tenth are groups, which carry the bare class id.
void AddThings(Dice& dice, std::vector<Shape>& scene) {
  int count[kBicycle + 1] = {};
  for (int i = dice.Int(14, 34), y = kHorizon; i > 0; --i) {
    y += dice.Int(2, 16);
    const int size = 12 + (y - kHorizon) / 2;
    const cv::Point centre(dice.Int(0, kWidth - 1), y);
    const int kind = dice.Int(0, 9);
    const int id = kind < 5 ? kCar : kind < 8 ? kPerson : kind < 9 ? kRider : kBicycle;
    const bool wide = id == kCar || id == kBicycle;
    const Polygon outline = Blob(
        dice, centre, wide ? size : size / 3, wide ? size * 2 / 3 : size, dice.Int(16, 40), 18);
    scene.push_back({id, dice.Chance(10) ? -1 : count[id]++, outline});
  }
}

std::vector<Shape> MakeScene(Dice& dice) {
  std::vector<Shape> scene;
  AddBackground(dice, scene);
  AddPlants(dice, scene);
  AddPoles(dice, scene);
  AddThings(dice, scene);
  scene.push_back(
      {kEgoVehicle, -1, {{0, 1023}, {300, 950}, {1000, 905}, {1750, 950}, {2047, 1023}}});
  for (const auto& border :
       {Box(0, 0, 4, 1023), Box(2043, 0, 2047, 1023), Box(0, 1019, 2047, 1023)}) {
    scene.push_back({kOutOfRoi, -1, border});
  }
  return scene;
}

void Paint(cv::Mat& image, const Polygon& outline, int value) {
  cv::fillPoly(image, std::vector<Polygon>{outline}, cv::Scalar(value));
}

void WriteFrame(const std::filesystem::path& folder, int number) {
  char name[64];
  std::snprintf(name, sizeof name, "bench_%06d_000019", number);
  Dice dice(static_cast<std::uint64_t>(number) + 1);
  cv::Mat labels(kHeight, kWidth, CV_8UC1);
  cv::Mat instances(kHeight, kWidth, CV_16UC1);
  cv::Mat answer(kHeight, kWidth, CV_8UC1);
  for (const Shape& shape : MakeScene(dice)) {
    Paint(labels, shape.outline, shape.id);
    Paint(
        instances, shape.outline, shape.instance < 0 ? shape.id : shape.id * 1000 + shape.instance);
    if (shape.id != kBuilding && dice.Chance(6)) continue;  // missed
    // A network answers with evaluated classes everywhere, also where the truth is void.
    const int seen = shape.id < kRoad ? static_cast<int>(kRoad) : shape.id;
    Paint(answer,
          shape.id == kBuilding ? shape.outline : Roughen(dice, shape.outline, kCornerEvery),
          seen);
  }
  const auto truth = folder / "gtFine" / "val" / "bench";
  WritePng(truth / (std::string(name) + "_gtFine_labelIds.png"), labels);
  WritePng(truth / (std::string(name) + "_gtFine_instanceIds.png"), instances);
  WritePng(folder / "answers" / "bench" / (std::string(name) + ".png"), answer);
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc >= 3 ? std::atoi(argv[2]) : 0;
  const int first = argc >= 4 ? std::atoi(argv[3]) : 0;
  if (frames < 1 || first < 0) {
    std::fprintf(stderr, "usage: street_tree FOLDER FRAMES [FIRST]\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder / "gtFine" / "val" / "bench");
  std::filesystem::create_directories(folder / "answers" / "bench");
  for (int number = first; number < first + frames; ++number) WriteFrame(folder, number);
  return 0;
}
