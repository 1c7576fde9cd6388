#include "datasets/saco_truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace assay {
namespace {

using Json = nlohmann::json;

constexpr const char* kRemedy = "compare this pair with the official archive";

Json Parse(std::string_view text, const SacoFile& file, const SacoPair& pair) {
  try {
    return Json::parse(text);
  } catch (const Json::exception& e) {
    throw DatasetError(file.Path(), std::to_string(pair.id), e.what(), kRemedy);
  }
}

// A field of one annotation is not as it must be.
struct Unusable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

RunLengthMask ReadMask(const Json& segmentation, Size size) {
  if (!segmentation.is_object() || !segmentation.contains("size") ||
      !segmentation.contains("counts") || !segmentation.at("counts").is_string()) {
    throw Unusable(
        "the segmentation is not {\"size\": [height, width], \"counts\": text}, a compressed "
        "run-length mask");
  }
  const Json& sides = segmentation.at("size");
  if (sides != Json{size.height, size.width}) {
    throw Unusable(fmt::format("the mask has the size {} (height, width), the image [{},{}]",
                               sides.dump(),
                               size.height,
                               size.width));
  }
  try {
    return DecodeRuns(size, segmentation.at("counts").get_ref<const std::string&>());
  } catch (const std::invalid_argument& e) {
    throw Unusable(std::string("the mask does not decode: ") + e.what());
  }
}

bool ReadCrowd(const Json& annotation) {
  const auto field = annotation.find("iscrowd");
  if (field == annotation.end() || *field == 0 || *field == false) return false;
  if (*field == 1 || *field == true) return true;
  throw Unusable("iscrowd is " + field->dump() + ", not 0 or 1");
}

std::optional<BoxXywh> ReadBox(const Json& annotation) {
  const auto field = annotation.find("bbox");
  if (field == annotation.end()) return std::nullopt;
  const auto finite = [](const Json& side) {
    return side.is_number() && std::isfinite(side.get<double>());
  };
  if (!field->is_array() || field->size() != 4 ||
      !std::all_of(field->begin(), field->end(), finite)) {
    throw Unusable("the bbox is " + field->dump() + ", not [x, y, width, height]");
  }
  return field->get<BoxXywh>();
}

TrueInstance ReadInstance(const Json& annotation, Size size) {
  return {.mask = ReadMask(annotation.at("segmentation"), size),
          .box_xywh = ReadBox(annotation),
          .category = annotation.at("category_id").get<std::int64_t>(),
          .crowd = ReadCrowd(annotation)};
}

bool IsTrue(const Json& flag) { return flag == 1 || flag == true; }

}  // namespace

SacoQuestion ReadSacoQuestion(const SacoFile& file, const SacoPair& pair) {
  const Json image = Parse(file.PairText(pair), file, pair);
  return {.file_name = image.at("file_name").get<std::string>(),
          .phrase = image.at("text_input").get<std::string>()};
}

RawPart CanonicalSacoPair(const SacoFile& file, const SacoPair& pair) {
  Json annotations = Json::array();
  for (std::uint32_t i = 0; i < pair.annotations; ++i) {
    annotations.push_back(Parse(file.AnnotationText(pair, i), file, pair));
  }
  const Json whole = {{"annotations", std::move(annotations)},
                      {"categories", file.Categories()},
                      {"image", Parse(file.PairText(pair), file, pair)}};
  const std::string text = whole.dump();
  return {file.Path(), Bytes(text.begin(), text.end())};
}

Annotation DecodeSacoPair(const RawPart& part, const std::string& key, Size size) {
  const Json json = Json::parse(part.bytes.begin(), part.bytes.end());
  Annotation annotation{.instances = {},
                        .categories = json.at("categories").get<std::vector<std::int64_t>>(),
                        .exhaustive = IsTrue(json.at("image").at("is_instance_exhaustive"))};
  for (const Json& entry : json.at("annotations")) {
    try {
      annotation.instances.push_back(ReadInstance(entry, size));
    } catch (const Unusable& e) {
      throw DatasetError(part.path,
                         key,
                         fmt::format("annotation {}: {}", entry.at("id").dump(), e.what()),
                         kRemedy);
    }
  }
  return annotation;
}

}  // namespace assay
