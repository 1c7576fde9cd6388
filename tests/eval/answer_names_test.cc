// Answers in a folder that a program makes for every image, as MoGe does
// (eval/answers.h, model/saved.h):
//   - of every set of depth and normals, the files of a folder called like the key, or like
//     the image without its extension, are found
//   - depth goes before points, and an answer with the sample's own name before both
//   - two such folders for one sample are an error that names both
//   - the form that is not read is no stranger; what belongs to no sample is
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "datasets/catalog.h"
#include "datasets/synthetic/layouts.h"
#include "eval/answers.h"
#include "model/saved.h"
#include "tests/model/decoders.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::ErrorOf;
using test::MakeFor;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What one sample's answer may be called.
struct Sample {
  std::string key, image;  // the image below the tree, without extension; empty: no file
  std::vector<AnswerName> names;
};

template <class Task>
std::vector<Sample> SamplesOf(const Dataset<Task>& data,
                              const fs::path& root,
                              const nlohmann::json& codec) {
  const std::vector<std::string> in_folder = MakeFor<Task>(codec)->NamesInFolder();
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < data.Size(); ++i) {
    const Item<Task> item = data.Item(i);
    const fs::path image = fs::path(item.image).lexically_relative(root).replace_extension();
    samples.push_back({item.key,
                       item.image.empty() ? "" : image.generic_string(),
                       NativeNames(item.key, item.native_names, in_folder)});
  }
  return samples;
}

// Files that hold their own name.
fs::path WriteAnswers(const fs::path& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) WriteText(folder / name, name);
  return folder;
}

std::string Found(const fs::path& folder, const Sample& sample, const std::string& extension) {
  const auto answer = SavedAnswers(folder).Get(sample.key, sample.names, std::vector{extension});
  return answer ? std::string(answer->bytes.begin(), answer->bytes.end()) : "";
}

class EveryLayout : public ::testing::TestWithParam<LayoutRow> {
 protected:
  template <class Task>
  void ExpectFound(const Dataset<Task>& data,
                   const nlohmann::json& codec,
                   const std::string& name) {
    const std::string extension = fs::path(name).extension().string().substr(1);
    const std::vector<Sample> samples = SamplesOf(data, tree_, codec);
    const auto folders = {&Sample::key, &Sample::image};
    for (const auto folder : folders) {
      const test::TemporaryFolder answers;
      for (const Sample& sample : samples) {
        // StableNormal's images lie beside its answers: their names are no answers'.
        if ((sample.*folder).empty() || (sample.*folder).ends_with("_ref")) return;
        WriteAnswers(answers.Path(), {sample.*folder + "/" + name});
      }
      for (const Sample& sample : samples) {
        EXPECT_EQ(Found(answers.Path(), sample, extension), sample.*folder + "/" + name);
      }
    }
  }

  test::TemporaryFolder folder_;
  fs::path tree_ = folder_.Path();
};

std::vector<LayoutRow> DenseLayouts() {
  std::vector<LayoutRow> rows;
  for (const LayoutRow& row : LayoutCatalog()) {
    const std::string task(FindDataset(row.dataset).task);
    if (task == "depth" || task == "normals") rows.push_back(row);
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Layouts,
                         EveryLayout,
                         ::testing::ValuesIn(DenseLayouts()),
                         [](const auto& row) {
                           std::string name(row.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST_P(EveryLayout, FindsTheFilesOfAFolderForEveryImage) {
  GetParam().Write(tree_, {.samples = 2, .seed = 1});
  const AnyDataset any =
      FindDataset(GetParam().dataset).Open({.root = tree_, .split = "", .list = {}});
  if (const auto* depth = std::get_if<std::unique_ptr<Dataset<DepthTask>>>(&any)) {
    ExpectFound(**depth, {{"codec", "exr"}}, "depth.exr");
    ExpectFound(**depth, {{"codec", "exr"}}, "points.exr");
    ExpectFound(**depth, {{"codec", "npy"}}, "depth.npy");
  } else {
    const auto& normals = std::get<std::unique_ptr<Dataset<NormalsTask>>>(any);
    ExpectFound(*normals, {{"codec", "normals-png"}}, "normal.png");
    ExpectFound(*normals, {{"codec", "exr"}}, "normal.exr");
  }
}

class InFolders : public ::testing::Test {
 protected:
  static Sample Of(const std::string& key) {
    return {
        key, "", NativeNames(key, {{NameRule::Kind::kPath, "rgb_" + key}}, {"depth", "points"})};
  }
  std::string Find(const std::string& key) const { return Found(folder_.Path(), Of(key), "exr"); }

  test::TemporaryFolder folder_;
};

TEST_F(InFolders, DepthGoesBeforePointsAndTheSamplesOwnNameBeforeBoth) {
  WriteAnswers(folder_.Path(),
               {"a/points.exr",
                "b/points.exr",
                "b/depth.exr",
                "c/depth.exr",
                "rgb_c.exr",
                "d/depth.exr",
                "d/depth.npy",
                "rgb_d/mask.exr"});
  EXPECT_EQ(Find("a"), "a/points.exr");
  EXPECT_EQ(Find("b"), "b/depth.exr");
  EXPECT_EQ(Find("c"), "rgb_c.exr");
  EXPECT_EQ(Find("d"), "d/depth.exr");
  EXPECT_EQ(Find("e"), "");
}

TEST_F(InFolders, TwoFoldersForOneSampleAreAnErrorThatNamesBoth) {
  WriteAnswers(folder_.Path(), {"a/depth.exr", "out/rgb_a/depth.exr", "xa/depth.exr"});
  const auto error = ErrorOf([&] { Find("a"); });
  EXPECT_EQ(error.code, "ambiguous");
  EXPECT_THAT(error.detail,
              AllOf(HasSubstr("2 files"), HasSubstr("a/depth.exr, out/rgb_a/depth.exr")));
}

TEST_F(InFolders, OnlyWhatBelongsToNoSampleIsListed) {
  WriteAnswers(
      folder_.Path(),
      {"a/depth.exr", "a/points.exr", "b.exr", "b/points.exr", "z/depth.exr", "a/mask.exr"});
  const std::vector<AnswerNames> samples = {{"a", Of("a").names}, {"b", Of("b").names}};
  EXPECT_THAT(SavedAnswers(folder_.Path()).Unmatched(samples, std::vector<std::string>{"exr"}),
              ElementsAre("a/mask.exr", "b/points.exr", "z/depth.exr"));
}

}  // namespace
}  // namespace assay
