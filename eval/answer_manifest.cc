#include "eval/answer_manifest.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "model/saved.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kIdentity = "predictions.json";

bool HoldsFiles(const fs::path& folder) {
  std::error_code failed;
  for (fs::recursive_directory_iterator entry(folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    if (entry->path().filename() == kScratchFolder) entry.disable_recursion_pending();
    const std::string name = entry->path().filename().string();
    const bool is_ours = name.starts_with("worker-") && name.ends_with(".stderr");
    if (entry->is_regular_file(failed) && !is_ours) return true;
  }
  return false;
}

// Found on disk as it is asked for now.
void CheckIdentity(const fs::path& folder, const json& identity) {
  const json found = json::parse(ReadText(folder / kIdentity), nullptr, false);
  bool same = found.is_object();
  for (const auto& [name, value] : identity.items()) {
    // Folders of before there were seeds have none.
    same = same && (found.contains(name) ? found[name] == value : name == "seed" && value == 0);
  }
  if (same) return;
  throw ConfigError(folder.string() + " holds answers of another model, prompt or seed (" +
                    found.dump() + ")\n  use another folder with -o, or remove this one");
}

}  // namespace

std::string StatOf(const fs::path& file) {
  struct stat found = {};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) return "";
  return std::to_string(found.st_size) + ":" +
         std::to_string(found.st_mtim.tv_sec * 1'000'000'000 + found.st_mtim.tv_nsec);
}

AnswerManifest::AnswerManifest(const fs::path& folder, const json& identity) : folder_(folder) {
  Lock(identity);
  try {
    ReadRows();
    Rewrite();
  } catch (...) {
    ::close(std::exchange(lock_, -1));
    throw;
  }
}

AnswerManifest::~AnswerManifest() {
  if (lock_ >= 0) ::close(lock_);
}

void AnswerManifest::Lock(const json& identity) {
  const fs::path file = folder_ / kIdentity;
  if (fs::exists(file)) {
    CheckIdentity(folder_, identity);
  } else if (HoldsFiles(folder_)) {
    throw ConfigError(folder_.string() + " holds files and no " + kIdentity +
                      ": they are not the answers of an earlier 'assay predict', and might be "
                      "overwritten\n  use another folder with -o");
  } else {
    WriteText(file, identity.dump(2) + "\n");
  }
  lock_ = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
  if (lock_ < 0) throw OutputError(file.string() + ": cannot be opened for writing");
  // A file system without locks keeps nobody out.
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  ::close(std::exchange(lock_, -1));
  throw ConfigError(folder_.string() +
                    ": another assay is writing answers there; wait for it, or use another "
                    "folder with -o");
}

void AnswerManifest::ReadRows() {
  std::vector<std::string> lines;
  if (fs::exists(Path())) {
    std::istringstream text(ReadText(Path()));
    for (std::string line; std::getline(text, line);) lines.push_back(line);
  }
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const json row = json::parse(lines[i], nullptr, false);
    if (row.is_object()) {
      Keep(row, lines[i]);
    } else if (i + 1 < lines.size() || !row.is_discarded()) {
      throw ConfigError(Path().string() + ": line " + std::to_string(i + 1) +
                        " is no JSON object; mend or remove it");
    }
  }
}

void AnswerManifest::Keep(const json& row, const std::string& line) {
  const std::string file = row.value("file", "");
  const std::string status = row.value("status", "ok");
  if (status == "failed" || status == "invalid") return;
  const bool is_empty = status == "empty";
  if (!is_empty && (file.empty() || !fs::exists(folder_ / file))) return;
  finished_[row.value("key", "")] = {line,
                                     {.input = row.value("input_sha256", ""),
                                      .asked = row.value("asked_sha256", ""),
                                      .image_stat = row.value("image_stat", "")}};
}

bool AnswerManifest::HasUnread(const std::string& key, const QuestionHashes& question) const {
  const std::scoped_lock lock(mutex_);
  const auto found = finished_.find(key);
  return found != finished_.end() && !question.image_stat.empty() &&
         found->second.question.image_stat == question.image_stat &&
         found->second.question.asked == question.asked;
}

bool AnswerManifest::Has(const std::string& key, const std::string& input) const {
  const std::scoped_lock lock(mutex_);
  const auto found = finished_.find(key);
  return found != finished_.end() && found->second.question.input == input;
}

Answer AnswerManifest::Read(const std::string& key) const {
  json row;
  {
    const std::scoped_lock lock(mutex_);
    row = json::parse(finished_.at(key).line);
  }
  Answer answer;
  if (row.value("status", "ok") == "empty") {
    answer.file = Path();
    answer.declared_empty = true;
  } else {
    answer = ReadSavedAnswer(folder_ / row.value("file", ""), row.value("sha256", ""));
  }
  answer.fit = FitNamed(row.value("fit", ""));
  return answer;
}

void AnswerManifest::Add(const nlohmann::ordered_json& row) {
  const std::scoped_lock lock(mutex_);
  const std::string key = row.at("key");
  if (finished_.erase(key) > 0) Rewrite();
  out_ << row.dump() << '\n' << std::flush;
  if (!out_) {
    throw OutputError(Path().string() +
                      ": could not be written\n  finished answers are kept; make room and start "
                      "the same command again");
  }
}

void AnswerManifest::Rewrite() {
  std::string text;
  for (const auto& [key, row] : finished_) text += row.line + "\n";
  out_.close();
  WriteText(Path(), text);
  out_.open(Path(), std::ios::app);
}

}  // namespace assay
