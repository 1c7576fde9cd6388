// Pickles as plain data:
//   - files by the picklers of Python 2 and 3, every protocol, have the values Python
//     states (tests/golden/pickle, scripts/make_pickle_samples.py);
//   - JSON written as a pickle here, in old and new spellings, comes back as it was;
//   - every opcode that names or calls code is refused by name and offset, in files by
//     Python and alone; sets, buffers, odd keys and numbers without a JSON form too;
//   - surrogate pairs in escapes are one character;
//   - shared values are copied; a container in itself, nesting without end and values
//     repeated without end are refused;
//   - cut anywhere it is truncated; random and changed bytes never crash.
#include "datasets/io/pickle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/io/pickle_text.h"
#include "tests/support/file_errors.h"

namespace assay {
namespace {

using nlohmann::json;
using test::CodeOf;
using test::MessageOf;
using ::testing::AllOf;
using ::testing::HasSubstr;

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }
json Read(std::string_view text) { return DecodePickle(ToBytes(text), "refs.p"); }
std::string ReadCode(std::string_view text) {
  return CodeOf([&] { Read(text); });
}
std::string ReadMessage(std::string_view text) {
  return MessageOf([&] { Read(text); });
}
// A text with NULs in it.
template <std::size_t kSize>
std::string Raw(const char (&text)[kSize]) {
  return std::string(text, kSize - 1);
}

// ---- files by Python -------------------------------------------------------

const std::filesystem::path kFolder =
    std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/pickle";

const json& Expected() {
  static const json kJson = json::parse(ReadText(kFolder / "expected.json"));
  return kJson;
}

Bytes Sample(const std::string& name) { return ReadFile(kFolder / (name + ".p")); }

TEST(Pickle, FilesByPython2And3HaveTheValuesPythonStates) {
  int files = 0;
  for (const auto& [name, value] : Expected().at("plain").items()) {
    const json& expected = Expected().at("values").at(value.get<std::size_t>());
    EXPECT_EQ(DecodePickle(Sample(name), name), expected) << name;
    ++files;
  }
  EXPECT_EQ(files, 18);
}

TEST(Pickle, FilesThatCallCodeAreRefusedByOpcodeAndOffset) {
  for (const auto& [name, where] : Expected().at("refused").items()) {
    const auto read = [&, file = name] { DecodePickle(Sample(file), file + ".p"); };
    EXPECT_EQ(CodeOf(read), "wrong-type") << name;
    EXPECT_THAT(MessageOf(read),
                AllOf(HasSubstr(name),
                      HasSubstr("opcode " + where.at("opcode").get<std::string>() + " at byte " +
                                std::to_string(where.at("offset").get<int>()) + " "),
                      HasSubstr("JSON")));
  }
  EXPECT_GT(Expected().at("refused").size(), 30U);
}

// ---- refusals --------------------------------------------------------------

TEST(Pickle, EveryOpcodeThatIsNoDataIsRefusedByName) {
  const std::vector<std::pair<char, std::string>> refused = {{'c', "GLOBAL"},
                                                             {'\x93', "STACK_GLOBAL"},
                                                             {'i', "INST"},
                                                             {'o', "OBJ"},
                                                             {'\x81', "NEWOBJ"},
                                                             {'\x92', "NEWOBJ_EX"},
                                                             {'R', "REDUCE"},
                                                             {'b', "BUILD"},
                                                             {'P', "PERSID"},
                                                             {'Q', "BINPERSID"},
                                                             {'\x82', "EXT1"},
                                                             {'\x83', "EXT2"},
                                                             {'\x84', "EXT4"},
                                                             {'\x8f', "EMPTY_SET"},
                                                             {'\x90', "ADDITEMS"},
                                                             {'\x91', "FROZENSET"},
                                                             {'\x96', "BYTEARRAY8"},
                                                             {'\x97', "NEXT_BUFFER"},
                                                             {'\x98', "READONLY_BUFFER"}};
  for (const auto& [code, name] : refused) {
    const std::string pickle = std::string("(NN") + code + "os\nsystem\nN.";
    EXPECT_EQ(ReadCode(pickle), "wrong-type") << name;
    EXPECT_THAT(ReadMessage(pickle), HasSubstr("opcode " + name + " at byte 3 ")) << name;
  }
}

TEST(Pickle, OtherBytesAreNoOpcodes) {
  EXPECT_EQ(ReadCode("[{\"ref_id\": 1}]"), "wrong-format");
  EXPECT_THAT(ReadMessage("N\xff"), HasSubstr("byte 1 is FF"));
  EXPECT_EQ(ReadCode("\x80\x06N."), "wrong-format");
  EXPECT_EQ(ReadCode(""), "truncated");
}

TEST(Pickle, WhatHasNoFormInJsonIsRefused) {
  EXPECT_EQ(ReadCode("Fnan\n."), "wrong-type");
  EXPECT_EQ(ReadCode(Raw("G\x7f\xf0\0\0\0\0\0\0.")), "wrong-type");
  EXPECT_EQ(ReadCode("I9223372036854775808\n."), "wrong-type");
  EXPECT_EQ(ReadCode("L-9223372036854775809L\n."), "wrong-type");
  EXPECT_EQ(ReadCode(Raw("\x8a\x09\0\0\0\0\0\0\0\x80\0.")), "wrong-type");
  EXPECT_EQ(ReadCode("}K\x01K\x02s."), "wrong-type");
  EXPECT_EQ(ReadCode("}NNs."), "wrong-type");
}

TEST(Pickle, WhatNoPicklerWritesIsCorrupt) {
  for (const std::string_view pickle : {".",
                                        "NN.",
                                        "N(.",
                                        "N.N",
                                        "0.",
                                        "2.",
                                        "a.",
                                        "Na.",
                                        "NNa.",
                                        "t.",
                                        "e.",
                                        "](Nu.",
                                        "}(Nu.",
                                        "}(VkN\nu.",
                                        "(VkNVk\nd.",
                                        "\x85.",
                                        "N(\x85.",
                                        "h\x01.",
                                        "g1\n.",
                                        "g-1\n.",
                                        "p1\n.",
                                        "I1x\n.",
                                        "I\n.",
                                        "F1.5x\n.",
                                        "T\xff\xff\xff\xff.",
                                        "\x8b\xff\xff\xff\xff.",
                                        "S'a\n.",
                                        "Sa\n.",
                                        "S'a'b'\n.",
                                        "S'\\q'\n.",
                                        "S'\\x1'\n.",
                                        "V\\\n.",
                                        "V\\ud83d\n.",
                                        "V\\ude00\\ud83d\n.",
                                        "V\\U00110000\n."}) {
    EXPECT_EQ(ReadCode(pickle), "corrupt") << pickle;
  }
  EXPECT_EQ(ReadCode("\x8c\x03\xed\xa0\x80."), "corrupt");  // U+D800
  EXPECT_EQ(ReadCode("\x8c\x02\xc0\x80."), "corrupt");      // U+0000 in two bytes
}

TEST(Pickle, MarksKeepWhatLiesBelowThem) {
  EXPECT_EQ(ReadCode("](a."), "corrupt");
  EXPECT_EQ(Read("N(NN1."), json());
  EXPECT_EQ(Read("N(0."), json());
  EXPECT_EQ(Read("NI5\n0."), json());
  EXPECT_EQ(Read("I5\n2\x86."), json::array({5, 5}));
}

TEST(Pickle, LongsOfAnyLengthThatFit64BitsAreRead) {
  EXPECT_EQ(Read(Raw("\x8a\0.")), json(0));
  EXPECT_EQ(Read(Raw("\x8a\x0a\x05\0\0\0\0\0\0\0\0\0.")), json(5));
  EXPECT_EQ(Read("\x8a\x0a\xfe\xff\xff\xff\xff\xff\xff\xff\xff\xff."), json(-2));
  EXPECT_EQ(Read(Raw("\x8b\x02\0\0\0\x2c\x01.")), json(300));
}

// ---- text ------------------------------------------------------------------

TEST(Pickle, SurrogatePairsInEscapesAreOneCharacter) {
  EXPECT_EQ(ParseRawUnicode("\\ud83d\\ude00"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(ParseRawUnicode("\\U0001f600"), "\xf0\x9f\x98\x80");
  EXPECT_EQ(ParseRawUnicode("\xe9\\u005cu"), "\xc3\xa9\\u");
}

// ---- sharing and limits ----------------------------------------------------

TEST(Pickle, SharedValuesAreCopiedAlsoWhenTheyAreFilledLater) {
  EXPECT_EQ(Read("(]q\x01h\x01K\x05"
                 "at."),
            json::array({{5}, {5}}));
}

TEST(Pickle, AContainerThatHoldsItselfIsRefused) {
  EXPECT_EQ(ReadCode("]q\x01h\x01"
                     "a."),
            "corrupt");
  EXPECT_THAT(ReadMessage("N0]q\x01h\x01"
                          "a."),
              HasSubstr("made at byte 2"));
  EXPECT_EQ(ReadCode("}q\x01Vk\nh\x01s."), "corrupt");
  EXPECT_EQ(ReadCode("]q\x01h\x01\x85"
                     "a."),
            "corrupt");
}

std::string Nested(int depth) {
  return std::string(static_cast<std::size_t>(depth), ']') +
         std::string(static_cast<std::size_t>(depth - 1), 'a') + ".";
}

TEST(Pickle, NestingIsReadUpToItsLimit) {
  json expected = json::array();
  for (int i = 1; i < kMaxPickleDepth; ++i) expected = json::array({expected});
  EXPECT_EQ(Read(Nested(kMaxPickleDepth)), expected);
  EXPECT_EQ(ReadCode(Nested(kMaxPickleDepth + 1)), "too-large");
  EXPECT_EQ(ReadCode(Nested(3000000)), "too-large");
}

TEST(Pickle, ValuesRepeatedWithoutEndAreRefused) {
  // Each list holds the one before ten times: 10^30 numbers from a few hundred bytes.
  std::string pickle = "K\x01";
  for (char level = 0; level < 30; ++level) {
    const char name = static_cast<char>(level + 'a');
    pickle += std::string("q") + name + "0(";
    for (int i = 0; i < 10; ++i) pickle += std::string("h") + name;
    pickle += "l";
  }
  EXPECT_EQ(ReadCode(pickle + "."), "too-large");
  // A long text, repeated two bytes at a time.
  std::string text = "(V" + std::string(100000, 'x') + "\nq\x01";
  for (int i = 0; i < 5000; ++i) text += "h\x01";
  EXPECT_EQ(ReadCode(text + "l."), "too-large");
}

TEST(Pickle, ALengthBeyondTheFileTakesNoMemory) {
  EXPECT_EQ(ReadCode(Raw("\x8d\xff\xff\xff\xff\xff\xff\xff\x7f"
                         "a.")),
            "truncated");
  EXPECT_EQ(ReadCode("B\xff\xff\xff\xff."), "truncated");
  EXPECT_EQ(ReadCode("\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\xff."), "truncated");
  EXPECT_EQ(Read("Nr\xff\xff\xff\xff."), json());
}

// ---- laws ------------------------------------------------------------------

std::string Little(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xff);
  return text;
}

// Writes JSON as a pickle: the spellings of protocol 0 or those of protocol 4.
std::string Write(const json& value, bool old) {
  switch (value.type()) {
    case json::value_t::boolean:
      return old ? (value.get<bool>() ? "I01\n" : "I00\n") : (value.get<bool>() ? "\x88" : "\x89");
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return old ? "L" + value.dump() + "L\n"
                 : "\x8a\x08" + Little(std::bit_cast<std::uint64_t>(value.get<std::int64_t>()), 8);
    case json::value_t::number_float: {
      if (old) return "F" + value.dump() + "\n";
      const std::string little = Little(std::bit_cast<std::uint64_t>(value.get<double>()), 8);
      return "G" + std::string(little.rbegin(), little.rend());
    }
    case json::value_t::string: {
      const auto& text = value.get_ref<const std::string&>();
      return (old ? "T" : "\x8d") + Little(text.size(), old ? 4 : 8) + text;
    }
    case json::value_t::array: {
      std::string items;
      for (const json& item : value) items += Write(item, old) + (old ? "a" : "");
      return old ? "(l" + items : "](" + items + "e";
    }
    case json::value_t::object: {
      std::string items;
      for (const auto& [key, item] : value.items()) {
        items += Write(key, old) + Write(item, old) + (old ? "s" : "");
      }
      return old ? "(d" + items : "}(" + items + "u";
    }
    default:
      return "N";
  }
}

json AnyJson(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 7 : 5)) {
    case 0:
      return nullptr;
    case 1:
      return *rc::gen::arbitrary<bool>();
    case 2:
      return *rc::gen::arbitrary<std::int64_t>();
    case 3:
      return *rc::gen::map(rc::gen::inRange(-100000, 100000), [](int n) { return n / 7.0; });
    case 4:
      return *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
    case 5: {
      json array = json::array();
      const int count = *rc::gen::inRange(0, 5);
      for (int i = 0; i < count; ++i) array.push_back(AnyJson(depth - 1));
      return array;
    }
    default: {
      json object = json::object();
      const int count = *rc::gen::inRange(0, 5);
      for (int i = 0; i < count; ++i) {
        object[*rc::gen::container<std::string>(rc::gen::inRange('a', 'e'))] = AnyJson(depth - 1);
      }
      return object;
    }
  }
}

TEST(Pickle, JsonWrittenAsAPickleComesBackAsItWas) {
  EXPECT_TRUE(rc::check("round trip", [] {
    const json value = AnyJson(4);
    RC_ASSERT(Read(Write(value, true) + ".") == value);
    RC_ASSERT(Read("\x80\x04" + Write(value, false) + ".") == value);
  }));
}

TEST(Pickle, CutAnywhereItIsTruncated) {
  for (const std::string name :
       {"plain-py2-cpickle-0", "plain-py2-cpickle-2", "plain-py3-pickle-5"}) {
    const Bytes whole = Sample(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const auto cut = std::span(whole).first(length);
      EXPECT_EQ(CodeOf([&] { DecodePickle(cut, name); }), "truncated") << name << " " << length;
    }
  }
}

TEST(Pickle, ChangedFilesAreReadOrRefusedButNeverCrash) {
  std::vector<Bytes> files;
  for (const auto& [name, value] : Expected().at("plain").items()) files.push_back(Sample(name));
  EXPECT_TRUE(rc::check("mutations", [&] {
    Bytes changed = *rc::gen::elementOf(files);
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
      changed[*rc::gen::inRange<std::size_t>(0, changed.size())] =
          *rc::gen::arbitrary<std::uint8_t>();
    }
    CodeOf([&] { DecodePickle(changed, "changed.p"); });
  }));
}

TEST(Pickle, RandomOpcodesAreReadOrRefusedButNeverCrash) {
  // Mostly opcodes that are interpreted, so that the programs run for a while.
  const std::string usual = "((()]}NNKJM2015aesudltqhpgV\n\x85\x86\x87\x88\x89\x8a\x8c\x94.";
  EXPECT_TRUE(rc::check("programs", [&] {
    const auto program = *rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{9, rc::gen::elementOf(usual)}, {1, rc::gen::arbitrary<char>()}}));
    CodeOf([&] { Read(program + "."); });
  }));
}

}  // namespace
}  // namespace assay
