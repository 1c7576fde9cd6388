// What the harness costs a model that takes its time: asking and scoring while it works.
//
// The model sleeps a fixed time for every image, so nothing else can be the reason for what is
// measured; images and truths are in memory before the clock starts. Every ratio is of two
// times taken one after the other, and includes what a run does once: opening its records,
// loading the first images, scoring the last ones.
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <thread>

#include "datasets/synthetic/layouts.h"
#include "eval/predict.h"
#include "eval/run.h"
#include "eval/selection.h"
#include "model/network_model.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using Clock = std::chrono::steady_clock;

class Sleeper final : public Network {
 public:
  Sleeper(std::chrono::microseconds an_image, Size answer) : an_image_(an_image), answer_(answer) {}
  std::vector<RgbImage> Run(std::span<const ModelRequest> requests) override {
    const auto until = Clock::now() + an_image_ * static_cast<int>(requests.size());
    std::vector<RgbImage> answers(requests.size(), answer_);
    std::this_thread::sleep_until(until);
    return answers;
  }

 private:
  std::chrono::microseconds an_image_;
  RgbImage answer_;
};

std::unique_ptr<ImageModel> MakeSleeper(std::chrono::microseconds an_image, Size answer) {
  return MakeNetworkModel(
      std::make_unique<Sleeper>(an_image, answer), {}, {.identity = "sleeper", .batch = 1});
}

// Everything of another dataset in memory, again and again under new keys.
class Preloaded final : public Dataset<SemanticTask> {
 public:
  Preloaded(const Dataset<SemanticTask>& from, std::size_t size) : from_(&from), size_(size) {
    for (std::size_t i = 0; i < from.Size(); ++i) {
      truths_.push_back(from.ReadTruth(i));
      images_.push_back(from.Image(i));
    }
  }
  const DatasetInfo& Info() const override { return from_->Info(); }
  std::size_t Size() const override { return size_; }
  assay::Item<SemanticTask> Item(std::size_t index) const override {
    assay::Item<SemanticTask> item = from_->Item(index % images_.size());
    item.key += "-" + std::to_string(index);
    item.image.clear();
    return item;
  }
  RawTruth ReadTruth(std::size_t index) const override { return truths_[index % images_.size()]; }
  SemanticTask::Truth DecodeTruth(std::size_t index, const RawTruth& raw) const override {
    return from_->DecodeTruth(index % images_.size(), raw);
  }
  RgbImage Image(std::size_t index) const override { return images_[index % images_.size()]; }

 private:
  const Dataset<SemanticTask>* from_;
  std::size_t size_;
  std::vector<RawTruth> truths_;
  std::vector<RgbImage> images_;
};

// A tree of small frames (256 x 128), preloaded.
class Bench {
 public:
  explicit Bench(std::size_t samples) {
    for (const LayoutRow& row : LayoutCatalog()) {
      if (row.name == "cityscapes") row.Write(folder_.Path() / "tree", {.samples = 4, .seed = 1});
    }
    tree_ = OpenDataset(protocol_, folder_.Path() / "tree");
    const auto& typed = *std::get<std::unique_ptr<Dataset<SemanticTask>>>(tree_);
    dataset_ = std::make_unique<Preloaded>(typed, samples);
    for (std::size_t i = 0; i < samples; ++i) selection_.push_back(i);
  }

  double Bare(ImageModel& model) const {
    const auto image = std::make_shared<const RgbImage>(Size{256, 128});
    const auto start = Clock::now();
    for (std::size_t i = 0; i < selection_.size(); ++i) {
      benchmark::DoNotOptimize(model.Generate(std::vector<ModelRequest>{{.image = image}}));
    }
    return Since(start);
  }
  double Ask(ImageModel& model) const {
    const auto start = Clock::now();
    ModelAnswers answers(protocol_, dataset_, model, {});
    Predict(dataset_, selection_, answers, {});
    return Since(start);
  }
  double AskAndScore(ImageModel& model) const {
    const auto start = Clock::now();
    ModelAnswers answers(protocol_, dataset_, model, {.scored = true});
    const std::filesystem::path records = folder_.Path() / "run" / "records.sqlite";
    RecordStore store = RecordStore::OpenForWriting(
        records, {protocol_.name, protocol_.hash, protocol_.answer_hash, "{}"}, /*fresh=*/true);
    RunOptions options;
    options.asking = &answers;
    const RunCounts counts = Score(protocol_, dataset_, selection_, &answers, options, store);
    if (counts.outcomes[0] != static_cast<std::int64_t>(selection_.size())) {
      throw std::logic_error("not every answer was scored");
    }
    return Since(start);
  }

 private:
  static double Since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  test::TemporaryFolder folder_;
  Protocol protocol_ = LoadProtocol(ConfigRoot(std::filesystem::path(ASSAY_SOURCE_DIR) / "configs"),
                                    "cityscapes-val");
  AnyDataset tree_;
  AnyDataset dataset_;
  std::vector<std::size_t> selection_;
};

// The target is 1.03.
void AskingAModelOfOneMillisecond(benchmark::State& state) {
  const Bench bench(3000);
  const auto model = MakeSleeper(std::chrono::milliseconds(1), {256, 128});
  for ([[maybe_unused]] auto _ : state) {
    const double bare = bench.Bare(*model);
    state.counters["asking_against_model_alone_ratio"] = bench.Ask(*model) / bare;
  }
}
BENCHMARK(AskingAModelOfOneMillisecond)->Iterations(3)->Unit(benchmark::kMillisecond);

// The target is 1.00 within the noise.
void ScoringAModelOfTwentyMilliseconds(benchmark::State& state) {
  const Bench bench(500);
  const auto model = MakeSleeper(std::chrono::milliseconds(20), {1024, 512});
  for ([[maybe_unused]] auto _ : state) {
    const double asked = bench.Ask(*model);
    state.counters["scored_against_asked_ratio"] = bench.AskAndScore(*model) / asked;
  }
}
BENCHMARK(ScoringAModelOfTwentyMilliseconds)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace assay
