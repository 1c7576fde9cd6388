// Faults that leave a tree plausible. Each is injected into a copy of an
// independent sample (tests/golden/datasets) and must either be a DatasetError
// or change the value that is compared with expected.json; one that changes
// nothing would be invisible to every score. Which of the two is asserted:
//   axes swapped          PNG: DatasetError (size); mat: DatasetError (shape)
//   id off by one         NYU PNG: keys differ; splits.mat: keys differ
//   mirrored x            truth differs, on every layout
//   BGR for RGB           image differs, on every layout
//   metres x 1000         truth differs
//   instances shifted     DatasetError (labels disagree)
//   frames exchanged      truth differs
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "datasets/io/image.h"
#include "datasets/io/mat.h"
#include "datasets/synthetic/defects.h"
#include "datasets/synthetic/mat_writer.h"
#include "tests/datasets/samples.h"

namespace assay {
namespace {

// A copy of a sample tree that may be damaged.
class SampleCopy {
 public:
  explicit SampleCopy(const std::string& layout) : layout_(layout) {
    fs::copy(SampleFolder() / layout, folder_.Path(), fs::copy_options::recursive);
  }
  const fs::path& Root() const { return folder_.Path(); }
  // What a reader finds: every key, truth and image as JSON. Throws DatasetError.
  nlohmann::json Read() const {
    nlohmann::json all = nlohmann::json::array();
    std::visit([&](const auto& data) { all = ReadAll(*data); },
               OpenTree(layout_ == "cityscapes" ? "cityscapes"
                        : layout_ == "kitti"    ? "kitti"
                                                : "nyu",
                        Root()));
    return all;
  }

 private:
  template <class Task>
  static nlohmann::json ReadAll(const Dataset<Task>& data) {
    nlohmann::json all = nlohmann::json::array();
    for (std::size_t i = 0; i < data.Size(); ++i) {
      const auto truth = TruthOf(data, i);
      nlohmann::json sample = {{"key", data.Item(i).key}, {"rgb", Rows(data.Image(i))}};
      if constexpr (std::is_same_v<Task, SemanticTask>) {
        sample["labels"] = IntegerRows(truth.labels);
        sample["instances"] = IntegerRows(truth.instances);
      } else if constexpr (std::is_same_v<Task, DepthTask>) {
        sample["depth_m"] = Rows(truth.depth_m);
      }
      all.push_back(std::move(sample));
    }
    return all;
  }

  std::string layout_;
  test::TemporaryFolder folder_;
};

std::vector<fs::path> FilesEndingWith(const fs::path& root,
                                      const std::string& prefix,
                                      const std::string& suffix) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

template <class T>
Raster<T> Mirrored(const Raster<T>& image) {
  Raster<T> out(image.size());
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) out.At(x, y) = image.At(image.width() - 1 - x, y);
  }
  return out;
}

template <class T>
Raster<T> Transposed(const Raster<T>& image) {
  Raster<T> out(Size{image.height(), image.width()});
  for (int y = 0; y < out.height(); ++y) {
    for (int x = 0; x < out.width(); ++x) out.At(x, y) = image.At(y, x);
  }
  return out;
}

void EditGray16(const fs::path& path,
                const std::function<Raster<std::uint16_t>(Raster<std::uint16_t>)>& edit) {
  WriteFile(path, EncodePng(edit(DecodeGray16(ReadFile(path), path))));
}

void EditGray8(const fs::path& path, const std::function<LabelMap(LabelMap)>& edit) {
  WriteFile(path, EncodePng(edit(DecodeGray8(ReadFile(path), path))));
}

// Where truth and images of the PNG layouts lie.
struct PngLayout {
  const char* name;
  const char* truth_prefix;
  const char* truth_suffix;
  const char* image_prefix;
  const char* image_suffix;
};
constexpr PngLayout kPngLayouts[] = {
    {"cityscapes", "", "_instanceIds.png", "", "_leftImg8bit.png"},
    {"kitti", "", "/image_02", "", ""},
    {"nyu-bts", "sync_depth_", ".png", "rgb_", ".jpg"},
    {"nyu-marigold", "depth_", ".png", "rgb_", ".png"},
};

std::vector<fs::path> TruthFiles(const PngLayout& layout, const fs::path& root) {
  if (std::string(layout.name) != "kitti") {
    return FilesEndingWith(root, layout.truth_prefix, layout.truth_suffix);
  }
  std::vector<fs::path> files = FilesEndingWith(root, "", ".png");
  std::erase_if(
      files, [](const fs::path& f) { return f.string().find("proj_depth") == std::string::npos; });
  return files;
}

std::vector<fs::path> ImageFiles(const PngLayout& layout, const fs::path& root) {
  if (std::string(layout.name) != "kitti") {
    return FilesEndingWith(root, layout.image_prefix, layout.image_suffix);
  }
  std::vector<fs::path> files = FilesEndingWith(root, "", ".png");
  std::erase_if(files, [](const fs::path& f) { return f.parent_path().filename() != "data"; });
  return files;
}

class PngMutation : public ::testing::TestWithParam<PngLayout> {};
INSTANTIATE_TEST_SUITE_P(Layouts,
                         PngMutation,
                         ::testing::ValuesIn(kPngLayouts),
                         [](const auto& row) {
                           std::string name = row.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(PngMutation, AnUntouchedCopyReadsAsTheSampleDoes) {
  const SampleCopy copy(GetParam().name);
  const nlohmann::json read = copy.Read();
  const nlohmann::json& expected = ExpectedSamples().at(GetParam().name);
  ASSERT_EQ(read.size(), expected.size());
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i]["key"], expected[i]["key"]);
  EXPECT_FALSE(TruthFiles(GetParam(), copy.Root()).empty());
  EXPECT_FALSE(ImageFiles(GetParam(), copy.Root()).empty());
}

TEST_P(PngMutation, SwappedAxesAreAnError) {
  const SampleCopy copy(GetParam().name);
  EditGray16(TruthFiles(GetParam(), copy.Root()).front(), Transposed<std::uint16_t>);
  EXPECT_THROW(copy.Read(), DatasetError);
}

TEST_P(PngMutation, MirroredTruthIsAnErrorOrDiffers) {
  const SampleCopy copy(GetParam().name);
  const nlohmann::json before = copy.Read();
  EditGray16(TruthFiles(GetParam(), copy.Root()).front(), Mirrored<std::uint16_t>);
  if (std::string(GetParam().name) == "cityscapes") {
    EXPECT_THROW(copy.Read(), DatasetError);  // the labels beside it are not mirrored
  } else {
    EXPECT_NE(copy.Read(), before);
  }
}

TEST_P(PngMutation, ExchangedFramesAreAnErrorOrDiffer) {
  const SampleCopy copy(GetParam().name);
  const nlohmann::json before = copy.Read();
  const auto files = TruthFiles(GetParam(), copy.Root());
  ASSERT_GE(files.size(), 3U);
  fs::rename(files[0], files[0].string() + ".kept");
  fs::rename(files[2], files[0]);
  fs::rename(files[0].string() + ".kept", files[2]);
  if (std::string(GetParam().name) == "cityscapes") {
    EXPECT_THROW(copy.Read(), DatasetError);
  } else {
    EXPECT_NE(copy.Read(), before);
  }
}

TEST_P(PngMutation, BgrForRgbIsFarFromWhatIsExpected) {
  const SampleCopy copy(GetParam().name);
  const fs::path path = ImageFiles(GetParam(), copy.Root()).front();
  RgbImage image = DecodeRgb(ReadFile(path), path);
  for (Rgb8& p : image.Pixels()) std::swap(p.r, p.b);
  WriteFile(path, path.extension() == ".jpg" ? EncodeJpeg(image) : EncodePng(image));
  const int red = copy.Read().at(0).at("rgb").at(0).at(0).at(0).get<int>();
  const int last = copy.Read().back().at("rgb").at(0).at(0).at(0).get<int>();
  // Some sample now starts with a blue pixel where red was written.
  std::vector<int> reds;
  for (const auto& sample : copy.Read()) reds.push_back(sample["rgb"][0][0][0].get<int>());
  EXPECT_LT(*std::min_element(reds.begin(), reds.end()), 60) << red << " " << last;
  EXPECT_GT(*std::max_element(reds.begin(), reds.end()), 180);
}

TEST_P(PngMutation, ScaledOrShiftedValuesAreAnErrorOrDiffer) {
  const SampleCopy copy(GetParam().name);
  const nlohmann::json before = copy.Read();
  const bool semantic = std::string(GetParam().name) == "cityscapes";
  EditGray16(TruthFiles(GetParam(), copy.Root()).front(), [&](Raster<std::uint16_t> image) {
    for (std::uint16_t& value : image.Pixels()) {
      // Depth: metres x 1000, as far as 16 bits go. Instances: the next class.
      const int edited = semantic ? (value >= 1000 ? value + 1000 : value) : value * 1000;
      value = static_cast<std::uint16_t>(std::min(edited, 65535));
    }
    return image;
  });
  if (semantic) {
    EXPECT_THROW(copy.Read(), DatasetError);
  } else {
    EXPECT_NE(copy.Read(), before);
  }
}

TEST(Mutation, MirroredLabelsAndInstancesTogetherDiffer) {
  const SampleCopy copy("cityscapes");
  const nlohmann::json before = copy.Read();
  const fs::path instances = FilesEndingWith(copy.Root(), "", "_instanceIds.png").front();
  const fs::path labels = FilesEndingWith(copy.Root(), "", "_labelIds.png").front();
  EditGray16(instances, Mirrored<std::uint16_t>);
  EditGray8(labels, Mirrored<std::uint8_t>);
  EXPECT_NE(copy.Read(), before);
}

TEST(Mutation, TransposedLabelsAndInstancesTogetherDiffer) {
  const SampleCopy copy("cityscapes");
  const nlohmann::json before = copy.Read();
  EditGray16(FilesEndingWith(copy.Root(), "", "_instanceIds.png").front(),
             Transposed<std::uint16_t>);
  EditGray8(FilesEndingWith(copy.Root(), "", "_labelIds.png").front(), Transposed<std::uint8_t>);
  EXPECT_NE(copy.Read(), before);
}

TEST(Mutation, NyuNumbersOffByOneChangeTheKeys) {
  for (const char* layout : {"nyu-bts", "nyu-marigold"}) {
    const SampleCopy copy(layout);
    const bool bts = std::string(layout) == "nyu-bts";
    const auto files = FilesEndingWith(copy.Root(), bts ? "sync_depth_" : "depth_", ".png");
    const fs::path moved =
        files.back().parent_path() / (bts ? "sync_depth_00009.png" : "depth_0010.png");
    fs::rename(files.back(), moved);
    EXPECT_EQ(OpenDepth("nyu", copy.Root())->Item(2).key, "0009") << layout;
    EXPECT_THAT(OpenDepth("nyu", copy.Root())->Info().notes, ::testing::Not(::testing::IsEmpty()));
  }
}

// ---- the official file ---------------------------------------------------------------

nlohmann::json ReadMat(const fs::path& root) {
  const auto data = OpenDepth("nyu", root);
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < data->Size(); ++i) {
    all.push_back({{"key", data->Item(i).key},
                   {"depth_m", Rows(TruthOf(*data, i).depth_m)},
                   {"rgb", Rows(data->Image(i))}});
  }
  return all;
}

constexpr const char* kMatName = "nyu_depth_v2_labeled.mat";

template <class Number>
std::vector<Number> Numbers(const MatFile& file, const char* field, int images) {
  std::vector<Number> all;
  for (int i = 0; i < images; ++i) {
    const Bytes bytes = file.ReadSliceBytes(field, i);
    const std::size_t old = all.size();
    all.resize(old + bytes.size() / sizeof(Number));
    std::memcpy(all.data() + old, bytes.data(), bytes.size());
  }
  return all;
}

// Writes the sample again after `edit`; filled depth is not compared here.
void EditMat(const fs::path& root, const std::function<void(NyuMatContent&)>& edit) {
  const int images = 10;
  NyuMatContent content;
  {
    const MatFile file = MatFile::Open(root / kMatName);
    content = {.size = {20, 14},
               .images = images,
               .rgb = Numbers<std::uint8_t>(file, "images", images),
               .raw_depths = Numbers<float>(file, "rawDepths", images),
               .depths = Numbers<float>(file, "rawDepths", images)};
  }
  edit(content);
  fs::remove(root / kMatName);
  WriteNyuMat(root / kMatName, content);
}

TEST(MatMutation, WritingTheSampleAgainUnchangedChangesNothing) {
  const SampleCopy copy("nyu-mat");
  const nlohmann::json before = ReadMat(copy.Root());
  EditMat(copy.Root(), [](NyuMatContent&) {});
  EXPECT_EQ(ReadMat(copy.Root()), before);
}

TEST(MatMutation, ReversedAxesAreAnError) {
  const SampleCopy copy("nyu-mat");
  EditMat(copy.Root(),
          [](NyuMatContent& content) { content.size = {content.size.height, content.size.width}; });
  EXPECT_THROW(ReadMat(copy.Root()), DatasetError);
}

TEST(MatMutation, MetresTimes1000AndMirroredColumnsDiffer) {
  const SampleCopy copy("nyu-mat");
  const nlohmann::json before = ReadMat(copy.Root());
  EditMat(copy.Root(), [](NyuMatContent& content) {
    for (float& metres : content.raw_depths) metres *= 1000;
  });
  EXPECT_NE(ReadMat(copy.Root())[0]["depth_m"], before[0]["depth_m"]);
  const SampleCopy mirrored("nyu-mat");
  EditMat(mirrored.Root(), [](NyuMatContent& content) {
    float* columns = content.raw_depths.data();  // of image 0, 14 numbers each
    for (std::size_t x = 0; x < 10; ++x) {
      std::swap_ranges(columns + 14 * x, columns + 14 * (x + 1), columns + 14 * (19 - x));
    }
  });
  EXPECT_NE(ReadMat(mirrored.Root())[0]["depth_m"], before[0]["depth_m"]);
}

TEST(MatMutation, BgrForRgbDiffers) {
  const SampleCopy copy("nyu-mat");
  const nlohmann::json before = ReadMat(copy.Root());
  EditMat(copy.Root(), [](NyuMatContent& content) {
    const auto red = content.rgb.begin();
    std::swap_ranges(red, red + 280, red + 560);  // 14 x 20 pixels a channel
  });
  EXPECT_NE(ReadMat(copy.Root())[0]["rgb"], before[0]["rgb"]);
}

TEST(MatMutation, SplitsCountedFromZeroAreAnErrorOrOtherKeys) {
  const SampleCopy copy("nyu-mat");
  WriteNyuSplits(copy.Root() / "splits.mat", {3}, {0, 1, 8});
  EXPECT_THROW(ReadMat(copy.Root()), DatasetError);
  WriteNyuSplits(copy.Root() / "splits.mat", {3}, {1, 8});
  EXPECT_EQ(OpenDepth("nyu", copy.Root())->Item(1).key, "0007");
}

}  // namespace
}  // namespace assay
