// COCO results files, gone through once:
//   - every entry in the order of the file, numbers and text as ids, and the bytes at its
//     place are its object, whatever the order of fields, the blanks and other fields;
//   - what is no list, an entry that is no object and an image_id that is missing, empty
//     or of another kind name the entry; files that are no JSON are refused;
//   - cut anywhere it is an error, changed bytes never crash.
#include "datasets/io/coco_results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "tests/io/json_file.h"
#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using nlohmann::json;
using test::CodeOf;
using test::MessageOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

const char* const kSmall = R"( [
  {"image_id": 7, "score": 0.5, "segmentation": {"counts": "}]\"{", "image_id": 3}} ,
  {"bbox": [0, {"image_id": 1}], "image_id": "a\u00e9/b"},{"image_id":-12 }
] )";

using Results = test::JsonFile<ReadCocoResults>;

TEST(CocoResults, EntriesComeInOrderAndTheirPlacesHoldThem) {
  Results results;
  const auto entries = results.Read(kSmall);
  const json whole = json::parse(kSmall);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].image_id, "7");
  EXPECT_EQ(entries[1].image_id, "a\u00e9/b");
  EXPECT_EQ(entries[2].image_id, "-12");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(results.At(entries[i].place), whole.at(i));
}

TEST(CocoResults, AnEmptyListHasNoEntry) {
  EXPECT_TRUE(Results().Read("[]").empty());
  EXPECT_TRUE(Results().Read(" [ ] \n").empty());
}

TEST(CocoResults, AnyListIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    json list = json::array();
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) {
      const int number = *rc::gen::inRange(-1000, 1000);
      const json id = *rc::gen::arbitrary<bool>() ? json(number) : json(std::to_string(number));
      list.push_back({{"image_id", id}, {"zz", *rc::gen::arbitrary<int>()}});
    }
    Results results;
    const auto entries = results.Read(list.dump(*rc::gen::inRange(-1, 3)));
    RC_ASSERT(entries.size() == list.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const json& id = list[i].at("image_id");
      RC_ASSERT(entries[i].image_id == (id.is_string() ? id.get<std::string>() : id.dump()));
      RC_ASSERT(results.At(entries[i].place) == list[i]);
    }
  }));
}

TEST(CocoResults, EveryDefectNamesTheEntry) {
  Results results;
  const std::string good = R"([{"image_id": 1}, )";
  EXPECT_THAT(results.Message(good + "7]"), HasSubstr("entry 2 has another type"));
  EXPECT_THAT(results.Message(good + "{}]"), HasSubstr("entry 2 has no \"image_id\""));
  EXPECT_THAT(results.Message(good + R"({"image_id": 1.5}])"), HasSubstr("entry 2: image_id"));
  EXPECT_THAT(results.Message(good + R"({"image_id": null}])"), HasSubstr("entry 2: image_id"));
  EXPECT_THAT(results.Message(good + R"({"image_id": 99999999999999999999}])"),
              HasSubstr("entry 2: image_id"));
  EXPECT_THAT(results.Message(good + R"({"image_id": ""}])"), HasSubstr("image_id is empty"));
  EXPECT_EQ(results.Code(good + "{}]"), "wrong-format");
}

TEST(CocoResults, ATruthFileIsRefusedAsSuch) {
  Results results;
  EXPECT_THAT(results.Message(R"({"images": [], "annotations": []})"),
              AllOf(HasSubstr("is no list"), HasSubstr("truth file")));
  EXPECT_EQ(results.Code("7"), "wrong-format");
}

TEST(CocoResults, WhatIsNoJsonIsRefused) {
  Results results;
  EXPECT_EQ(results.Code(""), "truncated");
  EXPECT_EQ(results.Code("[] []"), "corrupt");
  EXPECT_EQ(results.Code(R"([{"image_id": 1 2}])"), "corrupt");
  EXPECT_EQ(CodeOf([&] { ReadCocoResults("/nowhere/at/all.json"); }), "not-found");
}

TEST(CocoResults, CutAnywhereItIsAnError) {
  const std::string text = R"([{"image_id": 7, "c": {"counts": "}]"}}, {"image_id": "b"}])";
  Results results;
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_NE(results.Code(text.substr(0, length)), "") << length;
  }
}

TEST(CocoResults, ChangedBytesNeverCrash) {
  Results results;
  EXPECT_TRUE(rc::check([&] {
    std::string text = kSmall;
    for (int i = *rc::gen::inRange(1, 4); i > 0; --i) {
      text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
    }
    results.Code(text);
  }));
}

}  // namespace
}  // namespace assay
