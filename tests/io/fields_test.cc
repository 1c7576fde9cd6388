// Fields of a JSON object, and ConfigError:
//   - values of the right type in range are returned and are in force;
//   - wrong types and values out of range are findings with a JSON pointer, and
//     the default is in force;
//   - absent fields take the default, and the effective output shows it;
//   - names nobody asked for are findings with a suggestion;
//   - all findings are collected, those of nested objects with their path;
//   - the effective output, read again, gives itself and no finding;
//   - text that is no JSON, or states a name twice, is refused with its place;
//   - a ConfigError keeps every finding and its text shows every one.

#include "datasets/io/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"

namespace assay {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

enum class Alignment { kNone, kMedian, kLeastSquares };
constexpr std::array<std::pair<std::string_view, Alignment>, 3> kAlignments = {{
    {"none", Alignment::kNone},
    {"median", Alignment::kMedian},
    {"least-squares", Alignment::kLeastSquares},
}};

struct Settings {
  double min = 0;
  std::optional<double> max;
  std::int64_t classes = 0;
  bool strict = false;
  std::string name;
  Alignment align = Alignment::kNone;
  bool nested_deep = false;
};

struct Reading {
  Settings settings;
  json effective;
  std::vector<Finding> findings;
};

Reading Read(const json& input) {
  Reading reading;
  Fields fields(input, reading.effective, reading.findings);
  reading.settings.min = fields.Number("min", 0.5, {0, 10});
  reading.settings.max = fields.OptionalNumber("max", {}, {0, 100});
  reading.settings.classes = fields.Integer("classes", 19, 1);
  reading.settings.strict = fields.Flag("strict", true);
  reading.settings.name = fields.Text("name", "none");
  reading.settings.align = fields.Choice<Alignment>("align", Alignment::kMedian, kAlignments);
  Fields nested = fields.Object("nested");
  reading.settings.nested_deep = nested.Flag("deep", false);
  nested.Finish();
  fields.Finish();
  return reading;
}

auto FindingAt(const std::string& pointer, const std::string& text) {
  return AllOf(Field(&Finding::pointer, pointer), Field(&Finding::message, HasSubstr(text)));
}

std::vector<Finding> ParseFindings(const std::string& text) {
  try {
    ParseJson(text, "file.json");
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.where, "file.json");
    return error.findings;
  }
  return {};
}

TEST(ParseJson, AnObjectThatStatesANameTwiceIsRefusedWithItsPlace) {
  EXPECT_THAT(ParseFindings(R"({"a": 1, "b": {"c": 1, "d": [{"e": 1}], "c": 2}, "a": 3})"),
              ElementsAre(Field(&Finding::pointer, "/b/c"), Field(&Finding::pointer, "/a")));
  EXPECT_THAT(ParseFindings(R"({"a": 1, "b": {"a": 1}, "c": [{"a": 1}, {"a": 1}]})"), IsEmpty());
}

TEST(ParseJson, TextThatIsNoJsonIsRefused) {
  EXPECT_THAT(ParseFindings("{\"a\": }"),
              ElementsAre(Field(&Finding::message, HasSubstr("not valid JSON"))));
}

TEST(ParseJson, ANumberThatNoDoubleHoldsIsRefused) {
  EXPECT_THAT(ParseFindings("{\"a\": 1e999}"),
              ElementsAre(Field(&Finding::message, HasSubstr("number overflow"))));
}

TEST(Fields, AnEmptyObjectGivesTheDefaultsAndShowsThem) {
  const Reading reading = Read(json::object());
  EXPECT_THAT(reading.findings, IsEmpty());
  EXPECT_EQ(reading.settings.min, 0.5);
  EXPECT_EQ(reading.settings.max, std::nullopt);
  EXPECT_EQ(reading.settings.align, Alignment::kMedian);
  EXPECT_EQ(reading.effective, json::parse(R"({"min": 0.5, "max": null, "classes": 19,
      "strict": true, "name": "none", "align": "median", "nested": {"deep": false}})"));
}

TEST(Fields, NullCountsAsAnEmptyObject) {
  EXPECT_EQ(Read(json()).effective, Read(json::object()).effective);
}

TEST(Fields, GivenValuesAreInForce) {
  const json input = json::parse(R"({"min": 1, "max": 80, "classes": 2, "strict": false,
      "name": "x", "align": "least-squares", "nested": {"deep": true}})");
  const Reading reading = Read(input);
  EXPECT_THAT(reading.findings, IsEmpty());
  EXPECT_EQ(reading.settings.max, 80.0);
  EXPECT_EQ(reading.settings.classes, 2);
  EXPECT_FALSE(reading.settings.strict);
  EXPECT_EQ(reading.settings.align, Alignment::kLeastSquares);
  EXPECT_TRUE(reading.settings.nested_deep);
  EXPECT_EQ(reading.effective, input);
}

TEST(Fields, EveryMistakeIsFoundAtOnceAndTheDefaultsStay) {
  const Reading reading = Read(json::parse(R"({"min": "low", "max": true, "classes": 1.5,
      "strict": 1, "name": 3, "align": "mean", "nested": {"deep": "no"}})"));
  EXPECT_THAT(reading.findings,
              ElementsAre(FindingAt("/min", "must be a number, found \"low\""),
                          FindingAt("/max", "must be a number, found true"),
                          FindingAt("/classes", "must be a whole number, found 1.5"),
                          FindingAt("/strict", "must be true or false, found 1"),
                          FindingAt("/name", "must be a text, found 3"),
                          FindingAt("/align", "is 'mean'"),
                          FindingAt("/nested/deep", "must be true or false")));
  EXPECT_EQ(reading.settings.min, 0.5);
  EXPECT_EQ(reading.settings.classes, 19);
  EXPECT_EQ(reading.settings.align, Alignment::kMedian);
}

TEST(Fields, NumbersOutOfRangeNameTheRange) {
  EXPECT_THAT(Read({{"min", -0.25}}).findings,
              ElementsAre(FindingAt("/min", "is -0.25; allowed: 0.0 to 10.0")));
  EXPECT_THAT(Read({{"max", 100.5}}).findings, ElementsAre(FindingAt("/max", "100.5")));
  EXPECT_THAT(Read({{"classes", 0}}).findings,
              ElementsAre(FindingAt("/classes", "is 0; must be at least 1")));
}

TEST(Fields, TheEndsOfARangeAreAllowed) {
  EXPECT_THAT(Read({{"min", 0}}).findings, IsEmpty());
  EXPECT_THAT(Read({{"min", 10}}).findings, IsEmpty());
  EXPECT_THAT(Read({{"classes", 1}}).findings, IsEmpty());
}

TEST(Fields, AWholeNumberBeyondInt64IsAFinding) {
  const Reading reading = Read(json::parse(R"({"classes": 18446744073709551615})"));
  EXPECT_THAT(reading.findings,
              ElementsAre(FindingAt("/classes", "must be at most 9223372036854775807")));
  EXPECT_EQ(reading.settings.classes, 19);
}

TEST(Fields, AChoiceListsWhatIsAllowedAndSuggests) {
  EXPECT_THAT(Read({{"align", "medain"}}).findings,
              ElementsAre(FindingAt(
                  "/align", "did you mean 'median'? allowed: none, median, least-squares")));
}

TEST(Fields, AnUnknownNameIsAFindingWithASuggestion) {
  EXPECT_THAT(Read({{"strikt", true}, {"zzzzzz", 1}}).findings,
              ElementsAre(FindingAt("/strikt", "unknown field; did you mean 'strict'?"),
                          FindingAt("/zzzzzz", "unknown field")));
  EXPECT_THAT(Read({{"nested", {{"depe", true}}}}).findings,
              ElementsAre(FindingAt("/nested/depe", "did you mean 'deep'?")));
}

TEST(Fields, SomethingThatIsNoObjectIsAFinding) {
  EXPECT_THAT(Read(json::array()).findings,
              ElementsAre(FindingAt("", "must be an object, found array")));
  EXPECT_THAT(Read({{"nested", 3}}).findings,
              ElementsAre(FindingAt("/nested", "must be an object")));
}

TEST(Fields, AnExplicitNullOfAnOptionalNumberIsNone) {
  json effective;
  std::vector<Finding> findings;
  const json input = {{"cap", nullptr}};
  Fields fields(input, effective, findings);
  EXPECT_EQ(fields.OptionalNumber("cap", 80), std::nullopt);
  EXPECT_EQ(fields.OptionalNumber("floor", 1), 1.0);
  fields.Finish();
  EXPECT_THAT(findings, IsEmpty());
  EXPECT_EQ(effective, json::parse(R"({"cap": null, "floor": 1.0})"));
}

TEST(Fields, NamesAreAListOfTexts) {
  const auto read = [](const json& value) {
    const json input = {{"names", value}};
    json effective;
    std::vector<Finding> findings;
    Fields fields(input, effective, findings);
    std::vector<std::string> names = fields.Names("names", {"default"});
    fields.Finish();
    return std::make_pair(std::move(names), std::move(findings));
  };
  const auto problem = FindingAt("/names", "must be a list of names");
  EXPECT_THAT(read({"b", "a", "b"}), Pair(ElementsAre("b", "a", "b"), IsEmpty()));
  EXPECT_THAT(read(json::array()), Pair(IsEmpty(), IsEmpty()));
  for (const json& value : {json("a"), json(1), json(), json::object(), json{{"a", "b"}}}) {
    EXPECT_THAT(read(value), Pair(IsEmpty(), ElementsAre(problem))) << value;
  }
  EXPECT_THAT(read({1, "a", json::array()}), Pair(ElementsAre("a"), ElementsAre(problem, problem)));
}

TEST(Fields, WithoutAFieldTheNamesAreTheDefaultsAndShown) {
  Reading reading;
  const json empty = json::object();
  Fields fields(empty, reading.effective, reading.findings);
  EXPECT_THAT(fields.Names("names", {"b", "a"}), ElementsAre("b", "a"));
  EXPECT_THAT(fields.Names("others"), IsEmpty());
  EXPECT_EQ(reading.effective, json({{"names", {"b", "a"}}, {"others", json::array()}}));
  EXPECT_THAT(reading.findings, IsEmpty());
}

TEST(Fields, AnyCopiesWhatItFinds) {
  json effective;
  std::vector<Finding> findings;
  const json input = {{"list", {1, "two", nullptr}}};
  Fields fields(input, effective, findings, "/answer");
  EXPECT_TRUE(fields.Has("list"));
  EXPECT_FALSE(fields.Has("other"));
  EXPECT_EQ(fields.Any("list", json()), input["list"]);
  EXPECT_EQ(fields.Any("other", "fallback"), json("fallback"));
  fields.Report("list", "is odd");
  fields.Finish();
  EXPECT_THAT(findings, ElementsAre(FindingAt("/answer/list", "is odd")));
}

TEST(Fields, TheEffectiveSettingsReadAgainGiveThemselves) {
  EXPECT_TRUE(rc::check("idempotent", [] {
    json input = json::object();
    if (*rc::gen::arbitrary<bool>()) input["min"] = *rc::gen::inRange(0, 11);
    if (*rc::gen::arbitrary<bool>()) input["max"] = *rc::gen::inRange(0, 101);
    if (*rc::gen::arbitrary<bool>()) input["classes"] = *rc::gen::inRange(1, 1000);
    if (*rc::gen::arbitrary<bool>()) input["name"] = *rc::gen::element<std::string>("a", "", "b/c");
    if (*rc::gen::arbitrary<bool>())
      input["align"] = *rc::gen::element<std::string>("none", "median");
    const Reading once = Read(input);
    const Reading twice = Read(once.effective);
    RC_ASSERT(once.findings.empty());
    RC_ASSERT(twice.findings.empty());
    RC_ASSERT(once.effective.dump() == twice.effective.dump());
  }));
}

TEST(ConfigError, ShowsEveryFindingWithItsPlace) {
  const ConfigError error("protocol.json", {{"/a", "is wrong"}, {"", "is odd"}});
  EXPECT_EQ(error.where, "protocol.json");
  EXPECT_THAT(error.findings, SizeIs(2));
  EXPECT_STREQ(error.what(), "protocol.json\n  /a: is wrong\n  is odd");
}

TEST(ConfigError, OfOneMessageIsOneFinding) {
  const ConfigError error("no such protocol");
  EXPECT_STREQ(error.what(), "no such protocol");
  EXPECT_THAT(error.findings, ElementsAre(Finding{"", "no such protocol"}));
}

TEST(FileError, IsLocatedAndKeepsItsParts) {
  const FileError error("a/b.png", "corrupt", "is broken");
  EXPECT_STREQ(error.what(), "a/b.png: is broken");
  EXPECT_EQ(error.path, "a/b.png");
  EXPECT_EQ(error.code, "corrupt");
  EXPECT_EQ(error.problem, "is broken");
}

TEST(Fields, ANameThatStandsTwiceIsLeftOutOnceAndReported) {
  const nlohmann::json input = {{"columns", {"a", "b", "a"}}};
  nlohmann::json effective;
  std::vector<Finding> findings;
  Fields fields(input, effective, findings);
  EXPECT_THAT(fields.DistinctNames("columns"), ::testing::ElementsAre("a", "b"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].pointer, "/columns");
  EXPECT_EQ(findings[0].message, "holds a twice");
}

}  // namespace
}  // namespace assay
