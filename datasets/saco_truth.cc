#include "datasets/saco_truth.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace assay {
namespace {

namespace dom = simdjson::dom;

constexpr const char* kRemedy = "compare this pair with the official archive";

// A field of one annotation is not as it must be.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

[[noreturn]] void Refuse(const std::string& path,
                         const std::string& key,
                         std::int64_t annotation,
                         const std::string& problem) {
  throw DatasetError(path, key, fmt::format("annotation {}: {}", annotation, problem), kRemedy);
}

// ---- one annotation of the file, checked -------------------------------------

std::string_view CountsOf(dom::element segmentation, Size size) {
  dom::element sides;
  std::string_view counts;
  if (segmentation["size"].get(sides) != simdjson::SUCCESS ||
      segmentation["counts"].get(counts) != simdjson::SUCCESS) {
    throw Unusable(
        "the segmentation is not {\"size\": [height, width], \"counts\": text}, a compressed "
        "run-length mask");
  }
  dom::array list;
  std::array<std::int64_t, 2> stated{};
  const bool right = sides.get(list) == simdjson::SUCCESS && list.size() == stated.size() &&
                     list.at(0).get(stated[0]) == simdjson::SUCCESS && stated[0] == size.height &&
                     list.at(1).get(stated[1]) == simdjson::SUCCESS && stated[1] == size.width;
  if (right) return counts;
  throw Unusable(fmt::format("the mask has the size {} (height, width), the image [{},{}]",
                             simdjson::minify(sides),
                             size.height,
                             size.width));
}

bool CrowdOf(dom::element annotation) {
  dom::element field;
  if (annotation["iscrowd"].get(field) != simdjson::SUCCESS) return false;
  bool flag = false;
  if (field.get(flag) == simdjson::SUCCESS) return flag;
  std::int64_t number = 0;
  if (field.get(number) == simdjson::SUCCESS && (number == 0 || number == 1)) return number == 1;
  throw Unusable("iscrowd is " + simdjson::minify(field) + ", not 0 or 1");
}

std::optional<BoxXywh> BoxOf(dom::element annotation) {
  dom::element field;
  if (annotation["bbox"].get(field) != simdjson::SUCCESS) return std::nullopt;
  BoxXywh box{};
  dom::array sides;
  bool right = field.get(sides) == simdjson::SUCCESS && sides.size() == box.size();
  std::size_t i = 0;
  for (const dom::element side : sides) {
    if (!right) break;
    right = side.get(box.at(i)) == simdjson::SUCCESS && std::isfinite(box.at(i));
    ++i;
  }
  if (right) return box;
  throw Unusable("the bbox is " + simdjson::minify(field) + ", not [x, y, width, height]");
}

// Valid until this thread parses the next one.
dom::element Parse(std::string_view text, const SacoFile& file, std::int64_t pair) {
  thread_local dom::parser parser;  // keeps its memory
  dom::element json;
  const auto error = parser.parse(text.data(), text.size()).get(json);
  if (error == simdjson::SUCCESS) return json;
  throw DatasetError(file.Path(), std::to_string(pair), simdjson::error_message(error), kRemedy);
}

// ---- the canonical form ------------------------------------------------------

class Writer {
 public:
  explicit Writer(std::size_t likely_size) { text_.reserve(likely_size); }

  Writer& Word(std::string_view word) {
    text_.insert(text_.end(), word.begin(), word.end());
    return *this;
  }
  template <class N>
  Writer& Number(N number) {
    std::array<char, 32> digits{};
    digits[0] = ' ';
    const char* const end =
        std::to_chars(digits.data() + 1, digits.data() + digits.size(), number).ptr;
    return Word({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  Writer& Text(std::string_view text) {
    Number(text.size()).Word(":").Word(text);
    return *this;
  }
  Bytes Take() { return std::move(text_); }

 private:
  Bytes text_;
};

class Reader {
 public:
  explicit Reader(const RawPart& part)
      : left_(reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()) {}

  bool Skip(std::string_view word) {
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  void Expect(std::string_view word) {
    if (!Skip(word)) Fail();
  }
  template <class N>
  N Number() {
    Expect(" ");
    N number{};
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), number);
    if (error != std::errc()) Fail();
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return number;
  }
  std::string_view Text() {
    const auto length = Number<std::size_t>();
    Expect(":");
    if (length > left_.size()) Fail();
    const std::string_view text = left_.substr(0, length);
    left_.remove_prefix(length);
    return text;
  }

 private:
  [[noreturn]] static void Fail() {
    throw std::logic_error("the truth of a pair is not in its canonical form");
  }

  std::string_view left_;
};

// A string of the file without its quotes; empty where something in it is escaped.
std::string_view PlainText(const SacoFile& file, const SacoPlace& place) {
  const std::string_view token = file.TextAt(place);
  if (token.find('\\') != std::string_view::npos) return {};
  return token.substr(1, token.size() - 2);
}

// The same for any string; valid until this thread parses the next one.
std::string_view Unescaped(const SacoFile& file, const SacoPlace& place, std::int64_t pair) {
  return Parse(file.TextAt(place), file, pair).get_string().value();
}

// Of the canonical form: nothing in it is longer than in the file.
std::size_t LikelySize(const SacoFile& file, const SacoPair& pair) {
  std::size_t size = 100 + pair.file_name.length + pair.phrase.length;
  for (std::uint32_t i = 0; i < pair.annotations; ++i) size += file.AnnotationText(pair, i).size();
  return size;
}

void WriteAnnotation(dom::element json, Size size, Writer& out) {
  const bool crowd = CrowdOf(json);
  out.Word("annotation").Number(json["id"].get_int64().value());
  out.Number(json["category_id"].get_int64().value()).Number(crowd ? 1 : 0);
  const std::optional<BoxXywh> box = BoxOf(json);
  out.Number(box ? box->size() : 0);
  for (std::size_t i = 0; box && i < box->size(); ++i) out.Number(box->at(i));
  out.Text(CountsOf(json["segmentation"].value(), size)).Word("\n");
}

}  // namespace

SacoQuestion ReadSacoQuestion(const SacoFile& file, const SacoPair& pair) {
  const auto text = [&](const SacoPlace& place) {
    const std::string_view plain = PlainText(file, place);
    return std::string(plain.empty() ? Unescaped(file, place, pair.id) : plain);
  };
  return {.file_name = text(pair.file_name), .phrase = text(pair.phrase)};
}

RawPart CanonicalSacoPair(const SacoFile& file, const SacoPair& pair) {
  Writer out(LikelySize(file, pair));
  out.Word("image").Number(pair.size.height).Number(pair.size.width);
  out.Number(pair.exhaustive ? 1 : 0);
  for (const SacoPlace& place : {pair.file_name, pair.phrase}) {
    const std::string_view plain = PlainText(file, place);
    out.Text(plain.empty() ? Unescaped(file, place, pair.id) : plain);
  }
  out.Word("\ncategories");
  for (const std::int64_t category : file.Categories()) out.Number(category);
  out.Word("\n");
  for (std::uint32_t i = 0; i < pair.annotations; ++i) {
    const dom::element json = Parse(file.AnnotationText(pair, i), file, pair.id);
    try {
      WriteAnnotation(json, pair.size, out);
    } catch (const Unusable& e) {
      Refuse(
          file.Path().string(), std::to_string(pair.id), json["id"].get_int64().value(), e.what());
    }
  }
  return {file.Path().string(), out.Take()};
}

Annotation DecodeSacoPair(const RawPart& part, const std::string& key, Size size) {
  Reader in(part);
  Annotation annotation{.instances = {}, .categories = {}, .exhaustive = false};
  in.Expect("image");
  in.Number<int>();
  in.Number<int>();
  annotation.exhaustive = in.Number<int>() == 1;
  in.Text();
  in.Text();
  in.Expect("\ncategories");
  while (!in.Skip("\n")) annotation.categories.push_back(in.Number<std::int64_t>());
  while (in.Skip("annotation")) {
    const auto id = in.Number<std::int64_t>();
    TrueInstance& instance = annotation.instances.emplace_back();
    instance.category = in.Number<std::int64_t>();
    instance.crowd = in.Number<int>() == 1;
    if (in.Number<int>() != 0) {
      instance.box_xywh.emplace();
      for (double& side : *instance.box_xywh) side = in.Number<double>();
    }
    try {
      instance.mask = DecodeRuns(size, in.Text());
    } catch (const std::invalid_argument& e) {
      Refuse(part.path, key, id, std::string("the mask does not decode: ") + e.what());
    }
    in.Expect("\n");
  }
  return annotation;
}

}  // namespace assay
