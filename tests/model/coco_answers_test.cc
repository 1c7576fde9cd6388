// One COCO results file for a whole set (model/coco_answers.h):
// * a sample gets its entries, in the order of the file and in canonical form, whatever
//   is between them; numbers and text are the same id; native paths are ids too;
// * without an entry it is empty, missing, or as a list of what was asked says;
// * absent samples called empty are counted, ids of no sample listed;
// * two ids of one sample, names stated twice, numbers that are none, files that change
//   or are none, and lines of a list that say nothing are refused; answers to what was not asked
//   are named.
#include "model/coco_answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <string>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/model/decoders.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::ErrorOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

const std::string kThree = R"([{"image_id": 7, "b": 1, "a": 2.50},
  {"image_id": "x/9", "a": 3}, { "image_id" : 7 , "c" : [1, 2] }])";

class Coco : public ::testing::Test {
 protected:
  fs::path Write(const std::string& text, const std::string& name = "predictions.json") const {
    WriteText(folder_.Path() / name, text);
    return folder_.Path() / name;
  }
  fs::path Asked(const std::string& text) const { return Write(text, "asked.txt"); }

  static std::string Text(const std::optional<Answer>& answer) {
    if (!answer) return "missing";
    if (answer->declared_empty) return "empty";
    return {answer->bytes.begin(), answer->bytes.end()};
  }
  // What the constructor says, "" if nothing.
  template <class Construct>
  static std::string ConfigErrorOf(const Construct& construct) {
    try {
      construct();
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
};

TEST_F(Coco, ASampleGetsItsEntriesInCanonicalForm) {
  const CocoAnswers answers(Write(kThree));
  EXPECT_EQ(Text(answers.Get("7", {})),
            R"([{"a":2.5,"b":1,"image_id":7},{"c":[1,2],"image_id":7}])");
  EXPECT_EQ(Text(answers.Get("x/9", {})), R"([{"a":3,"image_id":"x/9"}])");
  EXPECT_EQ(answers.Get("7", {})->file, folder_.Path() / "predictions.json");
  EXPECT_EQ(answers.entries(), 3);
}

TEST_F(Coco, OtherSamplesAndBlanksDoNotChangeAnAnswer) {
  const CocoAnswers one(Write(kThree, "one.json"));
  const CocoAnswers other(Write(R"([{"image_id":8},{"b":1,"a":2.5,"image_id":7},
       {"image_id":9},{"c":[1,2],"image_id":7}])",
                                "other.json"));
  EXPECT_EQ(one.Get("7", {})->bytes, other.Get("7", {})->bytes);
}

TEST_F(Coco, ANumberAndItsTextAreOneId) {
  const CocoAnswers answers(Write(R"([{"image_id": 5}, {"image_id": "5", "a": 1}])"));
  EXPECT_EQ(Text(answers.Get("5", {})), R"([{"image_id":5},{"a":1,"image_id":"5"}])");
}

TEST_F(Coco, AnyFileIsGroupedByIdInItsOrder) {
  EXPECT_TRUE(rc::check([&] {
    Json list = Json::array();
    for (int i = *rc::gen::inRange(0, 30); i > 0; --i) {
      list.push_back({{"image_id", *rc::gen::inRange(0, 5)}, {"i", i}});
    }
    const CocoAnswers answers(Write(list.dump(2)));
    for (int id = 0; id < 5; ++id) {
      Json expected = Json::array();
      for (const Json& entry : list) {
        if (entry.at("image_id") == id) expected.push_back(entry);
      }
      RC_ASSERT(Text(answers.Get(std::to_string(id), {})) ==
                (expected.empty() ? "empty" : expected.dump()));
    }
  }));
}

TEST_F(Coco, ANativePathIsAnIdAndAPrefixIsNone) {
  const CocoAnswers answers(Write(kThree));
  const std::vector<AnswerName> path = {{false, "7"}};
  const std::vector<AnswerName> prefix = {{true, "7"}};
  EXPECT_EQ(Text(answers.Get("ref/7", path)), Text(answers.Get("7", {})));
  EXPECT_EQ(Text(answers.Get("ref/7", prefix)), "empty");
  EXPECT_THAT(answers.Unmatched(std::vector<AnswerNames>{{"ref/7", path}, {"x/9", {}}}), IsEmpty());
}

TEST_F(Coco, EntriesUnderTwoIdsOfOneSampleAreAmbiguous) {
  const CocoAnswers answers(Write(kThree));
  const std::vector<AnswerName> path = {{false, "7"}};
  const auto error = ErrorOf([&] { answers.Get("x/9", path); });
  EXPECT_EQ(error.code, "ambiguous");
  EXPECT_EQ(error.stage, PredictionError::Stage::kFind);
  EXPECT_THAT(error.detail, AllOf(HasSubstr("predictions.json"), HasSubstr("7 and x/9")));
}

TEST_F(Coco, AnAbsentSampleIsEmptyOrMissingAsTheUserSays) {
  const std::vector<AnswerNames> samples = {{"7", {}}, {"8", {}}, {"9", {{false, "x/9"}}}};
  const CocoAnswers empty(Write(kThree));
  EXPECT_EQ(Text(empty.Get("8", {})), "empty");
  EXPECT_EQ(empty.Get("8", {})->file, folder_.Path() / "predictions.json");
  EXPECT_EQ(empty.AbsentAsEmpty(samples), 1);
  const CocoAnswers missing(Write(kThree), CocoAbsent::kMissing);
  EXPECT_EQ(Text(missing.Get("8", {})), "missing");
  EXPECT_EQ(missing.AbsentAsEmpty(samples), 0);
  EXPECT_NE(Text(missing.Get("7", {})), "missing");
}

TEST_F(Coco, AListOfWhatWasAskedTellsEmptyFromMissing) {
  const CocoAnswers answers(Write(kThree), Asked("7\r\n\nx/9\n8\nsent 3\n"));
  const std::vector<AnswerName> native = {{false, "sent 3"}};
  EXPECT_EQ(Text(answers.Get("8", {})), "empty");
  EXPECT_EQ(Text(answers.Get("ref/3", native)), "empty");
  EXPECT_EQ(Text(answers.Get("10", {})), "missing");
  const std::vector<AnswerNames> samples = {{"7", {}}, {"8", {}}, {"10", {}}, {"ref/3", native}};
  EXPECT_EQ(answers.AbsentAsEmpty(samples), 2);
}

TEST_F(Coco, TheLinesOfThePromptsFileAreAListOfWhatWasAsked) {
  const fs::path asked = Asked(
      "{\"key\": \"7\", \"prompts\": [\"a\"]}\n"
      "{\"key\": \"x/9\"}\n{\"key\": \"8\"}\n");
  const CocoAnswers answers(Write(kThree), asked);
  EXPECT_EQ(Text(answers.Get("8", {})), "empty");
  EXPECT_EQ(Text(answers.Get("9", {})), "missing");
}

TEST_F(Coco, AnsweredSamplesThatAreNotOnTheListAreNamed) {
  const std::vector<AnswerNames> samples = {{"a/7", {{false, "7"}}}, {"x/9", {}}, {"8", {}}};
  const CocoAnswers by_id(Write(kThree), Asked("7\n8\n"));
  EXPECT_THAT(by_id.AnsweredUnasked(samples), ElementsAre("x/9"));
  const CocoAnswers by_key(Write(kThree), Asked("a/7\nx/9\n"));
  EXPECT_THAT(by_key.AnsweredUnasked(samples), IsEmpty());
  EXPECT_THAT(CocoAnswers(Write(kThree)).AnsweredUnasked(samples), IsEmpty());
  EXPECT_THAT(CocoAnswers(Write(kThree), CocoAbsent::kMissing).AnsweredUnasked(samples), IsEmpty());
}

TEST_F(Coco, EveryBadLineOfTheListIsNamed) {
  const std::string message =
      ConfigErrorOf([&] { CocoAnswers(Write("[]"), Asked("7\n{\"kye\": \"8\"}\n{nonsense\n")); });
  EXPECT_THAT(message, AllOf(HasSubstr("line 2/key"), HasSubstr("line 3")));
  EXPECT_THAT(ConfigErrorOf([&] { CocoAnswers(Write("[]"), folder_.Path() / "absent.txt"); }),
              HasSubstr("absent.txt"));
}

TEST_F(Coco, IdsOfNoSampleAreListedWithTheirEntries) {
  const CocoAnswers answers(Write(kThree), Asked("7\nx/9\n8\n"));
  EXPECT_THAT(answers.Unmatched(std::vector<AnswerNames>{{"x/9", {}}}),
              ElementsAre("image_id 7 (2 entries)", "image_id 8 (asked, not answered)"));
  EXPECT_THAT(CocoAnswers(Write(kThree)).Unmatched({}),
              ElementsAre("image_id 7 (2 entries)", "image_id x/9 (1 entry)"));
}

TEST_F(Coco, AFileThatIsReplacedIsReadOnAsItWasOpened) {
  const CocoAnswers answers(Write(kThree));
  const Bytes before = answers.Get("7", {})->bytes;
  Write("[]");  // by renaming a new file
  EXPECT_EQ(answers.Get("7", {})->bytes, before);
}

TEST_F(Coco, AFileThatChangesWhileItIsInUseIsNoticed) {
  const fs::path file = Write(kThree);
  const CocoAnswers answers(file);
  const auto overwrite = [&](std::string_view text) { std::ofstream(file) << text; };
  overwrite(R"([{"image_id": 8, "b": 1, "a": 2.50},
  {"image_id": "x/9", "a": 3}, { "image_id" : 8 , "c" : [1, 2] }])");
  EXPECT_EQ(ErrorOf([&] { answers.Get("7", {}); }).code, "changed");
  overwrite(std::string(kThree.size(), ' '));
  EXPECT_EQ(ErrorOf([&] { answers.Get("7", {}); }).code, "changed");
  overwrite("[]");
  const auto error = ErrorOf([&] { answers.Get("7", {}); });
  EXPECT_EQ(error.code, "changed");
  EXPECT_THAT(error.detail, AllOf(HasSubstr("predictions.json"), HasSubstr("an entry of 7")));
}

TEST_F(Coco, AnEntryThatStatesANameTwiceIsCorrupt) {
  const CocoAnswers answers(Write(R"([{"image_id": 7, "score": 1, "score": 2}])"));
  const auto error = ErrorOf([&] { answers.Get("7", {}); });
  EXPECT_EQ(error.code, "corrupt");
  EXPECT_THAT(error.detail, AllOf(HasSubstr("twice"), HasSubstr("at byte 1")));
}

// The index skips what it does not read, so numbers are parsed with their entry. The fault
// is then the entry's: no file has changed.
TEST_F(Coco, ANumberThatIsNoneIsTheEntrysFault) {
  for (const std::string number : {"NaN", "-Infinity", "1e999", "0x1"}) {
    const CocoAnswers answers(Write(R"([{"image_id": 7, "score": )" + number + "}]"));
    const auto error = ErrorOf([&] { answers.Get("7", {}); });
    EXPECT_EQ(error.code, "corrupt") << number;
    EXPECT_THAT(error.detail, AllOf(HasSubstr("the entry of 7 at byte 1"), HasSubstr("not valid")));
  }
}

TEST_F(Coco, WhatIsNoResultsFileIsTheUsersError) {
  EXPECT_THAT(ConfigErrorOf([&] { CocoAnswers(Write(R"({"annotations": []})")); }),
              AllOf(HasSubstr("predictions.json"), HasSubstr("is no list")));
  EXPECT_THAT(ConfigErrorOf([&] { CocoAnswers(folder_.Path() / "absent.json"); }),
              HasSubstr("absent.json"));
  EXPECT_EQ(CocoAnswers(Write("[]")).entries(), 0);
}

}  // namespace
}  // namespace assay
