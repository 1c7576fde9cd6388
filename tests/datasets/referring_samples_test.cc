// The trees in tests/golden/referring, written by Python, and the truths pycocotools and
// OpenCV draw for them (scripts/make_referring_samples.py):
//   keys come in their order; every sample has its cluster, its expression in both
//   forms, and its truth pixel by pixel; images have the size of their truth, gray ones
//   and turned ones too; a pickle and its JSON copy give the same; a truth's bytes are
//   its own alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/reasonseg.h"
#include "datasets/refcoco.h"
#include "tests/datasets/trees.h"

namespace assay {
namespace {

using nlohmann::json;

fs::path Root() { return fs::path(ASSAY_SOURCE_DIR) / "tests/golden/referring"; }

std::unique_ptr<Dataset<ReferringTask>> Open(const std::string& name, const std::string& split) {
  const DatasetOptions options{.root = Root(), .split = split, .list = {}};
  return name == "reasonseg" ? OpenReasonSeg(options) : OpenRefer(name, options);
}

// Samples by dataset and split, in order.
std::map<std::pair<std::string, std::string>, std::vector<json>> Expected() {
  std::map<std::pair<std::string, std::string>, std::vector<json>> groups;
  const json file = json::parse(ReadText(Root() / "expected.json"));
  for (const json& sample : file.at("samples")) {
    groups[{sample.at("dataset").get<std::string>(), sample.at("split").get<std::string>()}]
        .push_back(sample);
  }
  return groups;
}

std::vector<std::string> RowsOf(const Raster<std::uint8_t>& target) {
  std::vector<std::string> rows;
  for (int y = 0; y < target.height(); ++y) {
    std::string row;
    for (const std::uint8_t value : target.Row(y)) {
      row += value == 255 ? 'i' : static_cast<char>('0' + value);
    }
    rows.push_back(row);
  }
  return rows;
}

TEST(ReferringSamples, EverySampleIsWhatPythonSaysItIs) {
  const auto groups = Expected();
  EXPECT_EQ(groups.size(), 7U);
  for (const auto& [name, samples] : groups) {
    const auto data = Open(name.first, name.second);
    ASSERT_EQ(data->Size(), samples.size()) << name.first << " " << name.second;
    EXPECT_EQ(data->Info().official,
              name.first == "reasonseg" ? 200 : static_cast<std::int64_t>(samples.size()));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      SCOPED_TRACE(name.first + " " + samples[i].at("key").get<std::string>());
      const auto item = data->Item(i);
      EXPECT_EQ(item.key, samples[i].at("key").get<std::string>());
      EXPECT_EQ(item.cluster, samples[i].at("cluster").get<std::string>());
      EXPECT_EQ(item.query.expression, samples[i].at("expression").get<std::string>());
      EXPECT_EQ(item.query.raw, samples[i].at("raw").get<std::string>());
      EXPECT_EQ(item.query.is_sentence, samples[i].value("is_sentence", false));
      const ReferringTruth truth = TruthOf(*data, i);
      EXPECT_EQ(truth.no_target, samples[i].at("no_target").get<bool>());
      EXPECT_EQ(RowsOf(truth.target), samples[i].at("rows").get<std::vector<std::string>>());
    }
  }
}

TEST(ReferringSamples, ImagesHaveTheSizeOfTheirTruth) {
  for (const char* name : {"refcocog-umd", "reasonseg"}) {
    const auto data = Open(name, "");
    for (std::size_t i = 0; i < data->Size(); ++i) {
      EXPECT_EQ(data->Image(i).size(), TruthOf(*data, i).target.size()) << data->Item(i).key;
    }
  }
}

TEST(ReferringSamples, APhotoIsTurnedAsItsOrientationSays) {
  const auto data = Open("reasonseg", "");
  const auto keys = KeysOf(*data);
  const auto index = [&](const char* key) {
    return static_cast<std::size_t>(std::find(keys.begin(), keys.end(), key) - keys.begin());
  };
  const RgbImage upright = data->Image(index("a"));
  const RgbImage turned = data->Image(index("turned"));
  // Equal pixels on disk; orientation 6 is seen after a quarter turn clockwise.
  ASSERT_EQ(turned.size(), (Size{upright.height(), upright.width()}));
  for (int y = 0; y < turned.height(); ++y) {
    for (int x = 0; x < turned.width(); ++x) {
      ASSERT_EQ(turned.At(x, y), upright.At(y, upright.height() - 1 - x)) << x << " " << y;
    }
  }
}

TEST(ReferringSamples, TruthBytesAreThoseOfTheSampleAlone) {
  const auto data = Open("refcocog-umd", "");
  const RawTruth raw = data->ReadTruth(0);
  ASSERT_EQ(raw.size(), 2U);
  const json file = json::parse(ReadText(Root() / "refcocog/instances.json"));
  const auto parse = [](const Bytes& bytes) { return json::parse(bytes.begin(), bytes.end()); };
  EXPECT_EQ(parse(raw[0].bytes), file.at("images").at(0));
  EXPECT_EQ(parse(raw[1].bytes), file.at("annotations").at(0));
  EXPECT_EQ(data->ReadTruth(1)[1].bytes, data->ReadTruth(2)[1].bytes);  // one ref, two sentences
}

}  // namespace
}  // namespace assay
