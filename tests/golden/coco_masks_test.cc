// Masks of 100 COCO images (val2014) and of 734 real detections, read in place:
//   every annotation's polygons or counts give the area and the string of the
//   original C code; every detection's string survives decoding and encoding, also
//   by way of pixels.
#include <gmock/gmock.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "metrics/polygon.h"
#include "metrics/run_length.h"
#include "tests/golden/golden_json.h"
#include "tests/golden/shared_data.h"

namespace assay {
namespace {

using test::kShared;
using Json = nlohmann::json;

std::uint32_t Crc32(const std::string& text) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char c : text) {
    crc ^= static_cast<std::uint8_t>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0);
  }
  return ~crc;
}

RunLengthMask ReadSegmentation(const Json& segmentation, Size size) {
  if (segmentation.is_object()) {
    return MakeRuns(size, segmentation.at("counts").get<std::vector<std::int64_t>>());
  }
  std::vector<RunLengthMask> parts;
  for (const Json& polygon : segmentation) {
    parts.push_back(DrawPolygon(size, polygon.get<std::vector<double>>()));
  }
  return Merge(parts, MergeRule::kOr);
}

TEST(CocoMasksTest, EveryAnnotationHasTheRunsOfTheOriginalCode) {
  const auto truth_path = kShared / "fixtures/coco/instances_val2014_100.json";
  const auto expected_path = kShared / "golden/rle/poly_to_rle_expected.json";
  ASSAY_NEEDS(truth_path);
  ASSAY_NEEDS(expected_path);
  const Json truth = test::ReadReference(truth_path);
  std::map<std::int64_t, Size> sizes;
  for (const Json& image : truth.at("images")) {
    sizes[image.at("id")] = {image.at("width"), image.at("height")};
  }
  std::map<std::int64_t, Json> annotations;
  for (const Json& annotation : truth.at("annotations")) {
    annotations[annotation.at("id")] = annotation;
  }
  const Json rows = test::ReadReference(expected_path).at("rows");
  ASSERT_EQ(rows.size(), 839U);
  for (const Json& row : rows) {
    const Json& annotation = annotations.at(row.at(0));
    SCOPED_TRACE(annotation.at("id"));
    const RunLengthMask mask =
        ReadSegmentation(annotation.at("segmentation"), sizes.at(annotation.at("image_id")));
    const std::string text = EncodeRuns(mask);
    EXPECT_EQ(Area(mask), row.at(1));
    EXPECT_EQ(Crc32(text), row.at(2));
    EXPECT_EQ(text.size(), row.at(3));
  }
}

TEST(CocoMasksTest, EveryDetectionsStringSurvivesDecodingAndEncoding) {
  const auto path = kShared / "fixtures/coco/fakesegm100.json";
  ASSAY_NEEDS(path);
  const Json detections = test::ReadReference(path);
  ASSERT_EQ(detections.size(), 734U);
  for (const Json& detection : detections) {
    const Json& segmentation = detection.at("segmentation");
    const std::string text = segmentation.at("counts");
    const Size size{segmentation.at("size").at(1), segmentation.at("size").at(0)};
    const RunLengthMask mask = DecodeRuns(size, text);
    EXPECT_EQ(EncodeRuns(mask), text);
    EXPECT_EQ(EncodeRuns(ToRuns(ToMask(mask))), text);
  }
}

}  // namespace
}  // namespace assay
