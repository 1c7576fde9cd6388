// A RefCOCOg-like set at full size, with PNG answers, for whole-command timing.
//
//   expression_tree FOLDER EXPRESSIONS
//
// Writes FOLDER/refcocog/{instances.json,refs(umd).json}, split val, and
// FOLDER/answers/<key>.png, black and white masks. As in the real set there are about two
// expressions an object, two objects an image, images of 640 x 480 and truth as polygons; the
// answers are rough outlines. The same bytes on every run.

#include <fmt/format.h>
#include <fmt/os.h>

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "tests/bench/outlines.h"

namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr int kObjectsPerImage = 2;
constexpr int kExpressionsPerObject = 2;

constexpr int kCornerEvery = 6;  // pixels

using assay::bench::Blob;
using assay::bench::Dice;
using assay::bench::Polygon;
using assay::bench::Roughen;
using assay::bench::WritePng;

Polygon Outline(Dice& dice) {
  const int rx = dice.Int(30, 180);
  const int ry = dice.Int(30, 160);
  const cv::Point centre(dice.Int(rx, kWidth - 1 - rx), dice.Int(ry, kHeight - 1 - ry));
  return Blob(dice, centre, rx, ry, dice.Int(20, 60), 20);
}

void WriteAnswer(const std::filesystem::path& path, const Polygon& outline) {
  cv::Mat mask(kHeight, kWidth, CV_8UC1, cv::Scalar(0));
  cv::fillPoly(mask, std::vector<Polygon>{outline}, cv::Scalar(255));
  WritePng(path, mask);
}

void Join(std::string& list, const std::string& entry) {
  if (!list.empty()) list += ", ";
  list += entry;
}

struct Files {
  std::string images, annotations, refs;
};

void AddObject(Files& files, int image, int object, const Polygon& outline) {
  std::string corners;
  for (const cv::Point& corner : outline) {
    Join(corners, fmt::format("{}.5, {}.25", corner.x, corner.y));
  }
  Join(files.annotations,
       fmt::format(R"({{"id": {}, "image_id": {}, "category_id": 1, "iscrowd": 0, )"
                   R"("segmentation": [[{}]]}})",
                   object,
                   image,
                   corners));
}

std::string Sentence(int id) {
  return fmt::format(
      R"({{"sent_id": {0}, "sent": "object number {0}", "raw": "object number {0}", )"
      R"("tokens": ["object", "number", "{0}"]}})",
      id);
}

void WriteAnswers(
    Files& files, const std::filesystem::path& folder, int image, int object, int first, int last) {
  std::string ids;
  std::string sentences;
  Dice dice(static_cast<std::uint64_t>(object));
  const Polygon outline = Outline(dice);
  AddObject(files, image, object, outline);
  std::filesystem::create_directories(folder / "answers" / std::to_string(object));
  for (int sentence = first; sentence < last; ++sentence) {
    Join(ids, std::to_string(sentence));
    Join(sentences, Sentence(sentence));
    WriteAnswer(folder / "answers" / std::to_string(object) / fmt::format("{}.png", sentence),
                Roughen(dice, outline, kCornerEvery));
  }
  Join(files.refs,
       fmt::format(R"({{"ref_id": {0}, "ann_id": {0}, "image_id": {1}, "category_id": 1, )"
                   R"("split": "val", "sent_ids": [{2}], "sentences": [{3}]}})",
                   object,
                   image,
                   ids,
                   sentences));
}

void WriteList(const std::filesystem::path& path, const std::string& text) {
  fmt::output_file(path.string()).print("{}", text);
}

}  // namespace

int main(int argc, char** argv) {
  int expressions = 0;
  if (argc == 3) {
    const std::string_view text = argv[2];
    std::from_chars(text.data(), text.data() + text.size(), expressions);
  }
  if (expressions < 1) {
    fmt::print(stderr, "usage: expression_tree FOLDER EXPRESSIONS\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder / "refcocog");
  Files files;
  int object = 0;
  for (int next = 0; next < expressions; ++object) {
    const int image = object / kObjectsPerImage;
    if (object % kObjectsPerImage == 0) {
      Join(files.images,
           fmt::format(R"({{"id": {0}, "file_name": "COCO_train2014_{0:012}.jpg", )"
                       R"("height": {1}, "width": {2}}})",
                       image,
                       kHeight,
                       kWidth));
    }
    const int last = std::min(expressions, next + kExpressionsPerObject);
    WriteAnswers(files, folder, image, object, next, last);
    next = last;
  }
  WriteList(folder / "refcocog" / "refs(umd).json", fmt::format("[{}]", files.refs));
  WriteList(
      folder / "refcocog" / "instances.json",
      fmt::format(R"({{"images": [{}], "annotations": [{}]}})", files.images, files.annotations));
  return 0;
}
