// Cityscapes:
//   - the label table has the counts, ids and averages of the official one
//   - file names parse into the parts they were made of, and nothing else parses
//   - keys, clusters, order, images and native names; official counts per split
//   - the root may be the folder above gtFine or gtFine itself
//   - a wrong root names the nearest thing found
//   - a truth is accepted iff a naive pixel-by-pixel reading of the rules accepts it
//   - missing halves, sizes that differ and bad pixels are errors with a place
#include "datasets/cityscapes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

#include "datasets/cityscapes_labels.h"
#include "datasets/cityscapes_truth.h"
#include "datasets/io/image.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using ::testing::HasSubstr;

// ---- labels ------------------------------------------------------------------

TEST(CityscapesLabels, NineteenOfThirtyFourClassesAreEvaluatedInTrainIdOrder) {
  const LabelSpace& space = CityscapesLabels();
  ASSERT_EQ(space.classes.size(), 34U);
  int next_train_id = 0;
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < space.classes.size(); ++i) {
    const LabelClass& label = space.classes[i];
    EXPECT_EQ(label.id, i);
    EXPECT_LT(label.category, space.categories.size());
    names.insert(label.name);
    EXPECT_EQ(label.evaluated, label.train_id != 255) << label.name;
    EXPECT_EQ(label.train_id, label.evaluated ? next_train_id++ : 255) << label.name;
  }
  EXPECT_EQ(next_train_id, 19);
  EXPECT_EQ(names.size(), 34U);
}

TEST(CityscapesLabels, TheTenInstanceClassesAreHumansAndVehiclesAndHaveAnAverageSize) {
  int count = 0;
  double sum = 0;
  for (const LabelClass& label : CityscapesLabels().classes) {
    const auto category = CityscapesLabels().categories[label.category];
    EXPECT_EQ(label.has_instances, category == "human" || category == "vehicle") << label.name;
    EXPECT_EQ(label.average_instance_pixels > 0, label.has_instances) << label.name;
    count += label.has_instances ? 1 : 0;
    sum += label.average_instance_pixels;
  }
  EXPECT_EQ(count, 10);
  // The sum of the published table, added apart from this program.
  EXPECT_NEAR(sum, 216027.8053557408, 1e-6);
}

// ---- names -------------------------------------------------------------------

rc::Gen<std::string> Word() {
  return rc::gen::nonEmpty(rc::gen::container<std::string>(
      rc::gen::oneOf(rc::gen::inRange<char>('a', 'z'), rc::gen::inRange<char>('0', '9'))));
}

std::string SixDigits() {
  std::string digits = std::to_string(*rc::gen::inRange(0, 1000000));
  return std::string(6 - digits.size(), '0') + digits;
}

TEST(CityscapesNames, ParseIntoThePartsTheyWereMadeOf) {
  EXPECT_TRUE(rc::check([] {
    const bool six = *rc::gen::arbitrary<bool>();
    const CityscapesName name{.city = *Word(),
                              .sequence = SixDigits(),
                              .frame = SixDigits(),
                              .type = *Word(),
                              .type2 = six ? *Word() : "",
                              .extension = *Word()};
    const std::string text =
        name.Frame() + "_" + name.type + (six ? "_" + name.type2 : "") + "." + name.extension;
    RC_ASSERT(ParseCityscapesName(text) == name);
  }));
}

TEST(CityscapesNames, AnythingElseIsRefused) {
  for (const char* name : {"",
                           "_",
                           ".png",
                           "frankfurt_000000_000294.png",
                           "frankfurt_000000_000294_gtFine_labelIds",
                           "frankfurt_000000_000294_gtFine_labelIds_x.png",
                           "frankfurt_00000_000294_gtFine_labelIds.png",
                           "frankfurt_0000000_000294_gtFine_labelIds.png",
                           "frankfurt_00000a_000294_gtFine_labelIds.png",
                           "frankfurt_000000_-00294_gtFine_labelIds.png",
                           "_000000_000294_gtFine_labelIds.png",
                           "frankfurt_000000_000294__labelIds.png",
                           "frankfurt_000000_000294_gtFine_.png",
                           "frankfurt_000000_000294_gtFine_labelIds."}) {
    EXPECT_EQ(ParseCityscapesName(name), std::nullopt) << name;
  }
}

// ---- the tree ----------------------------------------------------------------

// One frame of 4 x 2 pixels: road, a car, a group of persons.
SemanticTruth TinyTruth() {
  SemanticTruth truth{.labels = LabelMap(Size{4, 2}, 7),
                      .instances = Raster<std::uint16_t>(Size{4, 2}, 7)};
  truth.labels.At(1, 0) = 26;
  truth.instances.At(1, 0) = 26003;
  truth.labels.At(2, 1) = 24;
  truth.instances.At(2, 1) = 24;
  return truth;
}

fs::path WriteFrame(const fs::path& root,
                    const std::string& split,
                    const std::string& city,
                    const std::string& frame,
                    const SemanticTruth& truth = TinyTruth()) {
  const fs::path stem = root / "gtFine" / split / city / (city + "_" + frame + "_gtFine_");
  WriteFile(stem.string() + "labelIds.png", EncodePng(truth.labels));
  WriteFile(stem.string() + "instanceIds.png", EncodePng(truth.instances));
  return stem;
}

TEST(Cityscapes, KeysAreSortedByByteAndClustersAreCities) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path(), "val", "lindau", "000001_000019");
  WriteFrame(folder.Path(), "val", "frankfurt", "000001_000019");
  WriteFrame(folder.Path(), "val", "frankfurt", "000000_000294");
  const auto data = OpenSemantic(folder.Path());
  ASSERT_EQ(data->Size(), 3U);
  const auto item = data->Item(0);
  EXPECT_EQ(item.key, "frankfurt/frankfurt_000000_000294");
  EXPECT_EQ(item.cluster, "frankfurt");
  EXPECT_EQ(item.image,
            folder.Path() / "leftImg8bit/val/frankfurt/frankfurt_000000_000294_leftImg8bit.png");
  ASSERT_EQ(item.native_names.size(), 1U);
  EXPECT_EQ(item.native_names[0].kind, NameRule::Kind::kPrefix);
  EXPECT_EQ(item.native_names[0].text, "frankfurt_000000_000294");
  EXPECT_EQ(item.query.space, &CityscapesLabels());
  EXPECT_EQ(data->Item(1).key, "frankfurt/frankfurt_000001_000019");
  EXPECT_EQ(data->Item(2).key, "lindau/lindau_000001_000019");
}

TEST(Cityscapes, TheTruthIsWhatTheFilesHold) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path(), "val", "frankfurt", "000000_000294");
  const SemanticTruth truth = TruthOf(*OpenSemantic(folder.Path()), 0);
  EXPECT_EQ(truth.labels, TinyTruth().labels);
  EXPECT_EQ(truth.instances, TinyTruth().instances);
}

TEST(Cityscapes, EverySplitHasItsOfficialCount) {
  const test::TemporaryFolder folder;
  for (const char* split : {"train", "val", "test", "mine"}) {
    WriteFrame(folder.Path(), split, "bonn", "000000_000019");
  }
  EXPECT_EQ(OpenSemantic(folder.Path(), "train")->Info().official, 2975);
  EXPECT_EQ(OpenSemantic(folder.Path(), "val")->Info().official, 500);
  EXPECT_EQ(OpenSemantic(folder.Path(), "test")->Info().official, 1525);
  EXPECT_EQ(OpenSemantic(folder.Path(), "mine")->Info().official, 0);
  EXPECT_EQ(OpenSemantic(folder.Path())->Info().split, "val");
  EXPECT_FALSE(OpenSemantic(folder.Path())->Info().synthetic);
}

TEST(Cityscapes, TheRootMayBeGtFineItselfAndMayEndInASlash) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path(), "val", "bonn", "000000_000019");
  const std::string image = OpenSemantic(folder.Path())->Item(0).image;
  for (const std::string& root : {(folder.Path() / "gtFine").string(),
                                  (folder.Path() / "gtFine").string() + "/",
                                  folder.Path().string() + "/./"}) {
    EXPECT_EQ(fs::path(OpenSemantic(root)->Item(0).image).lexically_normal(), image) << root;
  }
}

TEST(Cityscapes, AGtFineInsideGtFineIsAmbiguous) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path(), "val", "bonn", "000000_000019");
  WriteFrame(folder.Path() / "gtFine", "val", "bonn", "000000_000019");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path() / "gtFine"); }),
              HasSubstr("holds another gtFine"));
}

TEST(Cityscapes, AWrongRootNamesTheNearestThing) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path() / "data/cityscapes", "train", "bonn", "000000_000019");
  const fs::path above = folder.Path() / "data/cityscapes";
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }),
              HasSubstr("gtFine deeper in the tree: pass " + above.string()));
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(above, "val"); }), HasSubstr("splits: train"));
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(above / "gtFine/train/bonn", "train"); }),
              HasSubstr("gtFine above: pass " + above.string()));
}

TEST(Cityscapes, CoarseLabelsOrTrainIdsAloneAreNamed) {
  const test::TemporaryFolder folder;
  fs::create_directories(folder.Path() / "gtCoarse/val");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }), HasSubstr("gtCoarse"));
  const fs::path bonn = folder.Path() / "gtFine/val/bonn";
  WriteText(bonn / "bonn_000000_000019_gtFine_labelTrainIds.png", "x");
  WriteText(bonn / "bonn_000001_000019_gtFine_labelTrainIds.png", "x");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }),
              HasSubstr("2 *_gtFine_labelTrainIds.png but no labelIds"));
}

TEST(Cityscapes, AMissingHalfOrAStrangeNameIsAnError) {
  const test::TemporaryFolder folder;
  const fs::path stem = WriteFrame(folder.Path(), "val", "bonn", "000000_000019");
  fs::remove(stem.string() + "instanceIds.png");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }),
              HasSubstr("bonn_000000_000019_gtFine_instanceIds.png"));
  WriteFrame(folder.Path(), "val", "bonn", "000000_000019");
  WriteFrame(folder.Path(), "val", "bonn", "0_19");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }), HasSubstr("bonn_0_19_gtFine"));
}

TEST(Cityscapes, AFrameInTheFolderOfAnotherCityIsAnError) {
  const test::TemporaryFolder folder;
  WriteFrame(folder.Path(), "val", "bonn", "000000_000019");
  fs::rename(folder.Path() / "gtFine/val/bonn", folder.Path() / "gtFine/val/ulm");
  EXPECT_THAT(ErrorOf([&] { OpenSemantic(folder.Path()); }), HasSubstr("city of its folder"));
}

// ---- truth checks --------------------------------------------------------------

// The rules read off the specification one pixel at a time.
bool NaiveAccepts(const SemanticTruth& truth) {
  for (int y = 0; y < truth.labels.height(); ++y) {
    for (int x = 0; x < truth.labels.width(); ++x) {
      const int label = truth.labels.At(x, y);
      const int value = truth.instances.At(x, y);
      if (label > 33) return false;
      const LabelClass& name = CityscapesLabels().classes[static_cast<std::size_t>(label)];
      if (value < 1000 && value != label) return false;
      if (value >= 1000 && (value / 1000 != label || !name.has_instances)) return false;
    }
  }
  return true;
}

bool Accepts(const SemanticTruth& truth) {
  try {
    CheckCityscapesTruth(truth, "labels.png", "instances.png", "key");
    return true;
  } catch (const DatasetError&) {
    return false;
  }
}

// Mostly right, so that both answers occur often.
SemanticTruth AnyTruth() {
  const Size size{*rc::gen::inRange(1, 40), *rc::gen::inRange(1, 4)};
  SemanticTruth truth{.labels = LabelMap(size), .instances = Raster<std::uint16_t>(size)};
  for (std::size_t i = 0; i < size.Pixels(); ++i) {
    const int label = *rc::gen::inRange(0, 34);
    const bool counted = label >= 24 && *rc::gen::arbitrary<bool>();
    truth.labels.Pixels()[i] = static_cast<std::uint8_t>(label);
    truth.instances.Pixels()[i] =
        static_cast<std::uint16_t>(counted ? label * 1000 + *rc::gen::inRange(0, 1000) : label);
  }
  if (*rc::gen::arbitrary<bool>()) {
    const auto at = *rc::gen::inRange<std::size_t>(0, size.Pixels());
    truth.labels.Pixels()[at] = *rc::gen::arbitrary<std::uint8_t>();
  }
  if (*rc::gen::arbitrary<bool>()) {
    const auto at = *rc::gen::inRange<std::size_t>(0, size.Pixels());
    truth.instances.Pixels()[at] = *rc::gen::arbitrary<std::uint16_t>();
  }
  return truth;
}

TEST(CityscapesTruth, IsAcceptedIffANaiveReadingOfTheRulesAcceptsIt) {
  EXPECT_TRUE(rc::check([] {
    const SemanticTruth truth = AnyTruth();
    const bool accepted = NaiveAccepts(truth);
    RC_CLASSIFY(accepted);
    RC_ASSERT(Accepts(truth) == accepted);
  }));
}

// Every id and the values around every multiple of 1000.
std::vector<std::uint16_t> TellingValues() {
  std::vector<std::uint16_t> values = {255, 500, 65535};
  for (int id = 0; id <= 65; ++id) {
    values.push_back(static_cast<std::uint16_t>(id));
    for (const int offset : {-1, 0, 1, 500}) {
      if (id > 0) values.push_back(static_cast<std::uint16_t>(id * 1000 + offset));
    }
  }
  return values;
}

// Runs of equal pixels, as real label images have, with one fault somewhere.
TEST(CityscapesTruth, TheFirstBadPixelIsNamedWhereverItLies) {
  EXPECT_TRUE(rc::check([] {
    const Size size{*rc::gen::inRange(1, 50), *rc::gen::inRange(1, 5)};
    SemanticTruth truth{.labels = LabelMap(size, 26),
                        .instances = Raster<std::uint16_t>(size, 26001)};
    const int x = *rc::gen::inRange(0, size.width);
    const int y = *rc::gen::inRange(0, size.height);
    truth.labels.At(x, y) = 200;
    const std::string place = "pixel (" + std::to_string(x) + ", " + std::to_string(y) + ")";
    const std::string text =
        ErrorOf([&] { CheckCityscapesTruth(truth, "labels", "instances", "key"); });
    RC_ASSERT(text.find(place) != std::string::npos);
  }));
}

TEST(CityscapesTruth, EveryPairOfLabelAndValueIsJudgedByTheRules) {
  for (int label = 0; label < 256; ++label) {
    for (const std::uint16_t value : TellingValues()) {
      const SemanticTruth truth{.labels = LabelMap(Size{1, 1}, static_cast<std::uint8_t>(label)),
                                .instances = Raster<std::uint16_t>(Size{1, 1}, value)};
      ASSERT_EQ(Accepts(truth), NaiveAccepts(truth)) << label << " " << value;
    }
  }
}

std::string ProblemOf(const SemanticTruth& truth) {
  return ErrorOf([&] { CheckCityscapesTruth(truth, "a_labelIds.png", "a_instanceIds.png", "k"); });
}

TEST(CityscapesTruth, ErrorsNameFilePixelAndReason) {
  SemanticTruth truth = TinyTruth();
  truth.labels.At(3, 1) = 255;
  EXPECT_THAT(ProblemOf(truth), HasSubstr("a_labelIds.png (sample k): pixel (3, 1)"));
  EXPECT_THAT(ProblemOf(truth), HasSubstr("255 is a train id"));
  truth = TinyTruth();
  truth.instances.At(0, 1) = 7000;
  EXPECT_THAT(ProblemOf(truth), HasSubstr("a_instanceIds.png (sample k): pixel (0, 1)"));
  EXPECT_THAT(ProblemOf(truth), HasSubstr("class 7 (road) has no instances"));
  truth = TinyTruth();
  truth.labels.At(1, 0) = 24;
  EXPECT_THAT(ProblemOf(truth), HasSubstr("label 24 (person)"));
  EXPECT_THAT(ProblemOf(truth), HasSubstr("26 (car) (value 26003)"));
}

TEST(CityscapesTruth, SizesThatDifferAreAnError) {
  SemanticTruth truth = TinyTruth();
  truth.instances = Raster<std::uint16_t>(Size{2, 4}, 7);
  EXPECT_THAT(ProblemOf(truth),
              HasSubstr("a_labelIds.png (sample k): 4x2 (width x height) pixels, but "
                        "a_instanceIds.png has 2x4"));
}

}  // namespace
}  // namespace assay
