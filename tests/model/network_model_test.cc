// What all networks need (model/network_model.h), around a network made for the occasion, the
// sidecar (model/sidecar.h), the input's size (model/fit_input.h) and the times of calls
// (model/call_times.h):
// * images of equal size go together, `batch` at most, and answers come back in order;
// * a call out of memory is made again with half as many, down to one; a later call is no larger;
// * a failure costs the one sample that fails, whatever the batch;
// * a static batch is filled up and the answers to the filling dropped; never halved;
// * images are brought to the input's size; a network that fails on that size is refused;
// * the first call is the warm-up and in no statistic;
// * sidecars: every field, and every mistake at once;
// * FitInput: a constant stays, a size that is kept keeps every pixel, letterbox is black outside,
//   values of Pillow within one level, and the decoder's map of the same fit finds the pixel.
#include "model/network_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "model/fit_input.h"
#include "model/prediction.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using Status = ModelAnswer::Status;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Le;

struct Seen {
  std::vector<std::size_t> calls;
  std::vector<Size> sizes;
};

// Answers with the first pixel. "bad" prompts fail; more than `room` images do not fit.
class FirstPixel final : public Network {
 public:
  FirstPixel(Seen& seen, std::size_t room) : seen_(&seen), room_(room) {}
  std::vector<RgbImage> Run(std::span<const ModelRequest> requests) override {
    seen_->calls.push_back(requests.size());
    seen_->sizes.push_back(requests.front().image->size());
    if (requests.size() > room_) throw OutOfMemory("no room");
    std::vector<RgbImage> answers;
    for (const ModelRequest& request : requests) {
      EXPECT_EQ(request.image->size(), requests.front().image->size());
      if (request.prompt == "bad") {
        throw PredictionError(PredictionError::Stage::kModel, "failed", "it is bad");
      }
      answers.emplace_back(Size{2, 2}, request.image->At(0, 0));
    }
    return answers;
  }

 private:
  Seen* seen_;
  std::size_t room_;
};

std::unique_ptr<ImageModel> Make(Seen& seen,
                                 int batch,
                                 const Sidecar& sidecar = {},
                                 std::size_t room = 1000) {
  return MakeNetworkModel(
      std::make_unique<FirstPixel>(seen, room), sidecar, {.identity = "first", .batch = batch});
}

// The number of a request is the red of its image.
ModelRequest Numbered(int number, Size size, const std::string& prompt = "") {
  return {.image =
              std::make_shared<const RgbImage>(size, Rgb8{static_cast<std::uint8_t>(number), 0, 0}),
          .prompt = prompt};
}

std::vector<int> NumbersOf(const std::vector<ModelAnswer>& answers) {
  std::vector<int> numbers;
  numbers.reserve(answers.size());
  for (const ModelAnswer& answer : answers) {
    const bool painted = answer.status == Status::kPainted;
    numbers.push_back(painted ? answer.image.At(0, 0).r : -1);
  }
  return numbers;
}

TEST(NetworkModel, EqualSizesGoTogetherAndAnswersStayInOrder) {
  Seen seen;
  const auto model = Make(seen, 2);
  const Size a{4, 3};
  const Size b{3, 4};
  const std::vector<ModelRequest> requests = {
      Numbered(0, a), Numbered(1, b), Numbered(2, a), Numbered(3, b), Numbered(4, a)};
  EXPECT_THAT(NumbersOf(model->Generate(requests)), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(seen.calls, ElementsAre(2, 1, 2));
  EXPECT_THAT(seen.sizes, ElementsAre(a, a, b));
  EXPECT_TRUE(model->Generate({}).empty());
}

TEST(NetworkModel, OutOfMemoryHalvesTheBatchAndGoesOn) {
  Seen seen;
  const auto model = Make(seen, 8, {}, 3);
  std::vector<ModelRequest> requests;
  for (int i = 0; i < 16; ++i) requests.push_back(Numbered(i, {4, 4}));
  std::vector<int> expected(16);
  for (int i = 0; i < 16; ++i) expected[static_cast<std::size_t>(i)] = i;
  EXPECT_EQ(NumbersOf(model->Generate(requests)), expected);
  EXPECT_THAT(seen.calls, ElementsAre(8, 4, 2, 2, 2, 2, 2, 2, 2, 2));
  EXPECT_THAT(model->Statistics().facts,
              ::testing::Contains(std::pair("largest_batch_that_fits", "2")));
}

TEST(NetworkModel, OneImageThatDoesNotFitIsFailed) {
  Seen seen;
  const auto model = Make(seen, 2, {}, 0);
  const auto answers =
      model->Generate(std::vector<ModelRequest>{Numbered(0, {4, 4}), Numbered(1, {4, 4})});
  EXPECT_THAT(NumbersOf(answers), ElementsAre(-1, -1));
  EXPECT_THAT(answers[0].detail, AllOf(HasSubstr("out of memory"), HasSubstr("no room")));
}

RC_GTEST_PROP(NetworkModel, AFailureCostsOneSampleWhateverTheBatch, ()) {
  const auto bad = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
  const int batch = *rc::gen::inRange(1, 9);
  const auto room = static_cast<std::size_t>(*rc::gen::inRange(1, 9));
  Seen seen;
  const auto model = Make(seen, batch, {}, room);
  std::vector<ModelRequest> requests;
  std::vector<int> expected;
  for (std::size_t i = 0; i < bad.size(); ++i) {
    const int number = static_cast<int>(i % 250);
    const int side = *rc::gen::inRange(1, 4);
    requests.push_back(Numbered(number, {side, 2}, bad[i] ? "bad" : ""));
    expected.push_back(bad[i] ? -1 : number);
  }
  RC_ASSERT(NumbersOf(model->Generate(requests)) == expected);
}

TEST(NetworkModel, AStaticBatchIsFilledUpAndNeverHalved) {
  const Sidecar sidecar{.batch = 4, .static_count = true};
  const std::vector<ModelRequest> requests = {
      Numbered(0, {4, 4}), Numbered(1, {4, 4}, "bad"), Numbered(2, {4, 4})};
  Seen seen;
  EXPECT_THAT(NumbersOf(Make(seen, 4, sidecar)->Generate(requests)), ElementsAre(0, -1, 2));
  EXPECT_THAT(seen.calls, Each(4));
  const auto answers = Make(seen, 4, sidecar, 3)->Generate(requests);
  EXPECT_THAT(NumbersOf(answers), Each(-1));
  EXPECT_THAT(answers[2].detail, HasSubstr("static"));
}

TEST(NetworkModel, ImagesAreBroughtToTheInputsSize) {
  Seen seen;
  const auto model = Make(seen, 3, {.input_size = Size{6, 5}, .fit = Fit::kStretch});
  EXPECT_THAT(seen.calls, ElementsAre(3));  // tried
  const std::vector<ModelRequest> requests = {
      Numbered(7, {4, 3}), Numbered(8, {6, 5}), Numbered(9, {100, 70})};
  EXPECT_THAT(NumbersOf(model->Generate(requests)), ElementsAre(7, 8, 9));
  EXPECT_THAT(seen.calls, ElementsAre(3, 3));
  EXPECT_THAT(seen.sizes, Each(Size{6, 5}));
  EXPECT_EQ(model->AnswerFit(), Fit::kStretch);
}

class Refusing final : public Network {
  std::vector<RgbImage> Run(std::span<const ModelRequest>) override {
    throw PredictionError(PredictionError::Stage::kModel, "failed", "expected 64, but got 32");
  }
};

TEST(NetworkModel, ANetworkOfAnotherSizeIsRefused) {
  const Sidecar sidecar{.input_size = Size{32, 32}, .fit = Fit::kStretch};
  try {
    MakeNetworkModel(std::make_unique<Refusing>(), sidecar, {.batch = 2});
    FAIL() << "it was taken";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("2 images of 32x32"), HasSubstr("expected 64")));
  }
}

TEST(NetworkModel, TheFirstCallIsTheWarmUp) {
  Seen seen;
  const auto model = Make(seen, 1);
  const std::vector<ModelRequest> one = {Numbered(0, {4, 4})};
  model->Generate(one);
  EXPECT_EQ(model->Statistics().calls, 0);
  EXPECT_TRUE(std::isnan(model->Statistics().LatencyPercentile(50)));
  model->Generate(one);
  model->Generate(one);
  EXPECT_EQ(model->Statistics().calls, 2);
  EXPECT_EQ(model->Statistics().images, 2);
}

TEST(CallTimes, PercentilesAreNearestRanks) {
  CallTimes times;
  const CallTimes::Clock::time_point start{};
  for (const int ms : {40, 10, 30, 20}) times.Add(2, start, start + std::chrono::milliseconds(ms));
  const ModelStatistics statistics = times.Statistics();
  EXPECT_EQ(statistics.LatencyPercentile(25), 10);
  EXPECT_EQ(statistics.LatencyPercentile(26), 20);
  EXPECT_EQ(statistics.LatencyPercentile(50), 20);
  EXPECT_EQ(statistics.LatencyPercentile(99), 40);
  EXPECT_EQ(statistics.images, 8);
  EXPECT_NEAR(statistics.busy_s, 0.1, 1e-9);
  EXPECT_NEAR(statistics.wall_s, 0.04, 1e-9);
}

class SidecarTest : public ::testing::Test {
 protected:
  Sidecar Read(const std::string& text) const {
    WriteText(folder_.Path() / "sea.json", text);
    return ReadSidecar(folder_.Path() / "sea.pt");
  }
  std::string Fault(const std::string& text) const {
    try {
      Read(text);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "";
  }
  test::TemporaryFolder folder_;
};

TEST_F(SidecarTest, EveryFieldIsRead) {
  const Sidecar sidecar = Read(R"({"name": "sea", "revision": "2", "input_size": [512, 256],
      "fit": "letterbox", "batch": 4, "static": ["N", "H", "W", "L"], "prompt_bytes": 300})");
  EXPECT_EQ(sidecar.name, "sea");
  EXPECT_EQ(sidecar.revision, "2");
  EXPECT_EQ(sidecar.input_size, (Size{512, 256}));
  EXPECT_EQ(sidecar.fit, Fit::kLetterbox);
  EXPECT_EQ(sidecar.batch, 4);
  EXPECT_TRUE(sidecar.static_count);
  EXPECT_TRUE(sidecar.static_prompt);
  EXPECT_EQ(sidecar.prompt_bytes, 300);
  EXPECT_EQ(sidecar.sha256, Sha256(ReadFile(folder_.Path() / "sea.json")));
}

TEST_F(SidecarTest, NoneStatesNothing) {
  const Sidecar sidecar = ReadSidecar(folder_.Path() / "absent.pt");
  EXPECT_EQ(sidecar.sha256, "");
  EXPECT_EQ(sidecar.input_size, std::nullopt);
  EXPECT_EQ(sidecar.fit, std::nullopt);
}

TEST_F(SidecarTest, MistakesAreNamedTogether) {
  EXPECT_THAT(Fault(R"({"fitt": "stretch", "batch": -1, "input_size": [0, 4]})"),
              AllOf(HasSubstr("fitt"), HasSubstr("batch"), HasSubstr("input_size")));
  EXPECT_THAT(Fault(R"({"static": ["N", "W", "L", "C"]})"),
              AllOf(HasSubstr("N is static"),
                    HasSubstr("W is static"),
                    HasSubstr("L is static"),
                    HasSubstr("\"C\"")));
  EXPECT_THAT(Fault(R"({"input_size": [8, 8]})"), HasSubstr("fit"));
  EXPECT_THAT(Fault(R"({"fit": "squeeze"})"), HasSubstr("squeeze"));
  EXPECT_THAT(Fault("[]"), HasSubstr("object"));
}

rc::Gen<Size> AnySize() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(1, 20), rc::gen::inRange(1, 20)),
                      [](std::pair<int, int> sides) { return Size{sides.first, sides.second}; });
}

rc::Gen<Fit> AnyFit() { return rc::gen::element(Fit::kCoverCrop, Fit::kStretch, Fit::kLetterbox); }

RC_GTEST_PROP(FitInput, AConstantStaysAndLetterboxIsBlackOutside, ()) {
  const Size from = *AnySize();
  const Size to = *AnySize();
  const Fit fit = *AnyFit();
  const Rgb8 color{10, 200, 255};
  const RgbImage fitted = FitInput(RgbImage(from, color), to, fit);
  RC_ASSERT(fitted.size() == to);
  std::int64_t black = 0;
  for (const Rgb8 pixel : fitted.Pixels()) {
    RC_ASSERT(pixel == color || (fit == Fit::kLetterbox && pixel == Rgb8{}));
    black += pixel == Rgb8{} ? 1 : 0;
  }
  RC_ASSERT(black < static_cast<std::int64_t>(to.Pixels()) || fit == Fit::kLetterbox);
}

RC_GTEST_PROP(FitInput, ASizeThatIsKeptKeepsEveryPixel, ()) {
  const Size size = *AnySize();
  RgbImage image(size);
  for (Rgb8& pixel : image.Pixels()) pixel.g = *rc::gen::arbitrary<std::uint8_t>();
  RC_ASSERT(FitInput(image, size, *AnyFit()) == image);
}

// The model paints what it sees; the decoder brings the answer back. Where the input is an
// enlarged image, every pixel finds itself.
TEST(FitInput, TheDecodersMapOfTheSameFitFindsThePixel) {
  const Size size{6, 4};
  RgbImage image(size);
  std::uint8_t value = 0;
  for (Rgb8& pixel : image.Pixels()) pixel.r = value = static_cast<std::uint8_t>(value + 10);
  for (const auto& [name, fit] : kFitNames) {
    SCOPED_TRACE(name);
    for (const Size input : {Size{30, 20}, Size{54, 28}, Size{30, 44}}) {
      const RgbImage fitted = FitInput(image, input, fit);
      const FitMap map = MapTo(fit, size, size, input);
      const RgbImage back = Resample(fitted, map);
      for (int y = 0; y < size.height; ++y) {
        for (int x = 0; x < size.width; ++x) {
          const double scale = std::max(static_cast<double>(input.width) / size.width,
                                        static_cast<double>(input.height) / size.height);
          const bool cut = fit == Fit::kCoverCrop &&
                           (std::abs((x + .5 - size.width / 2.) * scale) > input.width / 2. ||
                            std::abs((y + .5 - size.height / 2.) * scale) > input.height / 2.);
          if (cut) continue;
          // The pixel's middle may fall between two pixels of the input.
          EXPECT_NEAR(back.At(x, y).r, image.At(x, y).r, 13) << x << "," << y;
        }
      }
    }
  }
}

RgbImage ImageOf(const nlohmann::json& described) {
  RgbImage image(Size{described["size"][0], described["size"][1]});
  const std::vector<std::uint8_t> values = described["values"];
  for (std::size_t i = 0; i < image.size().Pixels(); ++i) {
    image.Pixels()[i] = {values.at(3 * i), values.at(3 * i + 1), values.at(3 * i + 2)};
  }
  return image;
}

TEST(FitInput, StretchIsPillowsBilinear) {
  const auto golden =
      nlohmann::json::parse(ReadText(ASSAY_SOURCE_DIR "/tests/golden/fit/expected.json"));
  const RgbImage image = ImageOf(golden["image"]);
  ASSERT_GE(golden["samples"].size(), 5U);
  for (const auto& sample : golden["samples"]) {
    const RgbImage expected = ImageOf(sample);
    const RgbImage fitted = FitInput(image, expected.size(), Fit::kStretch);
    for (std::size_t i = 0; i < expected.size().Pixels(); ++i) {
      const Rgb8 pixel = fitted.Pixels()[i];
      const Rgb8 pillow = expected.Pixels()[i];
      ASSERT_NEAR(pixel.r, pillow.r, 1);
      ASSERT_NEAR(pixel.g, pillow.g, 1);
      ASSERT_NEAR(pixel.b, pillow.b, 1);
    }
  }
}

}  // namespace
}  // namespace assay
