// Synthetic trees of referring segmentation:
//   - they open, are complete and say that they are synthetic, whatever their size
//   - every split that a protocol evaluates is as large and holds other samples
//   - equal seeds give equal bytes, others others; impossible sizes are refused
//   - the truth of an expression covers the pixels that have its colour in the picture
//   - parts that overlap, targets that are several, none or ignored, and both kinds of
//     text occur
//   - pickles come back as the data they were written from
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/pickle.h"
#include "datasets/reasonseg.h"
#include "datasets/refcoco.h"
#include "datasets/synthetic/pickle_writer.h"
#include "datasets/synthetic/shape_scene.h"
#include "datasets/synthetic/trees.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using nlohmann::json;

using Data = std::unique_ptr<Dataset<ReferringTask>>;

struct Layout {
  std::string name;
  void (*write)(const fs::path&, const SynthOptions&);
  Data (*open)(const DatasetOptions&);
};

const std::vector<Layout>& Layouts() {
  static const std::vector<Layout> kLayouts = {
      {"grefcoco",
       WriteGrefCocoTree,
       [](const DatasetOptions& options) { return OpenRefer("grefcoco-unc", options); }},
      {"reasonseg", WriteReasonSegTree, OpenReasonSeg},
      {"refcoco",
       WriteRefCocoTree,
       [](const DatasetOptions& options) { return OpenRefer("refcoco-unc", options); }},
      {"refcocog",
       WriteRefCocoGTree,
       [](const DatasetOptions& options) { return OpenRefer("refcocog-umd", options); }},
      {"refcocoplus",
       WriteRefCocoPlusTree,
       [](const DatasetOptions& options) { return OpenRefer("refcoco+-unc", options); }},
  };
  return kLayouts;
}

Data WriteAndOpen(const Layout& layout, const fs::path& root, const SynthOptions& options) {
  layout.write(root, options);
  return layout.open({.root = root, .split = "", .list = {}});
}

TEST(ReferTrees, AreCompleteAndSaySoWhateverTheirSize) {
  for (const Layout& layout : Layouts()) {
    for (const int samples : {1, 2, 3, 4, 7}) {
      SCOPED_TRACE(layout.name + " " + std::to_string(samples));
      const test::TemporaryFolder folder;
      const Data data = WriteAndOpen(layout, folder.Path(), {samples, 3});
      EXPECT_EQ(data->Size(), static_cast<std::size_t>(samples));
      EXPECT_EQ(data->Info().official, samples);
      EXPECT_TRUE(data->Info().synthetic);
      EXPECT_TRUE(data->Info().can_be_complete);
      EXPECT_THAT(data->Info().notes, ::testing::IsEmpty());
      for (std::size_t i = 0; i < data->Size(); ++i) {
        EXPECT_EQ(data->Image(i).size(), TruthOf(*data, i).target.size());
        EXPECT_FALSE(data->Item(i).query.expression.empty());
      }
    }
  }
}

struct Split {
  std::string layout, dataset, split;
};

TEST(ReferTrees, EverySplitThatIsEvaluatedIsCompleteAndHoldsOtherSamples) {
  const std::vector<Split> splits = {{"reasonseg", "reasonseg", "test"},
                                     {"refcoco", "refcoco-unc", "testA"},
                                     {"refcoco", "refcoco-unc", "testB"},
                                     {"refcocog", "refcocog-umd", "test"},
                                     {"refcocoplus", "refcoco+-unc", "testA"},
                                     {"refcocoplus", "refcoco+-unc", "testB"}};
  for (const Split& row : splits) {
    SCOPED_TRACE(row.layout + " " + row.split);
    const SyntheticTree tree(row.layout, 5);
    const auto open = [&](const std::string& split) {
      return std::get<Data>(OpenTree(row.dataset, tree.Root(), split));
    };
    const Data val = open("val");
    const Data other = open(row.split);
    EXPECT_EQ(other->Size(), 5U);
    EXPECT_EQ(other->Info().official, 5);
    for (std::size_t i = 0; i < other->Size(); ++i) {
      EXPECT_NE(ReadFile(other->Item(i).image), ReadFile(val->Item(i).image));
    }
  }
}

TEST(ReferTrees, LongAndShortQueriesMakeUpTheTestSplit) {
  const SyntheticTree tree("reasonseg", 5);
  for (const auto& [split, size] : {std::pair("test-long", 3), std::pair("test-short", 2)}) {
    const AnyDataset data = OpenTree("reasonseg", tree.Root(), split);
    EXPECT_EQ(SizeOf(data), static_cast<std::size_t>(size));
    EXPECT_EQ(InfoOf(data).official, size);
  }
}

TEST(ReferTrees, GooglesFileLacksTheTestSplit) {
  const SyntheticTree tree("refcocog", 4);
  EXPECT_EQ(SizeOf(OpenTree("refcocog-google", tree.Root())), 4U);
  EXPECT_THROW(OpenTree("refcocog-google", tree.Root(), "test"), ConfigError);
}

std::map<std::string, Bytes> Files(const fs::path& root) {
  std::map<std::string, Bytes> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) {
      files[fs::relative(entry.path(), root).string()] = ReadFile(entry.path());
    }
  }
  return files;
}

TEST(ReferTrees, EqualSeedsGiveEqualBytesAndOthersOthers) {
  for (const Layout& layout : Layouts()) {
    const test::TemporaryFolder one, again, other;
    layout.write(one.Path(), {4, 5});
    layout.write(again.Path(), {4, 5});
    layout.write(other.Path(), {4, 6});
    EXPECT_EQ(Files(one.Path()), Files(again.Path())) << layout.name;
    EXPECT_NE(Files(one.Path()), Files(other.Path())) << layout.name;
    EXPECT_THROW(layout.write(one.Path(), {0, 5}), ConfigError);
    EXPECT_THROW(layout.write(one.Path(), {1000000, 5}), ConfigError);
  }
}

// JPEG changes a colour by a few steps, more at edges.
bool IsNear(const Rgb8& a, const Rgb8& b) {
  const auto near = [](std::uint8_t x, std::uint8_t y) { return std::abs(x - y) <= 24; };
  return near(a.r, b.r) && near(a.g, b.g) && near(a.b, b.b);
}

TEST(ReferTrees, TheTruthCoversThePixelsOfItsColour) {
  const std::map<std::string, Rgb8> colours = {{"blue", {40, 70, 220}},
                                               {"green", {40, 170, 60}},
                                               {"purple", {150, 40, 170}},
                                               {"red", {220, 40, 40}},
                                               {"white", {250, 250, 250}},
                                               {"yellow", {235, 215, 40}}};
  const test::TemporaryFolder folder;
  const Data data = WriteAndOpen(Layouts()[2], folder.Path(), {9, 1});
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const std::string said = data->Item(i).query.expression;
    const auto colour = std::find_if(colours.begin(), colours.end(), [&](const auto& entry) {
      return said.find(entry.first) != std::string::npos;
    });
    ASSERT_NE(colour, colours.end()) << said;
    const ReferringTruth truth = TruthOf(*data, i);
    const RgbImage image = data->Image(i);
    int inside = 0, right = 0, outside_wrong = 0;
    for (std::size_t p = 0; p < image.Pixels().size(); ++p) {
      const bool coloured = IsNear(image.Pixels()[p], colour->second);
      const bool target = truth.target.Pixels()[p] > 0;
      inside += target ? 1 : 0;
      right += target && coloured ? 1 : 0;
      outside_wrong += !target && coloured ? 1 : 0;
    }
    EXPECT_GT(inside, 100) << said;
    EXPECT_GT(right, inside * 0.6) << said;
    EXPECT_LT(outside_wrong, inside * 0.05) << said;
  }
}

TEST(ReferTrees, EveryCaseOfTheTaskOccurs) {
  const test::TemporaryFolder folder, generalised, reason;
  const auto has = [](const ReferringTruth& truth, std::uint8_t value) {
    const auto pixels = truth.target.Pixels();
    return std::find(pixels.begin(), pixels.end(), value) != pixels.end();
  };
  const Data refer = WriteAndOpen(Layouts()[2], folder.Path(), {20, 1});
  int overlaps = 0;
  for (std::size_t i = 0; i < refer->Size(); ++i) overlaps += has(TruthOf(*refer, i), 2) ? 1 : 0;
  EXPECT_GT(overlaps, 0);
  EXPECT_LT(overlaps, 20);
  const Data general = WriteAndOpen(Layouts()[0], generalised.Path(), {6, 1});
  EXPECT_EQ(general->ReadTruth(0).size(), 4U);  // the image and three targets
  EXPECT_TRUE(TruthOf(*general, 1).no_target);
  EXPECT_FALSE(TruthOf(*general, 2).no_target);
  const Data asked = WriteAndOpen(Layouts()[1], reason.Path(), {2, 1});
  EXPECT_TRUE(asked->Item(0).query.is_sentence);
  EXPECT_FALSE(asked->Item(1).query.is_sentence);
  for (const std::uint8_t value : std::initializer_list<std::uint8_t>{0, 1, 255}) {
    EXPECT_TRUE(has(TruthOf(*asked, 0), value));
  }
}

TEST(ReferTrees, PicklesComeBackAsTheDataTheyWereWrittenFrom) {
  EXPECT_TRUE(rc::check("pickles", [] {
    const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
    const json value = {{"text", text},
                        {text, *rc::gen::arbitrary<std::int64_t>()},
                        {"list", {*rc::gen::arbitrary<bool>(), nullptr, json::array()}}};
    const std::string pickle = WritePickle(value);
    RC_ASSERT(DecodePickle(Bytes(pickle.begin(), pickle.end()), "x.p") == value);
  }));
  EXPECT_THROW(WritePickle(0.5), std::invalid_argument);
  EXPECT_THROW(WritePickle("\u00e9"), std::invalid_argument);
}

}  // namespace
}  // namespace assay
