// Shipped normals protocols against values of the evaluators they cite, on synthetic vectors.
//   - every metric is that of the protocol file, to the tolerance of single precision where
//     the source computes in it, and medians to half a bin of the histogram
//   - the median over all pixels, and nothing else, says how far its histogram is exact
//   - every normals protocol that says it is verified is among them, or among those that
//     tests/eval/normals_files_test.cc holds on files
// Expected values: scripts/make_normals_samples.py, which states sources and versions.
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::json;

constexpr double kMedianResolution = 5e-4;

json Expected(const std::string& file) {
  return json::parse(
             ReadText(std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/normals" / file))
      .at("protocols");
}

// The vectors of the script, pixel by pixel.
int Noise(int x, int y, int n, int k) {
  std::uint32_t value =
      static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U +
      static_cast<std::uint32_t>(n) * 2246822519U + static_cast<std::uint32_t>(k) * 3266489917U;
  value ^= value >> 13;
  value *= 1274126177U;
  value ^= value >> 16;
  return static_cast<int>(value % 2001000U);  // a multiple of 2001, 100 and 10
}

struct Vectors {
  NormalMap truth, answer;
};

Vectors MakeVectors(int n, Size size) {
  Vectors vectors{NormalMap(size), NormalMap(size)};
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const bool none = Noise(x, y, n, 20) % 10 == 0;
      const double spread = (Noise(x, y, n, 21) % 100) / 100.0;
      const auto component = [&](int c) {
        return none ? 0.0 : (Noise(x, y, n, 10 + c) % 2001 - 1000) / 1000.0;
      };
      const auto answered = [&](int c) {
        const double off = spread * ((Noise(x, y, n, 30 + c) % 2001 - 1000) / 1500.0);
        return static_cast<double>(static_cast<float>(component(c) + off + 0.001));
      };
      const auto true_value = [&](int c) {
        return static_cast<double>(static_cast<float>(component(c)));
      };
      vectors.truth.At(x, y) = {true_value(0), true_value(1), true_value(2)};
      vectors.answer.At(x, y) = {answered(0), answered(1), answered(2)};
    }
  }
  return vectors;
}

Summary SummaryOf(const std::string& name) {
  const Protocol protocol = LoadProtocol(test::Configs(), name);
  const auto& evaluation = std::get<Evaluation<NormalsTask>>(protocol.evaluation);
  auto state = evaluation.metric.Start();
  const Size sizes[] = {{64, 48}, {53, 37}, {90, 30}};
  for (int n = 0; n < 3; ++n) {
    const Vectors vectors = MakeVectors(n, sizes[n]);
    evaluation.metric.Add(evaluation.metric.Compare({vectors.answer}, {vectors.truth}), state);
  }
  return evaluation.Summarise(evaluation.metric.Finish(state));
}

TEST(NormalsPresets, EveryMetricIsThatOfTheCitedEvaluator) {
  const json expected = Expected("protocols.json");
  for (const auto& [name, how] : expected.items()) {
    const Summary summary = SummaryOf(name);
    for (const auto& [metric, value] : how.at("metrics").items()) {
      const double resolution = metric == "median" ? kMedianResolution : 0;
      EXPECT_NEAR(test::ValueIn(summary, metric),
                  value.get<double>(),
                  how.at("tolerance").get<double>() + resolution)
          << name << " " << metric;
    }
  }
}

TEST(NormalsPresets, ThePooledMedianAloneSaysHowExactItIs) {
  for (const auto& [name, over] :
       {std::pair{"nyu-normals", "pixels"}, {"nyu-normals@marigold", "images"}}) {
    for (const MetricValue& metric : SummaryOf(name).metrics) {
      const bool by_histogram = metric.name == "median" && metric.over == "pixels";
      EXPECT_EQ(metric.over, over) << name;
      EXPECT_EQ(metric.method,
                by_histogram
                    ? "from a histogram with bins of 0.001 degrees, exact to 0.0005 degrees"
                    : "")
          << name << " " << metric.name;
    }
  }
}

TEST(NormalsPresets, EveryVerifiedOneIsHeld) {
  const json expected = Expected("protocols.json");
  const json by_files = Expected("files.json");
  int verified = 0;
  for (const std::string& name : test::Configs().ProtocolNames()) {
    if (name.find("-normals") == std::string::npos) continue;
    if (!LoadProtocol(test::Configs(), name).verified) continue;
    ++verified;
    EXPECT_TRUE(expected.contains(name) || by_files.contains(name)) << name;
  }
  EXPECT_GT(verified, 0);
}

}  // namespace
}  // namespace assay
