// SQLite as the record store uses it: a connection, a statement, a transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace assay {

class RecordDatabase {
 public:
  // Opens or creates the file; without `create` it must exist. Throws as Fail.
  RecordDatabase(std::filesystem::path path, bool create);
  RecordDatabase(const RecordDatabase&) = delete;
  RecordDatabase& operator=(const RecordDatabase&) = delete;
  ~RecordDatabase();

  // What went wrong last, while `doing` ("read", "written", …): ConfigError where the
  // user chose a wrong or locked file, OutputError where the disk did not take it.
  [[noreturn]] void Fail(const std::string& doing) const;
  void Execute(const std::string& sql, const std::string& doing) const;

  sqlite3* handle() const { return handle_; }

 private:
  std::filesystem::path path_;
  sqlite3* handle_ = nullptr;
};

class Statement {
 public:
  // Throws as database.Fail, and so does every step.
  Statement(const RecordDatabase& database, const std::string& sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // In order. A text must live until the statement has run: it is not copied.
  Statement& Bind(std::string_view text);
  Statement& Bind(std::int64_t number);
  // False when there is no further row.
  bool Step(const std::string& doing);
  // One that gives no rows; it can then be bound anew.
  void Run(const std::string& doing);

  // Of the row; the view is valid until the next step.
  std::string_view View(int column) const;
  std::string Text(int column) const { return std::string(View(column)); }
  std::int64_t Number(int column) const;

 private:
  const RecordDatabase* database_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

// Rolls back unless committed, so that an exception leaves no half block.
class Transaction {
 public:
  explicit Transaction(const RecordDatabase& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void Commit();

 private:
  const RecordDatabase* database_;  // null once committed
};

}  // namespace assay
