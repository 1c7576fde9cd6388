// The record store.
//   - a record comes back as it was written, records in index order;
//   - a block is written whole or not at all;
//   - one writer; another identity is refused; a foreign file is refused;
//   - retired records leave the fold and stay in the file.
#include "eval/records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const RunIdentity kIdentity = {"nyu-depth", "sha256:aa", "sha256:bb", "{}"};

class RecordStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path File() const { return folder_.Path() / "run" / "records.sqlite"; }
  RecordStore Open(const RunIdentity& identity = kIdentity, bool fresh = false) const {
    return RecordStore::OpenForWriting(File(), identity, fresh);
  }
  TemporaryFolder folder_;
};

Record Sample(std::int64_t index, const std::string& key) {
  Record record;
  record.index = index;
  record.key = key;
  record.cluster = "scene";
  record.slices = R"({"weather":"rain"})";
  record.outcome = Outcome::kInvalid;
  record.truth_sha256 = "sha256:t";
  record.prediction_sha256 = "sha256:p";
  record.score = R"({"x":0.1})";
  record.worst = "{\"w\":1}";
  record.best = "{\"b\":1}";
  record.diagnostics = R"({"d":2.5})";
  record.error_stage = "decode";
  record.error_code = "wrong-size";
  record.error_detail = "quotes ' \" and ümläuts\nnew line";
  return record;
}

std::vector<std::string> KeysOf(RecordStore& store) {
  std::vector<std::string> keys;
  store.ForEach([&](const Record& record) { keys.push_back(record.key); });
  return keys;
}

TEST_F(RecordStoreTest, ARecordComesBackAsItWasWritten) {
  const Record written = Sample(4, "a/b");
  {
    RecordStore store = Open();
    store.Write(std::vector{written});
  }
  RecordStore store = Open();
  const auto read = store.Find("a/b");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->index, written.index);
  EXPECT_EQ(read->cluster, written.cluster);
  EXPECT_EQ(read->slices, written.slices);
  EXPECT_EQ(read->outcome, written.outcome);
  EXPECT_EQ(read->truth_sha256, written.truth_sha256);
  EXPECT_EQ(read->prediction_sha256, written.prediction_sha256);
  EXPECT_EQ(read->score, written.score);
  EXPECT_EQ(read->worst, written.worst);
  EXPECT_EQ(read->best, written.best);
  EXPECT_EQ(read->diagnostics, written.diagnostics);
  EXPECT_EQ(read->error_stage, written.error_stage);
  EXPECT_EQ(read->error_code, written.error_code);
  EXPECT_EQ(read->error_detail, written.error_detail);
  EXPECT_FALSE(store.Find("a").has_value());
}

TEST_F(RecordStoreTest, RecordsAreVisitedInIndexOrderWhateverTheWriteOrder) {
  RecordStore store = Open();
  store.Write(std::vector{Sample(2, "c"), Sample(0, "a")});
  store.Write(std::vector{Sample(1, "b")});
  EXPECT_THAT(KeysOf(store), ElementsAre("a", "b", "c"));
}

TEST_F(RecordStoreTest, WritingAKeyAgainReplacesItsRecord) {
  RecordStore store = Open();
  store.Write(std::vector{Sample(0, "a")});
  Record changed = Sample(0, "a");
  changed.score = "{}";
  store.Write(std::vector{changed});
  EXPECT_THAT(KeysOf(store), ElementsAre("a"));
  EXPECT_EQ(store.Find("a")->score, "{}");
}

TEST_F(RecordStoreTest, AppendedRecordsAreReplacedByALaterStart) {
  Open().Append(std::vector{Sample(0, "a"), Sample(1, "b")});
  auto store = Open();
  Record again = Sample(0, "a");
  again.score = "{}";
  store.Write(std::vector{again});
  EXPECT_THAT(KeysOf(store), ElementsAre("a", "b"));
  EXPECT_EQ(store.Find("a")->score, "{}");
}

TEST_F(RecordStoreTest, AKeyAppendedTwiceIsRefusedWhenTheFileIsNextOpened) {
  Open().Append(std::vector{Sample(0, "a"), Sample(1, "a")});
  EXPECT_THROW(Open(), OutputError);
}

TEST_F(RecordStoreTest, RenumberingMovesOnlyTheIndex) {
  RecordStore store = Open();
  store.Write(std::vector{Sample(0, "a"), Sample(1, "b")});
  Record moved = Sample(7, "a");
  moved.score = "not written";
  store.Renumber(std::vector{moved});
  EXPECT_THAT(KeysOf(store), ElementsAre("b", "a"));
  EXPECT_EQ(store.Find("a")->score, Sample(0, "a").score);
}

TEST_F(RecordStoreTest, RetiredRecordsLeaveTheFoldAndStayInTheFile) {
  RecordStore store = Open();
  store.Write(std::vector{Sample(0, "a"), Sample(1, "b")});
  store.Retire([](const std::string& key) { return key == "b"; });
  EXPECT_THAT(KeysOf(store), ElementsAre("b"));
  EXPECT_TRUE(store.Find("a").has_value());
}

TEST_F(RecordStoreTest, ASecondWriterIsRefusedWhileTheFirstLives) {
  const RecordStore first = Open();
  try {
    Open();
    FAIL() << "two writers";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("in use by another assay process"));
  }
}

TEST_F(RecordStoreTest, AnotherIdentityIsRefusedAndFreshDiscards) {
  {
    RecordStore store = Open();
    store.Write(std::vector{Sample(0, "a")});
  }
  RunIdentity other = kIdentity;
  other.protocol_hash = "sha256:cc";
  try {
    Open(other);
    FAIL() << "mixed two protocols";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("protocol_hash"));
    EXPECT_THAT(error.what(), HasSubstr("--fresh"));
  }
  other = kIdentity;
  other.selection = R"({"limit":3})";
  EXPECT_THROW(Open(other), ConfigError);
  EXPECT_TRUE(Open().Find("a").has_value());
  EXPECT_FALSE(Open(other, /*fresh=*/true).Find("a").has_value());
}

TEST_F(RecordStoreTest, AFileThatIsNoRecordStoreIsRefused) {
  WriteText(File(), "this is not a database, it is a text of more than sixteen bytes");
  try {
    Open();
    FAIL() << "opened a text";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("not a record store"));
  }
}

TEST_F(RecordStoreTest, ReadingAMissingStoreSaysWhatWasExpected) {
  EXPECT_THROW(RecordStore::OpenForReading(File()), ConfigError);
}

TEST_F(RecordStoreTest, LookingUpWhileAnotherThreadWritesIsSafe) {
  RecordStore store = Open();
  store.Write(std::vector{Sample(0, "fixed")});
  std::thread writer([&] {
    for (int i = 1; i <= 200; ++i) store.Write(std::vector{Sample(i, "k" + std::to_string(i))});
  });
  int found = 0;
  for (int i = 0; i < 200; ++i) found += store.Find("fixed").has_value() ? 1 : 0;
  writer.join();
  EXPECT_EQ(found, 200);
  EXPECT_EQ(KeysOf(store).size(), 201U);
}

}  // namespace
}  // namespace assay
