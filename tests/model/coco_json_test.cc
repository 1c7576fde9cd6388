// COCO results as answers (model/coco_entries.h, coco_json.h):
// * every spelling of a mask gives the same mask: text, list of runs, polygons, a box in
//   pixels; polygons are united; the golden predictions keep their masks and numbers;
// * instances keep order, score, category and box; a box that is not stated is the
//   mask's, as fractions;
// * referring unites the masks, from min_score on;
// * semantic paints by score, earlier entries on top of equal ones, what the settings
//   keep; a category that is no label id is bad-id;
// * an empty list is a valid answer; every defect is named with file and entry;
// * random entries with a random defect never do anything but throw PredictionError.
#include "model/coco_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <string>
#include <vector>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/file.h"
#include "metrics/polygon.h"
#include "tests/model/decoders.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::ErrorOf;
using test::Find;
using test::FindingsOf;
using test::FrameOf;
using test::MakeWith;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr Size kGrid{6, 4};

Answer AnswerFor(const Json& entries) {
  const std::string text = entries.dump();
  return AnswerOf(Bytes(text.begin(), text.end()), "results.json");
}

Json RunsJson(const RunLengthMask& mask) {
  return {{"size", {mask.size.height, mask.size.width}}, {"counts", EncodeRuns(mask)}};
}

// Columns from `left` up to `right`, rows from `top` up to `bottom`.
RunLengthMask Block(int left, int top, int right, int bottom, Size size = kGrid) {
  Mask mask(size);
  for (int y = top; y < bottom; ++y) {
    for (int x = left; x < right; ++x) mask.At(x, y) = 1;
  }
  return ToRuns(mask);
}

Json Entry(const RunLengthMask& mask, double score = 0.5, int category = 1) {
  return {{"image_id", 3},
          {"category_id", category},
          {"segmentation", RunsJson(mask)},
          {"score", score}};
}

// One entry in braces would be that entry, not a list of it.
Json ListOf(const Json& entry) { return Json::array({entry}); }

Decoded<InstancesTask> Instances(const Json& entries, Size grid = kGrid) {
  return MakeCocoInstances()->Decode(AnswerFor(entries), {}, FrameOf(grid));
}

RunLengthMask OnlyMask(const Json& segmentation, Size grid = kGrid) {
  Json entry = Entry(Block(0, 0, 1, 1));
  entry["segmentation"] = segmentation;
  return Instances(ListOf(entry), grid).value.instances.at(0).mask;
}

TEST(CocoEntries, EverySpellingOfAMaskIsTheSameMask) {
  const RunLengthMask block = Block(1, 1, 4, 3);
  EXPECT_EQ(OnlyMask(RunsJson(block)), block);
  EXPECT_EQ(OnlyMask({{"size", {4, 6}}, {"counts", {5, 2, 2, 2, 2, 2, 9}}}), block);
  EXPECT_EQ(OnlyMask(ListOf({1, 1, 4, 1, 4, 3, 1, 3})), block);
  const Json box = {{"image_id", 3}, {"category_id", 1}, {"bbox", {1, 1, 3, 2}}, {"score", 1}};
  EXPECT_EQ(Instances(ListOf(box)).value.instances.at(0).mask, block);
}

TEST(CocoEntries, PolygonsAreDrawnAtTheSizeOfTheTruthAndUnited) {
  const std::vector<double> left = {0, 0, 2, 0, 2, 4, 0, 4};
  const std::vector<double> right = {1.5, 1, 5, 1, 5, 3};
  const RunLengthMask parts[] = {DrawPolygon(kGrid, left), DrawPolygon(kGrid, right)};
  EXPECT_EQ(OnlyMask({left, right}), Merge(parts, MergeRule::kOr));
}

TEST(CocoEntries, AnyMaskIsReadBackFromTextAndFromRuns) {
  EXPECT_TRUE(rc::check([] {
    const Size size = test::AnySize(12, 12);
    const RunLengthMask mask =
        ToRuns(test::AnyRaster<std::uint8_t>(size, rc::gen::element<std::uint8_t>(0, 1)));
    RC_ASSERT(OnlyMask(RunsJson(mask), size) == mask);
    RC_ASSERT(OnlyMask({{"size", {size.height, size.width}}, {"counts", mask.runs}}, size) == mask);
  }));
}

// The predictions of the SA-Co cases (tests/golden/saco_golden_test.cc scores them).
TEST(CocoEntries, TheGoldenPredictionsKeepTheirMasksAndNumbers) {
  const Json cases =
      Json::parse(ReadText(ASSAY_SOURCE_DIR "/tests/golden/saco_edge/cases.json")).at("cases");
  int decoded = 0;
  for (const Json& golden : cases) {
    SCOPED_TRACE(golden.at("name"));
    for (const Json& entry : golden.at("preds")) {
      if (golden.at("name") == "mask_size_mismatch_gives_minus1_iou") {
        EXPECT_EQ(ErrorOf([&] { Instances(ListOf(entry), {60, 50}); }).code, "wrong-size");
        continue;
      }
      const auto instances = Instances(ListOf(entry), {60, 50}).value.instances;
      ASSERT_THAT(instances, SizeIs(1));
      EXPECT_EQ(instances[0].score, entry.at("score").get<double>());
      EXPECT_EQ(instances[0].category, entry.at("category_id").get<int>());
      if (entry.contains("segmentation")) {
        EXPECT_EQ(EncodeRuns(instances[0].mask),
                  entry.at("segmentation").at("counts").get<std::string>());
      } else {
        EXPECT_EQ(instances[0].mask, Block(5, 5, 30, 25, {60, 50}));
      }
      ++decoded;
    }
  }
  EXPECT_GT(decoded, 15);
}

TEST(CocoInstances, KeepOrderScoreCategoryAndBox) {
  Json first = Entry(Block(0, 0, 2, 2), 0.25, 1);
  Json second = Entry(Block(0, 0, 6, 4), 0.75, -3);
  first["bbox"] = {0.1, 0.2, 0.3, 0.4};
  second["bbox"] = {0, 0, 6, 4};
  const auto decoded = Instances({first, second});
  EXPECT_EQ(decoded.value.size, kGrid);
  ASSERT_THAT(decoded.value.instances, SizeIs(2));
  EXPECT_EQ(decoded.value.instances[0],
            (Instance{Block(0, 0, 2, 2), BoxXywh{0.1, 0.2, 0.3, 0.4}, 0.25, 1}));
  EXPECT_EQ(decoded.value.instances[1],
            (Instance{Block(0, 0, 6, 4), BoxXywh{0, 0, 6, 4}, 0.75, -3}));
  EXPECT_EQ(Find(decoded.diagnostics, "boxes_in_pixels"), 1);
}

TEST(CocoInstances, ABoxThatIsNotStatedIsTheMasksAsFractions) {
  Json entry = Entry(Block(3, 1, 6, 3));
  EXPECT_THAT(*Instances(ListOf(entry)).value.instances.at(0).box_xywh,
              ElementsAre(0.5, 0.25, 0.5, 0.5));
  entry["bbox"] = Json::array();
  EXPECT_THAT(*Instances(ListOf(entry)).value.instances.at(0).box_xywh,
              ElementsAre(0.5, 0.25, 0.5, 0.5));
  EXPECT_EQ(Find(Instances(ListOf(entry)).diagnostics, "boxes_in_pixels"), 0);
}

TEST(CocoJson, AnEmptyListIsAValidAnswerForEveryTask) {
  EXPECT_THAT(Instances(Json::array()).value.instances, IsEmpty());
  EXPECT_EQ(Instances(Json::array()).value.size, kGrid);
  const auto mask =
      MakeWith(MakeCocoMask, {})->Decode(AnswerFor(Json::array()), {}, FrameOf(kGrid));
  EXPECT_EQ(mask.value, Mask(kGrid));
  const auto labels = MakeWith(MakeCocoLabels, {})
                          ->Decode(AnswerFor(Json::array()), {&CityscapesLabels()}, FrameOf(kGrid));
  EXPECT_EQ(labels.value, LabelMap(kGrid));
}

TEST(CocoMask, IsTheUnionFromTheLowestScoreOn) {
  const RunLengthMask left = Block(0, 0, 3, 3);
  const RunLengthMask right = Block(2, 2, 6, 4);
  const Json entries = {Entry(left, 0.5), Entry(right, 0.25)};
  const auto decode = [&](const Json& settings) {
    return MakeWith(MakeCocoMask, settings)->Decode(AnswerFor(entries), {}, FrameOf(kGrid));
  };
  const RunLengthMask both[] = {left, right};
  EXPECT_EQ(ToRuns(decode(Json::object()).value), Merge(both, MergeRule::kOr));
  EXPECT_EQ(ToRuns(decode({{"min_score", 0.5}}).value), left);
  EXPECT_EQ(Find(decode({{"min_score", 0.5}}).diagnostics, "used"), 1);
  EXPECT_EQ(decode({{"min_score", 0.51}}).value, Mask(kGrid));
}

Decoded<SemanticTask> Labels(const Json& entries, const Json& settings = Json::object()) {
  return MakeWith(MakeCocoLabels, settings)
      ->Decode(AnswerFor(entries), {&CityscapesLabels()}, FrameOf({6, 1}));
}

Json Stripe(int left, int right, double score, int category) {
  return Entry(Block(left, 0, right, 1, {6, 1}), score, category);
}

TEST(CocoLabels, TheHigherScoreIsOnTopAndOfEqualOnesTheEarlierEntry) {
  const Json entries = {
      Stripe(0, 3, 0.5, 7), Stripe(1, 5, 0.9, 8), Stripe(2, 6, 0.5, 11), Stripe(5, 6, 0.1, 26)};
  const auto decoded = Labels(entries);
  EXPECT_THAT(decoded.value.Pixels(), ElementsAre(7, 8, 8, 8, 8, 11));
  EXPECT_EQ(Find(decoded.diagnostics, "covered_share"), 1);
  const Json equal = {Stripe(0, 3, 0.5, 7), Stripe(1, 5, 0.5, 8)};
  EXPECT_THAT(Labels(equal).value.Pixels(), ElementsAre(7, 7, 7, 8, 8, 0));
  EXPECT_DOUBLE_EQ(Find(Labels(equal).diagnostics, "covered_share"), 5.0 / 6);
}

TEST(CocoLabels, EachSettingLeavesOutWhatIsBelowIt) {
  Json entries = {Stripe(0, 1, 0.9, 7), Stripe(1, 3, 0.4, 8), Stripe(3, 6, 0.6, 11)};
  entries[0]["presence"] = 0.2;
  entries[1]["presence"] = 0.8;
  entries[2]["presence"] = 0.5;
  EXPECT_THAT(Labels(entries).value.Pixels(), ElementsAre(7, 8, 8, 11, 11, 11));
  EXPECT_THAT(Labels(entries, {{"min_score", 0.6}}).value.Pixels(),
              ElementsAre(7, 0, 0, 11, 11, 11));
  EXPECT_THAT(Labels(entries, {{"min_area", 2}}).value.Pixels(), ElementsAre(0, 8, 8, 11, 11, 11));
  const auto present = Labels(entries, {{"min_presence", 0.5}});
  EXPECT_THAT(present.value.Pixels(), ElementsAre(0, 8, 8, 11, 11, 11));
  EXPECT_EQ(Find(present.diagnostics, "entries"), 3);
  EXPECT_EQ(Find(present.diagnostics, "used"), 2);
  EXPECT_THAT(FindingsOf(MakeCocoLabels, {{"min_area", -1}, {"min_score", "x"}}), SizeIs(2));
}

TEST(CocoLabels, ACategoryThatIsNoLabelIdIsABadIdWithItsEntry) {
  for (const int category : {-1, 34, 1000}) {
    const auto error =
        ErrorOf([&] { Labels({Stripe(0, 1, 0.5, 33), Stripe(0, 1, 0.5, category)}); });
    EXPECT_EQ(error.code, "bad-id");
    EXPECT_THAT(error.detail,
                AllOf(HasSubstr("results.json: entry 2 of image_id 3 has category_id " +
                                std::to_string(category)),
                      HasSubstr("0 to 33")));
  }
}

TEST(CocoLabels, MinPresenceNeedsAPresenceInEveryEntry) {
  const auto error = ErrorOf([] { Labels(ListOf(Stripe(0, 1, 0.5, 7)), {{"min_presence", 0.5}}); });
  EXPECT_EQ(error.code, "bad-entry");
  EXPECT_THAT(error.detail, HasSubstr("entry 1 of image_id 3 has no \"presence\""));
}

// The error for two entries of which the second is changed.
PredictionError ErrorFor(const std::function<void(Json& entry)>& change) {
  Json entries = {Entry(Block(0, 0, 2, 2)), Entry(Block(0, 0, 3, 3))};
  for (Json& entry : entries) entry["bbox"] = {0, 0, 0.5, 0.5};
  change(entries[1]);
  return ErrorOf([&] { Instances(entries); });
}

TEST(CocoEntries, AMaskOfAnotherSizeIsRefusedWithBothSizes) {
  const auto error =
      ErrorFor([](Json& e) { e["segmentation"] = RunsJson(Block(0, 0, 2, 2, {4, 6})); });
  EXPECT_EQ(error.code, "wrong-size");
  EXPECT_THAT(
      error.detail,
      AllOf(HasSubstr("results.json: entry 2 of image_id 3 segmentation: is 4 wide and 6 high"),
            HasSubstr("[height, width]"),
            HasSubstr("6 wide and 4 high")));
}

TEST(CocoEntries, ABoxWithinZeroToOneIsNoMask) {
  const Json entries =
      ListOf({{"image_id", 3}, {"category_id", 1}, {"bbox", {0, 0, 1, 1}}, {"score", 1}});
  const auto error = ErrorOf([&] { Instances(entries); });
  EXPECT_EQ(error.code, "bad-entry");
  EXPECT_THAT(error.detail,
              HasSubstr("entry 1 of image_id 3 has no segmentation, and a bbox within 0..1"));
}

TEST(CocoEntries, MixedFormsAreRefused) {
  EXPECT_THAT(ErrorFor([](Json& e) { e.erase("bbox"); }).detail,
              HasSubstr("entry 2 of image_id 3 has no bbox, entry 1 has one"));
  EXPECT_THAT(ErrorFor([](Json& e) { e["bbox"] = Json::array(); }).detail,
              HasSubstr("entry 2 of image_id 3 has no bbox, entry 1 has one"));
  EXPECT_THAT(ErrorFor([](Json& e) {
                e.erase("segmentation");
                e["bbox"] = {0, 0, 5, 5};
              }).detail,
              HasSubstr("entry 2 of image_id 3 has no segmentation, entry 1 has one"));
  EXPECT_THAT(ErrorFor([](Json& e) { e["image_id"] = 4; }).detail,
              HasSubstr("entry 2 of image_id 4 stands beside entry 1 of image_id 3"));
}

TEST(CocoEntries, EveryFieldThatIsMissingOrOfAnotherKindIsNamed) {
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> defects = {
      {[](Json& e) { e.erase("image_id"); }, "has no \"image_id\""},
      {[](Json& e) { e.erase("category_id"); }, "has no \"category_id\""},
      {[](Json& e) { e.erase("score"); }, "has no \"score\""},
      {[](Json& e) { e["category_id"] = 1.5; }, "category_id: must be a whole number, found 1.5"},
      {[](Json& e) { e["category_id"] = UINT64_MAX; }, "category_id: must be a whole number"},
      {[](Json& e) { e["score"] = "high"; }, "score: must be a number, found \"high\""},
      {[](Json& e) { e["presence"] = nullptr; }, "presence: must be a number, found null"},
      {[](Json& e) { e["bbox"] = {1, 2, 3}; }, "bbox: must be [x, y, width, height]"},
      {[](Json& e) { e["bbox"] = {1, 2, -3, 4}; }, "bbox: must be"},
      {[](Json& e) { e["bbox"] = "all"; }, "bbox: must be"},
      {[](Json& e) { e["segmentation"] = nullptr; }, "segmentation: must be"},
      {[](Json& e) { e["segmentation"] = Json::array(); }, "list of polygons, found []"},
      {[](Json& e) { e["segmentation"] = {1, 2, 3, 4, 5, 6}; }, "polygon 1 must be [x0"},
      {[](Json& e) { e["segmentation"].erase("counts"); }, "and \"counts\""},
      {[](Json& e) { e["segmentation"].erase("size"); }, "must have \"size\""},
      {[](Json& e) { e["segmentation"]["size"] = {4}; }, "must have \"size\""},
      {[](Json& e) { e["segmentation"]["size"] = {4.0, 6.0}; }, "must have \"size\""},
      {[](Json& e) { e["segmentation"]["counts"] = 24; }, "counts: must be text or a list"},
      {[](Json& e) { e["segmentation"]["counts"] = {12.5, 11.5}; }, "counts: must be text"},
      {[](Json& e) { e = Json::array(); }, "must be an object, found []"}};
  for (const auto& [change, message] : defects) {
    const auto error = ErrorFor(change);
    EXPECT_EQ(error.code, "bad-entry") << message;
    EXPECT_THAT(error.detail, AllOf(HasSubstr("results.json: entry 2 "), HasSubstr(message)));
  }
}

TEST(CocoEntries, MasksThatCannotBeDrawnAreNamedWithTheReason) {
  const std::vector<std::pair<std::function<void(Json&)>, std::string>> defects = {
      {[](Json& e) { e["segmentation"]["counts"] = "0"; }, "counts: "},
      {[](Json& e) { e["segmentation"]["counts"] = "\x01"; }, "counts: character 1"},
      {[](Json& e) { e["segmentation"]["counts"] = {30, -6}; }, "counts: "},
      {[](Json& e) { e["segmentation"]["counts"] = {5, 5}; }, "counts: the runs cover 10"},
      {[](Json& e) { e["segmentation"] = ListOf({1, 2, 3, 4}); }, "polygon 1: "},
      {[](Json& e) { e["segmentation"] = {{0, 0, 4, 0, 4, 4}, {0, 0, 4, 0, 4}}; }, "polygon 2: "}};
  for (const auto& [change, message] : defects) {
    const auto error = ErrorFor(change);
    EXPECT_EQ(error.code, "bad-mask") << message;
    EXPECT_THAT(error.detail, AllOf(HasSubstr("results.json: entry 2 "), HasSubstr(message)));
  }
}

TEST(CocoEntries, WhatIsNoListOrNoJsonIsRefused) {
  const auto error_for = [](const std::string& text) {
    return ErrorOf([&] {
      MakeCocoInstances()->Decode(
          AnswerOf(Bytes(text.begin(), text.end()), "a.json"), {}, FrameOf(kGrid));
    });
  };
  EXPECT_EQ(error_for("{}").code, "bad-entry");
  EXPECT_EQ(error_for("").code, "corrupt");
  EXPECT_EQ(error_for("[{]").code, "corrupt");
  EXPECT_EQ(error_for("[1e999]").code, "corrupt");
  EXPECT_EQ(error_for(R"([{"score": 1, "score": 2}])").code, "corrupt");
  EXPECT_THAT(error_for("[{]").detail, HasSubstr("a.json"));
}

TEST(CocoEntries, ADamagedByteEndsInAValueOrAPredictionError) {
  Json entry = Entry(Block(1, 1, 4, 3));
  entry["bbox"] = {0, 0, 0.5, 0.5};
  const std::string good = Json({entry, entry}).dump();
  EXPECT_TRUE(rc::check([&] {
    std::string text = good;
    for (int i = *rc::gen::inRange(1, 3); i > 0; --i) {
      text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    }
    try {
      const Answer answer = AnswerOf(Bytes(text.begin(), text.end()));
      const auto decoded = MakeCocoInstances()->Decode(answer, {}, FrameOf(kGrid));
      RC_ASSERT(decoded.value.instances.size() == 2U);
    } catch (const PredictionError& error) {
      RC_ASSERT(!error.code.empty());
    }
  }));
}

}  // namespace
}  // namespace assay
