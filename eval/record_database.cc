#include "eval/record_database.h"

#include <sqlite3.h>

#include <utility>

#include "datasets/io/errors.h"

namespace assay {

RecordDatabase::RecordDatabase(std::filesystem::path path, bool create) : path_(std::move(path)) {
  const int flags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
  if (sqlite3_open_v2(path_.c_str(), &handle_, flags, nullptr) == SQLITE_OK) return;
  try {
    Fail("opened");
  } catch (...) {
    sqlite3_close(handle_);
    throw;
  }
}

RecordDatabase::~RecordDatabase() { sqlite3_close(handle_); }

void RecordDatabase::Fail(const std::string& doing) const {
  const int code = sqlite3_errcode(handle_);
  const std::string why = sqlite3_errmsg(handle_);
  if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
    throw ConfigError(path_.string() + " is in use by another assay process" +
                      "\n  wait for it to finish, or write to another run folder with -o");
  }
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    throw ConfigError(path_.string() + " is not a record store (" + why + ")" +
                      "\n  use another run folder, or --fresh to discard this one");
  }
  if (code == SQLITE_READONLY || code == SQLITE_CANTOPEN || code == SQLITE_PERM) {
    throw ConfigError(path_.string() + " cannot be " + doing + " (" + why + ")" +
                      "\n  check the permissions of the run folder, or use another with -o");
  }
  throw OutputError(path_.string() + ": could not be " + doing + " (" + why + ")" +
                    "\n  what was recorded is kept; make room and start the same command again");
}

void RecordDatabase::Execute(const std::string& sql, const std::string& doing) const {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) Fail(doing);
}

Statement::Statement(const RecordDatabase& database, const std::string& sql)
    : database_(&database) {
  if (sqlite3_prepare_v2(database.handle(), sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK) {
    database.Fail("read");
  }
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::Bind(std::string_view text) {
  sqlite3_bind_text(
      statement_, ++bound_, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
  return *this;
}

Statement& Statement::Bind(std::int64_t number) {
  sqlite3_bind_int64(statement_, ++bound_, number);
  return *this;
}

bool Statement::Step(const std::string& doing) {
  const int code = sqlite3_step(statement_);
  if (code != SQLITE_ROW && code != SQLITE_DONE) database_->Fail(doing);
  return code == SQLITE_ROW;
}

void Statement::Run(const std::string& doing) {
  Step(doing);
  sqlite3_reset(statement_);
  bound_ = 0;
}

std::string_view Statement::View(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t Statement::Number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

Transaction::Transaction(const RecordDatabase& database) : database_(&database) {
  database.Execute("BEGIN", "written");
}

Transaction::~Transaction() {
  if (database_ == nullptr) return;
  sqlite3_exec(database_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::Commit() {
  database_->Execute("COMMIT", "written");
  database_ = nullptr;
}

}  // namespace assay
