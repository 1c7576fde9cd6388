// Run-length masks:
//   the strings of the format's description; string and raster round trips; runs,
//   area, box and merge against pixels; runs of 0 are merged away; every kind of
//   broken string, run list and size is refused and named, and a huge size before
//   memory is asked for.
#include "metrics/run_length.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/naive_masks.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Runs = std::vector<std::int64_t>;

struct Written {
  Size size;
  Runs runs;
  std::string text;
};

const std::vector<Written>& Examples() {
  static const std::vector<Written> examples = {
      {{3, 2}, {6}, "6"},
      {{3, 2}, {0, 5, 1}, "051"},
      {{80, 60}, {0, 4800}, "0Pf4"},
      {{8, 6}, {7, 2, 4, 2, 4, 2, 27}, "724000g0"},
      {{37, 3}, {1, 2, 3, 40, 5, 60}, "123V12d0"},
      {{4, 100}, {100, 3, 97, 3, 97, 3, 97}, "T33Q30000"},
  };
  return examples;
}

std::string Refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing was refused";
}

std::string DecodeRefusal(Size size, const std::string& text) {
  return Refusal([&] { DecodeRuns(size, text); });
}

Mask AnyMask(int max_width, int max_height) {
  const Size size = test::AnySize(max_width, max_height);
  return test::AnyRaster(size, rc::gen::element<std::uint8_t>(0, 1));
}

TEST(RunLengthTest, TheExamplesOfTheFormatAreReadAndWritten) {
  for (const Written& example : Examples()) {
    SCOPED_TRACE(example.text);
    const RunLengthMask mask = MakeRuns(example.size, example.runs);
    EXPECT_EQ(Runs(mask.runs.begin(), mask.runs.end()), example.runs);
    EXPECT_EQ(EncodeRuns(mask), example.text);
    EXPECT_EQ(DecodeRuns(example.size, example.text), mask);
  }
}

TEST(RunLengthTest, PixelsLieDownTheColumns) {
  const Mask mask = ToMask(MakeRuns({2, 3}, Runs{1, 3, 2}));
  EXPECT_THAT(std::vector<int>(mask.Pixels().begin(), mask.Pixels().end()),
              ElementsAre(0, 1, 1, 0, 1, 0));
}

TEST(RunLengthTest, RasterToRunsToRasterIsTheIdentity) {
  EXPECT_TRUE(rc::check("raster", [] {
    const Mask mask = AnyMask(150, 6);
    const RunLengthMask runs = ToRuns(mask);
    RC_ASSERT(ToMask(runs) == mask);
    RC_ASSERT(Runs(runs.runs.begin(), runs.runs.end()) == test::NaiveRuns(mask));
    RC_ASSERT(DecodeRuns(mask.size(), EncodeRuns(runs)) == runs);
  }));
}

// Sizes of real images: the differences of runs need one to five characters.
TEST(RunLengthTest, RunsOfEveryLengthSurviveTheString) {
  EXPECT_TRUE(rc::check("string", [] {
    const Runs parts = *rc::gen::container<Runs>(
        rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 22), rc::gen::inRange(1, 64)),
                     [](const auto& p) { return (std::int64_t{p.second} << p.first) / 64 + 1; }));
    std::int64_t total = 1;
    for (const std::int64_t part : parts) total += part;
    RC_PRE(total <= kMaxMaskPixels);
    Runs runs = parts;
    runs.push_back(1);
    const RunLengthMask mask = MakeRuns({static_cast<int>(total), 1}, runs);
    RC_ASSERT(mask.runs.size() == runs.size());
    RC_ASSERT(DecodeRuns(mask.size, EncodeRuns(mask)) == mask);
  }));
}

TEST(RunLengthTest, RunsOfNothingAreMergedAway) {
  const RunLengthMask mask = MakeRuns({10, 1}, Runs{2, 0, 1, 3, 0, 2, 0, 0, 2});
  EXPECT_THAT(mask.runs, ElementsAre(3, 5, 2));
  EXPECT_EQ(MakeRuns({10, 1}, Runs{0, 0, 10, 0}), EmptyRuns({10, 1}));
}

TEST(RunLengthTest, AreaAndBoxAreThoseOfThePixels) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10000; ++i) {
    SCOPED_TRACE(i);
    const Mask mask = test::RandomMask(test::RandomSize(9, 9, random), random);
    const RunLengthMask runs = ToRuns(mask);
    ASSERT_EQ(Area(runs), test::NaiveArea(mask));
    ASSERT_EQ(BoundingBox(runs), test::NaiveBox(mask));
  }
}

TEST(RunLengthTest, ARunOverAColumnsEndMakesTheBoxAsHighAsTheImage) {
  EXPECT_EQ(BoundingBox(MakeRuns({4, 10}, Runs{19, 2, 19})), (PixelBox{1, 0, 2, 10}));
  EXPECT_EQ(BoundingBox(MakeRuns({4, 10}, Runs{12, 3, 25})), (PixelBox{1, 2, 1, 3}));
  EXPECT_EQ(BoundingBox(EmptyRuns({4, 10})), PixelBox{});
}

TEST(RunLengthTest, MergeIsPixelByPixelAndCanonical) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 3000; ++i) {
    SCOPED_TRACE(i);
    const Size size = test::RandomSize(8, 8, random);
    std::vector<Mask> masks;
    std::vector<RunLengthMask> runs;
    for (int k = 0; k <= i % 4; ++k) {
      masks.push_back(test::RandomMask(size, random));
      runs.push_back(ToRuns(masks.back()));
    }
    for (const MergeRule rule : {MergeRule::kOr, MergeRule::kAnd}) {
      ASSERT_EQ(Merge(runs, rule), ToRuns(test::NaiveMerge(masks, rule)));
    }
  }
}

TEST(RunLengthTest, MasksOfDifferentSizesAndNoMasksAreNotMerged) {
  const std::vector<RunLengthMask> masks = {EmptyRuns({2, 3}), EmptyRuns({3, 2})};
  EXPECT_THAT(Refusal([&] { Merge(masks, MergeRule::kOr); }), HasSubstr("2 x 3 and 3 x 2"));
  EXPECT_THAT(Refusal([] { Merge({}, MergeRule::kOr); }), HasSubstr("no mask"));
}

TEST(RunLengthTest, TheBoxInFractionsIsTheBoxOverTheSize) {
  // Column 2 of 4, rows 1 and 2 of 8.
  const RunLengthMask mask = MakeRuns({4, 8}, std::vector<std::int64_t>{17, 2, 13});
  EXPECT_EQ(FractionBox(mask), (BoxXywh{0.5, 0.125, 0.25, 0.25}));
  EXPECT_EQ(FractionBox(EmptyRuns({4, 8})), (BoxXywh{0, 0, 0, 0}));
}

TEST(RunLengthTest, BrokenStringsAreRefusedAndSayWhy) {
  EXPECT_THAT(DecodeRefusal({3, 2}, "05 "), HasSubstr("character 3 of the runs has code 32"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "0p1"), HasSubstr("character 2 of the runs has code 112"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "0\xff"), HasSubstr("code 255"));
  EXPECT_THAT(DecodeRefusal({80, 60}, "0Pf"), HasSubstr("end inside a number"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "O7"), HasSubstr("run 1 is negative: -1"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "111N"), HasSubstr("run 4 is negative: -1"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "051000000"), HasSubstr("more than the 6 pixels"));
  EXPECT_THAT(DecodeRefusal({3, 2}, "05"), HasSubstr("cover 5 of the 6 pixels"));
  EXPECT_THAT(DecodeRefusal({3, 2}, ""), HasSubstr("cover 0 of the 6 pixels"));
  EXPECT_THAT(DecodeRefusal({3, 2}, std::string(40, 'o')), HasSubstr("more than 12 characters"));
  EXPECT_THAT(DecodeRefusal({3, 2}, std::string(11, 'o') + "?"), HasSubstr("run 1 has"));
}

TEST(RunLengthTest, NoStringDoesAnythingButDecodeOrRefuse) {
  EXPECT_TRUE(rc::check("any string", [] {
    const Size size = test::AnySize(6, 6);
    const auto text = *rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{8, rc::gen::inRange<char>('0', '9')}, {1, rc::gen::arbitrary<char>()}}));
    try {
      const RunLengthMask mask = DecodeRuns(size, text);
      RC_ASSERT(ToRuns(ToMask(mask)) == mask);
    } catch (const std::invalid_argument& error) {
      RC_ASSERT(!std::string(error.what()).empty());
    }
  }));
}

TEST(RunLengthTest, RunListsWithAnotherTotalOrNegativeRunsAreRefused) {
  const auto refusal = [](const Runs& runs) { return Refusal([&] { MakeRuns({3, 2}, runs); }); };
  EXPECT_THAT(refusal({3, -1, 4}), HasSubstr("run 2 is negative: -1"));
  EXPECT_THAT(refusal({3, 2}), HasSubstr("cover 5 of the 6 pixels"));
  EXPECT_THAT(refusal({3, 2, 2}), HasSubstr("more than the 6 pixels"));
  EXPECT_THAT(refusal({std::int64_t{1} << 62, std::int64_t{1} << 62}), HasSubstr("more than"));
  EXPECT_THAT(Refusal([] { ToMask({{3, 2}, {2, 2}}); }), HasSubstr("cover 4 pixels of 3 x 2"));
}

TEST(RunLengthTest, SizesThatCannotBeMeantAreRefusedBeforeTheRunsAreRead) {
  EXPECT_THAT(DecodeRefusal({0, 2}, "0"), HasSubstr("0 x 2 pixels has no pixel"));
  EXPECT_THAT(DecodeRefusal({3, -2}, "6"), HasSubstr("3 x -2 pixels has no pixel"));
  EXPECT_THAT(DecodeRefusal({2000000000, 2000000000}, "broken"), HasSubstr("larger than"));
  EXPECT_THAT(Refusal([] { ToMask({{2000000000, 2000000000}, {0}}); }), HasSubstr("larger than"));
  EXPECT_THAT(Refusal([] { ToRuns(Mask()); }), HasSubstr("has no pixel"));
  EXPECT_EQ(Area(EmptyRuns({1 << 14, 1 << 14})), 0);
}

}  // namespace
}  // namespace assay
