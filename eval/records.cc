#include "eval/records.h"

#include <fmt/format.h>
#include <sys/vfs.h>

#include <algorithm>
#include <utility>

#include "datasets/io/errors.h"
#include "eval/record_database.h"

namespace assay {
namespace {

constexpr int kFormatVersion = 3;  // 3: slices
constexpr long kNfsMagic = 0x6969;
constexpr long kCifsMagic = 0xFF534D42;
constexpr long kSmb2Magic = 0xFE534D42;
constexpr long kLustreMagic = 0x0BD00BD0;
constexpr long kFuseMagic = 0x65735546;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS records("
    "  key TEXT NOT NULL, position INTEGER NOT NULL, cluster TEXT NOT NULL, slices TEXT NOT NULL,"
    "  outcome TEXT NOT NULL, truth_sha256 TEXT NOT NULL, prediction_sha256 TEXT NOT NULL,"
    "  score TEXT NOT NULL, worst TEXT NOT NULL, best TEXT NOT NULL, diagnostics TEXT NOT NULL,"
    "  error_stage TEXT NOT NULL, error_code TEXT NOT NULL, error_detail TEXT NOT NULL);";
// Each is made when it is first needed: a run that is never resumed writes its records
// in order and under keys that are new, and keeping indices up to date would cost it
// more than the records.
constexpr const char* kKeys = "CREATE UNIQUE INDEX IF NOT EXISTS records_by_key ON records(key);";
constexpr const char* kPositions =
    "CREATE INDEX IF NOT EXISTS records_by_position ON records(position);";

constexpr const char* kColumns =
    "key, position, cluster, slices, outcome, truth_sha256, prediction_sha256, score, worst, best,"
    " diagnostics, error_stage, error_code, error_detail";

bool IsNetworkFileSystem(const std::filesystem::path& folder) {
  struct statfs facts{};
  if (statfs(folder.c_str(), &facts) != 0) return true;  // unknown: the safe choice
  const long type = static_cast<long>(facts.f_type);
  return type == kNfsMagic || type == kCifsMagic || type == kSmb2Magic || type == kLustreMagic ||
         type == kFuseMagic;
}

Outcome OutcomeFromName(std::string_view name) {
  const auto found = std::find(kOutcomeNames.begin(), kOutcomeNames.end(), name);
  if (found == kOutcomeNames.end()) {
    throw ConfigError("the record store holds the unknown outcome '" + std::string(name) + "'");
  }
  return static_cast<Outcome>(found - kOutcomeNames.begin());
}

// Into a record that keeps the memory of the one before.
void ReadRow(const Statement& row, Record& record) {
  record.key = row.View(0);
  record.index = row.Number(1);
  record.cluster = row.View(2);
  record.slices = row.View(3);
  record.outcome = OutcomeFromName(row.View(4));
  record.truth_sha256 = row.View(5);
  record.prediction_sha256 = row.View(6);
  record.score = row.View(7);
  record.worst = row.View(8);
  record.best = row.View(9);
  record.diagnostics = row.View(10);
  record.error_stage = row.View(11);
  record.error_code = row.View(12);
  record.error_detail = row.View(13);
}

void BindRecord(Statement& statement, const Record& record) {
  statement.Bind(record.key)
      .Bind(record.index)
      .Bind(record.cluster)
      .Bind(record.slices)
      .Bind(kOutcomeNames[static_cast<std::size_t>(record.outcome)])
      .Bind(record.truth_sha256)
      .Bind(record.prediction_sha256)
      .Bind(record.score)
      .Bind(record.worst)
      .Bind(record.best)
      .Bind(record.diagnostics)
      .Bind(record.error_stage)
      .Bind(record.error_code)
      .Bind(record.error_detail);
}

std::string OtherFormat(const std::filesystem::path& file, const std::string& version) {
  return fmt::format(
      "{} has record format {}, and this assay writes format {}\n  score the answers again "
      "into another folder with -o",
      file.string(),
      version,
      kFormatVersion);
}

void RemoveStore(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
    std::error_code ignored;
    std::filesystem::remove(file.string() + suffix, ignored);
  }
}

}  // namespace

RecordStore::RecordStore(std::unique_ptr<RecordDatabase> database)
    : database_(std::move(database)) {}
RecordStore::RecordStore(RecordStore&&) noexcept = default;
RecordStore& RecordStore::operator=(RecordStore&&) noexcept = default;
RecordStore::~RecordStore() = default;

RecordStore RecordStore::OpenForWriting(const std::filesystem::path& file,
                                        const RunIdentity& identity,
                                        bool fresh) {
  std::error_code failed;
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path(), failed);
  if (failed) {
    throw ConfigError(file.parent_path().string() + " cannot be created: " + failed.message());
  }
  if (fresh) RemoveStore(file);
  auto database = std::make_unique<RecordDatabase>(file, /*create=*/true);
  const bool shared = IsNetworkFileSystem(file.has_parent_path() ? file.parent_path() : ".");
  // EXCLUSIVE before WAL: no shared memory file, and no second writer.
  database->Execute("PRAGMA locking_mode=EXCLUSIVE", "locked");
  database->Execute(shared ? "PRAGMA journal_mode=TRUNCATE" : "PRAGMA journal_mode=WAL", "opened");
  database->Execute("PRAGMA synchronous=NORMAL", "opened");
  // 64 MiB: each time the journal is folded in, the disk is waited for.
  database->Execute("PRAGMA wal_autocheckpoint=16384", "opened");
  database->Execute("BEGIN EXCLUSIVE", "locked");
  database->Execute(kSchema, "written");
  database->Execute("COMMIT", "written");
  RecordStore store(std::move(database));

  const std::pair<const char*, std::string> parts[] = {
      {"format_version", std::to_string(kFormatVersion)},
      {"protocol_hash", identity.protocol_hash},
      {"answer_hash", identity.answer_hash},
      {"selection", identity.selection}};
  for (const auto& [name, value] : parts) {
    const std::string found = store.Meta(name);
    if (!found.empty() && found != value && name == parts[0].first) {
      throw ConfigError(OtherFormat(file, found) + ", or --fresh to discard those records");
    }
    if (!found.empty() && found != value) {
      throw ConfigError(fmt::format(
          "the run folder {} holds records of another run: its {} is {}, this command's is {} "
          "(protocol {} there, {} here)\n"
          "  use another folder with -o, or --fresh to discard those records",
          file.parent_path().string(),
          name,
          found,
          value,
          store.Meta("protocol"),
          identity.protocol));
    }
    store.SetMeta(name, value);
  }
  store.SetMeta("protocol", identity.protocol);
  if (store.IsEmpty()) {
    store.in_order_ = Order::kAscending;
  } else {
    store.database_->Execute(kKeys, "written");
  }
  return store;
}

RecordStore RecordStore::OpenForReading(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw ConfigError(file.string() + " does not exist; is this a run folder?");
  }
  // Read-write so that a WAL left by a killed run is folded in.
  RecordStore store(std::make_unique<RecordDatabase>(file, /*create=*/false));
  if (const std::string version = store.Meta("format_version");
      version != std::to_string(kFormatVersion)) {
    throw ConfigError(OtherFormat(file, version));
  }
  return store;
}

bool RecordStore::IsEmpty() {
  Statement select(*database_, "SELECT 1 FROM records LIMIT 1");
  return !select.Step("read");
}

std::optional<Record> RecordStore::Find(const std::string& key) {
  Statement select(*database_, std::string("SELECT ") + kColumns + " FROM records WHERE key=?");
  select.Bind(key);
  if (!select.Step("read")) return std::nullopt;
  Record record;
  ReadRow(select, record);
  return record;
}

void RecordStore::Write(std::span<const Record> records) {
  database_->Execute(kKeys, "written");
  Insert(records);
  in_order_ = Order::kUnknown;
}

void RecordStore::Append(std::span<const Record> records) {
  Insert(records);
  for (const Record& record : records) {
    if (record.index <= last_position_) in_order_ = Order::kUnknown;
    last_position_ = record.index;
  }
}

void RecordStore::Insert(std::span<const Record> records) {
  Transaction transaction(*database_);
  Statement insert(*database_,
                   std::string("INSERT OR REPLACE INTO records(") + kColumns +
                       ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (const Record& record : records) {
    BindRecord(insert, record);
    insert.Run("written");
  }
  transaction.Commit();
}

void RecordStore::Renumber(std::span<const Record> records) {
  in_order_ = Order::kUnknown;
  Transaction transaction(*database_);
  Statement update(*database_, "UPDATE records SET position=? WHERE key=? AND position<>?1");
  for (const Record& record : records) {
    update.Bind(record.index).Bind(record.key);
    update.Run("written");
  }
  transaction.Commit();
}

void RecordStore::Retire(const std::function<bool(const std::string& key)>& selected) {
  std::vector<std::string> stale;
  {
    Statement select(*database_, "SELECT key FROM records WHERE position>=0");
    while (select.Step("read")) {
      if (std::string key = select.Text(0); !selected(key)) stale.push_back(std::move(key));
    }
  }
  Statement update(*database_, "UPDATE records SET position=-1 WHERE key=?");
  for (const std::string& key : stale) {
    update.Bind(key);
    update.Run("written");
  }
}

bool RecordStore::WrittenInOrder() {
  if (in_order_ == Order::kAscending) return true;
  Statement select(*database_, "SELECT position FROM records WHERE position>=0 ORDER BY rowid");
  std::int64_t last = -1;
  while (select.Step("read")) {
    if (select.Number(0) <= last) return false;
    last = select.Number(0);
  }
  return true;
}

void RecordStore::ForEach(const std::function<void(const Record&)>& visit) {
  Select("position>=0", visit);
}

void RecordStore::ForEachUnscored(const std::function<void(const Record&)>& visit) {
  Select("position>=0 AND score=''", visit);
}

void RecordStore::Select(const std::string& condition,
                         const std::function<void(const Record&)>& visit) {
  const bool in_order = WrittenInOrder();
  if (!in_order) database_->Execute(kPositions, "written");
  Statement select(*database_,
                   fmt::format("SELECT {} FROM records WHERE {} ORDER BY {}",
                               kColumns,
                               condition,
                               in_order ? "rowid" : "position"));
  for (Record record; select.Step("read");) {
    ReadRow(select, record);
    visit(record);
  }
}

std::string RecordStore::Meta(const std::string& name) {
  Statement select(*database_, "SELECT value FROM meta WHERE name=?");
  select.Bind(name);
  return select.Step("read") ? select.Text(0) : "";
}

void RecordStore::SetMeta(const std::string& name, const std::string& value) {
  Statement insert(*database_, "INSERT OR REPLACE INTO meta(name, value) VALUES(?,?)");
  insert.Bind(name).Bind(value);
  insert.Run("written");
}

}  // namespace assay
