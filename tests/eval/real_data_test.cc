// From files as benchmarks ship them to a report, held to values computed by others
// (../shared; each test skips with its reason where they are absent):
//   - Cityscapes: the official evaluation's numbers for a real frame and for two
//     synthetic ones, whatever format carries the answer: ids, train ids, colours;
//   - KITTI: every crop and frame of an independent float64 numpy transcription,
//     through kitti-depth@bts and @zoe as shipped and with overrides, for answers of
//     the full frame and of the KB window;
//   - NYU, official file: fast-depth's answers, with and without alignment, and depth
//     painted by others along the colour path;
//   - NYU, BTS tree: the truth painted and read back is near perfect, over the number
//     of pixels counted by another reader;
//   - assay decode on published painted answers: distances from the path, pixels at +inf.
#include <gmock/gmock.h>

#include <cmath>
#include <memory>
#include <utility>
#include <variant>

#include "datasets/cityscapes_labels.h"
#include "datasets/synthetic/manifest.h"
#include "datasets/synthetic/mat_writer.h"
#include "metrics/crop.h"
#include "model/palette.h"
#include "tests/cli/program.h"
#include "tests/eval/runs.h"
#include "tests/golden/golden_json.h"
#include "tests/golden/shared_data.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

using nlohmann::json;
using test::kShared;
using test::NumberOrNan;
using test::ReadReference;
using ::testing::ElementsAre;

using Overrides = std::vector<std::pair<std::string, std::string>>;

class RealData : public ::testing::Test {
 protected:
  fs::path Root() const { return folder_.Path() / "data"; }
  fs::path Answers() const { return folder_.Path() / "answers"; }
  void Place(const fs::path& from, const fs::path& to) const {
    fs::create_directories((Root() / to).parent_path());
    fs::create_symlink(fs::canonical(from), Root() / to);
  }
  // Scores Answers(), or the oracle where there are none.
  json Report(const std::string& name, const std::string& format, const Overrides& set = {}) {
    const Protocol protocol =
        LoadProtocol(test::Configs(), name, {.set = set, .format = format, .palette = {}});
    const AnyDataset dataset = OpenDataset(protocol, Root());
    const Selection selection = Select(dataset, {});
    RecordStore store = RecordStore::OpenForWriting(
        folder_.Path() / ("run" + std::to_string(runs_++)) / "records.sqlite",
        {.protocol = protocol.name,
         .protocol_hash = protocol.hash,
         .answer_hash = protocol.answer_hash,
         .selection = selection.identity},
        false);
    store.SetMeta("dataset", ToJson(FactsOf(dataset, protocol, selection)).dump());
    std::optional<SavedAnswers> saved;
    if (fs::exists(Answers())) saved.emplace(Answers());
    Score(protocol, dataset, selection.indices, saved ? &*saved : nullptr, {}, store);
    return json::parse(BuildReport(protocol, store, {}).body);
  }

 private:
  test::TemporaryFolder folder_;
  int runs_ = 0;
};

double ValueOf(const json& report, const std::string& metric) {
  return NumberOrNan(report.at("metrics").at(metric).at("value"));
}

// ---- Cityscapes ---------------------------------------------------------------

void ExpectScore(const json& found, const json& official, const std::string& what) {
  ASSERT_EQ(found.is_null(), official.is_null()) << what;
  if (found.is_null()) return;
  EXPECT_NEAR(found.get<double>(), official.get<double>(), 1e-9) << what;
}

std::int64_t Defined(const json& scores) {
  std::int64_t count = 0;
  for (const json& score : scores) count += score.is_null() ? 0 : 1;
  return count;
}

// One row per headline: the report's name, the official file's names of the mean and
// of what it averages.
constexpr const char* kMeans[][3] = {
    {"mIoU", "averageScoreClasses", "classScores"},
    {"iIoU", "averageScoreInstClasses", "classInstScores"},
    {"category_IoU", "averageScoreCategories", "categoryScores"},
    {"category_iIoU", "averageScoreInstCategories", "categoryInstScores"}};

void ExpectOfficial(const json& report, const json& official) {
  for (const auto& [metric, mean, scores] : kMeans) {
    const json& entry = report.at("metrics").at(metric);
    ExpectScore(entry.at("value"), official.at(mean), metric);
    EXPECT_EQ(entry.at("n").get<std::int64_t>(), Defined(official.at(scores))) << metric;
  }
  const json& classes = report.at("breakdown").at("class");
  EXPECT_EQ(classes.size(), 19U);
  for (const auto& [name, scores] : classes.items()) {
    ExpectScore(scores.at("IoU"), official.at("classScores").at(name), name);
    ExpectScore(scores.at("iIoU"), official.at("classInstScores").at(name), name + " iIoU");
  }
  const json& categories = report.at("breakdown").at("category");
  EXPECT_EQ(categories.size(), 7U);
  for (const auto& [name, scores] : categories.items()) {
    ExpectScore(scores.at("IoU"), official.at("categoryScores").at(name), name);
    ExpectScore(scores.at("iIoU"), official.at("categoryInstScores").at(name), name + " iIoU");
  }
}

// The 19 evaluated classes in the order of their train ids.
std::vector<LabelClass> EvaluatedClasses() {
  std::vector<LabelClass> evaluated;
  for (const LabelClass& label : CityscapesLabels().classes) {
    if (label.evaluated) evaluated.push_back(label);
  }
  return evaluated;
}

LabelMap TrainIds(const LabelMap& ids) {
  std::array<std::uint8_t, 256> train{};
  train.fill(255);
  const auto evaluated = EvaluatedClasses();
  for (std::size_t t = 0; t < evaluated.size(); ++t) {
    train[evaluated[t].id] = static_cast<std::uint8_t>(t);
  }
  LabelMap out(ids.size());
  for (std::size_t i = 0; i < ids.Pixels().size(); ++i) {
    out.Pixels()[i] = train[ids.Pixels()[i]];
  }
  return out;
}

// Every id must be one the palette has a colour for.
RgbImage Painted(const LabelMap& ids) {
  std::array<Rgb8, 256> colors{};
  for (const PaletteEntry& entry : CityscapesPalette()) {
    for (const LabelClass& label : CityscapesLabels().classes) {
      if (label.name == entry.name) colors[label.id] = entry.color;
    }
  }
  RgbImage out(ids.size());
  for (std::size_t i = 0; i < ids.Pixels().size(); ++i) {
    out.Pixels()[i] = colors[ids.Pixels()[i]];
  }
  return out;
}

class CityscapesRealData : public RealData {
 protected:
  void PlaceTruth(const fs::path& folder, const std::string& frame) const {
    const fs::path to = fs::path("gtFine/val") / frame.substr(0, frame.find('_'));
    for (const char* kind : {"_gtFine_labelIds.png", "_gtFine_instanceIds.png"}) {
      Place(folder / (frame + kind), to / (frame + kind));
    }
  }
  template <class Image>
  void Save(const std::string& frame, const Image& image) const {
    WriteFile(Answers() / frame.substr(0, frame.find('_')) / (frame + ".png"), EncodePng(image));
  }
};

// pred[y][x] = truth[y - 1][x - 2] around the borders, ignored ids become road.
LabelMap Rolled(const LabelMap& truth) {
  constexpr std::uint8_t kRoad = 7;
  LabelMap out(truth.size());
  for (int y = 0; y < truth.height(); ++y) {
    for (int x = 0; x < truth.width(); ++x) {
      const std::uint8_t id = truth.At((x - 2 + truth.width()) % truth.width(),
                                       (y - 1 + truth.height()) % truth.height());
      out.At(x, y) = CityscapesLabels().classes[id].evaluated ? id : kRoad;
    }
  }
  return out;
}

TEST_F(CityscapesRealData, ARealFrameHasTheOfficialNumbersInEveryAnswerFormat) {
  const std::string frame = "frankfurt_000000_000294";
  const fs::path fixtures = kShared / "fixtures/cityscapes";
  const fs::path golden =
      kShared / "golden/cityscapes/expected_frankfurt_000000_000294_roll_dx2_dy1.json";
  ASSAY_NEEDS(fixtures);
  ASSAY_NEEDS(golden);
  const json official = ReadReference(golden);
  PlaceTruth(fixtures, frame);
  const fs::path labels = fixtures / (frame + "_gtFine_labelIds.png");
  const LabelMap answer = Rolled(DecodeGray8(ReadFile(labels), labels));

  Save(frame, answer);
  const json report = Report("cityscapes-val", "label-ids");
  ExpectOfficial(report, official);
  EXPECT_THAT(report.at("label"), ElementsAre("partial 1/500"));
  EXPECT_EQ(report.at("metrics").at("mIoU").at("n"), 10);
  Save(frame, TrainIds(answer));
  ExpectOfficial(Report("cityscapes-val", "train-ids"), official);
  Save(frame, Painted(answer));
  const json painted = Report("cityscapes-val", "");
  ExpectOfficial(painted, official);
  EXPECT_EQ(painted.at("decode").at("share_beyond_14").at("max"), 0);
}

TEST_F(CityscapesRealData, ARealFrameIsPerfectForTheOracle) {
  const fs::path fixtures = kShared / "fixtures/cityscapes";
  ASSAY_NEEDS(fixtures);
  PlaceTruth(fixtures, "frankfurt_000000_000294");
  const json report = Report("cityscapes-val", "");
  for (const auto& row : kMeans) EXPECT_EQ(ValueOf(report, row[0]), 1) << row[0];
}

TEST_F(CityscapesRealData, TwoFramesTogetherHaveTheOfficialNumbers) {
  const fs::path folder = fs::path(ASSAY_SOURCE_DIR) / "tests/golden/cityscapes";
  const json official = ReadReference(folder / "expected_synthville.json");
  std::vector<std::pair<std::string, LabelMap>> answers;
  for (const std::string frame : {"synthville_000000_000019", "synthville_000001_000019"}) {
    PlaceTruth(folder, frame);
    const fs::path file = folder / (frame + "_pred_labelIds.png");
    answers.emplace_back(frame, DecodeGray8(ReadFile(file), file));
    Save(frame, answers.back().second);
  }
  ExpectOfficial(Report("cityscapes-val", "label-ids"), official);
  // Ids that are not evaluated become one: no score tells them apart.
  for (const auto& [frame, ids] : answers) Save(frame, TrainIds(ids));
  ExpectOfficial(Report("cityscapes-val", "train-ids"), official);
}

// ---- depth --------------------------------------------------------------------

std::int64_t PixelsOf(const json& report) {
  double pixels = 0;
  for (const json& band : report.at("breakdown").at("distance")) {
    pixels += band.at("pixels").get<double>();
  }
  return static_cast<std::int64_t>(pixels);
}

// Full-precision values to 1e-9, of the value where that is larger than 1.
void ExpectFull(double found, const json& golden, const std::string& what) {
  const double expected = golden.get<double>();
  EXPECT_NEAR(found, expected, 1e-9 * std::max(1.0, std::abs(expected))) << what;
}

// Values printed to this many places.
void ExpectPrinted(double found, const json& golden, double half_unit, const std::string& what) {
  EXPECT_NEAR(found, golden.get<double>(), half_unit * (1 + 1e-6)) << what;
}

// ---- KITTI --------------------------------------------------------------------

struct KittiCase {
  const char* golden;
  const char* protocol;
  Overrides set;
};

std::vector<KittiCase> KittiCases() {
  return {{"garg_full", "kitti-depth@bts", {}},
          {"garg_kb", "kitti-depth@zoe", {}},
          {"none",
           "kitti-depth@bts",
           {{"crop", "none"}, {"crop_frame", "full"}, {"pred_frame", "full"}}},
          {"eigen_full", "kitti-depth@bts", {{"crop", "eigen"}, {"crop_frame", "full"}}},
          {"eigen_kb", "kitti-depth@zoe", {{"crop", "eigen"}}},
          {"garg_full_noclip", "kitti-depth@bts", {{"pred_clip", "null"}}}};
}

constexpr const char* kKittiKey = "2011_09_26_drive_0002_sync/0000000005";
fs::path KittiFrameFile() { return kShared / "fixtures/depth/kitti_0000000005.png"; }
fs::path KittiGoldenFile() { return kShared / "golden/depth/kitti_crops.json"; }

// A ground plane seen by a KITTI camera 1.65 m above it, 100 m above the horizon.
DepthMap GroundPlane() {
  DepthMap map(Size{1242, 375});
  for (int y = 0; y < map.height(); ++y) {
    for (double& pixel : map.Row(y)) pixel = y >= 173 ? 1.65 * 721.5377 / (y - 172.854) : 100;
  }
  return map;
}

class KittiRealData : public RealData {
 protected:
  void PlaceTruth() const {
    Place(KittiFrameFile(),
          "2011_09_26_drive_0002_sync/proj_depth/groundtruth/image_02/0000000005.png");
  }
  void Save(const DepthMap& map) const {
    WriteFile(Answers() / (std::string(kKittiKey) + ".npy"), EncodeNpy(map));
  }
  void ExpectCase(const KittiCase& row) {
    SCOPED_TRACE(row.golden);
    const json golden =
        ReadReference(KittiGoldenFile()).at("cases").at("0000000005").at(row.golden);
    const json report = Report(row.protocol, "npy", row.set);
    EXPECT_EQ(PixelsOf(report), golden.at("n").get<std::int64_t>());
    ExpectFull(ValueOf(report, "delta1"), golden.at("d1"), "delta1");
    ExpectFull(ValueOf(report, "AbsRel"), golden.at("absrel"), "AbsRel");
    ExpectFull(ValueOf(report, "RMSE"), golden.at("rmse"), "RMSE");
    ExpectFull(ValueOf(report, "log10"), golden.at("log10"), "log10");
    ExpectFull(ValueOf(report, "SILog"), golden.at("silog100"), "SILog");
  }
};

TEST_F(KittiRealData, EveryCropAndFrameHasTheTranscribedNumbers) {
  ASSAY_NEEDS(KittiFrameFile());
  ASSAY_NEEDS(KittiGoldenFile());
  PlaceTruth();
  Save(GroundPlane());
  for (const KittiCase& row : KittiCases()) ExpectCase(row);
}

TEST_F(KittiRealData, AnAnswerOfTheKbWindowHasTheTranscribedNumbersToo) {
  ASSAY_NEEDS(KittiFrameFile());
  ASSAY_NEEDS(KittiGoldenFile());
  PlaceTruth();
  const DepthMap full = GroundPlane();
  Save(Cut(full, KbCrop(full.size())));
  ExpectCase({"garg_full", "kitti-depth@bts", {}});
  ExpectCase({"garg_kb", "kitti-depth@zoe", {}});
  ExpectCase({"eigen_kb", "kitti-depth@zoe", {{"crop", "eigen"}}});
}

// ---- NYU, official file -------------------------------------------------------

class NyuMatRealData : public RealData {
 protected:
  // One image with this truth, in an official file that says its own size.
  void WriteTruth(const fs::path& npy) const {
    const DepthMap truth = AsRaster(DecodeNpy(ReadFile(npy), npy), npy);
    NyuMatContent content{
        .size = truth.size(), .images = 1, .rgb = {}, .raw_depths = {}, .depths = {}};
    content.rgb.resize(3 * truth.size().Pixels());
    for (int x = 0; x < truth.width(); ++x) {
      for (int y = 0; y < truth.height(); ++y) {
        content.raw_depths.push_back(static_cast<float>(truth.At(x, y)));
      }
    }
    content.depths = content.raw_depths;
    fs::create_directories(Root());
    WriteNyuMat(Root() / "nyu_depth_v2_labeled.mat", content);
    WriteNyuSplits(Root() / "splits.mat", {}, {1});
    WriteManifest(Root(), {.layout = "nyu-mat", .samples = 1, .seed = 0, .size = truth.size()});
  }
  void PlaceAnswer(const fs::path& file) const {
    fs::create_directories(Answers());
    fs::create_symlink(fs::canonical(file), Answers() / ("0000" + file.extension().string()));
  }
};

TEST_F(NyuMatRealData, FastDepthHasItsNumbersWithAndWithoutAlignment) {
  const fs::path fixtures = kShared / "fixtures/depth";
  const fs::path file = kShared / "golden/depth/fastdepth_nyu.json";
  ASSAY_NEEDS(fixtures);
  ASSAY_NEEDS(file);
  const json golden = ReadReference(file);
  WriteTruth(fixtures / "fastdepth_nyu_gt.npy");
  PlaceAnswer(fixtures / "fastdepth_nyu_pred.npy");
  const Overrides whole = {{"crop", "none"}};
  const json report = Report("nyu-depth@bts", "npy", whole);
  EXPECT_EQ(PixelsOf(report), 50176);
  constexpr std::pair<const char*, const char*> kNames[] = {{"delta1", "delta1"},
                                                            {"delta2", "delta2"},
                                                            {"delta3", "delta3"},
                                                            {"AbsRel", "abs_rel"},
                                                            {"SqRel", "sq_rel"},
                                                            {"RMSE", "rmse"},
                                                            {"RMSE_log", "rmse_log"},
                                                            {"log10", "log10"},
                                                            {"SILog", "silog_x100"}};
  for (const auto& [metric, key] : kNames) {
    ExpectFull(ValueOf(report, metric), golden.at("none").at(key), metric);
  }
  constexpr std::pair<const char*, const char*> kAlignments[] = {
      {"median_ratio", "ratio_of_medians"},
      {"median_of_ratios", "median_of_ratios"},
      {"lsq_scale", "lsq_scale"},
      {"lsq_affine", "lsq_depth_affine"},
      {"lsq_affine_disparity_from_depth", "lsq_disparity_clip1e-3"},
      {"moge_disparity", "lsq_disparity_moge_clamp"}};
  for (const auto& [name, key] : kAlignments) {
    const json aligned = Report(std::string("nyu-depth@bts+align=") + name, "npy", whole);
    const json& row = golden.at("alignments").at(key);
    ExpectPrinted(ValueOf(aligned, "delta1"), row.at("delta1"), 5e-6, name);
    ExpectPrinted(ValueOf(aligned, "AbsRel"), row.at("abs_rel"), 5e-6, name);
  }
}

// Row of hilbert_png.json -> files and the overrides that mean its mask.
struct PaintedCase {
  std::size_t row;
  const char* truth;
  const char* answer;
  Overrides set;
};

std::vector<PaintedCase> PaintedCases() {
  return {{0, "studio.npy", "studio_hilbertmap.png", {}},
          {1, "living_room.npy", "living_room_hilbertmap.png", {}},
          {2,
           "living_room.npy",
           "living_room_hilbertmap.png",
           {{"gt_bounds.max", "80"}, {"pred_clip", "null"}}},
          {3,
           "street.npy",
           "street_hilbertmap.png",
           {{"gt_bounds.max", "80"}, {"pred_clip.max", "80"}}},
          {4,
           "street.npy",
           "street_hilbertmap.png",
           {{"gt_bounds.max", "null"}, {"pred_clip", "null"}}},
          {5,
           "city.npy",
           "city_lam-4_c120.png",
           {{"gt_bounds.max", "null"},
            {"pred_clip", "null"},
            {"answer.lambda", "-4"},
            {"answer.c", "120"}}}};
}

class PaintedDepthRealData : public NyuMatRealData,
                             public ::testing::WithParamInterface<std::size_t> {};

TEST_P(PaintedDepthRealData, HasTheNumbersOfAnotherDecoder) {
  const PaintedCase row = PaintedCases().at(GetParam());
  const fs::path fixtures = kShared / "fixtures/depth";
  const fs::path file = kShared / "golden/depth/hilbert_png.json";
  ASSAY_NEEDS(fixtures);
  ASSAY_NEEDS(file);
  const json golden = ReadReference(file).at("cases").at(row.row);
  WriteTruth(fixtures / row.truth);
  PlaceAnswer(fixtures / row.answer);
  Overrides set = {{"crop", "none"}};
  set.insert(set.end(), row.set.begin(), row.set.end());
  const json report = Report("nyu-depth@bts", "", set);
  EXPECT_EQ(PixelsOf(report), golden.at("n").get<std::int64_t>());
  ExpectPrinted(ValueOf(report, "delta1"), golden.at("delta1"), 5e-11, "delta1");
  ExpectPrinted(ValueOf(report, "AbsRel"), golden.at("abs_rel"), 5e-11, "AbsRel");
  ExpectPrinted(ValueOf(report, "RMSE"), golden.at("rmse"), 5e-11, "RMSE");
}

INSTANTIATE_TEST_SUITE_P(AllRows, PaintedDepthRealData, ::testing::Range<std::size_t>(0, 6));

// ---- NYU, BTS tree ------------------------------------------------------------

TEST_F(RealData, ARealNyuFrameComesBackFromTheOracleAboveTheQuantisationFloor) {
  const fs::path frame = kShared / "fixtures/depth/nyu_sync_depth_00000.png";
  ASSAY_NEEDS(frame);
  Place(frame, "official_splits/test/bathroom_0001/sync_depth_00000.png");
  for (const char* name : {"nyu-depth", "nyu-depth@bts"}) {
    SCOPED_TRACE(name);
    const json report = Report(name, "");
    EXPECT_EQ(PixelsOf(report), 221809);  // nyu_box, counted with another reader
    EXPECT_EQ(ValueOf(report, "delta1"), 1);
    EXPECT_GT(ValueOf(report, "AbsRel"), 0);
    EXPECT_LT(ValueOf(report, "AbsRel"), 1e-3);  // 8 bits cannot do much better
    EXPECT_THAT(report.at("label"), ElementsAre("partial 1/654"));
  }
}

// ---- published answers through the program ------------------------------------

struct PublishedAnswer {
  const char* file;
  double p50, p90, p99, max;
  std::int64_t infinite;
};

TEST(DecodeCommandRealData, PublishedDepthLiesAsFarOffThePathAsMeasured) {
  constexpr PublishedAnswer kRows[] = {{"depth_15_1.png", 2.00, 4.47, 14.00, 144.06, 23611},
                                       {"depth_banana_1.png", 0.00, 2.24, 8.06, 145.91, 2},
                                       {"depth_kinkaku_1.png", 1.00, 8.60, 104.17, 149.89, 298199}};
  const fs::path folder = kShared / "fixtures/vision-banana";
  ASSAY_NEEDS(folder);
  for (const PublishedAnswer& row : kRows) {
    SCOPED_TRACE(row.file);
    const test::Finished done =
        test::Assay("decode " + (folder / row.file).string() + " --codec rgb-depth --json");
    ASSERT_EQ(done.code, 0) << done.err;
    const json decoded = json::parse(done.out);
    const json& off_path = decoded.at("off_path");
    EXPECT_NEAR(off_path.at("p50").get<double>(), row.p50, 0.005);
    EXPECT_NEAR(off_path.at("p90").get<double>(), row.p90, 0.005);
    EXPECT_NEAR(off_path.at("p99").get<double>(), row.p99, 0.005);
    EXPECT_NEAR(off_path.at("max").get<double>(), row.max, 0.005);
    EXPECT_EQ(decoded.at("inf_pixels").get<std::int64_t>(), row.infinite);
    EXPECT_EQ(decoded.at("not_finite").get<std::int64_t>(), row.infinite);
  }
}

}  // namespace
}  // namespace assay
