// SA-Co/Gold:
//   - a tree written with pycocotools is read exactly: pairs in the order of file a,
//     phrases, every mask, box and crowd of each annotator, in the order of its file
//   - a pair counts when all annotators in use call it exhaustive; one annotator alone
//     has its own pairs and order
//   - a truth's bytes cover the pair's own objects: laying the file out anew changes none,
//     changing one pair changes that pair only
//   - seven subsets with their official counts, by protocol name and by file part
//   - every accepted folder; two at once are refused
//   - each fault is a DatasetError with the file, the pair and what to do
//   - a file cut off anywhere is an error; changed bytes never crash
//   - what is odd but harmless is a note
#include "datasets/saco.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/saco_file.h"
#include "datasets/saco_subsets.h"
#include "datasets/synthetic/manifest.h"
#include "tests/datasets/samples.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const char* const kPart = "fg_food";

json Expected() { return json::parse(ReadText(SampleFolder() / "saco_expected.json")); }

std::string FileOf(char annotator, const std::string& part = kPart) {
  return "gold_" + part + "_merged_" + annotator + "_release_test.json";
}

// A copy of the sample that may be damaged.
class Copy {
 public:
  Copy() { fs::copy(SampleFolder() / "saco", Root(), fs::copy_options::recursive); }
  const fs::path& Root() const { return folder_.Path(); }
  fs::path File(char annotator) const { return Root() / "annotations" / FileOf(annotator); }
  json Read(char annotator) const { return json::parse(ReadText(File(annotator))); }
  void Edit(char annotator, const std::function<void(json&)>& edit) const {
    json whole = Read(annotator);
    edit(whole);
    WriteText(File(annotator), whole.dump());
  }
  std::unique_ptr<Dataset<InstancesTask>> Open(
      InstanceAnnotators annotators = InstanceAnnotators::kOracle) const {
    return OpenSaco({.root = Root(), .split = "food", .list = {}}, annotators);
  }
  // What opening and reading every truth ends with.
  std::string Error() const {
    return ErrorOf([&] {
      const auto data = Open();
      for (std::size_t i = 0; i < data->Size(); ++i) TruthOf(*data, i);
    });
  }
  std::string ErrorAfter(char annotator, const std::function<void(json&)>& edit) const {
    Edit(annotator, edit);
    return Error();
  }

 private:
  test::TemporaryFolder folder_;
};

json& WithId(json& list, std::int64_t id, const char* field = "id") {
  for (json& entry : list) {
    if (entry.at(field) == id) return entry;
  }
  throw std::logic_error("no such entry");
}
json& PairOf(json& whole, std::int64_t id) { return WithId(whole.at("images"), id); }
json& AnnotationOf(json& whole, std::int64_t pair) {
  return WithId(whole.at("annotations"), pair, "image_id");
}

std::vector<std::string> TruthBytes(const Dataset<InstancesTask>& data, std::size_t index) {
  std::vector<std::string> texts;
  for (const RawPart& part : data.ReadTruth(index)) {
    texts.emplace_back(part.bytes.begin(), part.bytes.end());
  }
  return texts;
}

// ---- what is read ------------------------------------------------------------

json Described(const Annotation& annotation) {
  json objects = json::array();
  for (const TrueInstance& instance : annotation.instances) {
    EXPECT_EQ(instance.category, 1);
    objects.push_back({{"rows", IntegerRows(ToMask(instance.mask))},
                       {"bbox", instance.box_xywh.value()},
                       {"crowd", instance.crowd ? 1 : 0}});
  }
  return objects;
}

TEST(Saco, ATreeByPycocotoolsIsReadExactly) {
  const Copy copy;
  const auto data = copy.Open();
  const json samples = Expected().at("samples");
  ASSERT_EQ(data->Size(), samples.size());
  EXPECT_EQ(data->Info().official, 5);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto item = data->Item(i);
    SCOPED_TRACE(item.key);
    EXPECT_EQ(item.key, samples[i].at("key"));
    EXPECT_EQ(item.cluster, samples[i].at("cluster"));
    EXPECT_EQ(item.query.phrase, samples[i].at("phrase"));
    EXPECT_EQ((json{item.query.size.width, item.query.size.height}), samples[i].at("size"));
    const InstancesTruth truth = TruthOf(*data, i);
    EXPECT_EQ(truth.size, item.query.size);
    ASSERT_EQ(truth.annotators.size(), 3U);
    for (std::size_t k = 0; k < 3; ++k) {
      EXPECT_EQ(Described(truth.annotators[k]), samples[i].at("annotators")[k]) << k;
      EXPECT_THAT(truth.annotators[k].categories, ElementsAre(1));
      EXPECT_TRUE(truth.annotators[k].exhaustive);
    }
    EXPECT_EQ(data->Image(i).size(), truth.size);
    const Rgb8 corner = data->Image(i).At(0, 0);
    EXPECT_NEAR(corner.r, 200, 6);  // JPEG
    EXPECT_NEAR(corner.b, 10, 6);
  }
}

TEST(Saco, OneAnnotatorAloneHasItsOwnPairsInItsOwnOrder) {
  const Copy copy;
  const std::map<InstanceAnnotators, char> names = {
      {InstanceAnnotators::kA, 'a'}, {InstanceAnnotators::kB, 'b'}, {InstanceAnnotators::kC, 'c'}};
  for (const auto& [annotators, name] : names) {
    for (const auto& [other, other_name] : names) {
      if (other != annotators) fs::remove(copy.File(other_name));
    }
    const auto data = copy.Open(annotators);
    EXPECT_EQ(KeysOf(*data), Expected().at("exhaustive").at(std::string(1, name))) << name;
    EXPECT_EQ(data->Info().name, std::string("saco-gold-") + name);
    for (std::size_t i = 0; i < data->Size(); ++i) {
      EXPECT_EQ(TruthOf(*data, i).annotators.size(), 1U);
    }
    fs::copy(SampleFolder() / "saco" / "annotations",
             copy.Root() / "annotations",
             fs::copy_options::overwrite_existing | fs::copy_options::recursive);
  }
}

TEST(Saco, WithoutAManifestTheOfficialNumberIsThatOfTheSubset) {
  const Copy copy;
  fs::remove(copy.Root() / "assay-synthetic.json");
  EXPECT_EQ(copy.Open()->Info().official, 13794);
  EXPECT_FALSE(copy.Open()->Info().synthetic);
  // Of one annotator no list tells, and this file has not all pairs.
  EXPECT_EQ(copy.Open(InstanceAnnotators::kA)->Info().official, 0);
}

TEST(Saco, TheSubsetsAreTheOfficialSeven) {
  std::int64_t pairs = 0;
  std::int64_t evaluated = 0;
  for (const SacoSubset& subset : SacoSubsets()) {
    pairs += subset.pairs;
    evaluated += subset.evaluated;
    EXPECT_LE(subset.evaluated, subset.pairs);
    EXPECT_EQ(&FindSacoSubset(subset.name), &subset);
    EXPECT_EQ(&FindSacoSubset(subset.file_part), &subset);
    EXPECT_EQ(subset.media, subset.name == "sa1b" ? "sa1b-images" : "metaclip-images");
  }
  EXPECT_EQ(SacoSubsets().size(), 7U);
  EXPECT_EQ(pairs, 168202);
  EXPECT_EQ(evaluated, 166766);
  EXPECT_EQ(SacoFileName(FindSacoSubset("sports"), 'b'),
            "gold_fg_sports_equipment_merged_b_release_test.json");
}

TEST(Saco, AnUnknownSubsetIsTheUsersFault) {
  const Copy copy;
  for (const char* split : {"foood", "silver"}) {
    try {
      OpenSaco({.root = copy.Root(), .split = split, .list = {}});
      FAIL() << split;
    } catch (const ConfigError& e) {
      EXPECT_THAT(e.what(), AllOf(HasSubstr(split), HasSubstr("food")));
    }
  }
}

// ---- what a truth's bytes cover ----------------------------------------------

TEST(Saco, LayingAFileOutAnewChangesNoTruth) {
  const Copy copy;
  const auto before = copy.Open();
  for (const char annotator : {'a', 'b', 'c'}) {
    // Sorted names and other blanks; file a was indented, b in reverse order.
    WriteText(copy.File(annotator), copy.Read(annotator).dump(3));
  }
  const auto after = copy.Open();
  for (std::size_t i = 0; i < before->Size(); ++i) {
    EXPECT_EQ(TruthBytes(*before, i), TruthBytes(*after, i));
  }
}

TEST(Saco, ChangingOnePairChangesItsTruthOnly) {
  const Copy copy;
  const auto before = copy.Open();
  copy.Edit('b', [](json& whole) { AnnotationOf(whole, 10000007).at("iscrowd") = 1; });
  const auto after = copy.Open();
  for (std::size_t i = 0; i < before->Size(); ++i) {
    EXPECT_EQ(TruthBytes(*before, i) == TruthBytes(*after, i), before->Item(i).key != "10000007");
  }
  EXPECT_TRUE(TruthOf(*after, 0).annotators[1].instances[0].crowd);
}

std::string WithLength(const json& text) {
  const auto characters = text.get<std::string>();
  return " " + std::to_string(characters.size()) + ":" + characters;
}

// What saco_truth.h documents; boxes may be spelled in several ways and are left out.
std::string DocumentedTruth(json& whole, std::int64_t id) {
  const json& pair = PairOf(whole, id);
  std::string text = fmt::format("image {} {} {}{}{}\ncategories 1\n",
                                 pair.at("height").get<int>(),
                                 pair.at("width").get<int>(),
                                 pair.at("is_instance_exhaustive").get<int>(),
                                 WithLength(pair.at("file_name")),
                                 WithLength(pair.at("text_input")));
  for (const json& annotation : whole.at("annotations")) {
    if (annotation.at("image_id") != id) continue;
    text += fmt::format("annotation {} 1 {} 4{}\n",
                        annotation.at("id").get<int>(),
                        annotation.at("iscrowd").get<int>(),
                        WithLength(annotation.at("segmentation").at("counts")));
  }
  return text;
}

// The text with each annotation's four box numbers (words 5 to 8) left out:
// they are written as binary64 in the shortest form, which a printf cannot say.
std::string WithoutBoxes(const std::string& text) {
  std::istringstream lines(text);
  std::string kept;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string word;
    for (int k = 0; words >> word; ++k) {
      const bool box = line.starts_with("annotation ") && k >= 5 && k < 9;
      if (!box) kept += (k == 0 ? "" : " ") + word;
    }
    kept += '\n';
  }
  return kept;
}

TEST(Saco, ATruthIsOnePartPerAnnotatorWithThePairsObjects) {
  const Copy copy;
  const RawTruth raw = copy.Open()->ReadTruth(0);
  ASSERT_EQ(raw.size(), 3U);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(raw[k].path, copy.File("abc"[k]));
    const std::string text(raw[k].bytes.begin(), raw[k].bytes.end());
    json whole = copy.Read("abc"[k]);
    EXPECT_EQ(WithoutBoxes(text), DocumentedTruth(whole, 10000007));
  }
}

// ---- where the files lie -----------------------------------------------------

TEST(Saco, FilesLieInAnyUsualFolderOrInNone) {
  for (const char* folder : {"gt-annotations", "annotations", "annotation", "."}) {
    const Copy copy;
    const fs::path target = copy.Root() / folder;
    fs::create_directories(target);
    for (const char annotator : {'a', 'b', 'c'}) {
      const fs::path to = (target / FileOf(annotator)).lexically_normal();
      if (to != copy.File(annotator)) fs::rename(copy.File(annotator), to);
    }
    EXPECT_EQ(copy.Open()->Size(), 5U) << folder;
    EXPECT_EQ(OpenSaco({.root = copy.Root(), .split = "", .list = {}})->Info().split, "food");
    const auto inside = OpenSaco({.root = target, .split = "fg_food", .list = {}});
    EXPECT_TRUE(inside->Info().synthetic) << folder;
    EXPECT_TRUE(fs::exists(inside->Item(0).image)) << inside->Item(0).image;
    EXPECT_EQ(inside->Info().split, "food");
  }
}

TEST(Saco, WithSeveralSubsetsAndNoSplitItIsMetaclip) {
  const SyntheticTree tree("saco", 2);
  EXPECT_EQ(OpenInstances("saco-gold", tree.Root())->Info().split, "metaclip");
  for (const SacoSubset& subset : SacoSubsets()) {
    const auto data = OpenInstances("saco-gold", tree.Root(), std::string(subset.name));
    EXPECT_EQ(data->Info().split, subset.name);
    EXPECT_EQ(data->Size(), 2U);
    EXPECT_THAT(data->Item(0).image, HasSubstr(std::string(subset.media)));
  }
}

TEST(Saco, TheSameSubsetInTwoFoldersIsRefused) {
  const Copy copy;
  fs::copy(copy.File('b'), copy.Root() / FileOf('b'));
  EXPECT_THAT(copy.Error(), AllOf(HasSubstr("also lies in"), HasSubstr("annotations")));
}

TEST(Saco, AnAbsentSubsetNamesTheFileAndTheNearestThing) {
  const Copy copy;
  const auto error = [&](const fs::path& root, const char* split) {
    return ErrorOf([&] { OpenSaco({.root = root, .split = split, .list = {}}); });
  };
  EXPECT_THAT(error(copy.Root(), "crowded"),
              AllOf(HasSubstr(FileOf('a', "crowded")), HasSubstr(FileOf('a'))));
  EXPECT_THAT(error(copy.Root().parent_path(), "food"),
              HasSubstr("pass " + copy.File('a').parent_path().string()));
  fs::remove_all(copy.Root() / "annotations");
  WriteText(copy.Root() / "gt-annotations.zip", "PK");
  EXPECT_THAT(error(copy.Root(), "food"),
              AllOf(HasSubstr("gt-annotations.zip"), HasSubstr("metaclip-images")));
}

TEST(Saco, AMissingAnnotatorIsNamedWithWhatIsThere) {
  for (const char annotator : {'a', 'b', 'c'}) {
    const Copy copy;
    const fs::path renamed = copy.File(annotator).string() + ".part";
    fs::rename(copy.File(annotator), renamed);
    EXPECT_THAT(copy.Error(),
                AllOf(HasSubstr(copy.File(annotator).string() + ": no such file"),
                      HasSubstr(renamed.filename().string())));
  }
}

// ---- faults --------------------------------------------------------------------

struct Fault {
  const char* name;
  char annotator;
  std::function<void(json&)> edit;
  std::vector<std::string> says;  // besides the file
};

const std::vector<Fault>& Faults() {
  static const std::vector<Fault> kFaults = {
      {"a pair that b lacks",
       'b',
       [](json& whole) {
         json& images = whole.at("images");
         for (std::size_t i = 0; i < images.size(); ++i) {
           if (images[i].at("id") == 10000009) images.erase(i);
         }
       },
       {"sample 10000009", FileOf('a')}},
      {"two pairs with one id",
       'c',
       [](json& whole) { PairOf(whole, 10000003).at("id") = 10000002; },
       {"sample 10000002", "images[1] and images[3]", "same id"}},
      {"two annotations with one id",
       'a',
       [](json& whole) { whole.at("annotations")[1].at("id") = 1; },
       {"the annotation id 1 occurs twice"}},
      {"an annotation of an unknown pair",
       'b',
       [](json& whole) { AnnotationOf(whole, 10000007).at("image_id") = 77; },
       {"sample 77", "annotation 10"}},
      {"runs that do not decode",
       'c',
       [](json& whole) { AnnotationOf(whole, 10000009).at("segmentation").at("counts") = "!!"; },
       {"sample 10000009", "annotation ", "does not decode", "code 33"}},
      {"runs that are too short",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000007).at("segmentation").at("counts") = "1"; },
       {"sample 10000007", "annotation 1", "does not decode"}},
      {"a mask with its sides exchanged",
       'b',
       [](json& whole) { AnnotationOf(whole, 10000007).at("segmentation").at("size") = {24, 18}; },
       {"sample 10000007", "[24,18]", "[18,24]"}},
      {"a mask of another size",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000002).at("segmentation").at("size") = {31, 16}; },
       {"sample 10000002", "[31,16]"}},
      {"a polygon",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000002).at("segmentation") = {{1, 1, 5, 1, 5, 5}}; },
       {"sample 10000002", "compressed run-length mask"}},
      {"uncompressed runs",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000002).at("segmentation").at("counts") = {1, 2}; },
       {"sample 10000002", "compressed run-length mask"}},
      {"another image size in one file",
       'c',
       [](json& whole) { PairOf(whole, 10000011).at("width") = 25; },
       {"sample 10000011", "25x18", "24x18"}},
      {"a crowd flag that is neither",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000002).at("iscrowd") = 2; },
       {"sample 10000002", "iscrowd is 2"}},
      {"a box of three numbers",
       'a',
       [](json& whole) { AnnotationOf(whole, 10000002).at("bbox") = {1, 2, 3}; },
       {"sample 10000002", "[1,2,3]"}},
      {"an exhaustive flag that is neither",
       'b',
       [](json& whole) { whole.at("images")[1].at("is_instance_exhaustive") = 3; },
       {"images[1].is_instance_exhaustive is 3"}},
      {"a pair without a phrase",
       'a',
       [](json& whole) { whole.at("images")[2].erase("text_input"); },
       {"images[2] has no \"text_input\""}},
      {"a phrase that is empty",
       'a',
       [](json& whole) { whole.at("images")[2].at("text_input") = ""; },
       {"images[2].text_input is empty"}},
      {"an id that is a text",
       'a',
       [](json& whole) { whole.at("images")[2].at("id") = "3"; },
       {"images[2].id has another type"}},
      {"an annotation without a mask",
       'c',
       [](json& whole) { whole.at("annotations")[0].erase("segmentation"); },
       {"annotations[0] has no \"segmentation\""}},
      {"a side of nothing",
       'a',
       [](json& whole) { whole.at("images")[0].at("height") = 0; },
       {"images[0].height is 0"}},
      {"an image too large to be one",
       'a',
       [](json& whole) {
         whole.at("images")[0].at("height") = 1000000;
         whole.at("images")[0].at("width") = 1000000;
       },
       {"sample 10000007", "1000000 x 1000000 pixels"}},
      {"a file name that leads upwards",
       'a',
       [](json& whole) { whole.at("images")[0].at("file_name") = "1/../../etc/passwd"; },
       {"sample 10000007", "leads out"}},
      {"a file name from the top",
       'a',
       [](json& whole) { whole.at("images")[0].at("file_name") = "/etc/passwd"; },
       {"sample 10000007", "leads out"}},
      {"no list of annotations",
       'b',
       [](json& whole) { whole.erase("annotations"); },
       {"has no \"annotations\""}},
      {"no categories",
       'b',
       [](json& whole) { whole.at("categories") = json::array(); },
       {"no annotation would count"}},
      {"no pairs",
       'b',
       [](json& whole) { whole.at("images") = json::array(); },
       {"\"images\" is empty"}},
      {"no exhaustive pair",
       'a',
       [](json& whole) {
         for (json& image : whole.at("images")) image.at("is_instance_exhaustive") = 0;
       },
       {"none of its 7 pairs is exhaustive"}},
      {"a list instead of an object",
       'a',
       [](json& whole) { whole = json::array({whole}); },
       {"the file has another type"}},
  };
  return kFaults;
}

TEST(Saco, EveryFaultNamesTheFileThePairAndWhatToDo) {
  for (const Fault& fault : Faults()) {
    SCOPED_TRACE(fault.name);
    const Copy copy;
    const std::string error = copy.ErrorAfter(fault.annotator, fault.edit);
    EXPECT_THAT(error, HasSubstr(FileOf(fault.annotator)));
    EXPECT_THAT(error, HasSubstr("\n  ")) << "no remedy";
    for (const std::string& part : fault.says) EXPECT_THAT(error, HasSubstr(part));
  }
}

TEST(Saco, AFieldStatedTwiceIsRefused) {
  const Copy copy;
  std::string text = ReadText(copy.File('c'));
  const std::string field = "\"width\": 24";
  text.replace(text.find(field), field.size(), field + ", " + field);
  WriteText(copy.File('c'), text);
  EXPECT_THAT(copy.Error(), AllOf(HasSubstr("images[0]"), HasSubstr("\"width\" twice")));
}

TEST(Saco, AFlagThatOnlyBeginsAsTrueIsRefused) {
  const Copy copy;
  std::string text = ReadText(copy.File('b'));
  text.replace(text.find("true"), 4, "t}ue");
  WriteText(copy.File('b'), text);
  EXPECT_THAT(copy.Error(), HasSubstr(FileOf('b')));
}

TEST(Saco, EveryFileCutOffAnywhereIsAnError) {
  const Copy copy;
  for (const char annotator : {'a', 'b', 'c'}) {
    const Bytes whole = ReadFile(copy.File(annotator));
    // The last byte of file a, b and c is the closing brace.
    for (std::size_t length = 0; length < whole.size(); length += 7) {
      WriteFile(copy.File(annotator), std::span(whole).first(length));
      EXPECT_THROW(SacoFile(copy.File(annotator)), DatasetError) << length;
    }
    WriteFile(copy.File(annotator), whole);
    EXPECT_NO_THROW(SacoFile(copy.File(annotator)));
    WriteText(copy.File(annotator), std::string(whole.begin(), whole.end()) + " {}");
    EXPECT_THROW(SacoFile(copy.File(annotator)), DatasetError);
    WriteFile(copy.File(annotator), whole);
  }
}

RC_GTEST_PROP(SacoProperty, ChangedBytesReadOrEndInADatasetError, ()) {
  static const Copy kCopy;
  static const Bytes kWhole = ReadFile(kCopy.File('b'));
  Bytes bytes = kWhole;
  for (int i = 0; i < *rc::gen::inRange(1, 4); ++i) {
    const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[at] = *rc::gen::element<std::uint8_t>('"', '{', '}', '[', ']', ',', ':', '0', '9', 200);
  }
  WriteFile(kCopy.File('b'), bytes);
  try {
    const auto data = kCopy.Open();
    for (std::size_t i = 0; i < data->Size(); ++i) TruthOf(*data, i);
    for (const std::string& note : data->Info().notes) RC_ASSERT(!note.empty());
  } catch (const DatasetError& e) {
    RC_ASSERT(std::string(e.what()).find("merged_") != std::string::npos);
  }
}

// ---- notes ---------------------------------------------------------------------

TEST(Saco, TellsHowManyPairsAreLeftOut) {
  const Copy copy;
  EXPECT_THAT(copy.Open()->Info().notes, Contains(HasSubstr("5 of 7 pairs are exhaustive")));
}

TEST(Saco, NotesPairsThatOnlyAnotherFileHas) {
  const Copy copy;
  EXPECT_THAT(copy.Open()->Info().notes,
              Contains(AllOf(HasSubstr(FileOf('b')), HasSubstr("1 pairs"), HasSubstr("10000001"))));
}

TEST(Saco, NotesAnotherPhraseInAnotherFile) {
  const Copy copy;
  EXPECT_THAT(copy.Open()->Info().notes, Not(Contains(HasSubstr("another phrase"))));
  copy.Edit('c', [](json& whole) { PairOf(whole, 10000009).at("text_input") = "green tea"; });
  EXPECT_THAT(copy.Open()->Info().notes,
              Contains(AllOf(HasSubstr(FileOf('c')), HasSubstr("10000009"))));
  EXPECT_EQ(copy.Open()->Item(4).query.phrase, "茶");
}

TEST(Saco, NotesAnnotationsOfACategoryThatIsNotListed) {
  const Copy copy;
  EXPECT_THAT(copy.Open()->Info().notes, Not(Contains(HasSubstr("category"))));
  copy.Edit('c', [](json& whole) { AnnotationOf(whole, 10000009).at("category_id") = 9; });
  EXPECT_THAT(copy.Open()->Info().notes, Contains(HasSubstr("1 annotations of a category")));
  EXPECT_EQ(TruthOf(*copy.Open(), 4).annotators[2].instances[0].category, 9);
}

TEST(Saco, NotesThatThereAreNoImagesAndScoresWithoutThem) {
  const Copy copy;
  EXPECT_THAT(copy.Open()->Info().notes, Not(Contains(HasSubstr("metaclip-images"))));
  fs::remove_all(copy.Root() / "metaclip-images");
  const auto data = copy.Open();
  EXPECT_THAT(data->Info().notes, Contains(HasSubstr("no metaclip-images")));
  EXPECT_NO_THROW(TruthOf(*data, 0));
  EXPECT_THAT(ErrorOf([&] { data->Image(0); }), HasSubstr("metaclip_1_1001_c122.jpeg"));
}

// ---- the synthetic tree --------------------------------------------------------

TEST(SacoSynthetic, HasPositivesNegativesAndAPairThatDoesNotCount) {
  const SyntheticTree tree("saco", 8);
  const auto data = OpenInstances("saco-gold", tree.Root());
  int positives = 0;
  int differ = 0;
  for (std::size_t i = 0; i < data->Size(); ++i) {
    const InstancesTruth truth = TruthOf(*data, i);
    positives += truth.annotators[0].instances.empty() ? 0 : 1;
    differ += Described(truth.annotators[0]) == Described(truth.annotators[1]) ? 0 : 1;
    EXPECT_NE(data->Item(i).key, "10000001");
  }
  EXPECT_GE(positives, 3);
  EXPECT_LE(positives, 6);
  EXPECT_EQ(differ, positives);
  const auto only_a = OpenInstances("saco-gold-a", tree.Root());
  EXPECT_THAT(KeysOf(*only_a), Contains("10000001"));
  EXPECT_THAT(KeysOf(*OpenInstances("saco-gold-c", tree.Root())), Not(Contains("10000001")));
}

}  // namespace
}  // namespace assay
