// assay decode of answers that do not say everything themselves.
//   - a codec of several tasks needs --task; another task is refused
//   - a JSON answer needs --size; a size that is none is refused
//   - counts are whole numbers; -o writes masks and instance numbers
//   - a colour is r,g,b on the command line
//   - explain shows a codec of several tasks for each of them
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::AllOf;
using ::testing::HasSubstr;

class DecodeTest : public ::testing::Test {
 protected:
  DecodeTest() {
    WriteText(file_, R"([{"image_id": 1, "category_id": 1, "score": 0.9,
                          "segmentation": [[1, 1, 5, 1, 5, 5, 1, 5]]},
                         {"image_id": 1, "category_id": 1, "score": 0.8,
                          "segmentation": [[8, 1, 10, 1, 10, 5, 8, 5]]}])");
  }
  Finished Decode(const std::string& arguments) const {
    return Assay("decode " + file_.string() + " --codec coco-json " + arguments);
  }

  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.Path() / "answer.json";
};

TEST_F(DecodeTest, ACodecOfSeveralTasksNeedsOne) {
  const Finished unsaid = Decode("--size 20x10");
  EXPECT_EQ(unsaid.code, 2);
  EXPECT_THAT(unsaid.err, AllOf(HasSubstr("instances, referring, semantic"), HasSubstr("--task")));
  EXPECT_EQ(Decode("--size 20x10 --task depth").code, 2);
  const Finished instances = Decode("--size 20x10 --task instances --json");
  ASSERT_EQ(instances.code, 0) << instances.err;
  const json line = json::parse(instances.out);
  EXPECT_EQ(line["instances"], 2);
  EXPECT_EQ(line["areas"], json({16, 8}));
  EXPECT_EQ(line["size"], json({20, 10}));
  EXPECT_TRUE(line["entries"].is_number_integer());
  const Finished mask = Decode("--size 20x10 --task referring --json");
  EXPECT_EQ(json::parse(mask.out)["foreground"], 24);
}

TEST_F(DecodeTest, AJsonAnswerNeedsTheSizeOfItsImage) {
  const Finished unsaid = Decode("--task instances");
  EXPECT_EQ(unsaid.code, 2);
  EXPECT_THAT(unsaid.err, HasSubstr("--size"));
  for (const char* size :
       {"20", "20x", "x10", "0x10", "20x-1", "20x10x3", "axb", "99999999999x1"}) {
    EXPECT_EQ(Decode("--task instances --size " + std::string(size)).code, 2) << size;
  }
}

TEST_F(DecodeTest, DecodedValuesAreWritten) {
  ASSERT_EQ(Decode("--task instances --size 20x10 -o " + (folder_.Path() / "out").string()).code,
            0);
  const std::filesystem::path written = folder_.Path() / "out/answer.png";
  const Raster<std::uint16_t> numbers = DecodeGray16(ReadFile(written), written);
  EXPECT_EQ(numbers.At(2, 2), 1);
  EXPECT_EQ(numbers.At(9, 2), 2);
  EXPECT_EQ(numbers.At(15, 8), 0);
}

TEST_F(DecodeTest, ExplainShowsEveryTaskOfACodec) {
  const std::string out = Assay("explain coco-json").out;
  EXPECT_THAT(out,
              AllOf(HasSubstr("(instances)"), HasSubstr("(referring)"), HasSubstr("(semantic)")));
}

TEST_F(DecodeTest, AColourIsThreeNumbersOnTheCommandLine) {
  RgbImage image(Size{40, 30}, Rgb8{88, 50, 82});
  for (int y = 5; y < 15; ++y) {
    for (int x = 5; x < 25; ++x) image.At(x, y) = {255, 0, 0};
  }
  const auto painted = folder_.Path() / "painted.png";
  WriteFile(painted, EncodePng(image));
  const auto decode = [&](const std::string& background) {
    return Assay("decode " + painted.string() + " --codec rgb-instances --set background=" +
                 background + " --set theta_erosion=0 --json");
  };
  const Finished right = decode("88,50,82");
  ASSERT_EQ(right.code, 0) << right.err;
  EXPECT_EQ(json::parse(right.out)["areas"], json({200}));
  EXPECT_EQ(json::parse(decode("255,0,0").out)["areas"], json({1000}));
  for (const char* wrong : {"88,50", "88,50,82,1", "88,50,256", "88,,82"}) {
    const Finished refused = decode(wrong);
    EXPECT_EQ(refused.code, 2) << wrong;
    EXPECT_THAT(refused.err, HasSubstr("/background")) << wrong;
  }
}

}  // namespace
}  // namespace assay
