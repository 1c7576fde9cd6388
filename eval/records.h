// The record store: one SQLite file per run, the unit of truth.
//
// One record per sample. A report is a fold over the records in index order and
// never needs an image again. There is one writer, which holds the file
// exclusively; a block of records is one transaction, so that a hard kill loses
// at most the blocks not yet written and never leaves half a record. The journal
// is WAL on local disks and a rollback journal on network file systems, where
// WAL's shared memory does not work (sqlite.org/wal.html).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

class RecordDatabase;

enum class Outcome {
  kScored,
  kEmpty,    // a valid prediction that finds nothing; it has a score
  kInvalid,  // unreadable, wrong size, wrong depth, not decodable
  kMissing,
  kFailed,  // the model
};
inline constexpr std::array<std::string_view, 5> kOutcomeNames = {
    "scored", "empty", "invalid", "missing", "failed"};

struct Record {
  std::int64_t index = 0;
  std::string key;
  std::string cluster;
  std::string slices;  // JSON object, column to value; empty where there are none
  Outcome outcome = Outcome::kMissing;
  std::string truth_sha256;
  std::string prediction_sha256;  // empty where there is no prediction
  std::string score;              // JSON; empty unless scored or empty
  std::string worst, best;        // JSON; what an unscored sample could have been
  std::string diagnostics;        // JSON object
  std::string error_stage, error_code, error_detail;
};

// What must be equal for records to live in one file. Threads, blocks and
// shards are no part of it.
struct RunIdentity {
  std::string protocol;  // name
  std::string protocol_hash;
  std::string answer_hash;
  std::string selection;  // canonical text of --limit, --samples
};

class RecordStore {
 public:
  // Opens or creates RUN/records.sqlite. Throws ConfigError when another process
  // holds it, when it belongs to another identity, or is not a record store;
  // OutputError when it cannot be created.
  static RecordStore OpenForWriting(const std::filesystem::path& file,
                                    const RunIdentity& identity,
                                    bool fresh);
  static RecordStore OpenForReading(const std::filesystem::path& file);

  RecordStore(RecordStore&&) noexcept;
  RecordStore& operator=(RecordStore&&) noexcept;
  ~RecordStore();

  bool IsEmpty();
  std::optional<Record> Find(const std::string& key);

  // One transaction; replaces records of the same key. Throws OutputError when
  // the disk is full or the write fails: everything written earlier stays.
  void Write(std::span<const Record> records);
  // The same, sooner, for the first run into a new file: the caller vouches that each
  // key is new. A key that occurs twice all the same is refused when the file is next
  // opened for writing.
  void Append(std::span<const Record> records);
  // A record that is reused for another position of its key.
  void Renumber(std::span<const Record> records);
  // Takes records out of the fold whose keys are not among the run's samples;
  // they stay in the file with index -1.
  void Retire(const std::function<bool(const std::string& key)>& selected);

  // In index order.
  void ForEach(const std::function<void(const Record&)>& visit);
  void ForEachUnscored(const std::function<void(const Record&)>& visit);

  // Small texts about the run: identity, dataset facts for the report.
  std::string Meta(const std::string& name);
  void SetMeta(const std::string& name, const std::string& value);

 private:
  explicit RecordStore(std::unique_ptr<RecordDatabase> database);
  // Records lie in the order of their position: a run that was never resumed.
  bool WrittenInOrder();
  void Select(const std::string& condition, const std::function<void(const Record&)>& visit);
  void Insert(std::span<const Record> records);

  enum class Order { kAscending, kUnknown };
  std::unique_ptr<RecordDatabase> database_;
  Order in_order_ = Order::kUnknown;  // of positions, as the records lie in the file
  std::int64_t last_position_ = -1;   // of what was appended
};

}  // namespace assay
