// Objects painted in one colour each (model/components.h, region_masks.h):
// * every count and every pixel equals a naive version, for random images, rules and
//   neighbourhoods;
// * each bound is strict or not as stated: background, grouping, size, erosion, mean
//   and box;
// * a pixel is compared with the seed, not with its neighbour or a mean;
// * what a neighbour is, for each of the five neighbourhoods;
// * objects come in the order of their seeds; a join can make an earlier one possible;
// * the masks of a map are those of each region, drawn and resampled.
#include "model/components.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "model/region_masks.h"
#include "tests/support/naive_objects.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::FindObjectsNaively;
using test::NaiveObjects;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr Neighbours kEveryKind[] = {Neighbours::kFour,
                                     Neighbours::kEight,
                                     Neighbours::kKnight,
                                     Neighbours::kRing,
                                     Neighbours::kTwoAway};

// Nothing is dropped or joined.
ObjectRule Plain(Neighbours neighbours = Neighbours::kKnight) {
  ObjectRule rule;
  rule.theta_size = 0;
  rule.theta_erosion = 0;
  rule.gamma = 0;
  rule.neighbours = neighbours;
  return rule;
}

// '.' is black, other letters are the reds of `reds`.
RgbImage Draw(const std::vector<std::string>& rows, const std::vector<std::uint8_t>& reds = {200}) {
  RgbImage image(Size{static_cast<int>(rows.front().size()), static_cast<int>(rows.size())});
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const char letter = rows[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)];
      if (letter != '.') image.At(x, y) = {reds.at(static_cast<std::size_t>(letter - 'a')), 0, 0};
    }
  }
  return image;
}

std::vector<std::int64_t> Sizes(const Objects& found) {
  std::vector<std::int64_t> sizes;
  for (const Region& object : found.objects) sizes.push_back(object.pixels);
  return sizes;
}

// Few colours, some of them a tolerance apart, in patches and specks.
RgbImage AnyPainting() {
  const Size size = test::AnySize(14, 14);
  RgbImage image(size);
  const auto channel = [] { return *rc::gen::element<std::uint8_t>(0, 3, 6, 10, 100, 104); };
  std::vector<Rgb8> colors;
  for (int i = *rc::gen::inRange(1, 6); i > 0; --i) colors.push_back({channel(), channel(), 0});
  for (Rgb8& pixel : image.Pixels()) {
    const auto speck = static_cast<std::size_t>(*rc::gen::inRange(0, 12));
    pixel = speck < colors.size() ? colors[speck] : Rgb8{};
  }
  for (int patches = *rc::gen::inRange(0, 6); patches > 0; --patches) {
    const Rgb8 color = *rc::gen::elementOf(colors);
    const int left = *rc::gen::inRange(0, size.width);
    const int top = *rc::gen::inRange(0, size.height);
    const int right = std::min(size.width, left + *rc::gen::inRange(1, 8));
    const int bottom = std::min(size.height, top + *rc::gen::inRange(1, 8));
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) image.At(x, y) = color;
    }
  }
  return image;
}

ObjectRule AnyRule() {
  ObjectRule rule;
  rule.background.r = *rc::gen::element<std::uint8_t>(0, 0, 3, 100);
  rule.tau = *rc::gen::element(0.0, 3.0, 4.0, 5.0, 7.5, 14.0);
  rule.theta_size = *rc::gen::element(0.0, 0.01, 0.05);
  rule.theta_erosion = *rc::gen::element(0.0, 0.1, 1.0 / 9);
  rule.gamma = *rc::gen::element(0.0, 1.0, 2.0, 5.0);
  rule.neighbours = *rc::gen::elementOf(std::vector(std::begin(kEveryKind), std::end(kEveryKind)));
  return rule;
}

std::vector<std::vector<int>> PixelsOf(const Objects& found) {
  std::vector<std::vector<int>> pixels(found.objects.size());
  for (std::size_t i = 0; i < found.map.Pixels().size(); ++i) {
    const std::int32_t object = found.map.Pixels()[i];
    if (object != kNoRegion)
      pixels.at(static_cast<std::size_t>(object)).push_back(static_cast<int>(i));
  }
  return pixels;
}

TEST(Components, EqualANaiveVersionOnRandomImages) {
  std::int64_t joined = 0, small = 0, thin = 0;
  const auto compare = [&](const RgbImage& image, const ObjectRule& rule) {
    const Objects found = FindObjects(image, rule);
    const NaiveObjects expected = FindObjectsNaively(image, rule);
    RC_ASSERT(PixelsOf(found) == expected.objects);
    RC_ASSERT(found.background == expected.background);
    RC_ASSERT(found.components == expected.components);
    RC_ASSERT(found.dropped_by_size == expected.dropped_by_size);
    RC_ASSERT(found.dropped_by_erosion == expected.dropped_by_erosion);
    RC_ASSERT(found.joined == expected.joined);
    RC_ASSERT(found.objects == MeasureRegions(found.map, image, found.objects.size()));
    joined += found.joined;
    small += found.dropped_by_size;
    thin += found.dropped_by_erosion;
  };
  EXPECT_TRUE(rc::check([&] {
    const RgbImage image = AnyPainting();
    for (int rules = 0; rules < 20; ++rules) compare(image, AnyRule());
  }));
  EXPECT_GT(std::min({joined, small, thin}), 0);  // every step had work
}

TEST(Components, APixelExactlyTauFromTheBackgroundIsNotBackground) {
  EXPECT_THAT(Sizes(FindObjects(Draw({"a"}, {14}), Plain())), ElementsAre(1));
  EXPECT_THAT(Sizes(FindObjects(Draw({"a"}, {13}), Plain())), IsEmpty());
}

TEST(Components, APixelExactlyTauFromTheSeedJoinsIt) {
  EXPECT_THAT(Sizes(FindObjects(Draw({"ab"}, {100, 114}), Plain())), ElementsAre(2));
  EXPECT_THAT(Sizes(FindObjects(Draw({"ab"}, {100, 115}), Plain())), ElementsAre(1, 1));
}

TEST(Components, AToleranceThatIsNoWholeNumberIsComparedAsItIs) {
  ObjectRule rule = Plain();
  rule.tau = std::sqrt(200.5);  // 14.16
  EXPECT_THAT(Sizes(FindObjects(Draw({"ab"}, {100, 114}), rule)), ElementsAre(2));
  EXPECT_THAT(Sizes(FindObjects(Draw({"a"}, {14}), rule)), IsEmpty());
  EXPECT_THAT(Sizes(FindObjects(Draw({"a"}, {15}), rule)), ElementsAre(1));
}

TEST(Components, APixelIsComparedWithTheSeedNotWithItsNeighbour) {
  // Each step is 10, within tau; the third is 20 from the seed.
  EXPECT_THAT(Sizes(FindObjects(Draw({"abcd"}, {100, 110, 120, 130}), Plain())), ElementsAre(2, 2));
}

TEST(Components, TheSeedIsTheFirstPixelLeftRowByRow) {
  // Seen from b, both are within tau; but a comes first, and c is too far from it.
  EXPECT_THAT(Sizes(FindObjects(Draw({"abc"}, {100, 110, 120}), Plain())), ElementsAre(2, 1));
  EXPECT_THAT(Sizes(FindObjects(Draw({"b", "a", "c"}, {100, 110, 120}), Plain())), ElementsAre(3));
}

TEST(Components, NeighboursAreThoseOfEachNeighbourhood) {
  // Two pixels, the second at (2 + dx, 2 + dy): one component or two.
  const auto joined = [](Neighbours kind, int dx, int dy) {
    RgbImage image(Size{5, 5});
    image.At(2, 2) = image.At(2 + dx, 2 + dy) = {200, 0, 0};
    return FindObjects(image, Plain(kind)).components == 1;
  };
  struct Step {
    int dx, dy;
    bool four, eight, knight, ring, two_away;
  };
  const Step steps[] = {{1, 0, true, true, true, false, true},
                        {0, 1, true, true, true, false, true},
                        {1, 1, false, true, true, false, true},
                        {2, 1, false, false, true, true, true},
                        {1, 2, false, false, true, true, true},
                        {2, 0, false, false, false, true, true},
                        {0, 2, false, false, false, true, true},
                        {2, 2, false, false, false, true, true}};
  for (const Step& s : steps) {
    for (const auto& [dx, dy] : {std::pair(s.dx, s.dy), std::pair(-s.dx, s.dy)}) {
      SCOPED_TRACE(std::to_string(dx) + ", " + std::to_string(dy));
      EXPECT_EQ(joined(Neighbours::kFour, dx, dy), s.four);
      EXPECT_EQ(joined(Neighbours::kEight, dx, dy), s.eight);
      EXPECT_EQ(joined(Neighbours::kKnight, dx, dy), s.knight);
      EXPECT_EQ(joined(Neighbours::kRing, dx, dy), s.ring);
      EXPECT_EQ(joined(Neighbours::kTwoAway, dx, dy), s.two_away);
    }
  }
}

TEST(Components, AComponentOfExactlyTheSmallestSizeStays) {
  ObjectRule rule = Plain();
  rule.theta_size = 0.25;  // of 12 pixels: 3
  const auto found = FindObjects(Draw({"aaa...", "....bb"}, {100, 200}), rule);
  EXPECT_THAT(Sizes(found), ElementsAre(3));
  EXPECT_EQ(found.dropped_by_size, 1);
}

TEST(Components, AComponentOfExactlyTheSmallestErosionStays) {
  ObjectRule rule = Plain();
  const RgbImage square = Draw({".....", ".aaa.", ".aaa.", ".aaa.", "....."});
  rule.theta_erosion = 1.0 / 9;
  EXPECT_THAT(Sizes(FindObjects(square, rule)), ElementsAre(9));
  rule.theta_erosion = std::nextafter(1.0 / 9, 1.0);
  const auto found = FindObjects(square, rule);
  EXPECT_THAT(Sizes(found), IsEmpty());
  EXPECT_EQ(found.dropped_by_erosion, 1);
}

TEST(Components, BeyondTheImageIsBackgroundForTheErosion) {
  EXPECT_THAT(ErodedPixels(RegionMap(Size{3, 3}, 0), 1), ElementsAre(1));
  EXPECT_THAT(ErodedPixels(RegionMap(Size{2, 9}, 0), 1), ElementsAre(0));
  EXPECT_THAT(ErodedPixels(RegionMap(Size{5, 4}, 0), 1), ElementsAre(6));
}

TEST(Components, MeansAndBoxesExactlyAtTheirBoundsAreJoined) {
  ObjectRule rule = Plain();
  // Boxes of 2 and 2 pixels, together 10: 10 <= 2.5 * 4.
  const std::vector<std::string> rows = {"aa...b", "aa...b"};
  rule.gamma = 2;  // boxes 4 and 2, together 12 = 2 * 6
  const auto objects = [&](std::uint8_t red) {
    return FindObjects(Draw(rows, {100, red}), rule).objects.size();
  };
  EXPECT_EQ(objects(114), 1U);
  EXPECT_EQ(objects(115), 2U);
  rule.gamma = 1.999;
  EXPECT_EQ(objects(114), 2U);
}

TEST(Components, ObjectsComeInTheOrderOfTheirSeedsAndAJoinedOneKeepsTheFirst) {
  ObjectRule rule = Plain();
  rule.gamma = 5;
  const auto found = FindObjects(Draw({"b...a...b", "cc......."}, {100, 160, 220}), rule);
  // b and b are joined (9 <= 5 * 2); a is between them in the picture, c is last.
  EXPECT_THAT(Sizes(found), ElementsAre(2, 1, 2));
  EXPECT_EQ(found.joined, 1);
  EXPECT_EQ(found.map.At(8, 0), 0);
  EXPECT_EQ(found.map.At(4, 0), 1);
  EXPECT_EQ(found.objects[0], (Region{2, {320, 0, 0}, 0, 0, 8, 0}));
}

TEST(Components, AJoinLetsAnEarlierObjectJoinWhatItCouldNot) {
  // x and the left y are too far apart for their boxes until y has grown.
  std::vector<Region> regions = {
      {1, {100, 0, 0}, 0, 0, 0, 0}, {1, {100, 0, 0}, 20, 0, 20, 0}, {1, {100, 0, 0}, 26, 0, 26, 0}};
  ObjectRule rule;
  rule.gamma = 3.4;  // 21 > 3.4 * 2; 7 > 3.4 * 2
  EXPECT_THAT(JoinRegions(regions, rule), ElementsAre(0, 1, 2));
  rule.gamma = 3.5;  // 7 <= 3.5 * 2, then 27 <= 3.5 * (1 + 7)
  EXPECT_THAT(JoinRegions(regions, rule), ElementsAre(0, 0, 0));
  ASSERT_THAT(regions, SizeIs(1));
  EXPECT_EQ(regions[0], (Region{3, {300, 0, 0}, 0, 0, 26, 0}));
}

std::vector<Region> AnyRegions() {
  std::vector<Region> regions;
  for (int i = *rc::gen::inRange(0, 16); i > 0; --i) {
    Region region;
    region.pixels = *rc::gen::inRange(1, 20);
    for (std::int64_t& sum : region.sums) sum = region.pixels * *rc::gen::inRange(0, 12);
    region.left = *rc::gen::inRange(0, 60);
    region.top = *rc::gen::inRange(0, 30);
    region.right = region.left + *rc::gen::inRange(0, 10);
    region.bottom = region.top + *rc::gen::inRange(0, 10);
    regions.push_back(region);
  }
  return regions;
}

TEST(Components, JoiningEqualsStartingOverAfterEveryJoin) {
  EXPECT_TRUE(rc::check([] {
    for (int repeats = 0; repeats < 50; ++repeats) {
      const std::vector<Region> regions = AnyRegions();
      ObjectRule rule;
      rule.tau = *rc::gen::element(4.0, 8.0, 12.0, 20.0);
      rule.gamma = *rc::gen::element(0.8, 1.0, 1.5, 2.0, 4.0);
      const auto expected = test::JoinRegionsNaively(regions, rule);
      std::vector<Region> joined = regions;
      const std::vector<std::int32_t> object = JoinRegions(joined, rule);
      RC_ASSERT(joined.size() == expected.size());
      for (std::size_t k = 0; k < expected.size(); ++k) {
        std::int64_t pixels = 0;
        for (const int i : expected[k]) {
          RC_ASSERT(object.at(static_cast<std::size_t>(i)) == static_cast<std::int32_t>(k));
          pixels += regions.at(static_cast<std::size_t>(i)).pixels;
        }
        RC_ASSERT(joined[k].pixels == pixels);
      }
    }
  }));
}

TEST(Components, AnImageThatIsAllBackgroundHasNone) {
  const auto found = FindObjects(RgbImage(Size{7, 5}), {});
  EXPECT_THAT(found.objects, IsEmpty());
  EXPECT_EQ(found.background, 35);
  EXPECT_EQ(found.components, 0);
}

TEST(RegionMasks, AreTheRegionsDrawnAndResampled) {
  EXPECT_TRUE(rc::check([] {
    const Size answer = test::AnySize(40, 40);
    const Size truth = test::AnySize(40, 40);
    constexpr std::int32_t kCount = 4;
    RegionMap regions(answer);
    for (std::int32_t& region : regions.Pixels()) region = *rc::gen::inRange(kNoRegion, kCount);
    const Fit fit = *rc::gen::element(Fit::kCoverCrop, Fit::kStretch, Fit::kLetterbox);
    const FitMap map = MapTo(fit, truth, truth, answer);
    const auto masks = RegionMasks(regions, kCount, map);
    RC_ASSERT(masks.size() == std::size_t{kCount});
    const RegionMap resampled = Resample(regions, map);
    for (std::int32_t region = 0; region < kCount; ++region) {
      Mask mask(truth);
      for (std::size_t i = 0; i < mask.Pixels().size(); ++i) {
        mask.Pixels()[i] = resampled.Pixels()[i] == region ? 1 : 0;
      }
      RC_ASSERT(masks[static_cast<std::size_t>(region)] == ToRuns(mask));
    }
  }));
}

}  // namespace
}  // namespace assay
