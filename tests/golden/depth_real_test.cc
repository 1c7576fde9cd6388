// Depth golden values (../shared), computed in float64 by others:
//   fast-depth on NYU: every error, every alignment with its parameters, every SILog
//   variant; KITTI: every crop and frame, clipped or not; NYU: pixels in each box.
// Full-precision values to 1e-9, printed ones to half a unit of their last digit.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "metrics/depth.h"
#include "tests/golden/golden_json.h"
#include "tests/golden/shared_data.h"

namespace assay {
namespace {

using nlohmann::json;
using test::kShared;
using test::ReadReference;

const std::filesystem::path kFixtures = kShared / "fixtures/depth";
const std::filesystem::path kGolden = kShared / "golden/depth";

DepthMap ReadNpy(const std::filesystem::path& path) {
  return AsRaster(DecodeNpy(ReadFile(path), path), path);
}

DepthMap ReadPng16(const std::filesystem::path& path, double units_per_metre) {
  const Raster<std::uint16_t> raw = DecodeGray16(ReadFile(path), path);
  DepthMap depth(raw.size());
  std::transform(raw.Pixels().begin(),
                 raw.Pixels().end(),
                 depth.Pixels().begin(),
                 [units_per_metre](std::uint16_t value) { return value / units_per_metre; });
  return depth;
}

// The golden values of the alignments and SILog variants are printed rounded: `text`
// tells how far.
double HalfUnit(const json& printed) {
  const std::string text = printed.dump();
  const std::size_t dot = text.find('.');
  const auto digits = dot == std::string::npos ? 0 : static_cast<int>(text.size() - dot - 1);
  return digits > 9 ? 1e-9 : 0.5 * std::pow(10, -digits) * (1 + 1e-9);
}

void ExpectPrinted(double found, const json& printed, const std::string& what) {
  EXPECT_NEAR(found, printed.get<double>(), HalfUnit(printed)) << what;
}

// ---- fast-depth on NYU --------------------------------------------------------

DepthSettings FastDepthSettings() {
  DepthSettings settings;
  settings.bounds = {.min = 1e-3, .min_strict = true, .max = 10, .max_strict = true};
  return settings;
}

DepthScore FastDepthScore(const DepthSettings& settings) {
  const DepthValue value{.map = ReadNpy(kFixtures / "fastdepth_nyu_pred.npy")};
  const DepthTruth truth{ReadNpy(kFixtures / "fastdepth_nyu_gt.npy"), {}};
  return DepthMetric(settings).Compare(value, truth);
}

TEST(FastDepthGoldenTest, EveryErrorWithoutAlignment) {
  ASSAY_NEEDS(kGolden / "fastdepth_nyu.json");
  const json golden = ReadReference(kGolden / "fastdepth_nyu.json");
  const DepthScore score = FastDepthScore(FastDepthSettings());
  EXPECT_EQ(score.all.pixels, 50176);
  const DepthErrors e = ErrorsOf(score.all);
  const json& none = golden.at("none");
  EXPECT_NEAR(e.delta1, none.at("delta1").get<double>(), 1e-15);
  EXPECT_NEAR(e.delta2, none.at("delta2").get<double>(), 1e-15);
  EXPECT_NEAR(e.delta3, none.at("delta3").get<double>(), 1e-15);
  EXPECT_NEAR(e.abs_rel, none.at("abs_rel").get<double>(), 1e-12);
  EXPECT_NEAR(e.sq_rel, none.at("sq_rel").get<double>(), 1e-12);
  EXPECT_NEAR(e.rmse, none.at("rmse").get<double>(), 1e-12);
  EXPECT_NEAR(e.rmse_log, none.at("rmse_log").get<double>(), 1e-12);
  EXPECT_NEAR(e.log10, none.at("log10").get<double>(), 1e-12);
  EXPECT_NEAR(e.silog[0], none.at("silog_x100").get<double>(), 1e-10);
}

TEST(FastDepthGoldenTest, EverySilogVariant) {
  ASSAY_NEEDS(kGolden / "fastdepth_nyu.json");
  const json variants = ReadReference(kGolden / "fastdepth_nyu.json").at("silog_variants");
  const DepthErrors e = ErrorsOf(FastDepthScore(FastDepthSettings()).all);
  ExpectPrinted(e.silog[0], variants.at("bts_zoe_marigold"), "a");
  ExpectPrinted(e.silog[1], variants.at("unidepth_unbiased"), "b");
  ExpectPrinted(e.silog[2], variants.at("depth_anything_v2"), "c");
  EXPECT_NEAR(e.silog[3], .0819539, 5e-8);  // not in the file; worked out beside it
}

struct AlignmentCase {
  const char* key;
  AlignmentSettings settings;
  bool clip;
};

class FastDepthAlignmentTest : public ::testing::TestWithParam<AlignmentCase> {};

TEST_P(FastDepthAlignmentTest, HasTheGoldenParametersAndErrors) {
  ASSAY_NEEDS(kGolden / "fastdepth_nyu.json");
  const json golden = ReadReference(kGolden / "fastdepth_nyu.json").at("alignments");
  const json& row = golden.at(GetParam().key);
  DepthSettings settings = FastDepthSettings();
  settings.align = GetParam().settings;
  if (GetParam().clip) settings.clip = PredictionClip{.min = 1e-3, .max = 10};
  const DepthScore score = FastDepthScore(settings);
  const DepthErrors e = ErrorsOf(score.all);
  ExpectPrinted(e.delta1, row.at("delta1"), "delta1");
  ExpectPrinted(e.abs_rel, row.at("abs_rel"), "AbsRel");
  if (row.contains("scale")) ExpectPrinted(score.fit.scale, row.at("scale"), "scale");
  if (row.contains("shift")) ExpectPrinted(score.fit.shift, row.at("shift"), "shift");
  EXPECT_EQ(score.clipped, 0);
}

INSTANTIATE_TEST_SUITE_P(
    AllRows,
    FastDepthAlignmentTest,
    ::testing::Values(
        AlignmentCase{"ratio_of_medians", {.kind = Alignment::kMedianRatio}, false},
        AlignmentCase{"median_of_ratios", {.kind = Alignment::kMedianOfRatios}, false},
        AlignmentCase{"lsq_scale", {.kind = Alignment::kLsqScale}, false},
        AlignmentCase{"lsq_depth_affine", {.kind = Alignment::kLsqAffine}, true},
        AlignmentCase{
            "lsq_disparity_clip1e-3", {.kind = Alignment::kLsqAffineDisparityFromDepth}, true},
        AlignmentCase{"lsq_disparity_moge_clamp", {.kind = Alignment::kMogeDisparity}, false}),
    [](const auto& case_info) {
      std::string name = case_info.param.key;
      std::replace(name.begin(), name.end(), '-', '_');
      return name;
    });

TEST(FastDepthGoldenTest, LowerMedianGivesItsOwnScale) {
  ASSAY_NEEDS(kFixtures / "fastdepth_nyu_gt.npy");
  DepthSettings settings = FastDepthSettings();
  settings.align = {.kind = Alignment::kMedianRatio, .median = Median::kLower};
  const DepthScore score = FastDepthScore(settings);
  EXPECT_NEAR(score.fit.scale, 1.11423, 5e-6);
  EXPECT_NEAR(ErrorsOf(score.all).delta1, .75223, 5e-6);
  EXPECT_NEAR(ErrorsOf(score.all).abs_rel, .15598, 5e-6);
}

TEST(FastDepthGoldenTest, MogeClampHoldsWhere3388PixelsWouldBeFarther) {
  ASSAY_NEEDS(kFixtures / "fastdepth_nyu_gt.npy");
  DepthSettings settings = FastDepthSettings();
  settings.align.kind = Alignment::kMogeDisparity;
  const AlignmentFit fit = FastDepthScore(settings).fit;
  EXPECT_NEAR(fit.scale, 1.382134, 5e-7);
  EXPECT_NEAR(fit.shift, -.146003, 5e-7);
  const DepthMap prediction = ReadNpy(kFixtures / "fastdepth_nyu_pred.npy");
  const auto clamped =
      std::count_if(prediction.Pixels().begin(), prediction.Pixels().end(), [&](double p) {
        return fit.scale / p + fit.shift < fit.disparity_floor;
      });
  EXPECT_EQ(clamped, 3388);
}

// ---- KITTI crops --------------------------------------------------------------

struct KittiCase {
  const char* key;
  Crop crop;
  CropFrame frame;
  bool clip = true;
};

class KittiGoldenTest : public ::testing::TestWithParam<KittiCase> {};

// A ground plane seen by a KITTI camera 1.65 m above it, 100 m above the horizon.
DepthMap GroundPlane(Size size) {
  DepthMap map(size);
  for (int y = 0; y < size.height; ++y) {
    const double depth = y >= 173 ? 1.65 * 721.5377 / (y - 172.854) : 100;
    for (double& pixel : map.Row(y)) pixel = depth;
  }
  return map;
}

TEST_P(KittiGoldenTest, HasTheGoldenCountsAndErrors) {
  const auto image = kFixtures / "kitti_0000000005.png";
  ASSAY_NEEDS(image);
  ASSAY_NEEDS(kGolden / "kitti_crops.json");
  const json cases = ReadReference(kGolden / "kitti_crops.json").at("cases").at("0000000005");
  const json& row = cases.at(GetParam().key);
  DepthSettings settings;
  settings.bounds = {.min = 1e-3, .min_strict = true, .max = 80, .max_strict = true};
  settings.crop = GetParam().crop;
  settings.crop_frame = GetParam().frame;
  if (GetParam().clip) settings.clip = PredictionClip{.min = 1e-3, .max = 80};
  const DepthTruth truth{ReadPng16(image, 256), {}};
  const DepthScore score =
      DepthMetric(settings).Compare({.map = GroundPlane(truth.depth_m.size())}, truth);
  const DepthErrors e = ErrorsOf(score.all);
  EXPECT_EQ(score.all.pixels, row.at("n").get<std::int64_t>());
  EXPECT_NEAR(e.delta1, row.at("d1").get<double>(), 1e-12);
  EXPECT_NEAR(e.abs_rel, row.at("absrel").get<double>(), 1e-9);
  EXPECT_NEAR(e.rmse, row.at("rmse").get<double>(), 1e-9);
  EXPECT_NEAR(e.log10, row.at("log10").get<double>(), 1e-9);
  EXPECT_NEAR(e.silog[0], row.at("silog100").get<double>(), 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    AllRows,
    KittiGoldenTest,
    ::testing::Values(KittiCase{"none", Crop::kNone, CropFrame::kFull},
                      KittiCase{"garg_full", Crop::kGarg, CropFrame::kFull},
                      KittiCase{"eigen_full", Crop::kEigen, CropFrame::kFull},
                      KittiCase{"garg_kb", Crop::kGarg, CropFrame::kKb},
                      KittiCase{"eigen_kb", Crop::kEigen, CropFrame::kKb},
                      KittiCase{"garg_full_noclip", Crop::kGarg, CropFrame::kFull, false}),
    [](const auto& case_info) { return case_info.param.key; });

TEST(KittiBoxGoldenTest, PaddingTheKbAnswerBackGivesTheScoreOfTheFullFrame) {
  const auto image = kFixtures / "kitti_0000000005.png";
  ASSAY_NEEDS(image);
  ASSAY_NEEDS(kGolden / "kitti_crops.json");
  const json cases = ReadReference(kGolden / "kitti_crops.json").at("cases").at("0000000005");
  DepthSettings settings;
  settings.bounds = {.min = 1e-3, .min_strict = true, .max = 80, .max_strict = true};
  settings.crop = Crop::kGarg;
  settings.crop_frame = CropFrame::kPadBack;
  settings.prediction_frame = PredictionFrame::kKb;
  settings.clip = PredictionClip{.min = 1e-3, .max = 80};
  const DepthTruth truth{ReadPng16(image, 256), {}};
  const Size full = truth.depth_m.size();
  const DepthValue window{.map = Cut(GroundPlane(full), KbCrop(full))};
  const DepthScore score = DepthMetric(settings).Compare(window, truth);
  EXPECT_EQ(score.all.pixels, cases.at("garg_full").at("n").get<std::int64_t>());
  EXPECT_NEAR(ErrorsOf(score.all).abs_rel, cases.at("garg_full").at("absrel").get<double>(), 1e-9);
}

TEST(KittiBoxGoldenTest, GargBoxOfTheFullFrameHasNoTruthOutsideTheKbWindow) {
  const auto image = kFixtures / "kitti_0000000005.png";
  ASSAY_NEEDS(image);
  const DepthMap truth = ReadPng16(image, 256);
  const Box garg = CropBox(Crop::kGarg, truth.size());
  const Box kb = KbCrop(truth.size());
  EXPECT_GE(garg.row_begin, kb.row_begin);
  EXPECT_LE(garg.row_end, kb.row_end);
  EXPECT_GE(garg.col_begin, kb.col_begin);
  EXPECT_LE(garg.col_end, kb.col_end);
}

// ---- NYU boxes ----------------------------------------------------------------

TEST(NyuGoldenTest, EachBoxHoldsItsPublishedNumberOfPixels) {
  const auto image = kFixtures / "nyu_sync_depth_00000.png";
  ASSAY_NEEDS(image);
  const DepthTruth truth{ReadPng16(image, 1000), {}};
  const auto scored = [&](Crop crop) {
    DepthSettings settings = FastDepthSettings();
    settings.crop = crop;
    return DepthMetric(settings).Best(truth).all.pixels;
  };
  EXPECT_EQ(scored(Crop::kNone), 225121);
  EXPECT_EQ(scored(Crop::kNyuBox), 221809);
  EXPECT_EQ(scored(Crop::kNyuBoxMatlab), 222324);
}

}  // namespace
}  // namespace assay
