// Masks and assignments against pycocotools and SciPy (tests/golden/masks, by
// scripts/make_mask_samples.py): polygons inside and outside the image; area, box,
// IoU with and without crowd, merge of pairs, also of two sizes; IoU of boxes; which
// of many best assignments is given.
#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

#include "metrics/assignment.h"
#include "metrics/mask_overlap.h"
#include "metrics/polygon.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

using Json = nlohmann::json;

const Json& Expected() {
  static const Json kExpected = test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                                                    "tests/golden/masks/expected.json");
  return kExpected;
}

Size ReadSize(const Json& row) { return {row.at("size").at(1), row.at("size").at(0)}; }

RunLengthMask ReadMask(const Json& row) {
  return DecodeRuns(ReadSize(row), row.at("counts").get<std::string>());
}

TEST(MasksGoldenTest, PolygonsAreDrawnAsByTheOriginalCode) {
  ASSERT_EQ(Expected().at("polygons").size(), 150U);
  for (const Json& row : Expected().at("polygons")) {
    const auto mask = DrawPolygon(ReadSize(row), row.at("xy").get<std::vector<double>>());
    EXPECT_EQ(EncodeRuns(mask), row.at("counts").get<std::string>()) << row;
  }
}

TEST(MasksGoldenTest, PairsOfMasksAreMeasuredAsByTheOriginalCode) {
  ASSERT_EQ(Expected().at("pairs").size(), 150U);
  for (const Json& row : Expected().at("pairs")) {
    SCOPED_TRACE(row);
    const std::vector<RunLengthMask> pair = {ReadMask(row.at("a")), ReadMask(row.at("b"))};
    EXPECT_EQ(EncodeRuns(pair[0]), row.at("a").at("counts").get<std::string>());
    EXPECT_EQ(Area(pair[0]), row.at("area"));
    const PixelBox box = BoundingBox(pair[0]);
    EXPECT_EQ((std::vector{box.x, box.y, box.width, box.height}),
              row.at("box").get<std::vector<int>>());
    EXPECT_EQ(MaskIou(pair[0], pair[1]), row.at("iou"));
    EXPECT_EQ(MaskIou(pair[0], pair[1], true), row.at("crowd_iou"));
    if (!row.contains("or")) continue;
    EXPECT_EQ(EncodeRuns(Merge(pair, MergeRule::kOr)), row.at("or").get<std::string>());
    EXPECT_EQ(EncodeRuns(Merge(pair, MergeRule::kAnd)), row.at("and").get<std::string>());
  }
}

TEST(MasksGoldenTest, PairsOfBoxesAreMeasuredAsByTheOriginalCode) {
  ASSERT_EQ(Expected().at("boxes").size(), 60U);
  for (const Json& row : Expected().at("boxes")) {
    const auto a = row.at("a").get<BoxXywh>();
    const auto b = row.at("b").get<BoxXywh>();
    EXPECT_EQ(BoxIou(a, b), row.at("iou")) << row;
    EXPECT_EQ(BoxIou(a, b, true), row.at("crowd_iou")) << row;
  }
}

TEST(MasksGoldenTest, OfManyBestAssignmentsTheOneSciPyGivesIsGiven) {
  ASSERT_EQ(Expected().at("assignments").size(), 300U);
  for (const Json& row : Expected().at("assignments")) {
    const auto matrix = row.at("gains").get<std::vector<std::vector<double>>>();
    std::vector<double> gains;
    for (const auto& line : matrix) gains.insert(gains.end(), line.begin(), line.end());
    std::vector<std::size_t> rows;
    std::vector<std::size_t> columns;
    for (const AssignedPair& pair : BestAssignment(gains, matrix.size(), matrix.front().size())) {
      rows.push_back(pair.row);
      columns.push_back(pair.column);
    }
    EXPECT_EQ(rows, row.at("rows").get<std::vector<std::size_t>>()) << row;
    EXPECT_EQ(columns, row.at("columns").get<std::vector<std::size_t>>()) << row;
  }
}

}  // namespace
}  // namespace assay
