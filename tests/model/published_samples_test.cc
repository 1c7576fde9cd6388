// Published answers and the public colour code, read in place:
// * residual percentiles and infinite pixels of three published depth answers;
// * lengths of the vectors of a published normals answer, whose sky is no normal;
// * median colours per class of published segmentation answers;
// * the objects of published instance answers, whatever the neighbourhood; joining
//   pieces is what brings the first to its number;
// * the sample results of COCO, grouped by image and read at its size, lose no entry;
// * depth maps painted by an independent program decode and score to the golden
//   file, and are reproduced byte for byte by the truncating encoder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "model/coco_answers.h"
#include "model/nearest_color.h"
#include "model/palette.h"
#include "model/rgb_depth.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::AnswerOf;
using test::Find;
using test::FrameOf;
using test::MakeCodec;
using test::MakeFor;
using Json = nlohmann::json;

const fs::path kShared = ASSAY_SHARED_DIR;

class Published : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kShared / "fixtures")) {
      GTEST_SKIP() << "reference data is not beside the checkout: " << kShared;
    }
  }
};

struct DepthAnswer {
  const char* file;
  double p50, p90, p99, max;
  double infinite, white;
};

// Half a unit of the last printed digit.
constexpr double kPrinted = 0.005 + 1e-9;

TEST_F(Published, ANormalsAnswerHasTheLengthsMeasured) {
  const fs::path file = kShared / "fixtures/vision-banana/sn_4_out.png";
  const Bytes bytes = ReadFile(file);
  const auto codec = MakeCodec<NormalsTask>({{"codec", "rgb"}});
  const auto decoded = codec->Decode(AnswerOf(bytes), {}, FrameOf({1242, 375}));
  EXPECT_EQ(decoded.value.map.size(), (Size{1242, 375}));
  EXPECT_NEAR(Find(decoded.diagnostics, "norm_p1"), 0.556, 5e-4);
  EXPECT_NEAR(Find(decoded.diagnostics, "norm_p50"), 0.996, 5e-4);
  EXPECT_NEAR(Find(decoded.diagnostics, "norm_p99"), 1.709, 5e-4);
  EXPECT_NEAR(Find(decoded.diagnostics, "undefined_colour_share"), 0.185, 5e-4);
}

TEST_F(Published, DepthAnswersLieAsFarOffThePathAsMeasured) {
  const DepthAnswer rows[] = {{"depth_15_1.png", 2.00, 4.47, 14.00, 144.06, 23611, 22008},
                              {"depth_banana_1.png", 0.00, 2.24, 8.06, 145.91, 2, 0},
                              {"depth_kinkaku_1.png", 1.00, 8.60, 104.17, 149.89, 298199, 252952}};
  const auto codec = MakeCodec<DepthTask>({{"codec", "rgb"}});
  for (const DepthAnswer& row : rows) {
    SCOPED_TRACE(row.file);
    const fs::path file = kShared / "fixtures/vision-banana" / row.file;
    const Bytes bytes = ReadFile(file);
    const RgbImage image = DecodeRgb(bytes, file);
    const auto decoded = codec->Decode(AnswerOf(bytes), {}, FrameOf(image.size()));
    EXPECT_NEAR(Find(decoded.diagnostics, "off_path_p50"), row.p50, kPrinted);
    EXPECT_NEAR(Find(decoded.diagnostics, "off_path_p90"), row.p90, kPrinted);
    EXPECT_NEAR(Find(decoded.diagnostics, "off_path_p99"), row.p99, kPrinted);
    EXPECT_NEAR(Find(decoded.diagnostics, "off_path_max"), row.max, kPrinted);
    EXPECT_EQ(Find(decoded.diagnostics, "inf_pixels"), row.infinite);
    const auto pixels = image.Pixels();
    EXPECT_EQ(static_cast<double>(std::count(pixels.begin(), pixels.end(), Rgb8{255, 255, 255})),
              row.white);
  }
}

Rgb8 MedianColor(const std::vector<Rgb8>& colors) {
  const auto median = [&](auto channel) {
    std::vector<std::uint8_t> values;
    for (const Rgb8 color : colors) values.push_back(channel(color));
    std::nth_element(values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2),
                     values.end());
    return values.at(values.size() / 2);
  };
  return {median([](Rgb8 c) { return c.r; }),
          median([](Rgb8 c) { return c.g; }),
          median([](Rgb8 c) { return c.b; })};
}

std::vector<Rgb8> Medians(const char* name, const std::vector<Rgb8>& palette) {
  const fs::path file = kShared / "fixtures/vision-banana" / name;
  const RgbImage image = DecodeRgb(ReadFile(file), file);
  const NearestColor nearest(palette);
  std::vector<std::vector<Rgb8>> found(palette.size());
  for (const Rgb8 color : image.Pixels()) found.at(nearest.Find(color).index).push_back(color);
  std::vector<Rgb8> medians;
  for (const auto& colors : found) {
    medians.push_back(colors.empty() ? Rgb8{} : MedianColor(colors));
  }
  return medians;
}

TEST_F(Published, ClassesPaintedByTupleHaveTheMeasuredMedianColours) {
  EXPECT_THAT(Medians("img1-prompt1.png", {{255, 165, 0}, {0, 0, 255}, {125, 0, 125}}),
              ::testing::ElementsAre(Rgb8{255, 162, 0}, Rgb8{0, 0, 255}, Rgb8{125, 1, 120}));
  EXPECT_THAT(Medians("refseg5_out.png", {{0, 0, 0}, {0, 255, 255}}),
              ::testing::ElementsAre(Rgb8{0, 1, 1}, Rgb8{3, 255, 255}));
}

TEST_F(Published, ClassesPaintedByNameHaveTheMeasuredMedianColours) {
  const auto medians = Medians("img1-prompt2.png",
                               {*ParseColor("red"),
                                *ParseColor("pink"),
                                *ParseColor("yellow"),
                                {213, 196, 227}});  // "light purple"
  EXPECT_EQ(medians.at(0), (Rgb8{255, 1, 1}));
  EXPECT_EQ(medians.at(1), (Rgb8{255, 192, 203}));
  EXPECT_EQ(medians.at(2), (Rgb8{255, 254, 0}));
}

Decoded<InstancesTask> ReadObjects(const char* name, const Json& settings) {
  const fs::path file = kShared / "fixtures/vision-banana" / name;
  const Bytes bytes = ReadFile(file);
  return MakeCodec<InstancesTask>(settings)->Decode(
      AnswerOf(bytes), {}, FrameOf(DecodeHeader(bytes, file).size));
}

// The numbers, and the range of the kept share, are those of the format's description,
// found with other programs.
TEST_F(Published, InstanceAnswersHoldTheCountedObjects) {
  for (const char* connectivity : {"4", "8", "16-knight", "16-ring", "24"}) {
    SCOPED_TRACE(connectivity);
    const auto first = ReadObjects("insseg1_1.png", {{"connectivity", connectivity}});
    EXPECT_EQ(first.value.instances.size(), 5U);
    const auto second = ReadObjects("insseg1_2.png",
                                    {{"connectivity", connectivity}, {"background", {88, 50, 82}}});
    EXPECT_EQ(second.value.instances.size(), 12U);
    for (const auto& diagnostics : {first.diagnostics, second.diagnostics}) {
      EXPECT_GE(Find(diagnostics, "kept_share"), 0.57);
      EXPECT_LE(Find(diagnostics, "kept_share"), 0.97);
    }
  }
  EXPECT_GT(ReadObjects("insseg1_1.png", {{"gamma", 0}}).value.instances.size(), 5U);
}

TEST_F(Published, TheReferentIsPaintedInCyanOnBlack) {
  const fs::path file = kShared / "fixtures/vision-banana/refseg5_out.png";
  const Bytes bytes = ReadFile(file);
  const RgbImage image = DecodeRgb(bytes, file);
  const auto decoded = MakeCodec<ReferringTask>({{"foreground", "cyan"}})
                           ->Decode(AnswerOf(bytes), {}, FrameOf(image.size()));
  std::vector<std::vector<Rgb8>> colors(2);
  for (std::size_t i = 0; i < image.Pixels().size(); ++i) {
    colors.at(decoded.value.Pixels()[i]).push_back(image.Pixels()[i]);
  }
  EXPECT_EQ(MedianColor(colors[0]), (Rgb8{0, 1, 1}));
  EXPECT_EQ(MedianColor(colors[1]), (Rgb8{3, 255, 255}));
}

TEST_F(Published, TheSampleResultsOfCocoAreReadWithoutLosingAnEntry) {
  const fs::path folder = kShared / "fixtures/coco";
  const Json entries = Json::parse(ReadText(folder / "fakesegm100.json"));
  const Json images = Json::parse(ReadText(folder / "instances_val2014_100.json")).at("images");
  const CocoAnswers answers(folder / "fakesegm100.json", CocoAbsent::kMissing);
  const auto decoder = MakeFor<InstancesTask>({{"codec", "coco-json"}});
  std::size_t read = 0;
  for (const Json& image : images) {
    const auto answer = answers.Get(image.at("id").dump(), {});
    if (!answer) continue;
    const Size size{image.at("width"), image.at("height")};
    const auto instances = decoder->Decode(*answer, {}, FrameOf(size)).value.instances;
    std::size_t i = 0;
    for (const Json& entry : entries) {
      if (entry.at("image_id") != image.at("id")) continue;
      ASSERT_LT(i, instances.size());
      EXPECT_EQ(EncodeRuns(instances[i].mask),
                entry.at("segmentation").at("counts").get<std::string>());
      EXPECT_EQ(instances[i].score, entry.at("score").get<double>());
      EXPECT_EQ(instances[i].category, entry.at("category_id").get<std::int64_t>());
      ++i;
    }
    EXPECT_EQ(i, instances.size());
    read += i;
  }
  EXPECT_EQ(read, entries.size());
  EXPECT_GT(read, 500U);
}

// The formulas of the golden file, written out once more.
struct Errors {
  std::int64_t n = 0, inliers = 0;
  double relative = 0, squared = 0;

  void Add(double p, double g) {
    ++n;
    inliers += std::max(p / g, g / p) < 1.25 ? 1 : 0;
    relative += std::abs(p - g) / g;
    squared += (p - g) * (p - g);
  }
};

Errors Score(const DepthMap& predicted, const DepthMap& truth, double below, bool clip) {
  Errors errors;
  for (std::size_t i = 0; i < truth.Pixels().size(); ++i) {
    const double g = truth.Pixels()[i];
    if (!(g > 1e-3 && g < below)) continue;
    const double p = predicted.Pixels()[i];
    errors.Add(clip ? std::clamp(p, 1e-3, below) : p, g);
  }
  return errors;
}

struct Pair {
  RgbImage image;
  DepthMap truth;
  Json answer;
};

Pair LoadPair(const std::string& name, const Json& golden) {
  const fs::path folder = kShared / "fixtures/depth";
  const bool city = name.starts_with("city");
  const fs::path png = folder / (city ? name + ".png" : name + "_hilbertmap.png");
  const fs::path npy = folder / (city ? "city.npy" : name + ".npy");
  Json answer = {{"codec", "rgb-depth"}, {"u8", "truncate"}};
  for (const char* field : {"lambda", "c"}) {
    if (golden.contains(field)) answer[field] = golden.at(field);
  }
  return {DecodeRgb(ReadFile(png), png), AsRaster(DecodeNpy(ReadFile(npy), npy), npy), answer};
}

TEST_F(Published, MapsPaintedByTheIndependentPackageScoreToTheGoldenFile) {
  const Json golden = Json::parse(ReadText(kShared / "golden/depth/hilbert_png.json"));
  ASSERT_EQ(golden.at("cases").size(), 6U);
  for (const Json& row : golden.at("cases")) {
    SCOPED_TRACE(row.dump());
    const Pair pair = LoadPair(row.at("file").get<std::string>(), row);
    const auto decoded =
        MakeCodec<DepthTask>(pair.answer)
            ->Decode(AnswerOf(EncodePng(pair.image)), {}, FrameOf(pair.image.size()));
    const auto mask = row.at("mask").get<std::string>();
    const double below = mask.find("<10") != std::string::npos   ? 10
                         : mask.find("<80") != std::string::npos ? 80
                                                                 : HUGE_VAL;
    const bool clip = mask.find("clipped") != std::string::npos;
    const Errors errors = Score(decoded.value.map, pair.truth, below, clip);
    ASSERT_EQ(errors.n, row.at("n").get<std::int64_t>());
    const auto n = static_cast<double>(errors.n);
    EXPECT_NEAR(static_cast<double>(errors.inliers) / n, row.at("delta1").get<double>(), 6e-11);
    EXPECT_NEAR(errors.relative / n, row.at("abs_rel").get<double>(), 6e-11);
    EXPECT_NEAR(std::sqrt(errors.squared / n), row.at("rmse").get<double>(), 6e-11);
  }
}

TEST_F(Published, TheTruncatingEncoderPaintsWhatTheIndependentPackagePainted) {
  const std::map<std::string, std::int64_t> different = {
      {"studio", 0}, {"living_room", 0}, {"street", 0}, {"city_lam-4_c120", 15}};
  for (const auto& [name, expected] : different) {
    Json curve = Json::object();
    if (name.starts_with("city")) curve = {{"lambda", -4}, {"c", 120}};
    const Pair pair = LoadPair(name, curve);
    const RgbImage painted = MakeCodec<DepthTask>(pair.answer)->Encode({pair.truth, {}}, {});
    std::int64_t count = 0;
    for (std::size_t i = 0; i < painted.Pixels().size(); ++i) {
      count += painted.Pixels()[i] == pair.image.Pixels()[i] ? 0 : 1;
    }
    EXPECT_EQ(count, expected) << name;
  }
}

}  // namespace
}  // namespace assay
