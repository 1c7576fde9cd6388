// One network in both forms of LibTorch (tests/support/export_models.py), through the runner and
// the program:
// * its answers are what Python gives for the same artefact, batch and thread count, pixel for
//   pixel; both forms and all batches agree, because it is exact in float32;
// * runs over it have the same records at batches 1, 3 and 8, and in both forms the same scores;
// * a package says that it is native code; one for another device, size or batch is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "model/torch/load_model.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::Finished;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kPython = ASSAY_SOURCE_DIR "/.venv/bin/python";
const fs::path kFolder = fs::path(ASSAY_PROGRAM).parent_path() / "exported";
constexpr Size kInput{64, 48};

class ExportedModel : public ::testing::TestWithParam<const char*> {
 protected:
  static void SetUpTestSuite() {
    if (!fs::exists(kPython)) return;
    // ctest has done it before, with more time (model.export_models).
    ready_ = test::Shell(kPython + " " ASSAY_SOURCE_DIR "/tests/support/export_models.py " +
                         kFolder.string())
                 .code == 0;
  }
  void SetUp() override {
    if (!fs::exists(kPython)) GTEST_SKIP() << "needs a Python with torch in .venv (scripts/setup)";
    ASSERT_TRUE(ready_) << "tests/support/export_models.py failed";
  }

  static std::vector<RgbImage> Split(const std::string& file, Size size) {
    const Bytes bytes = ReadFile(kFolder / file);
    std::vector<RgbImage> images;
    for (std::size_t at = 0; at + 3 * size.Pixels() <= bytes.size(); at += 3 * size.Pixels()) {
      RgbImage& image = images.emplace_back(size);
      for (std::size_t i = 0; i < size.Pixels(); ++i) {
        image.Pixels()[i] = {bytes[at + 3 * i], bytes[at + 3 * i + 1], bytes[at + 3 * i + 2]};
      }
    }
    return images;
  }
  static std::vector<ModelRequest> Requests() {
    const json prompts = json::parse(ReadText(kFolder / "prompts.json"));
    std::vector<ModelRequest> requests;
    for (const RgbImage& image : Split("images.raw", kInput)) {
      requests.push_back({.image = std::make_shared<const RgbImage>(image),
                          .prompt = prompts.at(requests.size())});
    }
    return requests;
  }
  fs::path File() const { return kFolder / (std::string("painter.") + GetParam()); }

  static inline bool ready_ = false;
};

TEST_P(ExportedModel, AnswersAsInPythonPixelForPixel) {
  const std::vector<ModelRequest> requests = Requests();
  ASSERT_THAT(requests, SizeIs(8));
  const std::vector<RgbImage> first = Split("pt.1.raw", {32, 24});
  ASSERT_THAT(first, SizeIs(8));
  for (const int batch : {1, 3, 8}) {
    SCOPED_TRACE(batch);
    const auto model = LoadTorchModel(File(), {.threads = 1, .batch = batch});
    const auto answers = model->Generate(requests);
    const auto expected =
        Split(std::string(GetParam()) + "." + std::to_string(batch) + ".raw", {32, 24});
    ASSERT_THAT(answers, SizeIs(expected.size()));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      ASSERT_EQ(answers[i].status, ModelAnswer::Status::kPainted) << answers[i].detail;
      EXPECT_EQ(answers[i].image, expected[i]);
      EXPECT_EQ(answers[i].image, first[i]);
    }
  }
}

TEST_P(ExportedModel, RecordsDoNotDependOnTheBatch) {
  const test::TemporaryFolder folder;
  const std::string tree = (folder.Path() / "tree").string();
  ASSERT_EQ(test::Assay("synth --layout cityscapes --samples 8 --seed 1 -o " + tree).code, 0);
  json expected;
  for (const char* batch : {"1", "3", "8"}) {
    const fs::path run = folder.Path() / batch;
    const Finished finished =
        test::Assay("run -p cityscapes-val -d " + tree + " -m " + File().string() + " --batch " +
                    batch + " -o " + run.string());
    ASSERT_EQ(finished.code, 0) << finished.err;
    EXPECT_EQ(finished.err.find("native code") != std::string::npos, File().extension() == ".pt2");
    json report = json::parse(ReadText(run / "report.json"));
    EXPECT_EQ(report.at("run_info").at("model").at("batch"), batch);
    EXPECT_EQ(report.at("run_info").at("model").at("name"), "painter");
    report.erase("run_info");
    if (expected.is_null()) expected = report;
    EXPECT_EQ(report, expected);
  }
}

TEST_P(ExportedModel, APromptThatIsTooLongIsFailed) {
  std::vector<ModelRequest> requests = Requests();
  requests[1].prompt = std::string(1501, 'x');
  const auto answers = LoadTorchModel(File(), {.batch = 3})->Generate(requests);
  const bool package = File().extension() == ".pt2";
  EXPECT_EQ(answers[1].status,
            package ? ModelAnswer::Status::kFailed : ModelAnswer::Status::kPainted);
  EXPECT_THAT(answers[1].detail, HasSubstr(package ? "1501 bytes" : ""));
  EXPECT_EQ(answers[0].status, ModelAnswer::Status::kPainted);
}

TEST_P(ExportedModel, IdentityNamesFormFileAndSidecar) {
  const auto model = LoadTorchModel(File(), {});
  const bool package = File().extension() == ".pt2";
  EXPECT_EQ(model->Identity(),
            (package ? "aotinductor " : "torchscript ") + Sha256(ReadFile(File())) + " sidecar " +
                Sha256(ReadFile(kFolder / "painter.json")));
  EXPECT_EQ(model->Notes().size(), package ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(Forms,
                         ExportedModel,
                         ::testing::Values("pt", "pt2"),
                         [](const auto& form) { return std::string(form.param); });

class ExportedPackage : public ExportedModel {
 protected:
  // The package beside another sidecar.
  static std::string Fault(const json& sidecar, const ModelOptions& options) {
    const test::TemporaryFolder folder;
    fs::copy_file(kFolder / "painter.pt2", folder.Path() / "other.pt2");
    WriteText(folder.Path() / "other.json", sidecar.dump());
    try {
      LoadTorchModel(folder.Path() / "other.pt2", options);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_P(ExportedPackage, AnotherSizeDeviceOrBatchIsRefused) {
  const json right = json::parse(ReadText(kFolder / "painter.json"));
  EXPECT_EQ(Fault(right, {.batch = 2}), "");
  json sidecar = right;
  sidecar["input_size"] = {64, 64};
  EXPECT_THAT(Fault(sidecar, {}), AllOf(HasSubstr("64x64"), HasSubstr("expected: 48")));
  sidecar = right;
  sidecar["prompt_bytes"] = 100;
  EXPECT_THAT(Fault(sidecar, {}), HasSubstr("expected: 1500"));
  sidecar = right;
  sidecar["static"] = {"N", "H", "W", "L"};
  sidecar["batch"] = 4;
  EXPECT_EQ(Fault(sidecar, {}), "");
  EXPECT_THAT(Fault(sidecar, {.batch = 8}), HasSubstr("batches of 4"));
  // Here without CUDA, or there because it was compiled for the CPU.
  EXPECT_THAT(Fault(right, {.device = "cuda:0"}), HasSubstr("cuda:0"));
}

INSTANTIATE_TEST_SUITE_P(Forms, ExportedPackage, ::testing::Values("pt2"), [](const auto& form) {
  return std::string(form.param);
});

TEST(ExportedFiles, APackageThatIsNoneIsTheUsersFault) {
  const test::TemporaryFolder folder;
  WriteText(folder.Path() / "none.pt2", "no archive");
  EXPECT_THROW(LoadTorchModel(folder.Path() / "none.pt2", {}), ConfigError);
}

}  // namespace
}  // namespace assay
