// Normals from the command line:
//   - the truth's own files as answers are exact in every native format and its frame
//   - answers in another frame than the declared one end with 0 and a warning that names
//     the change, and with 2 under --strict-axes, with the report written
//   - the finding says which convention the answers look like and how to set it, where one
//     has such axes, and set so they are exact
//   - each of the 7 sign patterns and 5 permutations is diagnosed and named by what undoes it
//   - a long run is told after 20 images, and stops there under --strict-axes
//   - right answers end with 0 under --strict-axes
//   - explain, prompts, doctor and decode know the task
#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "datasets/io/exr.h"
#include "datasets/io/file.h"
#include "datasets/io/vectors.h"
#include "metrics/normal_frames.h"
#include "metrics/normals_axes.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class NormalsCliTest : public ::testing::Test {
 protected:
  NormalsCliTest() {
    const Finished made = Assay("synth --layout nyu-normals --samples 2 -o " + In("data"));
    EXPECT_EQ(made.code, 0) << made.err;
  }
  std::string In(const std::string& name) const { return (folder_.Path() / name).string(); }

  // The truth with every vector handed through `change`, as the extension says.
  template <class Change>
  void SaveAnswers(const std::string& extension, const Change& change) const {
    for (const char* key : {"0000", "0002"}) {
      const auto file =
          folder_.Path() / "data/nyuv2/test" / ("00" + std::string(key) + "_normal.png");
      VectorMap map = VectorsFromPng8(ReadFile(file), file);
      for (Vector3& v : map.Pixels()) v = change(v);
      const auto answer = folder_.Path() / "answers" / (std::string(key) + extension);
      WriteFile(answer,
                extension == ".exr" ? EncodeExr(map) : EncodeNpyFloat32(ArrayFromVectors(map)));
    }
  }
  Finished Score(const std::string& arguments) const {
    return Assay("score -p nyu-normals -d " + In("data") + " --predictions " + In("answers") +
                 " --quiet --json --fresh -o " + In("run") + " " + arguments);
  }
  json Written() const { return json::parse(ReadText(folder_.Path() / "run/report.json")); }

  test::TemporaryFolder folder_;
};

Vector3 AsStored(const Vector3& v) { return v; }

void ExpectExact(const Finished& done) {
  ASSERT_EQ(done.code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_LT(report["metrics"]["mean"]["value"].get<double>(), 1e-4);
  EXPECT_EQ(report["metrics"]["within_5"]["value"], 1.0);
  EXPECT_EQ(report["pixels"]["undefined"], 0);
  EXPECT_THAT(report["metrics"]["median"]["method"].get<std::string>(), HasSubstr("0.0005"));
  EXPECT_TRUE(report["metrics"]["mean"]["method"].is_null());
  EXPECT_TRUE(report["warnings"].empty()) << report["warnings"];
}

TEST_F(NormalsCliTest, TheTruthAsAnExrIsExact) {
  SaveAnswers(".exr", AsStored);
  ExpectExact(Score("--format exr --strict-axes"));
}

TEST_F(NormalsCliTest, TheTruthAsAnArrayIsExactInItsFrame) {
  SaveAnswers(".npy", AsStored);
  ExpectExact(Score("--format normals-npy --set answer.frame=lub --strict-axes"));
  SaveAnswers(".npy", [](const Vector3& v) { return Vector3{-v.x, -v.y, -v.z}; });
  ExpectExact(Score("--format normals-npy --set answer.frame=opencv --strict-axes"));
}

TEST_F(NormalsCliTest, TheTruthsOwnFilesAreAnswers) {
  std::filesystem::create_directories(In("answers/test"));
  for (const char* name : {"000000_normal.png", "000002_normal.png"}) {
    std::filesystem::copy(folder_.Path() / "data/nyuv2/test" / name,
                          folder_.Path() / "answers/test" / name);
  }
  ExpectExact(Score("--format normals-png --strict-axes"));
}

TEST_F(NormalsCliTest, AnotherFrameIsWarnedOfAndFatalWhereAsked) {
  SaveAnswers(".npy", AsStored);  // lub, declared as rub
  const Finished warned = Score("--format normals-npy");
  ASSERT_EQ(warned.code, 0) << warned.err;
  EXPECT_THAT(
      json::parse(warned.out)["warnings"].dump(),
      AllOf(HasSubstr("change '-x'"), HasSubstr("they look like `lub`: --set answer.frame=lub")));
  const Finished refused = Score("--format normals-npy --strict-axes");
  EXPECT_EQ(refused.code, 2);
  EXPECT_THAT(refused.err, HasSubstr("change '-x'"));
  EXPECT_THAT(refused.err, HasSubstr("--strict-axes"));
  EXPECT_THAT(Written()["warnings"].dump(), HasSubstr("change '-x'"));
}

// The name of the change that undoes another.
std::string Undoing(const AxisChange& done) {
  for (const AxisChange& change : kAxisChanges) {
    const Vector3 v = {1, 2, 3};
    if (Changed(change, Changed(done, v)) == v) return std::string(change.name);
  }
  return "";
}

TEST_F(NormalsCliTest, EveryWrongConventionIsNamedByWhatUndoesIt) {
  for (const AxisChange& change : kAxisChanges) {
    SaveAnswers(".npy",
                [&](const Vector3& v) { return Changed(change, ToRub(NormalFrame::kLub, v)); });
    const Finished refused = Score("--format normals-npy --strict-axes");
    EXPECT_EQ(refused.code, 2) << change.name;
    EXPECT_THAT(refused.err, HasSubstr("change '" + Undoing(change) + "'")) << change.name;
  }
}

TEST_F(NormalsCliTest, WhatTheFindingSaysToSetIsRight) {
  const std::string format = "--format normals-npy --strict-axes ";
  const std::string set = "--set answer.frame=";
  for (const auto& [saved, frame] : kNormalFrameNames) {
    // The signs to rub are their own inverse.
    SaveAnswers(".npy",
                [&](const Vector3& v) { return ToRub(frame, ToRub(NormalFrame::kLub, v)); });
    const Finished refused = Score(format + set + (frame == NormalFrame::kRub ? "lub" : "rub"));
    ASSERT_EQ(refused.code, 2) << saved;
    const std::size_t at = refused.err.find(set);
    ASSERT_NE(at, std::string::npos) << refused.err;
    ExpectExact(Score(format + refused.err.substr(at, refused.err.find('\n', at) - at)));
  }
}

TEST_F(NormalsCliTest, AxesOfNoConventionAreOnlyToBeChecked) {
  SaveAnswers(".npy", [](const Vector3& v) { return Vector3{v.x, -v.y, -v.z}; });
  const Finished warned = Score("--format normals-npy");  // all three negated
  EXPECT_THAT(json::parse(warned.out)["warnings"].dump(),
              AllOf(HasSubstr("change '-x-y-z'"),
                    HasSubstr("check the frame"),
                    Not(HasSubstr("answer.frame"))));
}

TEST(NormalsCli, ALongRunIsToldAfterTwentyImages) {
  const test::TemporaryFolder folder;
  const std::string root = folder.Path().string();
  ASSERT_EQ(Assay("synth --layout nyu-normals --samples 40 -o " + root + "/data").code, 0);
  std::filesystem::create_directories(folder.Path() / "answers/test");
  for (const auto& entry : std::filesystem::directory_iterator(folder.Path() / "data/nyuv2/test")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with("_normal.png")) continue;
    std::filesystem::copy_file(entry.path(), folder.Path() / "answers/test" / name);
  }
  // The truth's colours in a frame that they do not have.
  const std::string score = "score -p nyu-normals -d " + root + "/data --predictions " + root +
                            "/answers --format normals-png --set answer.frame=rub "
                            "--block 1 --threads 1 --quiet -o " +
                            root + "/run";
  const Finished stopped = Assay(score + " --strict-axes");
  EXPECT_EQ(stopped.code, 2);
  EXPECT_THAT(stopped.err, HasSubstr("change '-x'"));
  EXPECT_THAT(stopped.err, HasSubstr("stops here"));
  EXPECT_FALSE(std::filesystem::exists(folder.Path() / "run/report.json"));
  const Finished warned = Assay(score);
  ASSERT_EQ(warned.code, 0) << warned.err;
  EXPECT_THAT(warned.err, HasSubstr("change '-x' of their axes the mean angle over 20 images"));
  const json report = json::parse(ReadText(folder.Path() / "run/report.json"));
  EXPECT_THAT(report["warnings"].dump(), HasSubstr("over 20 images"));
  EXPECT_GE(report["run_info"]["reused"].get<int>(), 20) << "what was scored is kept";
  EXPECT_LT(report["run_info"]["reused"].get<int>(), 40) << "the run stopped early";
}

TEST_F(NormalsCliTest, TheOtherCommandsKnowTheTask) {
  EXPECT_THAT(Assay("explain nyu-normals").out, HasSubstr("nyuv2/test/<6 digits>_normal.png"));
  EXPECT_THAT(Assay("explain rgb-normals").out, HasSubstr("surface normal map"));
  EXPECT_THAT(Assay("list protocols").out, HasSubstr("nyu-normals"));
  const Finished examined = Assay("doctor -p nyu-normals -d " + In("data"));
  EXPECT_EQ(examined.code, 0) << examined.err;
  EXPECT_THAT(examined.out, HasSubstr("pointing away from the camera"));
  const Finished asked =
      Assay("prompts -p nyu-normals -d " + In("data") + " -o " + In("ask.jsonl"));
  EXPECT_EQ(asked.code, 0) << asked.err;
  EXPECT_THAT(ReadText(folder_.Path() / "ask.jsonl"), HasSubstr("surface normal map"));
}

TEST_F(NormalsCliTest, DecodeSaysHowLongThePaintedVectorsAre) {
  const std::string file = In("data/nyuv2/test/000000_normal.png");
  const Finished done = Assay("decode " + file + " --codec rgb-normals --json -o " + In("decoded"));
  ASSERT_EQ(done.code, 0) << done.err;
  const json line = json::parse(done.out);
  EXPECT_NEAR(line["norm"]["p50"].get<double>(), 1, 0.01);
  EXPECT_NEAR(line["norm"]["p99"].get<double>(), std::sqrt(3), 0.01) << "the black border";
  EXPECT_GT(line["undefined_colour_share"].get<double>(), 0.1);
  const auto saved = folder_.Path() / "decoded/000000_normal.npy";
  const Array array = DecodeNpy(ReadFile(saved), saved);
  EXPECT_EQ(array.shape, (std::vector<std::int64_t>{120, 160, 3}));
}

}  // namespace
}  // namespace assay
