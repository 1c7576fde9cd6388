// Saved answers (model/saved.h):
// * the levels of look-up and their order (the last: tests/eval/answer_names_test.cc); a match
//   is never guessed;
// * repeats are refused, and parts where there is one prompt; extensions limit what is seen;
// * of several prompts all have an answer, or none has;
// * answers of no sample are listed;
// * native names: path endings and prefixes, never across a letter or digit;
// * the manifest's statuses, hashes and fits; every bad line is found at once;
// * folders that are absent, empty or files are refused;
// * the result does not depend on the order files were written in.
#include "model/saved.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/model/decoders.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::ErrorOf;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class Saved : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("assay_saved_" + std::to_string(getpid()) + "_" + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void Write(const std::string& name, const std::string& text = "bytes") {
    WriteText(folder_ / name, text);
  }
  void Manifest(const std::string& lines) { Write("manifest.jsonl", lines); }

  // The path found below the folder, "" for missing.
  std::string Path(const std::string& key, const std::vector<AnswerName>& native = {}) const {
    const auto answer = SavedAnswers(folder_).Get(key, native, extensions_);
    return answer ? answer->file.lexically_relative(folder_).generic_string() : "";
  }
  PredictionError Error(const std::string& key, const std::vector<AnswerName>& native = {}) const {
    return ErrorOf([&] { SavedAnswers(folder_).Get(key, native, extensions_); });
  }
  std::vector<Finding> ManifestFindings() const {
    try {
      const SavedAnswers answers(folder_);
    } catch (const ConfigError& error) {
      return error.findings;
    }
    return {};
  }

  fs::path folder_;
  std::vector<std::string> extensions_ = {"png", "jpg"};
};

TEST_F(Saved, AKeyWithFoldersIsFoundAsAFileBelowThem) {
  Write("frankfurt/frankfurt_000000_000294.png", "abc");
  Write("frankfurt/frankfurt_000000_000295.png");
  const auto answer =
      SavedAnswers(folder_).Get("frankfurt/frankfurt_000000_000294", {}, extensions_);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->bytes, (Bytes{'a', 'b', 'c'}));
  EXPECT_FALSE(answer->declared_empty);
  EXPECT_EQ(answer->fit, std::nullopt);
}

TEST_F(Saved, AKeyWithoutAFileIsMissing) {
  Write("b.png");
  EXPECT_EQ(Path("a"), "");
  EXPECT_EQ(Path("b/c"), "");
  EXPECT_EQ(Path(""), "");
}

TEST_F(Saved, AKeyThatBeginsLikeAnotherIsNotThatOne) {
  Write("0001.png");
  Write("00010.png");
  Write("0001_color.png");
  EXPECT_EQ(Path("0001"), "0001.png");
  EXPECT_EQ(Path("000"), "");
}

TEST_F(Saved, DotsInAKeyBelongToTheKey) {
  Write("v1.5/frame.0.25.png");
  EXPECT_EQ(Path("v1.5/frame.0.25"), "v1.5/frame.0.25.png");
}

TEST_F(Saved, OnlyTheFormatsExtensionsAreSeenInAnyCase) {
  Write("a.PNG");
  Write("a.txt");
  Write("a.npy");
  EXPECT_EQ(Path("a"), "a.PNG");
}

TEST_F(Saved, TwoFilesForAKeyAreAmbiguousAndBothNamed) {
  Write("a.png");
  Write("a.jpg");
  const auto error = Error("a");
  EXPECT_EQ(error.code, "ambiguous");
  EXPECT_EQ(error.stage, PredictionError::Stage::kFind);
  EXPECT_THAT(error.detail, AllOf(HasSubstr("a.jpg"), HasSubstr("a.png"), HasSubstr("2 files")));
}

TEST_F(Saved, RepeatsAndPartsAreRefusedAndNeverTakenForTheAnswer) {
  Write("a.0.png");
  Write("b.p0.png");
  Write("c.0.png");
  Write("c.1.png");
  Write("d.png");
  Write("d.p1.png");
  Write("e.x1.png");
  Write("e.p.png");
  EXPECT_EQ(Error("a").code, "repeat");
  EXPECT_THAT(Error("a").detail, AllOf(HasSubstr("a.0.png"), HasSubstr("manifest.jsonl")));
  EXPECT_EQ(Error("b").code, "repeat");
  EXPECT_EQ(Error("c").code, "ambiguous");
  EXPECT_THAT(Error("d").detail, AllOf(HasSubstr("d.png"), HasSubstr("d.p1.png")));
  EXPECT_EQ(Path("e"), "");
}

TEST_F(Saved, TheAnswersToSeveralPromptsComeInTheirOrder) {
  Write("a.p1.png", "second");
  Write("a.p0.png", "first");
  Write("moved.png", "third");
  Manifest(R"({"key": "a.p2", "file": "moved.png", "fit": "stretch"})");
  const SavedAnswers saved(folder_);
  const auto answer = saved.GetParts("a", 3, extensions_);
  ASSERT_TRUE(answer);
  ASSERT_THAT(answer->parts, SizeIs(3));
  EXPECT_EQ(answer->parts[0].bytes, (Bytes{'f', 'i', 'r', 's', 't'}));
  EXPECT_EQ(answer->parts[1].bytes, (Bytes{'s', 'e', 'c', 'o', 'n', 'd'}));
  EXPECT_EQ(answer->parts[2].fit, Fit::kStretch);
  EXPECT_TRUE(answer->bytes.empty());
  EXPECT_EQ(saved.GetParts("b", 3, extensions_), std::nullopt);
  EXPECT_THAT(saved.Unmatched(std::vector<AnswerNames>{{"a", {}, 3}}, extensions_), SizeIs(0));
}

TEST_F(Saved, OfSeveralPromptsAllHaveAnAnswer) {
  Write("few.p0.png");
  Write("few.p2.png");
  Write("many.p0.png");
  Write("many.p1.png");
  Write("many.p2.png");
  Write("one.png");
  Write("again.p0.1.png");
  Manifest(R"({"key": "none", "status": "empty"})"
           "\n"
           R"({"key": "row", "file": "one.png"})"
           "\n"
           R"({"key": "bad.p1", "status": "failed", "detail": "tired"})");
  const SavedAnswers saved(folder_);
  const auto error = [&](const std::string& key) {
    return ErrorOf([&] { saved.GetParts(key, 2, extensions_); });
  };
  EXPECT_EQ(error("few").code, "parts");
  EXPECT_THAT(error("few").detail, AllOf(HasSubstr("1 of its prompts"), HasSubstr("few.p1")));
  EXPECT_THAT(error("many").detail, HasSubstr("many.p2"));
  EXPECT_THAT(error("one").detail, HasSubstr("one.png"));
  EXPECT_THAT(error("row").detail, HasSubstr("one.png"));
  EXPECT_EQ(error("again").code, "repeat");
  EXPECT_EQ(error("bad").stage, PredictionError::Stage::kModel);
  const auto none = saved.GetParts("none", 2, extensions_);
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->declared_empty);
}

TEST_F(Saved, ARepeatCanBeNamedAsTheAnswerInTheManifest) {
  Write("a.0.png", "first");
  Manifest(R"({"key": "a", "file": "a.0.png"})");
  EXPECT_EQ(Path("a"), "a.0.png");
}

TEST_F(Saved, AnswersOfNoSampleAreListed) {
  Write("a.png");
  Write("b.png");
  Write("stray.png");
  Write("notes.txt");
  Write("x/frame_7_pred.png");
  Write("named.png");
  Manifest(R"({"key": "d", "file": "named.png"})"
           "\n"
           R"({"key": "typo", "status": "empty"})");
  const std::vector<AnswerNames> samples = {
      {"a", {}}, {"b", {}}, {"c", {{true, "frame_7"}}}, {"d", {}}};
  const SavedAnswers saved(folder_);
  EXPECT_THAT(saved.Unmatched(samples, extensions_),
              ElementsAre("stray.png", "manifest.jsonl: key typo"));
  EXPECT_THAT(saved.Unmatched({}, extensions_), SizeIs(6));
}

TEST_F(Saved, AFolderBehindALinkIsSearchedToo) {
  Write("elsewhere/a.png");
  fs::create_directory(folder_ / "answers");
  fs::create_directory_symlink(folder_ / "elsewhere", folder_ / "answers" / "linked");
  const auto answer = SavedAnswers(folder_ / "answers").Get("linked/a", {}, extensions_);
  EXPECT_TRUE(answer.has_value());
}

TEST_F(Saved, AManifestNamesFilesBelowItsFolderOnlyAndEachNameOnce) {
  Manifest(R"({"key": "a", "file": "../outside.png"})"
           "\n"
           R"({"key": "b", "file": "/etc/passwd"})"
           "\n"
           R"({"key": "c", "file": "c.png", "file": "d.png"})");
  const auto findings = ManifestFindings();
  ASSERT_THAT(findings, SizeIs(3));
  EXPECT_THAT(findings[0].message, HasSubstr("must lie below"));
  EXPECT_EQ(findings[0].pointer, "line 1/file");
  EXPECT_THAT(findings[1].message, HasSubstr("must lie below"));
  EXPECT_EQ(findings[2].pointer, "line 3/file");
  EXPECT_THAT(findings[2].message, HasSubstr("twice"));
}

TEST_F(Saved, ANativePathMatchesAtTheEndOfAPath) {
  Write("run7/test/scene_0001/pred_3.png");
  Write("run7/test/xscene_0001/pred_3.png");
  EXPECT_EQ(Path("0001", {{false, "scene_0001/pred_3"}}), "run7/test/scene_0001/pred_3.png");
  EXPECT_EQ(Path("0001", {{false, "pred_4"}}), "");
}

TEST_F(Saved, ANativePrefixEndsWhereALetterOrDigitDoesNotFollow) {
  Write("x/frankfurt_000000_000294_leftImg8bit_pred.png");
  Write("x/frankfurt_000000_0002941.png");
  EXPECT_EQ(Path("k", {{true, "frankfurt_000000_000294"}}),
            "x/frankfurt_000000_000294_leftImg8bit_pred.png");
  EXPECT_EQ(Path("k", {{true, "frankfurt_000000_00029"}}), "");
}

TEST_F(Saved, TwoNativeMatchesAreAmbiguousButOneFileFoundTwiceIsNot) {
  Write("x/city_1_pred.png");
  const std::vector<AnswerName> both = {{true, "city_1"}, {false, "city_1_pred"}};
  EXPECT_EQ(Path("k", both), "x/city_1_pred.png");
  Write("y/city_1_color.png");
  EXPECT_EQ(Error("k", both).code, "ambiguous");
}

TEST_F(Saved, TheKeysOwnFileWinsOverNativeNamesAndTheManifestOverBoth) {
  Write("k.png");
  Write("native_k.png");
  EXPECT_EQ(Path("k", {{true, "native"}}), "k.png");
  Write("elsewhere/file.bin");
  Manifest(R"({"key":"k","file":"elsewhere/file.bin"})");
  EXPECT_EQ(Path("k", {{true, "native"}}), "elsewhere/file.bin");
}

TEST_F(Saved, TheManifestStatesEmptyFailedAndInvalidAnswers) {
  Manifest(
      "{\"key\":\"e\",\"status\":\"empty\"}\n"
      "\n"
      "{\"key\":\"f\",\"status\":\"failed\",\"detail\":\"out of memory\"}\r\n"
      "{\"key\":\"i\",\"file\":\"x.png\",\"status\":\"invalid\"}\n");
  const auto empty = SavedAnswers(folder_).Get("e", {}, extensions_);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->declared_empty);
  EXPECT_THAT(empty->bytes, SizeIs(0));
  EXPECT_EQ(Error("f").code, "failed");
  EXPECT_EQ(Error("f").stage, PredictionError::Stage::kModel);
  EXPECT_THAT(Error("f").detail, HasSubstr("out of memory"));
  EXPECT_EQ(Error("i").code, "invalid");
  EXPECT_EQ(Path("g"), "");
}

TEST_F(Saved, AManifestRowWithoutItsFileIsNotFoundRatherThanMissing) {
  Manifest(R"({"key":"a","file":"gone.png"})");
  Write("a.png");
  EXPECT_EQ(Error("a").code, "not-found");
  EXPECT_EQ(Error("a").stage, PredictionError::Stage::kFind);
}

TEST_F(Saved, AStatedHashIsChecked) {
  Write("a.png", "abc");
  // FIPS 180-2, appendix B.1.
  const std::string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  Manifest(R"({"key":"a","file":"a.png","sha256":")" + abc + "\"}");
  EXPECT_EQ(Path("a"), "a.png");
  Manifest(R"({"key":"a","file":"a.png","sha256":"sha256:)" + abc + "\"}");
  EXPECT_EQ(Path("a"), "a.png");
  Write("a.png", "abd");
  const auto error = Error("a");
  EXPECT_EQ(error.code, "hash-mismatch");
  EXPECT_THAT(error.detail, HasSubstr(abc));
}

TEST_F(Saved, AStatedFitTravelsWithTheAnswer) {
  Write("a.png");
  Manifest(R"({"key":"a","file":"a.png","fit":"letterbox"})");
  EXPECT_EQ(SavedAnswers(folder_).Get("a", {}, extensions_)->fit, Fit::kLetterbox);
}

TEST_F(Saved, EveryBadManifestLineIsFoundAtOnce) {
  Manifest(
      "{\"key\":\"a\",\"file\":\"a.png\"}\n"
      "{\"key\":\"b\",\"file\":\n"
      "[1]\n"
      "{\"key\":\"c\"}\n"
      "{\"file\":\"d.png\"}\n"
      "{\"key\":\"e\",\"file\":\"e.png\",\"status\":\"emtpy\"}\n"
      "{\"key\":\"f\",\"file\":\"f.png\",\"fit\":\"zoom\"}\n"
      "{\"key\":\"g\",\"file\":\"g.png\",\"sha256\":\"12\"}\n"
      "{\"key\":\"h\",\"fille\":\"h.png\",\"status\":\"empty\"}\n"
      "{\"key\":\"a\",\"file\":\"b.png\"}\n");
  std::vector<std::string> pointers;
  for (const Finding& finding : ManifestFindings()) pointers.push_back(finding.pointer);
  EXPECT_THAT(pointers,
              ElementsAre("line 2",
                          "line 3",
                          "line 4/file",
                          "line 5/key",
                          "line 6/status",
                          "line 7/fit",
                          "line 8/sha256",
                          "line 9/fille",
                          "line 10/key"));
}

TEST_F(Saved, AThousandBadLinesEndInACount) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "nonsense\n";
  Manifest(lines);
  const auto findings = ManifestFindings();
  ASSERT_THAT(findings, SizeIs(21));
  EXPECT_EQ(findings.back().message, "and 980 more");
}

TEST_F(Saved, FoldersWithoutAnswersAreRefused) {
  EXPECT_THROW(SavedAnswers{folder_}, ConfigError);
  EXPECT_THROW(SavedAnswers{folder_ / "absent"}, ConfigError);
  Write("file.png");
  EXPECT_THROW(SavedAnswers{folder_ / "file.png"}, ConfigError);
  EXPECT_NO_THROW(SavedAnswers{folder_});
}

TEST_F(Saved, FilesAreCountedWithoutTheManifest) {
  Write("a.png");
  Write("sub/b.png");
  Manifest(R"({"key":"a","file":"a.png"})");
  EXPECT_EQ(SavedAnswers(folder_).files(), 2U);
}

TEST_F(Saved, TheMessageDoesNotDependOnTheOrderOfWriting) {
  for (const char* name : {"x/k_2.png", "x/k_1.png", "x/k_3.png"}) Write(name);
  const std::string first = Error("q", {{true, "k"}}).detail;
  for (const char* name : {"x/k_2.png", "x/k_1.png", "x/k_3.png"}) fs::remove(folder_ / name);
  for (const char* name : {"x/k_3.png", "x/k_2.png", "x/k_1.png"}) Write(name);
  EXPECT_EQ(Error("q", {{true, "k"}}).detail, first);
  EXPECT_THAT(first, HasSubstr("x/k_1.png, x/k_2.png, x/k_3.png"));
}

}  // namespace
}  // namespace assay
