// A subset of SA-Co/Gold at full size, with answers, for whole-command timing.
//
//   phrase_tree FOLDER PAIRS
//
// Writes FOLDER/gold_wiki_common_merged_{a,b,c}_release_test.json and FOLDER/answers.json, COCO
// results as SAM 3 dumps them. What makes such a set slow or fast is as in the real one: about
// eleven phrases an image, 84 % of the pairs negative, every field the files have, masks of one
// megapixel and rough outlines; a positive pair has one to fifteen masks, four on average. The
// annotators differ by some pixels and some objects; the answers miss some, add some, and name
// things on a few negative pairs. Annotator b calls one pair in a hundred not exhaustive. The
// same bytes on every run.
//
// Counts: facebookresearch/sam3@99d02f2:scripts/eval/gold/README.md; arXiv:2511.16719, table 28.

#include <fmt/format.h>
#include <fmt/os.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "metrics/run_length.h"
#include "tests/bench/dice.h"

namespace {

using assay::RunLengthMask;
using assay::Size;
using assay::bench::Dice;

constexpr int kPhrasesPerImage = 11;
constexpr std::array<Size, 4> kSizes = {{{1024, 768}, {768, 1024}, {1200, 800}, {960, 960}}};

struct Disc {
  int x = 0, y = 0, rx = 0, ry = 0;
};

Disc Moved(Dice& dice, Disc disc, int by) {
  return {disc.x + dice.Int(-by, by),
          disc.y + dice.Int(-by, by),
          std::max(4, disc.rx + dice.Int(-by, by)),
          std::max(4, disc.ry + dice.Int(-by, by))};
}

// A disc whose outline jitters by up to two pixels, written down column by column.
RunLengthMask Draw(Dice& dice, Size size, const Disc& disc) {
  std::vector<std::int64_t> runs;
  std::int64_t done = 0;
  for (int x = std::max(0, disc.x - disc.rx); x <= std::min(size.width - 1, disc.x + disc.rx);
       ++x) {
    const double across = static_cast<double>(x - disc.x) / disc.rx;
    const int half = static_cast<int>(disc.ry * std::sqrt(1 - across * across));
    const int top = std::clamp(disc.y - half + dice.Int(-2, 2), 0, size.height - 1);
    const int bottom = std::clamp(disc.y + half + dice.Int(-2, 2), 0, size.height - 1);
    if (bottom < top) continue;
    const std::int64_t first = std::int64_t{x} * size.height + top;
    runs.push_back(first - done);
    runs.push_back(bottom - top + 1);
    done = first + bottom - top + 1;
  }
  runs.push_back(size.Pixels() - done);
  return assay::MakeRuns(size, runs);
}

// The string form has a backslash, which JSON writes twice.
std::string Segmentation(const RunLengthMask& mask) {
  std::string counts;
  for (const char c : assay::EncodeRuns(mask)) counts += c == '\\' ? "\\\\" : std::string(1, c);
  return fmt::format(
      R"({{"size": [{}, {}], "counts": "{}"}})", mask.size.height, mask.size.width, counts);
}

std::string Box(const RunLengthMask& mask) {
  const assay::BoxXywh box = assay::FractionBox(mask);
  return fmt::format("[{}, {}, {}, {}]", box[0], box[1], box[2], box[3]);
}

std::vector<Disc> MakeObjects(Dice& dice, Size size) {
  std::vector<Disc> objects;
  int count = 1;
  while (count < 15 && dice.Chance(75)) ++count;
  for (; count > 0; --count) {
    const int rx = dice.Int(12, 90);
    objects.push_back({dice.Int(0, size.width - 1),
                       dice.Int(0, size.height - 1),
                       rx,
                       std::max(10, rx * dice.Int(50, 150) / 100)});
  }
  return objects;
}

// One annotator's file: two lists, which are put together at the end.
struct TruthFile {
  std::string images, annotations;
  int next_annotation = 1;
};

std::string ImageEntry(int id, Size size, bool exhaustive) {
  const int image = id / kPhrasesPerImage;
  return fmt::format(
      R"({{"id": {}, "file_name": "{}/metaclip_{:02}_{}_{:032x}.jpeg", "text_input": "phrase number {}", )"
      R"("width": {}, "height": {}, "queried_category": "{}", "is_instance_exhaustive": {}, )"
      R"("is_pixel_exhaustive": {}}})",
      id,
      image % 100,
      image % 37,
      image,
      std::uint64_t(image) * 0x9E3779B97F4A7C15U,
      id * 7919 % 51800,
      size.width,
      size.height,
      id,
      exhaustive ? 1 : 0,
      exhaustive ? 1 : 0);
}

void Join(std::string& list, const std::string& entry) {
  if (!list.empty()) list += ", ";
  list += entry;
}

void Annotate(TruthFile& file, int pair, const RunLengthMask& mask) {
  Join(file.annotations,
       fmt::format(R"({{"id": {}, "image_id": {}, "source": "manual", "area": {}, "bbox": {}, )"
                   R"("segmentation": {}, "category_id": 1, "iscrowd": 0}})",
                   file.next_annotation++,
                   pair,
                   static_cast<double>(assay::Area(mask)) / static_cast<double>(mask.size.Pixels()),
                   Box(mask),
                   Segmentation(mask)));
}

void Answer(Dice& dice, std::string& answers, int pair, const RunLengthMask& mask) {
  Join(answers,
       fmt::format(
           R"({{"image_id": {}, "category_id": 1, "segmentation": {}, "bbox": {}, "score": {}}})",
           pair,
           Segmentation(mask),
           Box(mask),
           dice.Int(30001, 99999) / 100000.0));
}

void WritePair(int id, std::array<TruthFile, 3>& truth, std::string& answers) {
  const Size size = kSizes[static_cast<std::size_t>(id / kPhrasesPerImage) % kSizes.size()];
  Dice dice(static_cast<std::uint64_t>(id) + 1);
  const bool positive = dice.Int(1, 1000) > 844;
  std::vector<Disc> objects;
  if (positive || dice.Chance(4)) objects = MakeObjects(dice, size);
  for (std::size_t k = 0; k < truth.size(); ++k) {
    Join(truth[k].images, ImageEntry(id, size, k != 1 || id % 100 != 99));
    if (!positive) continue;
    for (const Disc& object : objects) {
      if (dice.Chance(95)) Annotate(truth[k], id, Draw(dice, size, Moved(dice, object, 3)));
    }
  }
  for (const Disc& object : objects) {
    if (dice.Chance(90)) Answer(dice, answers, id, Draw(dice, size, Moved(dice, object, 6)));
  }
}

}  // namespace

int main(int argc, char** argv) {
  int pairs = 0;
  if (argc == 3) {
    const std::string_view text = argv[2];
    std::from_chars(text.data(), text.data() + text.size(), pairs);
  }
  if (pairs < 1) {
    std::fputs("usage: phrase_tree FOLDER PAIRS\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  std::array<TruthFile, 3> truth;
  std::string answers;
  for (int id = 0; id < pairs; ++id) WritePair(id, truth, answers);
  for (std::size_t k = 0; k < truth.size(); ++k) {
    const auto path =
        folder / fmt::format("gold_wiki_common_merged_{}_release_test.json", "abc"[k]);
    auto file = fmt::output_file(path.string());
    file.print(
        R"({{"info": {{}}, "images": [{}], "annotations": [{}], "categories": [{{"id": 1, "name": "object"}}]}})",
        truth[k].images,
        truth[k].annotations);
  }
  auto file = fmt::output_file((folder / "answers.json").string());
  file.print("[{}]", answers);
  return 0;
}
