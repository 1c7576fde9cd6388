// The LibTorch runner (model/image_model.h), against the demo model that
// scripts/make_demo_model.py writes and small modules written for the occasion:
// * its answers equal byte for byte what the same module gives in Python;
// * one call with two images equals two calls with one, and repeats are equal;
// * the demo model's answers decode with the codecs that asked;
// * a model that fails, or answers with the wrong type or shape, is that
//   sample's fault in one line; a file that cannot be loaded is the user's;
// * out of memory halves the batch and goes on;
// * seeds arrive where forward takes them, and set the library's generator where not;
// * the file may be pinned by its hash; a sidecar is a part of the identity;
// * a program with LibTorch still decodes images through OpenCV's neighbours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "datasets/cityscapes_labels.h"
#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "model/torch/load_model.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::Find;
using test::MakeCodec;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kPython = ASSAY_SOURCE_DIR "/.venv/bin/python";

// Prints nothing; writes files the tests read. Modules that break the contract,
// each in its own way, and the demo model's answer to image.ppm-like raw bytes.
constexpr const char* kScript = R"py(
import sys, torch
from typing import List
folder = sys.argv[1]

class Raises(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        raise RuntimeError("no answer to " + prompts[0])

class Floats(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        return images.to(torch.float32)

class Flat(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        return images[:, 0]

class Text(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> str:
        return prompts[0]

class NoPrompts(torch.nn.Module):
    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images

class Greedy(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        if images.size(0) > 2:
            images = images + torch.empty([1 << 46], dtype=torch.uint8)[0]
        return images

class Seeded(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str], seeds: torch.Tensor) -> torch.Tensor:
        return images * 0 + (seeds % 251).to(torch.uint8).view(-1, 1, 1, 1)

class Draws(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        return torch.randint(0, 256, images.shape).to(torch.uint8)

class Mismatch(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        return images + torch.zeros([1, 7, 1, 1], dtype=torch.uint8)

class Echo(torch.nn.Module):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        return images

for module in [Raises, Floats, Flat, Text, NoPrompts, Greedy, Seeded, Draws, Mismatch, Echo]:
    torch.jit.script(module()).save(folder + "/" + module.__name__ + ".pt")

model = torch.jit.load(folder + "/demo.pt")
images = torch.arange(2 * 3 * 90 * 200, dtype=torch.int64)
images = ((images * 7919) // 13 % 256).to(torch.uint8).view(2, 90, 200, 3)
prompts = [open(folder + "/prompt%d.txt" % i).read() for i in range(2)]
answer = model(images.permute(0, 3, 1, 2), prompts)
open(folder + "/images.raw", "wb").write(bytes(images.numpy().tobytes()))
open(folder + "/answer.raw", "wb").write(answer.permute(0, 2, 3, 1).contiguous().numpy().tobytes())
)py";

SemanticTask::Query Streets() { return {&CityscapesLabels()}; }

std::string SemanticPrompt() {
  return MakeCodec<SemanticTask>({{"codec", "rgb"}})->Ask(Streets()).front();
}
std::string DepthPrompt() { return MakeCodec<DepthTask>({{"codec", "rgb"}})->Ask({}).front(); }

// Writes the modules once for all tests of this program.
class TorchModels : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("assay_torch_" + std::to_string(getpid()));
    fs::create_directories(folder_);
    WriteText(folder_ / "prompt0.txt", SemanticPrompt());
    WriteText(folder_ / "prompt1.txt", DepthPrompt());
    WriteText(folder_ / "modules.py", kScript);
    if (!fs::exists(kPython)) return;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread is started
    ready_ = std::system((kPython + " -c 'import torch, numpy'").c_str()) == 0;
    if (!ready_) return;
    const std::string demo = kPython + " " ASSAY_SOURCE_DIR "/scripts/make_demo_model.py " +
                             (folder_ / "demo.pt").string();
    const std::string modules =
        kPython + " " + (folder_ / "modules.py").string() + " " + folder_.string();
    // NOLINTNEXTLINE(concurrency-mt-unsafe)
    ASSERT_EQ(std::system((demo + " && " + modules).c_str()), 0);
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  void SetUp() override {
    if (!ready_) GTEST_SKIP() << "needs a Python with torch and numpy in .venv (scripts/setup)";
  }

  static std::unique_ptr<ImageModel> Load(const std::string& name) {
    return LoadTorchModel(folder_ / name, {});
  }
  static std::vector<RgbImage> Split(const std::string& file, Size size) {
    const Bytes bytes = ReadFile(folder_ / file);
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
    const auto images = Split("images.raw", {200, 90});
    return {Request(images.at(0), SemanticPrompt()), Request(images.at(1), DepthPrompt())};
  }
  static ModelRequest Request(const RgbImage& image,
                              const std::string& prompt,
                              std::uint64_t seed = 0) {
    return {.image = std::make_shared<const RgbImage>(image), .prompt = prompt, .seed = seed};
  }
  static std::vector<RgbImage> Ask(ImageModel& model, std::span<const ModelRequest> requests) {
    std::vector<RgbImage> images;
    for (ModelAnswer& answer : model.Generate(requests)) {
      EXPECT_EQ(answer.status, ModelAnswer::Status::kPainted) << answer.detail;
      images.push_back(std::move(answer.image));
    }
    return images;
  }
  static std::string Failure(const std::string& name) {
    const std::vector<ModelRequest> one = {Request(RgbImage(Size{5, 4}), "the question")};
    const ModelAnswer answer = Load(name)->Generate(one).front();
    EXPECT_EQ(answer.status, ModelAnswer::Status::kFailed);
    return answer.detail;
  }

  static inline fs::path folder_;
  static inline bool ready_ = false;
};

TEST_F(TorchModels, AnswersEqualPythonsByteForByte) {
  const Size size{512, 224};  // 512 * 90 / 200 = 230.4, the nearest multiple of 16
  const auto expected = Split("answer.raw", size);
  ASSERT_THAT(expected, SizeIs(2));
  EXPECT_EQ(Ask(*LoadTorchModel(folder_ / "demo.pt", {.batch = 2}), Requests()), expected);
}

TEST_F(TorchModels, BatchesRepeatsAndThreadsChangeNothing) {
  const auto requests = Requests();
  const auto model = LoadTorchModel(folder_ / "demo.pt", {.batch = 2});
  const auto together = Ask(*model, requests);
  const std::span<const ModelRequest> all(requests);
  EXPECT_EQ(Ask(*model, all.subspan(0, 1)).at(0), together.at(0));
  EXPECT_EQ(Ask(*model, all.subspan(1, 1)).at(0), together.at(1));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(*model, requests), together);
  const auto threaded = LoadTorchModel(folder_ / "demo.pt", {.device = "cpu", .threads = 2});
  EXPECT_EQ(Ask(*threaded, requests), together);
  EXPECT_THAT(model->Generate({}), SizeIs(0));
}

TEST_F(TorchModels, TheDemoModelPaintsWhatTheCodecsRead) {
  const auto answers = Ask(*Load("demo.pt"), Requests());
  const Frame frame{{200, 90}, {200, 90}};
  const auto labels = MakeCodec<SemanticTask>({{"codec", "rgb"}})
                          ->Decode(test::AnswerOf(EncodePng(answers[0])), Streets(), frame);
  EXPECT_EQ(Find(labels.diagnostics, "share_beyond_14"), 0);
  const auto seen = labels.value.Pixels();
  EXPECT_GT(std::count(seen.begin(), seen.end(), 7), 0);  // some road
  const auto depth = MakeCodec<DepthTask>({{"codec", "rgb"}})
                         ->Decode(test::AnswerOf(EncodePng(answers[1])), {}, frame);
  EXPECT_EQ(Find(depth.diagnostics, "off_path_max"), 0);
  EXPECT_EQ(Find(depth.diagnostics, "inf_pixels"), 0);
  EXPECT_GT(depth.value.map.At(100, 45), depth.value.map.At(100, 89));  // farther up, farther away
}

TEST_F(TorchModels, IdentityIsTheHashOfTheFile) {
  EXPECT_EQ(Load("demo.pt")->Identity(), "torchscript " + Sha256(ReadFile(folder_ / "demo.pt")));
}

TEST_F(TorchModels, PixelsArriveInTheirPlaces) {
  const auto images = Split("images.raw", {200, 90});
  EXPECT_EQ(Ask(*Load("Echo.pt"), Requests()), images);
}

TEST_F(TorchModels, AModelThatFailsIsThatSamplesFaultInOneLine) {
  for (const char* name : {"Raises.pt", "Floats.pt", "Flat.pt", "Text.pt", "Mismatch.pt"}) {
    SCOPED_TRACE(name);
    EXPECT_THAT(Failure(name), Not(HasSubstr("\n")));
  }
  EXPECT_THAT(Failure("Raises.pt"), HasSubstr("no answer to the question"));
  EXPECT_THAT(Failure("Floats.pt"), HasSubstr("Float[1,3,4,5]"));
  EXPECT_THAT(Failure("Flat.pt"), HasSubstr("Byte[1,4,5]"));
  EXPECT_THAT(Failure("Text.pt"), HasSubstr("String"));
  EXPECT_THAT(Failure("Mismatch.pt"), HasSubstr("size of tensor"));
}

TEST_F(TorchModels, OutOfMemoryHalvesTheBatch) {
  std::vector<ModelRequest> requests;
  std::vector<RgbImage> images;
  for (std::uint8_t i = 0; i < 5; ++i) {
    images.emplace_back(Size{5, 4}, Rgb8{i, 0, 0});
    requests.push_back(Request(images.back(), ""));
  }
  const auto model = LoadTorchModel(folder_ / "Greedy.pt", {.batch = 5});
  EXPECT_EQ(Ask(*model, requests), images);
  EXPECT_THAT(model->Statistics().facts,
              ::testing::Contains(std::pair("largest_batch_that_fits", "2")));
}

TEST_F(TorchModels, SeedsReachTheModel) {
  const RgbImage image(Size{16, 16});
  const std::uint64_t large = (std::uint64_t{1} << 63U) - 1;
  const std::vector<ModelRequest> requests = {Request(image, "", 7), Request(image, "", large)};
  const auto seeded = Ask(*LoadTorchModel(folder_ / "Seeded.pt", {.batch = 2}), requests);
  EXPECT_EQ(seeded.at(0).At(0, 0).r, 7);
  EXPECT_EQ(seeded.at(1).At(0, 0).r, large % 251);
  const auto draws = Load("Draws.pt");
  const auto drawn = Ask(*draws, requests);
  EXPECT_NE(drawn.at(0), drawn.at(1));
  EXPECT_EQ(Ask(*draws, requests), drawn);
}

std::string LoadProblem(const fs::path& file, const ModelOptions& options = {}) {
  try {
    LoadTorchModel(file, options);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST_F(TorchModels, FilesThatCannotBeLoadedAreTheUsersFault) {
  EXPECT_THAT(LoadProblem(folder_ / "absent.pt"), HasSubstr("absent.pt"));
  EXPECT_THAT(LoadProblem(folder_ / "prompt0.txt"), HasSubstr("cannot be loaded as TorchScript"));
  EXPECT_THAT(LoadProblem(folder_ / "NoPrompts.pt"), HasSubstr("prompts List[str]"));
}

TEST_F(TorchModels, AFileMayBePinnedAndItsSidecarCounts) {
  const fs::path file = folder_ / "Echo.pt";
  const std::string hash = Sha256(ReadFile(file));
  EXPECT_EQ(LoadProblem(file, {.sha256 = hash}), "");
  EXPECT_EQ(LoadProblem(file, {.sha256 = hash.substr(7)}), "");
  EXPECT_THAT(LoadProblem(file, {.sha256 = std::string(64, '0')}), HasSubstr(hash));
  fs::copy_file(file, folder_ / "Sized.pt");
  WriteText(folder_ / "Sized.json", R"({"input_size": [8, 6], "fit": "letterbox", "batch": 2})");
  const auto model = Load("Sized.pt");
  EXPECT_THAT(model->Identity(), AllOf(HasSubstr(hash), HasSubstr("sidecar sha256:")));
  EXPECT_EQ(model->AnswerFit(), Fit::kLetterbox);
  EXPECT_EQ(Ask(*model, Requests()).at(1).size(), (Size{8, 6}));
}

TEST_F(TorchModels, UnknownAndAbsentDevicesAreNamed) {
  EXPECT_THAT(LoadProblem(folder_ / "demo.pt", {.device = "tpu"}), HasSubstr("cpu, cuda:N"));
  EXPECT_THAT(LoadProblem(folder_ / "demo.pt", {.device = "cuda:x"}), HasSubstr("cuda:x"));
  EXPECT_THAT(LoadProblem(folder_ / "demo.pt", {.device = "cuda:99"}), HasSubstr("cuda:99"));
}

TEST_F(TorchModels, TheSameProgramDecodesImagesThroughOpenCv) {
  const RgbImage image(Size{7, 5}, Rgb8{1, 2, 3});
  const Bytes png = EncodePng(image);
  const cv::Mat decoded = cv::imdecode(png, cv::IMREAD_COLOR);
  ASSERT_EQ(decoded.cols, 7);
  EXPECT_EQ(decoded.at<cv::Vec3b>(2, 3), cv::Vec3b(3, 2, 1));
  EXPECT_EQ(DecodeRgb(png, "a.png"), image);
  EXPECT_THAT(Ask(*Load("Echo.pt"), std::vector{Request(image, "")}), SizeIs(1));
}

}  // namespace
}  // namespace assay
