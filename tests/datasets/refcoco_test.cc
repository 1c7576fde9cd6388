// The RefCOCO family:
//   - splits follow refer's rule, gRefCOCO's go by name; a split that is not there lists
//     those that are
//   - the root may be above the set or the set itself; images lie in any usual folder
//   - a pickle, its JSON copy and both side by side; a list given by hand
//   - what a complete refs file holds is known for some splits, the rest is a note
//   - refs and annotations that do not fit name the ref: absent, of another image, ids
//     given twice, sent_ids that do not match, -1 where only gRefCOCO may have it
//   - an annotation that cannot be drawn names sample and annotation
//   - every form of segmentation: polygons, boxes, runs, lists of runs, none
//   - parts count up to 2
#include "datasets/refcoco.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "datasets/coco_parts.h"
#include "datasets/io/errors.h"
#include "datasets/refer_records.h"
#include "tests/datasets/trees.h"
#include "tests/support/random_samples.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

json Sentence(int id) { return {{"sent_id", id}, {"sent", "cup " + std::to_string(id)}}; }

json Ref(int id, const json& annotation, const std::string& split, std::vector<int> sentences) {
  json ref = {{"ref_id", id},
              {"ann_id", annotation},
              {"image_id", 5},
              {"split", split},
              {"sent_ids", sentences},
              {"sentences", json::array()}};
  for (const int sentence : sentences) ref["sentences"].push_back(Sentence(sentence));
  return ref;
}

json Annotation(int id, const json& segmentation, int image = 5) {
  return {{"id", id}, {"image_id", image}, {"segmentation", segmentation}, {"iscrowd", 0}};
}

// A set in a fresh folder: two annotations on one image of 12 x 8.
struct Tree {
  test::TemporaryFolder folder;
  std::string set = "refcocog";
  std::string refs_name = "refs(umd).json";
  json refs = json::array({Ref(1, 10, "val", {100, 101}), Ref(2, 11, "train", {102})});
  json instances = {
      {"images",
       json::array({{{"id", 5}, {"file_name", "a.jpg"}, {"height", 8}, {"width", 12}},
                    {{"id", 6}, {"file_name", "b.jpg"}, {"height", 8}, {"width", 12}}})},
      {"annotations",
       json::array({Annotation(10, {{1, 1, 9, 1, 9, 6}}), Annotation(11, json::array())})}};

  const fs::path& Root() const { return folder.Path(); }
  void Write() const {
    WriteText(Root() / set / refs_name, refs.dump());
    WriteText(Root() / set / "instances.json", instances.dump());
  }
  std::unique_ptr<Dataset<ReferringTask>> Open(const std::string& split = "",
                                               const std::string& name = "refcocog-umd") const {
    Write();
    return OpenRefer(name, {.root = Root(), .split = split, .list = {}});
  }
  std::string Error(const std::string& split = "", const std::string& name = "refcocog-umd") const {
    return ErrorOf([&] { Open(split, name); });
  }
};

struct GeneralisedTree : Tree {
  GeneralisedTree() {
    set = "grefcoco";
    refs_name = "grefs(unc).json";
    refs = json::array({Ref(1, {10, 11}, "val", {100}), Ref(2, {-1}, "testA", {101})});
  }
};

// ---- splits ----------------------------------------------------------------

TEST(ReferSplits, FollowTheRuleOfRefer) {
  for (const auto& [wanted, chosen] : std::vector<std::pair<std::string, std::vector<std::string>>>{
           {"train", {"train"}},
           {"val", {"val"}},
           {"test", {"test", "testA", "testB", "testAB", "testC"}},
           {"testA", {"testA", "testAB"}},
           {"testB", {"testB", "testAB"}},
           {"testC", {"testC"}},
           {"dev", {}}}) {
    std::vector<std::string> found;
    for (const char* split : {"train", "val", "test", "testA", "testB", "testAB", "testC"}) {
      if (IsInReferSplit(split, wanted)) found.emplace_back(split);
    }
    EXPECT_EQ(found, chosen) << wanted;
  }
}

std::string ConfigErrorOf(const Tree& tree, const std::string& split, const std::string& name) {
  try {
    tree.Open(split, name);
  } catch (const ConfigError& e) {
    return e.what();
  }
  ADD_FAILURE() << "no ConfigError";
  return "";
}

TEST(Refer, ASplitThatIsNotThereListsThoseThatAre) {
  const Tree tree;
  EXPECT_THAT(ConfigErrorOf(tree, "dev", "refcocog-umd"), HasSubstr("not 'dev'"));
  EXPECT_THAT(ConfigErrorOf(tree, "test", "refcocog-umd"), HasSubstr("train, val"));
  EXPECT_THAT(ConfigErrorOf(GeneralisedTree(), "test", "grefcoco-unc"), HasSubstr("testA, val"));
}

TEST(Refer, GeneralisedSplitsGoByName) {
  const GeneralisedTree tree;
  EXPECT_THAT(KeysOf(*tree.Open("testA", "grefcoco-unc")), ElementsAre("2/101"));
  EXPECT_THAT(KeysOf(*tree.Open("", "grefcoco-unc")), ElementsAre("1/100"));
}

TEST(Refer, EverySentenceOfARefIsASampleInFileOrder) {
  Tree tree;
  tree.refs = json::array(
      {Ref(9, 10, "val", {31, 30}), Ref(7, 11, "train", {29}), Ref(8, 11, "val", {28})});
  const auto data = tree.Open();
  EXPECT_THAT(KeysOf(*data), ElementsAre("9/31", "9/30", "8/28"));
  EXPECT_EQ(data->Info().official, 3);
  EXPECT_EQ(data->Item(0).cluster, "5");
  EXPECT_EQ(data->Item(0).native_names.front().text, "31");
}

// ---- where things lie --------------------------------------------------------

TEST(Refer, TheRootMayBeTheSetItselfAndImagesLieInAnyUsualFolder) {
  for (const char* images : {"images/mscoco/images/train2014", "images/train2014", "train2014"}) {
    const Tree tree;
    tree.Write();
    fs::create_directories(tree.Root() / images);
    for (const fs::path& root : {tree.Root(), tree.Root() / "refcocog"}) {
      const auto data = OpenRefer("refcocog-umd", {.root = root, .split = "", .list = {}});
      EXPECT_EQ(data->Item(0).image, tree.Root() / images / "a.jpg");
      EXPECT_THAT(data->Info().notes, Not(Contains(HasSubstr("models cannot be run"))));
    }
  }
  EXPECT_THAT(Tree().Open()->Info().notes, Contains(HasSubstr("models cannot be run")));
}

TEST(Refer, WhereJsonAndPickleLieSideBySideTheJsonIsReadAndANoteSaysSo) {
  const Tree tree;
  WriteText(tree.Root() / "refcocog/refs(umd).p", "cos\nsystem\n");
  EXPECT_THAT(tree.Open()->Info().notes, Contains(HasSubstr(".p beside it")));
  fs::remove(tree.Root() / "refcocog/refs(umd).json");
  EXPECT_THAT(
      ErrorOf([&] { OpenRefer("refcocog-umd", {.root = tree.Root(), .split = "", .list = {}}); }),
      AllOf(HasSubstr("refs(umd).p"), HasSubstr("GLOBAL"), HasSubstr("JSON")));
}

TEST(Refer, AListGivenByHandIsReadInstead) {
  Tree tree;
  tree.Write();
  const fs::path list = tree.Root() / "mine.json";
  WriteText(list, json::array({Ref(3, 10, "val", {7})}).dump());
  EXPECT_THAT(KeysOf(*OpenRefer("refcocog-umd", {.root = tree.Root(), .split = "", .list = list})),
              ElementsAre("3/7"));
}

TEST(Refer, AWrongRootSaysWhatWasLookedForAndWhatIsThere) {
  const Tree tree;
  tree.Write();
  const auto error = [](const std::string& name, const fs::path& root) {
    return ErrorOf([&] { OpenRefer(name, {.root = root, .split = "", .list = {}}); });
  };
  EXPECT_THAT(error("refcoco-unc", tree.Root()),
              AllOf(HasSubstr("looked for refcoco/refs(unc)"),
                    HasSubstr("tried " + tree.Root().string()),
                    HasSubstr("refcocog, which is another set")));
  EXPECT_THAT(error("refcocog-google", tree.Root()), HasSubstr("refs(umd).json"));
  EXPECT_THAT(error("refcocog-umd", tree.Root().parent_path() / "absent"),
              HasSubstr("does not exist"));
  test::TemporaryFolder above;
  fs::create_directories(above.Path() / "data");
  fs::copy(tree.Root(), above.Path() / "data", fs::copy_options::recursive);
  EXPECT_THAT(error("refcocog-umd", above.Path()),
              HasSubstr("pass " + (above.Path() / "data").string()));
}

TEST(Refer, TheSetsAreSortedAndAnUnknownOneIsOurFault) {
  const auto sets = ReferSets();
  EXPECT_TRUE(std::is_sorted(
      sets.begin(), sets.end(), [](const auto& a, const auto& b) { return a.name < b.name; }));
  EXPECT_THROW(OpenRefer("refcoco", {}), std::invalid_argument);
}

TEST(Refer, ARefsFileOfAnotherLengthThanTheOfficialOneCannotBeComplete) {
  const Tree tree;
  EXPECT_FALSE(tree.Open()->Info().can_be_complete);
  EXPECT_THAT(tree.Open()->Info().notes,
              Contains(HasSubstr("has 1 refs in this split, the official one 2573")));
  const GeneralisedTree other;
  EXPECT_TRUE(other.Open("", "grefcoco-unc")->Info().can_be_complete);
  EXPECT_THAT(other.Open("", "grefcoco-unc")->Info().notes,
              Contains(HasSubstr("no official count is known")));
}

// ---- what does not fit -------------------------------------------------------

TEST(Refer, RefsAndAnnotationsThatDoNotFitNameTheRef) {
  Tree tree;
  tree.refs[1]["image_id"] = 77;
  EXPECT_THAT(tree.Error(), AllOf(HasSubstr("ref 2"), HasSubstr("no image 77")));
  tree.refs[1]["image_id"] = 6;
  EXPECT_THAT(tree.Error(), AllOf(HasSubstr("ref 2"), HasSubstr("its image is 6")));
  tree.refs[1] = Ref(2, 12, "train", {102});
  EXPECT_THAT(tree.Error(), AllOf(HasSubstr("ref 2"), HasSubstr("no annotation 12")));
  for (const json& several : {json{10, 11}, json{-1}, json(-1)}) {
    tree.refs[1] = Ref(2, several, "train", {102});
    EXPECT_THAT(tree.Error(), AllOf(HasSubstr("ref 2"), HasSubstr("only gRefCOCO")));
  }
}

TEST(Refer, MalformedRefsNameTheirPlace) {
  const auto error = [](const std::function<void(json&)>& damage) {
    Tree tree;
    damage(tree.refs);
    return tree.Error();
  };
  EXPECT_THAT(error([](json& refs) { refs[1]["ref_id"] = 1; }),
              HasSubstr("refs[1] repeats the id 1"));
  EXPECT_THAT(error([](json& refs) { refs[1]["sentences"][0]["sent_id"] = 101; }),
              HasSubstr("refs[1].sentences[0] repeats the id 101"));
  EXPECT_THAT(error([](json& refs) { refs[0]["sent_ids"] = {100}; }),
              HasSubstr("refs[0] has 1 sent_ids and 2 sentences"));
  for (const char* field : {"ref_id", "ann_id", "image_id", "split", "sent_ids", "sentences"}) {
    EXPECT_THAT(error([&](json& refs) { refs[1].erase(field); }),
                HasSubstr("refs[1] has no \"" + std::string(field) + "\""));
    EXPECT_THAT(error([&](json& refs) { refs[1][field] = json::object(); }),
                HasSubstr("refs[1]." + std::string(field)));
  }
  EXPECT_THAT(error([](json& refs) { refs[0]["sentences"][1].erase("sent"); }),
              HasSubstr("refs[0].sentences[1] has no \"sent\""));
  EXPECT_THAT(error([](json& refs) { refs[0] = 5; }), HasSubstr("refs[0] is no object"));
  EXPECT_THAT(error([](json& refs) { refs = json::object(); }), HasSubstr("no list of refs"));
}

TEST(Refer, MinusOneStandsAlone) {
  GeneralisedTree tree;
  tree.refs[0]["ann_id"] = {10, -1};
  EXPECT_THAT(tree.Error("", "grefcoco-unc"), HasSubstr("-1 among other annotations"));
  tree.refs[0]["ann_id"] = json::array();
  EXPECT_THAT(tree.Error("", "grefcoco-unc"), HasSubstr("ann_id is empty"));
}

TEST(Refer, DamagedFilesAreNamed) {
  Tree tree;
  tree.Write();
  const auto open = [&] {
    OpenRefer("refcocog-umd", {.root = tree.Root(), .split = "", .list = {}});
  };
  WriteText(tree.Root() / "refcocog/refs(umd).json", "[{");
  EXPECT_THAT(ErrorOf(open), AllOf(HasSubstr("refs(umd).json"), HasSubstr("no JSON")));
  tree.Write();
  WriteText(tree.Root() / "refcocog/instances.json", "{\"images\": []}");
  EXPECT_THAT(ErrorOf(open), AllOf(HasSubstr("instances.json"), HasSubstr("annotations")));
  fs::remove(tree.Root() / "refcocog/instances.json");
  EXPECT_THAT(ErrorOf(open), AllOf(HasSubstr("instances.json"), HasSubstr("no such file")));
}

TEST(Refer, AnAnnotationThatCannotBeDrawnNamesSampleAndAnnotation) {
  for (const auto& [segmentation, problem] : std::vector<std::pair<json, std::string>>{
           {{{1, 2, 3, 4, 5}}, "an x without a y"},
           {{{1, 2, 3, "x", 5, 6}}, "no number"},
           {{{"size", {9, 12}}, {"counts", {108}}}, "size"},
           {{{"size", {8, 12}}, {"counts", {1, 2}}}, "96"},
           {{{"size", {8, 12}}, {"counts", "~"}}, "character"},
           {{{"size", {8, 12}}}, "counts"},
           {"text", "neither a list nor an object"},
           {json::array({json::array({1, 2, 3, 4}), json::array({1, 2, 3})}), "boxes"}}) {
    Tree tree;
    tree.instances["annotations"][0]["segmentation"] = segmentation;
    const auto data = tree.Open();
    EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }),
                AllOf(HasSubstr("instances.json"),
                      HasSubstr("sample 1/100"),
                      HasSubstr("annotation 10"),
                      HasSubstr(problem)))
        << segmentation;
  }
}

TEST(Refer, AFileThatChangesUnderneathIsNoTruth) {
  const Tree tree;
  const auto data = tree.Open();
  // In place: a file that is replaced is read on as it was opened.
  const auto overwrite = [&](std::string_view text) {
    std::ofstream(tree.Root() / "refcocog/instances.json") << text;
  };
  overwrite("{}");
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("sample 1/100"));
  overwrite(std::string(10000, 'x'));
  EXPECT_THAT(ErrorOf([&] { TruthOf(*data, 0); }), HasSubstr("was changed"));
}

// ---- parts -------------------------------------------------------------------

TEST(CocoParts, RunsAreReadAsTextAndAsNumbers) {
  EXPECT_TRUE(rc::check("runs", [] {
    const Size size = test::AnySize(9, 7);
    const Mask mask = test::AnyRaster(size, rc::gen::element<std::uint8_t>(0, 1));
    const RunLengthMask runs = ToRuns(mask);
    const json shape = {size.height, size.width};
    const json text = {{"size", shape}, {"counts", EncodeRuns(runs)}};
    const json numbers = {{"size", shape}, {"counts", runs.runs}};
    for (const PolygonRule rule : {PolygonRule::kPycocotools, PolygonRule::kRela}) {
      RC_ASSERT(DecodeParts(text, size, rule) == std::vector{runs});
      RC_ASSERT(DecodeParts(numbers, size, rule) == std::vector{runs});
      RC_ASSERT(DecodeParts({text, numbers}, size, rule) == (std::vector{runs, runs}));
    }
  }));
}

TEST(CocoParts, ShortPolygonsAreBoxesOrDropped) {
  const Size size{12, 8};
  const json box = {{1, 1, 3, 2}};
  EXPECT_EQ(Area(DecodeParts(box, size, PolygonRule::kPycocotools).at(0)), 6);
  EXPECT_THAT(DecodeParts(box, size, PolygonRule::kRela), IsEmpty());
  EXPECT_THAT(DecodeParts({{1, 2, 3, 4, 5, 6, 7}}, size, PolygonRule::kRela), IsEmpty());
  EXPECT_THAT(DecodeParts(json::array(), size, PolygonRule::kPycocotools), IsEmpty());
}

TEST(CocoParts, PixelsCountTheirPartsUpToTwo) {
  EXPECT_TRUE(rc::check("counts", [] {
    const Size size = test::AnySize(9, 7);
    Raster<std::uint8_t> target(size);
    std::vector<int> expected(size.Pixels());
    const int parts = *rc::gen::inRange(0, 5);
    for (int part = 0; part < parts; ++part) {
      const Mask mask = test::AnyRaster(size, rc::gen::element<std::uint8_t>(0, 1));
      AddPart(ToRuns(mask), target);
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += mask.Pixels()[i];
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      RC_ASSERT(static_cast<int>(target.Pixels()[i]) == std::min(expected[i], 2));
    }
  }));
}

}  // namespace
}  // namespace assay
