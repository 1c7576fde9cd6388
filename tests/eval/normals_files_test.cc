// Normals protocols that are peculiar about files, against values of the sources they cite:
//   - StableNormal: 8-bit truth by its length, answers of another size resized as colours
//   - Metric3D: NYU read as B, G, R and negated, images with too few pixels left out
//   - Marigold's Sintel: sides cut, pixels without a normal scored as facing the camera
//   - each protocol of the golden file says that it is verified
// Expected values: scripts/make_normals_file_samples.py, which states sources and versions.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/io/vectors.h"
#include "datasets/synthetic/manifest.h"
#include "metrics/normal_frames.h"
#include "tests/eval/pixel_noise.h"
#include "tests/eval/runs.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Noise;

constexpr double kMedianResolution = 5e-4;

json Expected() {
  return json::parse(
             ReadText(std::filesystem::path(ASSAY_SOURCE_DIR) / "tests/golden/normals/files.json"))
      .at("protocols");
}

double NumberOf(const json& value) { return value.get<double>(); }

// ---- the pixels of the script ----------------------------------------------

RgbImage Colours(int n, Size size, int near, int seed) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto channel = [&](int c) {
        const std::int64_t base = Noise(8 * x / size.width, 8 * y / size.height, n, 40 + c) % 256;
        const std::int64_t off = Noise(x, y, n, 50 + seed + c) % (2 * near + 1) - near;
        return static_cast<std::uint8_t>(std::clamp<std::int64_t>(base + off, 0, 255));
      };
      const bool black = seed == 0 && Noise(x, y, n, 60) % 10 == 0;
      image.At(x, y) = black ? Rgb8{} : Rgb8{channel(0), channel(1), channel(2)};
    }
  }
  return image;
}

VectorMap Vectors(int n, Size size, int seed) {
  VectorMap map(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto component = [&](int c) {
        const std::int64_t base =
            Noise(8 * x / size.width, 8 * y / size.height, n, 70 + c) % 2001 - 1000;
        const std::int64_t off = Noise(x, y, n, 80 + seed + c) % 401 - 200;
        return static_cast<double>(static_cast<float>(static_cast<double>(base + off) / 1000));
      };
      map.At(x, y) = {component(0), component(1), component(2)};
    }
  }
  return map;
}

// ---- scoring ---------------------------------------------------------------

class NormalsFiles : public ::testing::Test {
 protected:
  std::filesystem::path Root() const { return folder_.Path() / "data"; }

  void Open(const std::string& name) {
    name_ = name;
    protocol_ = LoadProtocol(test::Configs(), name);
    dataset_ = OpenDataset(protocol_, Root());
  }
  const Dataset<NormalsTask>& Data() const {
    return *std::get<std::unique_ptr<Dataset<NormalsTask>>>(dataset_);
  }
  const Evaluation<NormalsTask>& Way() const {
    return std::get<Evaluation<NormalsTask>>(protocol_.evaluation);
  }
  NormalsTruth Truth(int n) const {
    const auto index = static_cast<std::size_t>(n);
    return Data().DecodeTruth(index, Data().ReadTruth(index));
  }

  // `answer` gives sample n's value from its truth.
  template <class AnswerOf>
  void ExpectItsValues(int samples, const AnswerOf& answer) {
    ASSERT_EQ(Data().Size(), static_cast<std::size_t>(samples));
    auto state = Way().metric.Start();
    for (int n = 0; n < samples; ++n) {
      const NormalsTruth truth = Truth(n);
      Way().metric.Add(Way().metric.Compare(answer(n, truth), truth), state);
    }
    const Summary summary = Way().Summarise(Way().metric.Finish(state));
    const json expected = Expected().at(name_);
    for (const auto& [metric, value] : expected.at("metrics").items()) {
      const double resolution = metric == "median" ? kMedianResolution : 0;
      EXPECT_NEAR(test::ValueIn(summary, metric),
                  NumberOf(value),
                  NumberOf(expected.at("tolerance")) + resolution)
          << name_ << " " << metric;
    }
  }

  test::TemporaryFolder folder_;
  std::string name_;
  Protocol protocol_;
  AnyDataset dataset_;
};

TEST_F(NormalsFiles, StableNormalsAreThoseOfItsWorker) {
  constexpr Size kTruth{60, 44};
  constexpr Size kAnswer{96, 64};
  for (int n = 0; n < 3; ++n) {
    WriteFile(Root() / (std::to_string(n) + "_gt.png"), EncodePng(Colours(n, kTruth, 20, 0)));
  }
  Open("diode-indoor-normals@stablenormal");
  ExpectItsValues(3, [&](int n, const NormalsTruth& truth) {
    Answer answer;
    answer.file = "answer.png";
    answer.bytes = EncodePng(Colours(n, n == 2 ? kTruth : kAnswer, 30, 3));
    const Size grid = truth.normals.size();
    return Way().decoder->Decode(answer, {}, {grid, grid}).value;
  });
}

TEST_F(NormalsFiles, AnotherFitThanStretchIsRefusedByStableNormals) {
  WriteFile(Root() / "0_gt.png", EncodePng(Colours(0, {60, 44}, 20, 0)));
  Open("diode-indoor-normals@stablenormal");
  Answer answer;
  answer.file = "answer.png";
  answer.bytes = EncodePng(Colours(0, {96, 64}, 30, 3));
  answer.fit = Fit::kCoverCrop;
  const Size grid{60, 44};
  EXPECT_THROW(Way().decoder->Decode(answer, {}, {grid, grid}), PredictionError);
  EXPECT_THROW(LoadProtocol(test::Configs(),
                            "diode-indoor-normals@stablenormal",
                            {.set = {{"answer.fit", "cover_crop"}}, .format = {}, .palette = {}}),
               ConfigError);
}

TEST_F(NormalsFiles, Metric3dsNyuIsThatOfItsReaderAndMeter) {
  constexpr Size kSize{52, 36};
  constexpr int kFew = 7;
  for (int n = 0; n < 4; ++n) {
    RgbImage image = Colours(n, kSize, 20, 0);
    if (n == 3) {
      std::fill(image.Pixels().begin(), image.Pixels().end(), Rgb8{});
      std::fill_n(image.Pixels().begin(), kFew, Rgb8{200, 200, 200});
    }
    WriteFile(Root() / "nyuv2/test" / ("00000" + std::to_string(n) + "_normal.png"),
              EncodePng(image));
  }
  WriteManifest(Root(), {"nyu-normals", 4, 1, kSize});
  Open("nyu-normals@metric3d-as-published");
  ExpectItsValues(4, [&](int n, const NormalsTruth& truth) {
    NormalsValue value{truth.normals};
    const VectorMap noise = Vectors(n, kSize, 3);
    for (std::size_t i = 0; i < noise.Pixels().size(); ++i) {
      Vector3& v = value.map.Pixels()[i];
      const Vector3 off = ToRub(NormalFrame::kOpencv, noise.Pixels()[i]);
      v = {v.x + 0.5 * off.x, v.y + 0.5 * off.y, v.z + 0.5 * off.z};
    }
    return value;
  });
}

TEST_F(NormalsFiles, MarigoldsSintelIsThatOfItsDatasetClass) {
  constexpr Size kSize{1024, 12};
  constexpr Size kShown{582, 12};
  for (int n = 0; n < 2; ++n) {
    VectorMap stored = Vectors(n, kSize, 0);
    for (int y = 0; y < kSize.height; ++y) {
      for (int x = 0; x < kSize.width; ++x) {
        if (Noise(x, y, n, 90) % 5 == 0) stored.At(x, y) = {};
      }
    }
    WriteFile(Root() / "sintel/alley_1" / ("frame_000" + std::to_string(n + 1) + "_normal.npy"),
              EncodeNpyFloat32(ArrayFromVectors(stored)));
  }
  WriteManifest(Root(), {"sintel-normals-marigold", 2, 1, kSize});
  Open("sintel-normals@marigold-as-published");
  EXPECT_EQ(Data().Item(0).query.frame, kShown);
  ExpectItsValues(2,
                  [&](int n, const NormalsTruth&) { return NormalsValue{Vectors(n, kShown, 3)}; });
}

TEST(NormalsFileValues, BelongToVerifiedProtocols) {
  const json expected = Expected();
  EXPECT_GE(expected.size(), 3U);
  for (const auto& [name, how] : expected.items()) {
    EXPECT_TRUE(LoadProtocol(test::Configs(), name).verified) << name;
  }
}

}  // namespace
}  // namespace assay
