// Files as bytes:
//   - what was written is read back, for any bytes, and replaces what was there;
//   - nothing is left behind by a write, failed or not; missing folders are made;
//   - a reader sees the old or the new file, never a half;
//   - every fault has its code, names the path and says what to do;
//   - a file over the limit is refused by its size;
//   - ReadPrefix gives the first bytes, or all there are;
//   - Sha256 gives the published digests (FIPS 180-2, appendix B).

#include "datasets/io/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "datasets/io/errors.h"
#include "tests/support/file_errors.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::CodeOf;
using test::MessageOf;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::size_t CountFiles(const std::filesystem::path& folder) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

std::string OutputErrorOf(const std::filesystem::path& path) {
  try {
    WriteText(path, "x");
  } catch (const OutputError& error) {
    return error.what();
  }
  return "";
}

TEST(File, ReadsBackWhatWasWritten) {
  const TemporaryFolder folder;
  EXPECT_TRUE(rc::check("bytes", [&] {
    const auto bytes = *rc::gen::arbitrary<Bytes>();
    WriteFile(folder.Path() / "a.bin", bytes);
    RC_ASSERT(ReadFile(folder.Path() / "a.bin") == bytes);
  }));
  EXPECT_EQ(CountFiles(folder.Path()), 1U) << "a temporary file was left";
}

TEST(File, ReadsMoreThanOneCallMayReturn) {
  const TemporaryFolder folder;
  Bytes bytes(3'000'001);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
  WriteFile(folder.Path() / "big", bytes);
  EXPECT_EQ(ReadFile(folder.Path() / "big"), bytes);
}

TEST(File, TextKeepsEveryByte) {
  const TemporaryFolder folder;
  const std::string text("line\r\n\0tail\xff", 12);
  WriteText(folder.Path() / "t", text);
  EXPECT_EQ(ReadText(folder.Path() / "t"), text);
}

TEST(File, MakesMissingFolders) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "a" / "b" / "c.txt", "deep");
  EXPECT_EQ(ReadText(folder.Path() / "a" / "b" / "c.txt"), "deep");
}

TEST(File, AReaderThatHoldsTheOldFileIsNotDisturbedByAWrite) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "old");
  std::ifstream old(folder.Path() / "f");
  WriteText(folder.Path() / "f", "new and longer");
  std::string seen;
  std::getline(old, seen);
  EXPECT_EQ(seen, "old");
  EXPECT_EQ(ReadText(folder.Path() / "f"), "new and longer");
}

TEST(File, AMissingFileIsNotFoundAndNamed) {
  const auto read = [] { ReadFile("/nowhere/at/all.png"); };
  EXPECT_EQ(CodeOf(read), "not-found");
  EXPECT_THAT(MessageOf(read), AllOf(HasSubstr("/nowhere/at/all.png"), HasSubstr("check")));
}

TEST(File, AFileUsedAsAFolderIsNotFound) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "x");
  EXPECT_EQ(CodeOf([&] { ReadFile(folder.Path() / "f" / "g"); }), "not-found");
}

TEST(File, AFolderIsUnreadable) {
  const TemporaryFolder folder;
  const auto read = [&] { ReadFile(folder.Path()); };
  EXPECT_EQ(CodeOf(read), "unreadable");
  EXPECT_THAT(MessageOf(read), HasSubstr("folder"));
}

TEST(File, APipeIsRefusedInsteadOfWaitedFor) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder.Path() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(CodeOf([&] { ReadFile(folder.Path() / "pipe"); }), "unreadable");
}

TEST(File, AFileWithoutPermissionIsUnreadable) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read every file";
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "x");
  ::chmod((folder.Path() / "f").c_str(), 0);
  EXPECT_EQ(CodeOf([&] { ReadFile(folder.Path() / "f"); }), "unreadable");
}

TEST(File, TheLimitCountsBytesAndIsInclusive) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "12345");
  EXPECT_EQ(ReadFile(folder.Path() / "f", 5).size(), 5U);
  const auto read = [&] { ReadFile(folder.Path() / "f", 4); };
  EXPECT_EQ(CodeOf(read), "too-large");
  EXPECT_THAT(MessageOf(read), AllOf(HasSubstr("5 bytes"), HasSubstr("at most 4")));
}

TEST(File, AHugeSparseFileIsRefusedBeforeMemoryIsTaken) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "x");
  std::filesystem::resize_file(folder.Path() / "f", std::uintmax_t{1} << 40);
  EXPECT_EQ(CodeOf([&] { ReadFile(folder.Path() / "f"); }), "too-large");
}

TEST(File, APrefixIsTheFirstBytesOrAllThereAre) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "12345");
  EXPECT_EQ(ReadPrefix(folder.Path() / "f", 3), (Bytes{'1', '2', '3'}));
  EXPECT_EQ(ReadPrefix(folder.Path() / "f", 99).size(), 5U);
  EXPECT_EQ(CodeOf([&] { ReadPrefix(folder.Path() / "g", 3); }), "not-found");
}

TEST(File, AFailedWriteNamesThePathAndLeavesNothing) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.Path() / "taken" / "inside");
  EXPECT_THAT(OutputErrorOf(folder.Path() / "taken"),
              AllOf(HasSubstr("taken"), HasSubstr("cannot write"), HasSubstr("choose")));
  EXPECT_EQ(CountFiles(folder.Path()), 1U) << "a temporary file was left";
}

TEST(File, AFolderThatCannotBeMadeIsAnOutputError) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "f", "x");
  EXPECT_THAT(OutputErrorOf(folder.Path() / "f" / "g" / "h"), HasSubstr("cannot write"));
}

TEST(File, AFullDiskIsAnOutputErrorThatSaysSo) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full on this machine";
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.Path() / "f";
  // The temporary file of this process is a link to the device that is always full.
  std::filesystem::create_symlink("/dev/full", path.string() + ".tmp" + std::to_string(::getpid()));
  EXPECT_THAT(OutputErrorOf(path), AllOf(HasSubstr("No space left"), HasSubstr("free some space")));
  EXPECT_EQ(CountFiles(folder.Path()), 0U);
}

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(Sha256(std::string()),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256(std::string("abc")),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(std::string("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256(std::string(1'000'000, 'a')),
            "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, IsTheSameForBytesAndText) {
  EXPECT_TRUE(rc::check("equal", [] {
    const auto text = *rc::gen::arbitrary<std::string>();
    RC_ASSERT(Sha256(text) == Sha256(Bytes(text.begin(), text.end())));
  }));
}

}  // namespace
}  // namespace assay
