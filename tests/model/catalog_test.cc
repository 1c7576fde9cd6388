// The table of answer formats (model/catalog.h):
// * rows are sorted, unique, belong to a task, and say what they read;
// * every row makes a decoder whose settings are written out and accepted again;
// * every row refuses unknown settings, empty and random bytes without crashing;
// * every codec asks for one prompt and reads back what it paints;
// * "rgb" is the task's painted codec; unknown or foreign names get a suggestion.
#include "model/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <tuple>

#include "datasets/cityscapes_labels.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

using test::AnswerOf;
using test::FrameOf;
using test::Make;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Json = nlohmann::json;

template <class Task>
typename Task::Query QueryOf();
template <>
SemanticTask::Query QueryOf<SemanticTask>() {
  return {&CityscapesLabels()};
}
template <>
DepthTask::Query QueryOf<DepthTask>() {
  return {Size{8, 4}, Intrinsics{8, 8, 4, 2}};
}

template <>
ReferringTask::Query QueryOf<ReferringTask>() {
  return {.expression = "left dog", .raw = ""};
}
template <>
InstancesTask::Query QueryOf<InstancesTask>() {
  return {"dog", Size{8, 4}};
}

template <>
NormalsTask::Query QueryOf<NormalsTask>() {
  return {Size{8, 4}, {}};
}

template <class Task>
typename Task::Truth TruthOf();
template <>
SemanticTruth TruthOf<SemanticTask>() {
  return {LabelMap(Size{8, 4}, 26), {}};
}
template <>
DepthTruth TruthOf<DepthTask>() {
  return {DepthMap(Size{8, 4}, 3.0), {}};
}

// The right half of the image.
Mask RightHalf() {
  Mask mask(Size{8, 4});
  for (int y = 0; y < 4; ++y) std::fill_n(mask.Row(y).begin() + 4, 4, std::uint8_t{1});
  return mask;
}
template <>
ReferringTruth TruthOf<ReferringTask>() {
  return {RightHalf()};
}
template <>
InstancesTruth TruthOf<InstancesTask>() {
  return {{8, 4}, {{{{.mask = ToRuns(RightHalf())}}}}};
}

template <>
NormalsTruth TruthOf<NormalsTask>() {
  return {NormalMap(Size{8, 4}, {0.6, 0, 0.8})};
}

bool Same(const LabelMap& a, const SemanticTruth& b) { return a == b.labels; }
bool Same(const DepthValue& a, const DepthTruth& b) {
  const auto pixels = a.map.Pixels();
  return a.map.size() == b.depth_m.size() &&
         std::all_of(pixels.begin(), pixels.end(), [](double z) { return std::abs(z - 3) < .01; });
}

bool Same(const Mask& a, const ReferringTruth& b) { return a == b.target; }
bool Same(const InstanceSet& a, const InstancesTruth& b) {
  return a.instances.size() == 1 && a.instances[0].mask == b.annotators[0].instances[0].mask;
}

bool Same(const NormalsValue& a, const NormalsTruth& b) {
  const auto pixels = a.map.Pixels();
  return a.map.size() == b.normals.size() &&
         std::all_of(pixels.begin(), pixels.end(), [](const Vector3& n) {
           return std::abs(n.x - 0.6) < .01 && std::abs(n.y) < .01 && std::abs(n.z - 0.8) < .01;
         });
}

Json Answering(const CodecRow& row) {
  const std::string argument = row.argument == "SCALE" ? ":1000" : "";
  return {{"codec", std::string(row.name) + argument}};
}

TEST(CodecCatalog, RowsAreSortedUniqueAndSayWhatTheyRead) {
  const auto rows = CodecCatalog();
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const CodecRow& a, const CodecRow& b) {
    return std::tie(a.name, a.task) < std::tie(b.name, b.task);
  }));
  EXPECT_EQ(std::adjacent_find(rows.begin(),
                               rows.end(),
                               [](const CodecRow& a, const CodecRow& b) {
                                 return a.name == b.name && a.task == b.task;
                               }),
            rows.end());
  for (const CodecRow& row : rows)
    EXPECT_THAT(std::string(row.summary), Not(IsEmpty())) << row.name;
}

TEST(CodecCatalog, EveryRowMakesADecoderOfItsTaskAndAcceptsItsOwnSettings) {
  for (const CodecRow& row : CodecCatalog()) {
    SCOPED_TRACE(row.name);
    const auto made = Make(row.task, Answering(row));
    ASSERT_THAT(made.findings, IsEmpty());
    std::visit([](const auto& decoder) { EXPECT_THAT(decoder->Extensions(), Not(IsEmpty())); },
               made.decoder);
    const auto again = Make(row.task, made.effective);
    EXPECT_THAT(again.findings, IsEmpty());
    EXPECT_EQ(again.effective, made.effective);
  }
}

TEST(CodecCatalog, EveryRowRefusesAnUnknownSetting) {
  for (const CodecRow& row : CodecCatalog()) {
    Json answer = Answering(row);
    answer["no_such_setting"] = 1;
    const auto made = Make(row.task, answer);
    ASSERT_THAT(made.findings, SizeIs(1)) << row.name;
    EXPECT_EQ(made.findings[0].pointer, "/answer/no_such_setting");
  }
}

TEST(CodecCatalog, NoFormatReadsTheAnswersOfATaskItHasNoRowFor) {
  const auto rows = CodecCatalog();
  for (const CodecRow& row : rows) {
    for (const std::string_view task : {"depth", "instances", "normals", "referring", "semantic"}) {
      const bool reads = std::any_of(rows.begin(), rows.end(), [&](const CodecRow& other) {
        return other.name == row.name && other.task == task;
      });
      const auto made = Make(task, Answering(row));
      ASSERT_THAT(made.findings, SizeIs(reads ? 0 : 1)) << row.name << ", " << task;
      if (reads) continue;
      EXPECT_THAT(made.findings[0].message, HasSubstr("does not read"));
    }
  }
}

template <class Task>
class EveryFormat : public ::testing::Test {
 protected:
  template <class Use>
  static void ForEach(Use use) {
    for (const CodecRow& row : CodecCatalog()) {
      if (row.task != Task::kName) continue;
      SCOPED_TRACE(row.name);
      use(row, *test::MakeFor<Task>(Answering(row)));
    }
  }
};
using Tasks = ::testing::Types<SemanticTask, DepthTask, ReferringTask, InstancesTask, NormalsTask>;
TYPED_TEST_SUITE(EveryFormat, Tasks);

TYPED_TEST(EveryFormat, BytesThatAreNoAnswerAreAPredictionError) {
  using Task = TypeParam;
  this->ForEach([](const CodecRow& row, const Decoder<Task>& decoder) {
    EXPECT_TRUE(rc::check([&] {
      Bytes bytes = *rc::gen::arbitrary<Bytes>();
      try {
        decoder.Decode(AnswerOf(std::move(bytes)), QueryOf<Task>(), FrameOf({8, 4}));
        RC_FAIL("random bytes were decoded");
      } catch (const PredictionError& error) {
        RC_ASSERT(!error.code.empty() && !error.detail.empty());
      }
    })) << row.name;
  });
}

TYPED_TEST(EveryFormat, ADamagedByteEndsInAValueOfTheRightSizeOrAPredictionError) {
  using Task = TypeParam;
  const auto truth = TruthOf<Task>();
  const auto codec = test::MakeCodec<Task>({{"codec", "rgb"}});
  const Bytes good = EncodePng(codec->Encode(truth, QueryOf<Task>()));
  this->ForEach([&](const CodecRow& row, const Decoder<Task>& decoder) {
    EXPECT_TRUE(rc::check([&] {
      Bytes bytes = good;
      const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
      bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ *rc::gen::inRange(1, 256));
      try {
        decoder.Decode(AnswerOf(std::move(bytes)), QueryOf<Task>(), FrameOf({8, 4}));
      } catch (const PredictionError& error) {
        RC_ASSERT(!error.code.empty());
      }
    })) << row.name;
  });
}

TYPED_TEST(EveryFormat, ACodecAsksOnceAndReadsBackWhatItPaints) {
  using Task = TypeParam;
  int codecs = 0;
  this->ForEach([&](const CodecRow& /*row*/, const Decoder<Task>& decoder) {
    const auto* codec = dynamic_cast<const Codec<Task>*>(&decoder);
    if (codec == nullptr) return;
    ++codecs;
    EXPECT_THAT(codec->Ask(QueryOf<Task>()), SizeIs(1));
    const auto truth = TruthOf<Task>();
    const Answer answer = AnswerOf(EncodePng(codec->Encode(truth, QueryOf<Task>())));
    EXPECT_TRUE(Same(codec->Decode(answer, QueryOf<Task>(), FrameOf({8, 4})).value, truth));
  });
  EXPECT_EQ(codecs, 1);
}

TEST(MakeDecoder, RgbAndNothingMeanTheTasksPaintedCodec) {
  const Json depth = Make("depth", {{"codec", "rgb-depth"}}).effective;
  Json by_default = Make("depth", Json::object()).effective;
  EXPECT_EQ(by_default.at("codec"), "rgb");
  by_default["codec"] = "rgb-depth";
  EXPECT_EQ(by_default, depth);
}

TEST(MakeDecoder, AMisspeltNameGetsASuggestionAndTheList) {
  const auto made = Make("depth", {{"codec", "rgb-dept"}});
  ASSERT_THAT(made.findings, SizeIs(1));
  EXPECT_EQ(made.findings[0].pointer, "/answer/codec");
  EXPECT_THAT(made.findings[0].message, HasSubstr("did you mean 'rgb-depth'?"));
  EXPECT_THAT(made.findings[0].message, HasSubstr("png16:SCALE"));
}

}  // namespace
}  // namespace assay
