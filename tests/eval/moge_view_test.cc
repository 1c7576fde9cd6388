// Protocols that score MoGe's view of a frame.
//   - AbsRel and delta1 of nyu-depth@moge are those of MoGe's own functions on the view its own
//     loader made (scripts/make_moge_view_samples.py), but for the pixels on which single
//     precision decides (tests/golden/moge_view_golden_test.cc)
//   - every @moge protocol states the view, the metric scale and the edges that MoGe's table of
//     benchmarks states for its set
//   - the tree of a set lies in the folder that this table names, and has a true scale where the
//     table says so
//   - the dataset as the protocol sees it: truth, camera, image and answers are of the view; the
//     frames to show are written; the truth hash covers the camera; the oracle is right everywhere
#include "tests/golden/moge_view.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "datasets/io/file.h"
#include "eval/prompts.h"
#include "eval/score_sample.h"
#include "metrics/centred_view.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::json;
using test::DepthOf;
using test::SizeFrom;

const json& Golden() {
  static const json kGolden = json::parse(
      ReadText(std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/moge_view/expected.json"));
  return kGolden;
}

const DepthMetric& MetricOf(const Protocol& protocol) {
  return std::get<Evaluation<DepthTask>>(protocol.evaluation).metric;
}

Intrinsics CameraOf(const Item<DepthTask>& item) {
  return item.query.camera.value_or(Intrinsics{});
}

CentredView ViewOf(const DepthMetric& metric) {
  return metric.settings().view.value_or(CentredView{});
}

Protocol WithView(Size size) {
  return LoadProtocol(test::Configs(),
                      "nyu-depth@moge",
                      {.set = {{"view.width", std::to_string(size.width)},
                               {"view.height", std::to_string(size.height)}},
                       .format = "npy",
                       .palette = {}});
}

// As `answer` of the script has it.
DepthMap AnswerOf(Size size) {
  DepthMap depth(size, 0.0);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) depth.At(x, y) = 2 + (3 * x + 5 * y) % 17 / 4.0;
  }
  return depth;
}

TEST(MogeView, ErrorsAreThoseOfMogesFunctionsOnItsView) {
  for (const json& row : Golden().at("cases")) {
    const Size size = SizeFrom(row.at("image"));
    const Size view = SizeFrom(row.at("view"));
    const json& k = row.at("camera");
    const Intrinsics camera{.fx = k.at(0).get<double>() * size.width,
                            .fy = k.at(1).get<double>() * size.height,
                            .cx = k.at(2).get<double>() * size.width,
                            .cy = k.at(3).get<double>() * size.height};
    const Protocol protocol = WithView(view);
    const DepthMetric& metric = MetricOf(protocol);
    const DepthTruth truth{DepthInView(DepthOf(size), camera, ViewOf(metric)), {}};
    const DepthErrors errors = ErrorsOf(metric.Compare({.map = AnswerOf(view)}, truth).all);
    EXPECT_NEAR(errors.abs_rel, row.at("metrics").at("AbsRel").get<double>(), 5e-4);
    EXPECT_NEAR(errors.delta1, row.at("metrics").at("delta1").get<double>(), 1e-3);
  }
}

// Dataset -> its name in MoGe's table of benchmarks.
std::map<std::string, std::string> Benchmarks() {
  return {{"moge-nyu", "NYUv2"},
          {"moge-kitti", "KITTI"},
          {"moge-eth3d", "ETH3D"},
          {"moge-ibims", "iBims-1"},
          {"moge-gso", "GSO"},
          {"moge-sintel", "Sintel"},
          {"moge-ddad", "DDAD"},
          {"moge-diode", "DIODE"},
          {"moge-spring", "Spring"},
          {"moge-hammer", "HAMMER"}};
}

// MoGe states a unit of the sets that have a true scale.
bool IsMetric(const json& benchmark) { return benchmark.contains("depth_unit"); }

TEST(MogeView, EveryProtocolStatesWhatMogesTableOfBenchmarksStates) {
  const std::map<std::string, std::string> benchmarks = Benchmarks();
  const json table = Golden().at("benchmarks");
  std::size_t found = 0;
  for (const std::string& name : test::Configs().ProtocolNames()) {
    if (!name.ends_with("@moge")) continue;
    SCOPED_TRACE(name);
    ++found;
    const Protocol protocol = LoadProtocol(test::Configs(), name);
    const json& row = table.at(benchmarks.at(protocol.dataset));
    const DepthSettings& settings = MetricOf(protocol).settings();
    EXPECT_EQ(ViewOf(MetricOf(protocol)).size, (Size{row.at("width"), row.at("height")}));
    EXPECT_EQ(settings.align.kind, IsMetric(row) ? Alignment::kNone : Alignment::kMogeScale);
    const bool has_edges = row.value("has_sharp_boundary", false);
    EXPECT_EQ(settings.boundary, has_edges ? DepthBoundary::kMoge : DepthBoundary::kNone);
  }
  EXPECT_EQ(found, table.size());
}

// How far below the camera the lowest row sees the floor, in the depth's units: what stands on it
// hides some of it.
double CameraHeight(const Dataset<DepthTask>& data) {
  const DepthMap depth = data.DecodeTruth(0, data.ReadTruth(0)).depth_m;
  const Intrinsics camera = CameraOf(data.Item(0));
  const auto row = depth.Row(depth.height() - 1);
  return *std::max_element(row.begin(), row.end()) * (depth.height() - 0.5 - camera.cy) / camera.fy;
}

TEST(MogeView, TreesHaveTheFolderAndTheScaleOfMogesTableOfBenchmarks) {
  const json table = Golden().at("benchmarks");
  EXPECT_EQ(Benchmarks().size(), table.size());
  for (const auto& [name, benchmark] : Benchmarks()) {
    SCOPED_TRACE(name);
    const json& row = table.at(benchmark);
    const test::TemporaryFolder folder;
    test::WriteSyntheticTree(test::LayoutOf(name), folder.Path(), 1);
    const std::filesystem::path path = row.at("path").get<std::string>();
    EXPECT_TRUE(std::filesystem::exists(folder.Path() / path.filename() /
                                        row.at("split").get<std::string>()));
    const AnyDataset data =
        FindDataset(name).Open({.root = folder.Path(), .split = "", .list = {}});
    const double height = CameraHeight(*std::get<std::unique_ptr<Dataset<DepthTask>>>(data));
    // That of the world is 1.5 m.
    EXPECT_EQ(std::abs(height - 1.5) < 0.01, IsMetric(row)) << height;
  }
}

class MogeDataset : public ::testing::Test {
 protected:
  MogeDataset() { test::WriteSyntheticTree("moge", folder_.Path(), 2); }
  SelectedDataset Open(const Protocol& protocol) const {
    return OpenSelected(protocol, folder_.Path(), {});
  }
  static const Dataset<DepthTask>& Depth(const SelectedDataset& opened) {
    return *std::get<std::unique_ptr<Dataset<DepthTask>>>(opened.dataset);
  }

  test::TemporaryFolder folder_;
};

TEST_F(MogeDataset, TruthCameraAndImageAreOfTheView) {
  const Size view{84, 42};
  const Protocol protocol = WithView(view);
  const SelectedDataset opened = Open(protocol);
  const AnyDataset plain = OpenDataset(protocol, folder_.Path());
  const auto& files = *std::get<std::unique_ptr<Dataset<DepthTask>>>(plain);
  const auto& seen = Depth(opened);
  ASSERT_EQ(seen.Size(), 2U);
  const auto item = seen.Item(0);
  EXPECT_EQ(item.key, files.Item(0).key);
  EXPECT_EQ(item.query.frame, view);
  EXPECT_DOUBLE_EQ(CameraOf(item).cx, 42);
  EXPECT_DOUBLE_EQ(CameraOf(item).cy, 21);
  EXPECT_EQ(seen.Image(0).size(), view);
  const DepthMap whole = files.DecodeTruth(0, files.ReadTruth(0)).depth_m;
  const DepthMap expected = DepthInView(whole, CameraOf(files.Item(0)), ViewOf(MetricOf(protocol)));
  EXPECT_EQ(seen.DecodeTruth(0, seen.ReadTruth(0)).depth_m, expected);
}

TEST_F(MogeDataset, TheTruthHashCoversTheCamera) {
  const Protocol protocol = WithView({84, 42});
  const std::string before = TruthHash(Depth(Open(protocol)).ReadTruth(0));
  const std::filesystem::path meta =
      folder_.Path() / "NYUv2" / Depth(Open(protocol)).Item(0).key / "meta.json";
  WriteText(meta, R"({"intrinsics": [[0.95, 0, 0.5], [0, 1.25, 0.5], [0, 0, 1]]})");
  EXPECT_NE(TruthHash(Depth(Open(protocol)).ReadTruth(0)), before);
}

TEST_F(MogeDataset, ASampleWithoutACameraIsRefused) {
  const Protocol protocol = WithView({84, 42});
  std::filesystem::remove(folder_.Path() / "NYUv2" / Depth(Open(protocol)).Item(1).key /
                          "meta.json");
  EXPECT_THROW(Depth(Open(protocol)).ReadTruth(1), DatasetError);
}

TEST_F(MogeDataset, TheFramesToShowAreWritten) {
  const Protocol protocol = LoadProtocol(test::Configs(), "nyu-depth@moge");
  const SelectedDataset opened = Open(protocol);
  std::vector<json> lines;
  WritePrompts(protocol,
               opened.dataset,
               opened.selection.indices,
               folder_.Path() / "frames",
               [&](const std::string& line) { lines.push_back(json::parse(line)); });
  ASSERT_EQ(lines.size(), 2U);
  for (const json& line : lines) {
    EXPECT_EQ(ReadHeader(line.at("image").get<std::string>()).size, (Size{640, 480}));
  }
}

TEST_F(MogeDataset, TheOracleIsRightEverywhere) {
  const Protocol protocol = LoadProtocol(test::Configs(), "nyu-depth@moge");
  const SelectedDataset opened = Open(protocol);
  RecordStore store = RecordStore::OpenForWriting(
      folder_.Path() / "records.sqlite", {"p", protocol.hash, protocol.answer_hash, "{}"}, false);
  const RunCounts counts =
      Score(protocol, opened.dataset, opened.selection.indices, nullptr, {}, store);
  EXPECT_EQ(counts.outcomes[static_cast<std::size_t>(Outcome::kScored)], 2);
  store.ForEach([](const Record& record) {
    const DepthScore score = Evaluation<DepthTask>::ScoreFromText(record.score);
    EXPECT_GT(score.all.pixels, 640 * 480 / 2);
    EXPECT_EQ(score.all.inliers[0], score.all.pixels);
  });
}

}  // namespace
}  // namespace assay
