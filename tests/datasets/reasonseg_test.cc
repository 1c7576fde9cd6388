// ReasonSeg:
//   - the root may be any of four folders; keys are sorted by stem; a sample without its
//     other half is named; wrong roots and splits say what there is
//   - long queries are sentences, short ones the rest; a part is complete where its split is
//   - the first text counts, without outer blanks; Windows-1252 is read, other bytes not
//   - malformed files name sample and field
//   - shapes: small ones stay on large ones, later ones below earlier ones of equal area,
//     labels decide whatever their case, flags are gone, coordinates are cut toward zero
//   - the truth's bytes change with the size of the image
//   - all eight orientations turn pictures as they should
#include "datasets/reasonseg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/orientation.h"
#include "datasets/reasonseg_truth.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json Labels(const std::string& text = "the cup") {
  return {{"text", {text, "another"}}, {"is_sentence", true}, {"shapes", json::array()}};
}

void WriteSample(const fs::path& split, const std::string& stem, const json& labels = Labels()) {
  WriteFile(split / (stem + ".jpg"), EncodeJpeg(RgbImage({8, 6})));
  WriteText(split / (stem + ".json"), labels.dump());
}

std::unique_ptr<Dataset<ReferringTask>> Open(const fs::path& root, const std::string& split = "") {
  return OpenReasonSeg({.root = root, .split = split, .list = {}});
}

// ---- the tree ----------------------------------------------------------------

TEST(ReasonSeg, KeysAreSortedByStemFromAnyOfItsRoots) {
  const test::TemporaryFolder folder;
  const fs::path home = folder.Path() / "reason_seg/ReasonSeg";
  for (const char* stem : {"a", "a-b", "a.b", "A"}) WriteSample(home / "val", stem);
  WriteSample(home / "train", "t");
  for (const fs::path& root : {folder.Path(), folder.Path() / "reason_seg", home}) {
    const auto data = Open(root);
    EXPECT_THAT(KeysOf(*data), ElementsAre("A", "a", "a-b", "a.b")) << root;
    EXPECT_EQ(data->Info().official, 200);
    EXPECT_EQ(Open(root, "train")->Info().official, 239);
  }
}

TEST(ReasonSeg, LongQueriesAreSentencesAndShortOnesTheRest) {
  const test::TemporaryFolder folder;
  json phrase = Labels();
  phrase["is_sentence"] = false;
  for (const char* stem : {"a", "c", "d"}) WriteSample(folder.Path() / "test", stem);
  WriteSample(folder.Path() / "test", "b", phrase);
  EXPECT_THAT(KeysOf(*Open(folder.Path(), "test-long")), ElementsAre("a", "c", "d"));
  EXPECT_THAT(KeysOf(*Open(folder.Path(), "test-short")), ElementsAre("b"));
  EXPECT_EQ(Open(folder.Path(), "test-short")->Info().split, "test-short");
  // Of a split that is not whole no part is.
  EXPECT_EQ(Open(folder.Path(), "test-short")->Info().official, 0);
  EXPECT_THROW(Open(folder.Path(), "test-wide"), ConfigError);
  EXPECT_THROW(Open(folder.Path(), "-long"), ConfigError);
}

TEST(ReasonSeg, APartIsCompleteWhereItsSplitIs) {
  const test::TemporaryFolder folder;
  json phrase = Labels();
  phrase["is_sentence"] = false;
  for (int i = 0; i < 200; ++i) {
    WriteSample(folder.Path() / "val", std::to_string(i), i < 50 ? phrase : Labels());
  }
  EXPECT_EQ(Open(folder.Path(), "val-short")->Info().official, 50);
  EXPECT_EQ(Open(folder.Path(), "val-long")->Info().official, 150);
}

TEST(ReasonSeg, ASampleWithoutItsOtherHalfIsNamed) {
  for (const char* half : {"b.jpg", "b.json"}) {
    const test::TemporaryFolder folder;
    WriteSample(folder.Path() / "val", "a");
    WriteSample(folder.Path() / "val", "b");
    fs::remove(folder.Path() / "val" / half);
    EXPECT_THAT(ErrorOf([&] { Open(folder.Path()); }),
                AllOf(HasSubstr(half), HasSubstr("sample b"), HasSubstr("missing, although")));
  }
}

TEST(ReasonSeg, WrongRootsAndSplitsSayWhatThereIs) {
  const test::TemporaryFolder folder;
  WriteSample(folder.Path() / "deep/er/ReasonSeg/train", "a");
  EXPECT_THAT(ErrorOf([&] { Open(folder.Path()); }),
              AllOf(HasSubstr("looked for reason_seg/ReasonSeg"),
                    HasSubstr("tried"),
                    HasSubstr("er/ReasonSeg with folders: train")));
  EXPECT_THAT(ErrorOf([&] { Open(folder.Path() / "deep/er/ReasonSeg/train", "train"); }),
              HasSubstr("the split itself: pass"));
  EXPECT_THROW(Open(folder.Path(), "dev"), ConfigError);
}

TEST(ReasonSeg, TheFirstTextCountsWithoutOuterBlanks) {
  const test::TemporaryFolder folder;
  WriteSample(folder.Path() / "val", "a", Labels(" \tWhat IS it?\n"));
  const auto item = Open(folder.Path())->Item(0);
  EXPECT_EQ(item.query.expression, "What IS it?");
  EXPECT_EQ(item.query.raw, " \tWhat IS it?\n");
  EXPECT_TRUE(item.query.is_sentence);
}

TEST(ReasonSeg, MalformedFilesNameSampleAndField) {
  const auto error = [](const std::function<void(json&)>& damage) {
    const test::TemporaryFolder folder;
    json labels = Labels();
    labels["shapes"] = {{{"label", "target"}, {"points", {{1, 1}}}}};
    damage(labels);
    WriteSample(folder.Path() / "val", "a", labels);
    const std::string text = ErrorOf([&] { Open(folder.Path()); });
    EXPECT_THAT(text, AllOf(HasSubstr("a.json"), HasSubstr("sample a")));
    return text;
  };
  for (const char* field : {"text", "is_sentence", "shapes"}) {
    const std::string quoted = "\"" + std::string(field) + "\"";
    EXPECT_THAT(error([&](json& labels) { labels.erase(field); }), HasSubstr(quoted));
    EXPECT_THAT(error([&](json& labels) { labels[field] = 5; }), HasSubstr(quoted));
  }
  EXPECT_THAT(error([](json& l) { l["text"] = json::array(); }), HasSubstr("\"text\""));
  EXPECT_THAT(error([](json& l) { l["shapes"][0].erase("label"); }), HasSubstr("shapes[0]"));
  EXPECT_THAT(error([](json& l) { l["shapes"][0]["points"] = json::array(); }),
              HasSubstr("no points"));
  EXPECT_THAT(error([](json& l) { l["shapes"][0]["points"] = {{1, 2, 3}}; }), HasSubstr("[x, y]"));
  EXPECT_THAT(error([](json& l) { l["shapes"][0]["points"] = {{1, "2"}}; }),
              HasSubstr("no number"));
  EXPECT_THAT(error([](json& l) { l["shapes"][0]["points"] = {{1, 1e9}}; }),
              HasSubstr("far outside"));
}

TEST(ReasonSeg, Windows1252IsReadAndOtherBytesAreNot) {
  const auto parse = [](const std::string& text) {
    const std::string file = R"({"text": [")" + text + R"("], "is_sentence": false, "shapes": []})";
    return ParseReasonFile(Bytes(file.begin(), file.end())).text;
  };
  EXPECT_EQ(parse("caf\xc3\xa9"), "caf\u00e9");
  EXPECT_EQ(parse("caf\xe9 \x93so\x94"), "caf\u00e9 \u201cso\u201d");
  EXPECT_THROW(parse("caf\xe9 \x81"), std::invalid_argument);
}

TEST(ReasonSeg, TruthBytesChangeWithTheSizeOfTheImage) {
  const test::TemporaryFolder folder;
  WriteSample(folder.Path() / "val", "a");
  const auto data = Open(folder.Path());
  const RawTruth before = data->ReadTruth(0);
  EXPECT_EQ(data->DecodeTruth(0, before).target.size(), (Size{8, 6}));
  WriteFile(folder.Path() / "val/a.jpg", EncodeJpeg(RgbImage({9, 6})));
  const RawTruth after = data->ReadTruth(0);
  EXPECT_EQ(before.at(0).bytes, after.at(0).bytes);
  EXPECT_NE(before.at(1).bytes, after.at(1).bytes);
  EXPECT_EQ(data->DecodeTruth(0, after).target.size(), (Size{9, 6}));
  WriteText(folder.Path() / "val/a.jpg", "no picture");
  EXPECT_THAT(ErrorOf([&] { data->ReadTruth(0); }), HasSubstr("sample a"));
}

// ---- painting ----------------------------------------------------------------

ReasonShape Square(const std::string& label, int from, int to) {
  return {label, {{from, from}, {to, from}, {to, to}, {from, to}}};
}

TEST(ReasonTruth, SmallShapesStayOnLargeOnesWhateverTheirOrder) {
  const ReasonShape small = Square("target", 2, 4);
  const ReasonShape large = Square("please ignore", 0, 8);
  for (const auto& shapes : {std::vector{small, large}, std::vector{large, small}}) {
    const ReferringTruth truth = PaintReasonTruth(shapes, {10, 10});
    EXPECT_EQ(truth.target.At(3, 3), 1);
    EXPECT_EQ(truth.target.At(4, 4), 1);  // the outline belongs to the shape
    EXPECT_EQ(truth.target.At(5, 5), 255);
    EXPECT_EQ(truth.target.At(9, 9), 0);
    EXPECT_FALSE(truth.no_target);
  }
}

TEST(ReasonTruth, OfEqualAreasTheEarlierShapeIsOnTop) {
  const ReasonShape target = Square("target", 2, 5);
  const ReasonShape ignored = Square("ignore", 3, 6);
  EXPECT_EQ(PaintReasonTruth({target, ignored}, {10, 10}).target.At(4, 4), 1);
  EXPECT_EQ(PaintReasonTruth({ignored, target}, {10, 10}).target.At(4, 4), 255);
}

TEST(ReasonTruth, WithoutATargetShapeThereIsNoTarget) {
  EXPECT_TRUE(PaintReasonTruth({}, {4, 4}).no_target);
  EXPECT_TRUE(PaintReasonTruth({Square("ignore", 0, 2)}, {4, 4}).no_target);
  EXPECT_FALSE(PaintReasonTruth({Square("whatever", 0, 2)}, {4, 4}).no_target);
}

TEST(ReasonTruth, LabelsDecideWhateverTheirCaseAndFlagsAreGone) {
  json labels = Labels();
  for (const char* label : {"FLAG", "flags", "Ignore this", "TARGET"}) {
    labels["shapes"].push_back({{"label", label}, {"points", {{1.9, -1.9}}}});
  }
  const std::string text = labels.dump();
  const ReasonFile file = ParseReasonFile(Bytes(text.begin(), text.end()));
  ASSERT_EQ(file.shapes.size(), 3U);
  EXPECT_EQ(file.shapes[0].label, "flags");
  EXPECT_EQ(file.shapes[1].label, "ignore this");
  EXPECT_EQ(file.shapes[0].points[0].x, 1);
  EXPECT_EQ(file.shapes[0].points[0].y, -1);
}

TEST(ReasonTruth, AShapeIsNeverLessThanItsOutline) {
  EXPECT_TRUE(rc::check("outline", [] {
    const int count = *rc::gen::inRange(1, 7);
    ReasonShape shape{"target", {}};
    for (int i = 0; i < count; ++i) {
      shape.points.push_back({*rc::gen::inRange(0, 12), *rc::gen::inRange(0, 9)});
    }
    const ReferringTruth truth = PaintReasonTruth({shape}, {12, 9});
    for (const PaintPoint& point : shape.points) RC_ASSERT(truth.target.At(point.x, point.y) == 1);
  }));
}

// ---- orientation -------------------------------------------------------------

// Where the stored pixels "0 1 2 / 3 4 5" are seen, by the definition of tag 274.
TEST(Orientation, AllEightTurnPicturesAsTheyShould) {
  RgbImage stored({3, 2});
  for (std::uint8_t i = 0; i < 6; ++i) stored.Pixels()[i] = {i, 0, 0};
  const std::array<std::string, 8> seen = {
      "012345", "210543", "543210", "345012", "031425", "304152", "524130", "251403"};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const RgbImage picture = Oriented(stored, orientation);
    std::string text;
    for (const Rgb8& pixel : picture.Pixels()) text += static_cast<char>('0' + pixel.r);
    EXPECT_EQ(text, seen.at(static_cast<std::size_t>(orientation - 1))) << orientation;
    EXPECT_EQ(picture.size(), Oriented(stored.size(), orientation));
  }
  EXPECT_THROW(Oriented(stored, 9), std::logic_error);
}

TEST(Orientation, IsReadInBothByteOrdersAndElseUpright) {
  Bytes big = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 1, 18, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0};
  Bytes little = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 18, 1, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0};
  EXPECT_EQ(ExifOrientation(big), 6);
  EXPECT_EQ(ExifOrientation(little), 8);
  for (Bytes* block : {&big, &little}) {
    const Bytes whole = *block;
    for (std::size_t length = 0; length < whole.size() - 2; ++length) {
      EXPECT_EQ(ExifOrientation(std::span(whole).first(length)), 1) << length;
    }
  }
  big[19] = 9;
  EXPECT_EQ(ExifOrientation(big), 1);
  little[4] = 200;  // a directory beyond the end
  EXPECT_EQ(ExifOrientation(little), 1);
}

}  // namespace
}  // namespace assay
