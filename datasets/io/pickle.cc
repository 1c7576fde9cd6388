#include "datasets/io/pickle.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/pickle_cursor.h"
#include "datasets/io/pickle_text.h"
#include "datasets/io/pickle_values.h"
#include "datasets/io/text_encoding.h"

namespace assay {
namespace {

using Path = std::filesystem::path;
using Ids = std::vector<PickleId>;

constexpr std::uint64_t kSmallFile = 4096;  // bytes; see kMaxPickleGrowth
constexpr int kMaxProtocol = 5;

class Machine;

struct Opcode {
  char code = 0;
  std::string_view name;
  void (Machine::*run)() = nullptr;  // null: refused, because it
  std::string_view refusal = {};     // …
};

const Opcode* FindOpcode(std::uint8_t code);

class Machine {
 public:
  Machine(std::span<const std::uint8_t> bytes, const Path& path)
      : cursor_(bytes, path), values_(path), size_(bytes.size()) {
    none_ = values_.Add(PickleNone{}, 0);
    false_ = values_.Add(false, 0);
    true_ = values_.Add(true, 0);
  }

  nlohmann::json Run() {
    while (!stopped_) Step();
    if (cursor_.Left() > 0) {
      throw Corrupt(fmt::format("is followed by {} bytes more", cursor_.Left()));
    }
    if (stack_.size() != 1 || !marks_.empty()) {
      throw Corrupt(fmt::format("leaves {} values, expected 1", stack_.size() + marks_.size()));
    }
    return values_.ToJson(stack_.front(), kMaxPickleGrowth * std::max(size_, kSmallFile));
  }

  // ---- structure -----------------------------------------------------------

  void Protocol() {
    const int protocol = cursor_.Byte();
    if (protocol > kMaxProtocol) {
      throw Error("wrong-format",
                  fmt::format("states protocol {}; 0 to {} are read", protocol, kMaxProtocol));
    }
  }
  void FrameLength() {
    const std::uint64_t length = cursor_.Little(8);
    if (length > cursor_.Left()) {
      throw Error(
          "truncated",
          fmt::format("states {} bytes, {} are left; copy it again", length, cursor_.Left()));
    }
  }
  void Stop() { stopped_ = true; }
  void Mark() { marks_.push_back(stack_.size()); }
  void Pop() {
    if (!marks_.empty() && marks_.back() == stack_.size()) {
      marks_.pop_back();
    } else {
      PopOne();
    }
  }
  void PopMark() { PopToMark(); }
  void Dup() { Push(Top()); }

  // ---- scalars -------------------------------------------------------------

  void None() { Push(none_); }
  void True() { Push(true_); }
  void False() { Push(false_); }
  template <std::size_t kBytes>
  void Unsigned() {
    Make(static_cast<std::int64_t>(cursor_.Little(kBytes)));
  }
  void Signed4() { Make(std::int64_t{Int32()}); }
  void IntLine() {
    const std::string_view line = cursor_.Line();
    if (line == "00" || line == "01") return Push(line == "01" ? true_ : false_);
    Make(ParseInteger(line));
  }
  void LongLine() {
    std::string_view line = cursor_.Line();
    if (line.ends_with('L')) line.remove_suffix(1);
    Make(ParseInteger(line));
  }
  void Long1() { Make(TwosComplement(cursor_.Take(cursor_.Byte()))); }
  void Long4() { Make(TwosComplement(cursor_.Take(Length4()))); }
  void FloatLine() {
    const std::string_view line = cursor_.Line();
    double value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    // Out of range is an underflow or an overflow: neither is written by a pickler.
    if (error != std::errc() || end != line.data() + line.size()) {
      throw Corrupt("holds no number");
    }
    MakeFloat(value);
  }
  void BinFloat() { MakeFloat(std::bit_cast<double>(cursor_.Big8())); }

  // ---- text ----------------------------------------------------------------

  void ReprLine() {
    const auto text = ParseReprString(cursor_.Line());
    if (!text) throw Corrupt("holds no quoted string as Python 2 writes it");
    Make(Utf8OrLatin1(*text));
  }
  void UnicodeLine() {
    auto text = ParseRawUnicode(cursor_.Line());
    if (!text) throw Corrupt("holds a \\ that begins no character");
    Make(std::move(*text));
  }
  template <std::size_t kBytes>
  void ByteString() {
    Make(Utf8OrLatin1(cursor_.Take(cursor_.Little(kBytes))));
  }
  void SignedByteString() { Make(Utf8OrLatin1(cursor_.Take(Length4()))); }
  template <std::size_t kBytes>
  void Unicode() {
    const std::string_view text = cursor_.Take(cursor_.Little(kBytes));
    if (!IsUtf8(text)) throw Corrupt("holds text that is not UTF-8, or half a surrogate pair");
    Make(std::string(text));
  }

  // ---- containers ----------------------------------------------------------

  void EmptyTuple() { Make(PickleTuple{}); }
  template <std::size_t kItems>
  void SmallTuple() {
    PickleTuple tuple{Ids(kItems)};
    for (std::size_t i = kItems; i-- > 0;) tuple.items[i] = PopOne();
    Make(std::move(tuple));
  }
  void Tuple() { Make(PickleTuple{PopToMark()}); }
  void EmptyList() { Make(PickleList{}); }
  void List() { Make(PickleList{PopToMark()}); }
  void Append() { Extend({PopOne()}); }
  void Appends() { Extend(PopToMark()); }
  void EmptyDict() { Make(PickleDict{}); }
  void Dict() {
    const Ids items = PopToMark();
    Make(PickleDict{});
    Set(items);
  }
  void SetItem() {
    const PickleId value = PopOne();
    const PickleId key = PopOne();
    Set({key, value});
  }
  void SetItems() { Set(PopToMark()); }

  // ---- memo ----------------------------------------------------------------

  void PutLine() { memo_[MemoLine()] = Top(); }
  void GetLine() { Recall(MemoLine()); }
  template <std::size_t kBytes>
  void Put() {
    memo_[cursor_.Little(kBytes)] = Top();
  }
  template <std::size_t kBytes>
  void Get() {
    Recall(cursor_.Little(kBytes));
  }
  void Memoize() { memo_[memo_.size()] = Top(); }

 private:
  void Step() {
    offset_ = cursor_.Position();
    const std::uint8_t code = cursor_.Byte();
    opcode_ = FindOpcode(code);
    if (opcode_ == nullptr) {
      throw FileError(
          cursor_.Path(),
          "wrong-format",
          fmt::format("is no pickle, or a damaged one: byte {} is {:02X}, which is no opcode",
                      offset_,
                      code));
    }
    if (opcode_->run == nullptr) {
      throw Error("wrong-type",
                  fmt::format("{}, and is refused: only plain data is read. Load the file where "
                              "you trust it, write it as JSON and give that instead",
                              opcode_->refusal));
    }
    (this->*opcode_->run)();
  }

  FileError Error(const std::string& code, const std::string& what) const {
    return {cursor_.Path(),
            code,
            fmt::format("pickle opcode {} at byte {} {}", opcode_->name, offset_, what)};
  }
  FileError Corrupt(const std::string& what) const {
    return Error("corrupt", what + "; the file was damaged, copy it again");
  }

  void Push(PickleId id) { stack_.push_back(id); }
  void Make(PickleValue value) { Push(values_.Add(std::move(value), offset_)); }
  void MakeFloat(double value) {
    if (!std::isfinite(value)) throw Error("wrong-type", "is a number that is not finite");
    Make(value);
  }

  // What lies below the last mark belongs to whoever set it.
  void NeedOne() const {
    if (stack_.size() <= (marks_.empty() ? 0 : marks_.back())) {
      throw Corrupt("finds no value on the stack");
    }
  }
  PickleId Top() const {
    NeedOne();
    return stack_.back();
  }
  PickleId PopOne() {
    NeedOne();
    const PickleId id = stack_.back();
    stack_.pop_back();
    return id;
  }
  Ids PopToMark() {
    if (marks_.empty()) throw Corrupt("finds no mark on the stack");
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    Ids ids(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return ids;
  }

  void Extend(const Ids& items) {
    auto* list = std::get_if<PickleList>(&values_.At(Top()));
    if (list == nullptr) throw Corrupt("finds no list to append to");
    list->items.insert(list->items.end(), items.begin(), items.end());
  }
  void Set(const Ids& items) {
    auto* dict = std::get_if<PickleDict>(&values_.At(Top()));
    if (dict == nullptr) throw Corrupt("finds no dict to fill");
    if (items.size() % 2 != 0) throw Corrupt("finds a key without a value");
    for (std::size_t i = 0; i < items.size(); i += 2) {
      if (!std::holds_alternative<std::string>(values_.At(items[i]))) {
        throw Error("wrong-type", "fills a dict whose keys are not all text");
      }
      dict->entries.emplace_back(items[i], items[i + 1]);
    }
  }

  void Recall(std::uint64_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) throw Corrupt(fmt::format("asks for memo {}, never set", index));
    Push(found->second);
  }
  std::uint64_t MemoLine() {
    const std::int64_t index = ParseInteger(cursor_.Line());
    if (index < 0) throw Corrupt("has a negative memo index");
    return static_cast<std::uint64_t>(index);
  }

  std::int32_t Int32() { return static_cast<std::int32_t>(cursor_.Little(4)); }
  std::uint64_t Length4() {
    const std::int32_t length = Int32();
    if (length < 0) throw Corrupt("states a negative length");
    return static_cast<std::uint64_t>(length);
  }

  std::int64_t ParseInteger(std::string_view line) const {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error == std::errc::result_out_of_range) throw TooLong();
    if (error != std::errc() || end != line.data() + line.size()) {
      throw Corrupt("holds no whole number");
    }
    return value;
  }
  // Little-endian, the highest bit of the last byte is the sign; no byte is 0.
  std::int64_t TwosComplement(std::string_view bytes) const {
    const bool negative = !bytes.empty() && static_cast<std::uint8_t>(bytes.back()) >= 0x80;
    const char sign = negative ? '\xff' : '\0';
    std::uint64_t value = negative ? std::numeric_limits<std::uint64_t>::max() : 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
      if (i >= 8 && bytes[i] != sign) throw TooLong();
      value = value << 8U | static_cast<std::uint8_t>(bytes[i]);
    }
    if (bytes.size() > 8 && (value >> 63U != 0) != negative) throw TooLong();
    return static_cast<std::int64_t>(value);
  }
  FileError TooLong() const { return Error("wrong-type", "is a whole number beyond 64 bits"); }

  PickleCursor cursor_;
  PickleValues values_;
  std::uint64_t size_;
  PickleId none_ = 0, false_ = 0, true_ = 0;
  Ids stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::unordered_map<std::uint64_t, PickleId> memo_;
  const Opcode* opcode_ = nullptr;  // the one being run
  std::size_t offset_ = 0;          // of it
  bool stopped_ = false;
};

// ---- the opcodes -----------------------------------------------------------

constexpr std::string_view kCallsCode = "names or calls code";
constexpr std::string_view kSet = "builds a set, which JSON does not have";
constexpr std::string_view kBuffer = "holds a buffer, which is no plain data";

using M = Machine;
constexpr std::array<Opcode, 68> kOpcodes = {{
    {'(', "MARK", &M::Mark},
    {'.', "STOP", &M::Stop},
    {'0', "POP", &M::Pop},
    {'1', "POP_MARK", &M::PopMark},
    {'2', "DUP", &M::Dup},
    {'F', "FLOAT", &M::FloatLine},
    {'I', "INT", &M::IntLine},
    {'J', "BININT", &M::Signed4},
    {'K', "BININT1", &M::Unsigned<1>},
    {'L', "LONG", &M::LongLine},
    {'M', "BININT2", &M::Unsigned<2>},
    {'N', "NONE", &M::None},
    {'P', "PERSID", nullptr, kCallsCode},
    {'Q', "BINPERSID", nullptr, kCallsCode},
    {'R', "REDUCE", nullptr, kCallsCode},
    {'S', "STRING", &M::ReprLine},
    {'T', "BINSTRING", &M::SignedByteString},
    {'U', "SHORT_BINSTRING", &M::ByteString<1>},
    {'V', "UNICODE", &M::UnicodeLine},
    {'X', "BINUNICODE", &M::Unicode<4>},
    {'a', "APPEND", &M::Append},
    {'b', "BUILD", nullptr, kCallsCode},
    {'c', "GLOBAL", nullptr, kCallsCode},
    {'d', "DICT", &M::Dict},
    {'}', "EMPTY_DICT", &M::EmptyDict},
    {'e', "APPENDS", &M::Appends},
    {'g', "GET", &M::GetLine},
    {'h', "BINGET", &M::Get<1>},
    {'i', "INST", nullptr, kCallsCode},
    {'j', "LONG_BINGET", &M::Get<4>},
    {'l', "LIST", &M::List},
    {']', "EMPTY_LIST", &M::EmptyList},
    {'o', "OBJ", nullptr, kCallsCode},
    {'p', "PUT", &M::PutLine},
    {'q', "BINPUT", &M::Put<1>},
    {'r', "LONG_BINPUT", &M::Put<4>},
    {'s', "SETITEM", &M::SetItem},
    {'t', "TUPLE", &M::Tuple},
    {')', "EMPTY_TUPLE", &M::EmptyTuple},
    {'u', "SETITEMS", &M::SetItems},
    {'G', "BINFLOAT", &M::BinFloat},
    {'B', "BINBYTES", &M::ByteString<4>},
    {'C', "SHORT_BINBYTES", &M::ByteString<1>},
    {'\x80', "PROTO", &M::Protocol},
    {'\x81', "NEWOBJ", nullptr, kCallsCode},
    {'\x82', "EXT1", nullptr, kCallsCode},
    {'\x83', "EXT2", nullptr, kCallsCode},
    {'\x84', "EXT4", nullptr, kCallsCode},
    {'\x85', "TUPLE1", &M::SmallTuple<1>},
    {'\x86', "TUPLE2", &M::SmallTuple<2>},
    {'\x87', "TUPLE3", &M::SmallTuple<3>},
    {'\x88', "NEWTRUE", &M::True},
    {'\x89', "NEWFALSE", &M::False},
    {'\x8a', "LONG1", &M::Long1},
    {'\x8b', "LONG4", &M::Long4},
    {'\x8c', "SHORT_BINUNICODE", &M::Unicode<1>},
    {'\x8d', "BINUNICODE8", &M::Unicode<8>},
    {'\x8e', "BINBYTES8", &M::ByteString<8>},
    {'\x8f', "EMPTY_SET", nullptr, kSet},
    {'\x90', "ADDITEMS", nullptr, kSet},
    {'\x91', "FROZENSET", nullptr, kSet},
    {'\x92', "NEWOBJ_EX", nullptr, kCallsCode},
    {'\x93', "STACK_GLOBAL", nullptr, kCallsCode},
    {'\x94', "MEMOIZE", &M::Memoize},
    {'\x95', "FRAME", &M::FrameLength},
    {'\x96', "BYTEARRAY8", nullptr, kBuffer},
    {'\x97', "NEXT_BUFFER", nullptr, kBuffer},
    {'\x98', "READONLY_BUFFER", nullptr, kBuffer},
}};

const Opcode* FindOpcode(std::uint8_t code) {
  const auto* found = std::find_if(kOpcodes.begin(), kOpcodes.end(), [&](const Opcode& opcode) {
    return static_cast<std::uint8_t>(opcode.code) == code;
  });
  return found == kOpcodes.end() ? nullptr : found;
}

}  // namespace

nlohmann::json DecodePickle(std::span<const std::uint8_t> bytes, const Path& path) {
  return Machine(bytes, path).Run();
}

}  // namespace assay
