// Properties of the form that is hashed, held against nlohmann/json, which is written
// independently:
//   - what it states is what was read, whatever blanks and whatever order of names
//   - the same value gives the same text, and that text gives itself
//   - names ascend, nothing is escaped that need not be
//   - what is no JSON, or states a name twice, leaves the text as it was
#include "datasets/io/canonical_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <simdjson.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace assay {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// What simdjson reads of the text, appended.
void Append(const std::string& text, std::string& out) {
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (const auto error = parser.parse(text).get(value)) {
    throw std::invalid_argument(simdjson::error_message(error));
  }
  AppendCanonicalJson(value, out);
}

std::string Canonical(const std::string& text) {
  std::string out;
  Append(text, out);
  return out;
}

std::string Refusal(const std::string& text) {
  std::string out = "before";
  try {
    Append(text, out);
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(out, "before");
    return error.what();
  }
  return "";
}

std::string AnyText() {
  return *rc::gen::container<std::string>(
      rc::gen::element('a', 'b', '"', '\\', '/', '\n', '\t', '\x01', '\x1f', '\x7f', ' '));
}

json AnyValue(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 9 : 7)) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<std::int64_t>();
    case 3:
      return *rc::gen::arbitrary<std::uint64_t>();
    case 4:
      return *rc::gen::suchThat(rc::gen::arbitrary<double>(),
                                [](double d) { return std::isfinite(d); });
    case 5:
      return *rc::gen::inRange(-1000, 1000) / 64.0;
    case 6:
      return AnyText();
    case 7: {
      json list = json::array();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) list.push_back(AnyValue(depth - 1));
      return list;
    }
    default: {
      json object = json::object();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) object[AnyText()] = AnyValue(depth - 1);
      return object;
    }
  }
}

TEST(CanonicalJson, StatesWhatWasReadInOneForm) {
  EXPECT_TRUE(rc::check("any value", [] {
    const json value = AnyValue(3);
    const std::string text = Canonical(value.dump(*rc::gen::inRange(-1, 5)));
    RC_ASSERT(json::parse(text) == value);
    RC_ASSERT(Canonical(text) == text);
    RC_ASSERT(Canonical(value.dump(-1, ' ', true)) == text);  // all but ASCII escaped
  }));
}

TEST(CanonicalJson, NamesAscendAndBlanksAreGone) {
  EXPECT_EQ(Canonical(R"( { "b" : [ 1 , 2 ] , "a" : { "d" : null , "c" : true } } )"),
            R"({"a":{"c":true,"d":null},"b":[1,2]})");
  EXPECT_EQ(Canonical(R"({"b":1,"B":2,"a\u0062":3})"), R"({"B":2,"ab":3,"b":1})");
}

TEST(CanonicalJson, NumbersHaveTheFewestDigitsAndKeepTheirKind) {
  EXPECT_EQ(Canonical("[0.10, 1.0, 1, -0.0, 1e2, 18446744073709551615, -9223372036854775808]"),
            "[0.1,1.0,1,-0.0,100.0,18446744073709551615,-9223372036854775808]");
}

TEST(CanonicalJson, OnlyWhatMustBeIsEscaped) {
  EXPECT_EQ(Canonical(R"("\u00e9\u002f\/\u0041\\\"\b\f\n\r\t\u0001")"),
            "\"é//A\\\\\\\"\\b\\f\\n\\r\\t\\u0001\"");
}

TEST(CanonicalJson, NamesStatedTwiceAndWhatIsNoJsonAreRefused) {
  EXPECT_THAT(Refusal(R"({"a": 1, "b": {"c": 1, "\u0063": 2}})"), HasSubstr("\"c\" twice"));
  for (const char* text : {"",
                           "{",
                           "[1,]",
                           "{\"a\":NaN}",
                           "01",
                           "1 2",
                           "{\"a\" 1}",
                           "\"\\x\"",
                           "[1e999]",
                           "\"\xff\""}) {
    EXPECT_NE(Refusal(text), "") << text;
  }
}

TEST(CanonicalJson, ARepeatedNameIsFoundHoweverDeep) {
  simdjson::dom::parser parser;
  const auto repeated = [&](std::string_view text) {
    return RepeatedName(parser.parse(text).value());
  };
  EXPECT_EQ(repeated(R"([{"a": [{"b": 1, "c": 2, "b": 1}]}])"), "b");
  EXPECT_EQ(repeated(R"([{"a": 1}, {"a": 1}, {"b": {"a": 1}}])"), std::nullopt);
}

}  // namespace
}  // namespace assay
