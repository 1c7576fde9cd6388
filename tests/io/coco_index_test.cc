// COCO annotation files, gone through once:
//   - images and annotations are found by id, and the bytes at an entry's place are its
//     object, whatever the order of fields, the blanks and the fields that are not used;
//   - a missing list or field and a wrong type name the place; an id given twice, bytes
//     behind the end and files that are no JSON are refused;
//   - cut anywhere it is an error, changed bytes never crash.
#include "datasets/io/coco_index.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

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

const char* const kSmall = R"({"info": {"annotations": "none here"}, "images": [
  {"id": 7, "file_name": "b\u00e9.jpg", "height": 3, "width": 5, "license": 1},
  {"width": 8, "height": 2, "file_name": "a.jpg", "id": 3 } ],
 "categories": [{"id": 7}],
 "annotations":[{"segmentation": [[1.5, 2, 3, 4, 5, 6e0]], "id": 90, "image_id": 7, "iscrowd": 0},
  {"id": -4, "bbox": [0, {"id": 1}], "iscrowd": 1, "image_id": 3,
   "segmentation": {"size": [2, 8], "counts": "}]\"{"}}
 ]})";

using Files = test::JsonFile<ReadCocoIndex>;

TEST(CocoIndex, EntriesAreFoundByIdAndTheirPlacesHoldThem) {
  Files files;
  const CocoIndex index = files.Read(kSmall);
  const json whole = json::parse(kSmall);
  ASSERT_EQ(index.images.size(), 2U);
  ASSERT_EQ(index.annotations.size(), 2U);
  const CocoImage* image = index.FindImage(7);
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->file_name, "b\u00e9.jpg");
  EXPECT_EQ(image->size, (Size{5, 3}));
  EXPECT_EQ(files.At(image->place), whole.at("images").at(0));
  EXPECT_EQ(files.At(index.FindImage(3)->place), whole.at("images").at(1));
  const CocoAnnotation* crowd = index.FindAnnotation(-4);
  ASSERT_NE(crowd, nullptr);
  EXPECT_TRUE(crowd->crowd);
  EXPECT_EQ(crowd->image_id, 3);
  EXPECT_EQ(files.At(crowd->place), whole.at("annotations").at(1));
  EXPECT_FALSE(index.FindAnnotation(90)->crowd);
  EXPECT_EQ(files.At(index.FindAnnotation(90)->place), whole.at("annotations").at(0));
  EXPECT_EQ(index.FindImage(4), nullptr);
  EXPECT_EQ(index.FindAnnotation(91), nullptr);
}

json AnyFile(int images, int annotations) {
  json file = {{"images", json::array()}, {"annotations", json::array()}};
  for (int i = 0; i < images; ++i) {
    file["images"].push_back(
        {{"id", 1000 - 3 * i},
         {"file_name", *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127))},
         {"height", i + 1},
         {"width", 9}});
  }
  for (int i = 0; i < annotations; ++i) {
    file["annotations"].push_back({{"id", i * 7919 % 1000},
                                   {"image_id", i},
                                   {"iscrowd", i % 2},
                                   {"segmentation", *rc::gen::arbitrary<std::vector<int>>()}});
  }
  return file;
}

TEST(CocoIndex, EveryEntryOfAnyFileIsFoundWhereItIs) {
  Files files;
  EXPECT_TRUE(rc::check("places", [&] {
    const json file = AnyFile(*rc::gen::inRange(0, 5), *rc::gen::inRange(0, 20));
    const CocoIndex index = files.Read(file.dump(*rc::gen::element(-1, 0, 3)));
    RC_ASSERT(index.images.size() == file.at("images").size());
    RC_ASSERT(index.annotations.size() == file.at("annotations").size());
    for (const json& entry : file.at("images")) {
      const CocoImage* found = index.FindImage(entry.at("id").get<std::int64_t>());
      RC_ASSERT(found != nullptr);
      RC_ASSERT(files.At(found->place) == entry);
      RC_ASSERT(found->file_name == entry.at("file_name").get<std::string>());
    }
    for (const json& entry : file.at("annotations")) {
      const CocoAnnotation* found = index.FindAnnotation(entry.at("id").get<std::int64_t>());
      RC_ASSERT(found != nullptr);
      RC_ASSERT(files.At(found->place) == entry);
      RC_ASSERT(found->crowd == (entry.at("iscrowd") == 1));
    }
  }));
}

TEST(CocoIndex, WhatIsMissingOrOfAnotherKindIsNamedWithItsPlace) {
  Files files;
  EXPECT_THAT(files.Message(R"({"images": []})"),
              AllOf(HasSubstr("instances.json"), HasSubstr("annotations")));
  EXPECT_EQ(files.Code(R"({"annotations": []})"), "wrong-format");
  EXPECT_EQ(files.Code(R"([1, 2])"), "wrong-format");
  for (const char* name : {"id", "image_id", "segmentation"}) {
    json file = json::parse(kSmall);
    file["annotations"][1].erase(name);
    EXPECT_EQ(files.Code(file.dump()), "wrong-format");
    EXPECT_THAT(files.Message(file.dump()),
                AllOf(HasSubstr("annotations[1]"), HasSubstr(std::string("\"") + name + "\"")));
  }
  for (const char* name : {"id", "file_name", "height", "width"}) {
    json file = json::parse(kSmall);
    file["images"][0][name] = json::array();
    EXPECT_EQ(files.Code(file.dump()), "wrong-format") << name;
    EXPECT_THAT(files.Message(file.dump()), HasSubstr(std::string("images[0].") + name));
  }
  json file = json::parse(kSmall);
  file["images"][0]["height"] = 0;
  EXPECT_EQ(files.Code(file.dump()), "wrong-format");
  file["images"][0]["height"] = 2000000000;
  EXPECT_EQ(files.Code(file.dump()), "too-large");
}

TEST(CocoIndex, AnIdGivenTwiceIsRefused) {
  Files files;
  json file = json::parse(kSmall);
  file["annotations"][1]["id"] = 90;
  EXPECT_EQ(files.Code(file.dump()), "corrupt");
  EXPECT_THAT(files.Message(file.dump()), HasSubstr("annotations holds the id 90 twice"));
}

TEST(CocoIndex, FilesThatAreNoJsonAreRefused) {
  Files files;
  EXPECT_EQ(CodeOf([&] { ReadCocoIndex("absent.json"); }), "not-found");
  EXPECT_EQ(files.Code(""), "truncated");
  EXPECT_EQ(files.Code("(dp0\n"), "wrong-format");
  EXPECT_EQ(files.Code("{\"images\": [], \"\xff\": 1}"), "corrupt");
  EXPECT_EQ(files.Code(std::string(kSmall) + "{}"), "corrupt");
  EXPECT_EQ(files.Code(std::string(kSmall) + " \n"), "");
}

TEST(CocoIndex, CutAnywhereItIsAnError) {
  Files files;
  const std::string whole(kSmall);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(files.Code(whole.substr(0, length)), "") << length;
  }
}

TEST(CocoIndex, ChangedBytesNeverCrash) {
  Files files;
  EXPECT_TRUE(rc::check("mutations", [&] {
    std::string changed(kSmall);
    changed[*rc::gen::inRange<std::size_t>(0, changed.size())] = *rc::gen::arbitrary<char>();
    files.Code(changed);
  }));
}

TEST(CocoIndex, ARangeBeyondTheFileIsTruncated) {
  Files files;
  files.Read(kSmall);
  const std::uint64_t size = std::string_view(kSmall).size();
  const FileParts parts(files.Path());
  EXPECT_EQ(parts.Read(size - 2, 2), (Bytes{']', '}'}));
  EXPECT_EQ(CodeOf([&] { parts.Read(size - 2, 3); }), "truncated");
  EXPECT_EQ(CodeOf([&] { parts.Read(UINT64_MAX, UINT64_MAX); }), "truncated");
}

}  // namespace
}  // namespace assay
