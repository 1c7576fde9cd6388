#include "model/saved.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <sstream>
#include <system_error>
#include <type_traits>
#include <utility>

#include "datasets/io/fields.h"
#include "datasets/io/file.h"
#include "model/reading.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using Stage = PredictionError::Stage;

constexpr std::string_view kManifest = "manifest.jsonl";
constexpr std::size_t kFindingsShown = 20;

std::string_view BaseOf(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);  // npos + 1 == 0
}

// Without the last extension. Keys contain dots: only the part after the last
// one is an extension.
std::string_view StemOf(std::string_view path) {
  const std::size_t dot = path.find_last_of('.');
  const std::size_t base = path.size() - BaseOf(path).size();
  return dot == std::string_view::npos || dot <= base ? path : path.substr(0, dot);
}

std::string_view BaseStemOf(std::string_view path) { return BaseOf(StemOf(path)); }

// A text as it is read from its end.
struct Backwards {
  std::string_view text;

  bool starts_with(const Backwards& other) const { return text.ends_with(other.text); }
  friend bool operator<(const Backwards& a, const Backwards& b) {
    return std::lexicographical_compare(
        a.text.rbegin(), a.text.rend(), b.text.rbegin(), b.text.rend());
  }
};

Backwards BackwardsStemOf(std::string_view path) { return {StemOf(path)}; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool HasExtension(std::string_view path, std::span<const std::string> extensions) {
  const std::string_view stem = StemOf(path);
  if (stem.size() == path.size()) return false;
  const std::string found = Lower(path.substr(stem.size() + 1));
  return std::any_of(extensions.begin(), extensions.end(), [&](const std::string& extension) {
    return Lower(extension) == found;
  });
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "" or ".<n>" or ".p<n>": what may follow a key.
bool IsRepeatOrPart(std::string_view tail) {
  if (tail.empty()) return true;
  if (!tail.starts_with('.')) return false;
  tail.remove_prefix(tail.starts_with(".p") ? 2 : 1);
  return !tail.empty() && std::all_of(tail.begin(), tail.end(), IsDigit);
}

bool NameFits(const AnswerName& name, std::string_view path) {
  if (!name.prefix) {
    const std::string_view stem = StemOf(path);
    return stem == name.text || stem.ends_with("/" + name.text);
  }
  const std::string_view tail = BaseStemOf(path).substr(name.text.size());
  return tail.empty() || !IsAlphanumeric(tail.front());
}

// Of `order`, sorted by project(files[i]), the entries whose projection starts
// with `prefix` and for which `fits` holds.
template <class Project, class Fits>
std::vector<std::uint32_t> StartingWith(const std::vector<std::string>& files,
                                        const std::vector<std::uint32_t>& order,
                                        std::invoke_result_t<Project, std::string_view> prefix,
                                        Project project,
                                        Fits fits) {
  std::vector<std::uint32_t> found;
  auto at = std::lower_bound(
      order.begin(), order.end(), prefix, [&](std::uint32_t i, const auto& wanted) {
        return project(files[i]) < wanted;
      });
  for (; at != order.end() && project(files[*at]).starts_with(prefix); ++at) {
    if (fits(std::string_view(files[*at]))) found.push_back(*at);
  }
  return found;
}

int LastLevel(std::span<const AnswerName> names) {
  int last = 0;
  for (const AnswerName& name : names) last = std::max(last, name.level);
  return last;
}

template <class Project>
std::vector<std::uint32_t> SortedBy(const std::vector<std::string>& files, Project project) {
  std::vector<std::uint32_t> order(files.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return project(files[a]) < project(files[b]);
  });
  return order;
}

Answer ReadFileAnswer(const fs::path& path) {
  Answer answer;
  answer.file = path;
  try {
    answer.bytes = ReadFile(path);
  } catch (const FileError& error) {
    throw PredictionError(
        error.code == "not-found" ? Stage::kFind : Stage::kRead, error.code, error.what());
  }
  return answer;
}

std::string HexDigits(const std::string& sha256) {
  return Lower(sha256.starts_with("sha256:") ? sha256.substr(7) : sha256);
}

void CheckHash(const Answer& answer, const std::string& expected) {
  if (expected.empty()) return;
  const std::string found = Sha256(answer.bytes);
  if (HexDigits(found) == HexDigits(expected)) return;
  throw PredictionError(Stage::kRead,
                        "hash-mismatch",
                        fmt::format("{}: is {}, {} states {}; the file was changed after it was "
                                    "listed, or the list belongs to other answers",
                                    answer.file.string(),
                                    found,
                                    kManifest,
                                    expected));
}

std::string After(const std::string& detail) { return detail.empty() ? "" : ": " + detail; }

bool IsSha256(const std::string& text) {
  const std::string digits = HexDigits(text);
  return digits.size() == 64 && digits.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool IsBelow(const fs::path& file) {
  return !file.is_absolute() && !file.lexically_normal().string().starts_with("..");
}

}  // namespace

Answer Joined(std::vector<Answer> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  Answer whole;
  whole.file = parts.front().file;
  whole.fit = parts.front().fit;
  whole.declared_empty = std::all_of(
      parts.begin(), parts.end(), [](const Answer& part) { return part.declared_empty; });
  whole.parts = std::move(parts);
  return whole;
}

Answer ReadSavedAnswer(const fs::path& file, const std::string& sha256) {
  Answer answer = ReadFileAnswer(file);
  CheckHash(answer, sha256);
  return answer;
}

PredictionError FailedAnswer(const std::string& key, const std::string& detail) {
  return {Stage::kModel, "failed", "the model failed on " + key + After(detail)};
}

PredictionError InvalidAnswer(const std::string& key, const std::string& detail) {
  return {
      Stage::kDecode, "invalid", "the model's answer to " + key + " is unusable" + After(detail)};
}

SavedAnswers::SavedAnswers(const fs::path& folder) : folder_(folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    throw ConfigError(folder.string() + ": there is no such folder of answers");
  }
  if (!fs::is_directory(folder, error)) {
    throw ConfigError(folder.string() + ": is a file; answers are read from a folder");
  }
  IndexFolder();
  const fs::path manifest = folder / kManifest;
  if (fs::exists(manifest, error)) ReadManifest(manifest);
  if (files_.empty() && manifest_.empty()) {
    throw ConfigError(folder.string() + ": holds no answer; expected <key>.<ext> files or a " +
                      std::string(kManifest));
  }
}

void SavedAnswers::IndexFolder() {
  try {
    using Entries = fs::recursive_directory_iterator;
    constexpr auto kFollow = fs::directory_options::follow_directory_symlink;
    for (Entries entry(folder_, kFollow); entry != Entries(); ++entry) {
      if (entry->path().filename() == kScratchFolder) entry.disable_recursion_pending();
      if (!entry->is_regular_file()) continue;
      std::string path = entry->path().lexically_relative(folder_).generic_string();
      if (path != kManifest) files_.push_back(std::move(path));
    }
  } catch (const fs::filesystem_error& error) {
    throw ConfigError(folder_.string() + ": cannot be listed: " + error.code().message());
  }
  // The order of a folder listing is the file system's.
  std::sort(files_.begin(), files_.end());
  by_stem_ = SortedBy(files_, StemOf);
  by_base_ = SortedBy(files_, BaseStemOf);
  by_end_ = SortedBy(files_, BackwardsStemOf);
}

void SavedAnswers::ReadManifest(const fs::path& file) {
  std::vector<Finding> findings;
  try {
    std::istringstream lines(ReadText(file));
    std::string line;
    for (std::size_t number = 1; std::getline(lines, line); ++number) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      ReadManifestLine(line, number, findings);
    }
  } catch (const FileError& error) {
    throw ConfigError(error.what());
  }
  if (findings.empty()) return;
  if (findings.size() > kFindingsShown) {
    const std::size_t more = findings.size() - kFindingsShown;
    findings.resize(kFindingsShown);
    findings.push_back({"", fmt::format("and {} more", more)});
  }
  throw ConfigError(file.string(), std::move(findings));
}

void SavedAnswers::ReadManifestLine(const std::string& line,
                                    std::size_t number,
                                    std::vector<Finding>& findings) {
  static constexpr std::pair<std::string_view, Status> kStatusNames[] = {
      {"ok", Status::kOk},
      {"empty", Status::kEmpty},
      {"failed", Status::kFailed},
      {"invalid", Status::kInvalid}};
  const std::string where = fmt::format("line {}", number);
  nlohmann::json json;
  try {
    json = ParseJson(line, where);
  } catch (const ConfigError& error) {
    for (const Finding& finding : error.findings) {
      findings.push_back({where + finding.pointer, finding.message});
    }
    return;
  }
  const std::size_t before = findings.size();
  nlohmann::json effective;
  Fields fields(json, effective, findings, where);
  ManifestRow row;
  const std::string key = fields.Text("key", "");
  row.file = fields.Text("file", "");
  row.sha256 = fields.Text("sha256", "");
  row.detail = fields.Text("detail", "");
  // Of what was asked; the asking side compares them.
  for (const char* name : {"input_sha256", "asked_sha256", "image_stat"}) fields.Text(name, "");
  row.status = fields.Choice<Status>("status", Status::kOk, kStatusNames);
  if (fields.Has("fit")) row.fit = fields.Choice<Fit>("fit", Fit::kCoverCrop, kFitNames);
  fields.Finish();
  if (findings.size() > before) return;

  if (key.empty()) fields.Report("key", "is needed: which sample is answered");
  if (row.file.empty() && row.status == Status::kOk) {
    fields.Report("file", "is needed: where the answer lies below the folder");
  }
  if (!IsBelow(row.file)) {
    fields.Report("file", "must lie below the folder of the manifest, found " + row.file);
  }
  if (!row.sha256.empty() && !IsSha256(row.sha256)) {
    fields.Report("sha256", "must be 64 hexadecimal digits");
  }
  if (!key.empty() && !manifest_.emplace(key, std::move(row)).second) {
    fields.Report("key", "'" + key + "' has an earlier line; keep one");
  }
}

Answer SavedAnswers::FromManifest(const std::string& key, const ManifestRow& row) const {
  const fs::path path = row.file.empty() ? folder_ / kManifest : folder_ / row.file;
  Answer answer;
  answer.file = path;
  switch (row.status) {
    case Status::kFailed:
      throw FailedAnswer(key, row.detail);
    case Status::kInvalid:
      throw InvalidAnswer(key, row.detail);
    case Status::kEmpty:
      answer.declared_empty = true;
      break;
    case Status::kOk:
      answer = ReadSavedAnswer(path, row.sha256);
      break;
  }
  answer.fit = row.fit;
  return answer;
}

SavedAnswers::Matches SavedAnswers::ByKey(const std::string& key) const {
  return StartingWith(files_, by_stem_, key, StemOf, [&](std::string_view path) {
    return IsRepeatOrPart(StemOf(path).substr(key.size()));
  });
}

SavedAnswers::Matches SavedAnswers::ByNativeName(const AnswerName& name) const {
  const auto fits = [&](std::string_view path) { return NameFits(name, path); };
  if (name.prefix) return StartingWith(files_, by_base_, name.text, BaseStemOf, fits);
  // From the end: many files have the base name `depth`, few the folder before it too.
  return StartingWith(files_, by_end_, Backwards{name.text}, BackwardsStemOf, fits);
}

std::set<std::string> SavedAnswers::Readable(const Matches& matches,
                                             std::span<const std::string> extensions) const {
  std::set<std::string> paths;
  for (const std::uint32_t i : matches) {
    if (HasExtension(files_[i], extensions)) paths.insert(files_[i]);
  }
  return paths;
}

std::set<std::string> SavedAnswers::FilesAt(int level,
                                            std::span<const AnswerName> native_names,
                                            std::span<const std::string> extensions) const {
  std::set<std::string> found;
  for (const AnswerName& name : native_names) {
    if (name.level == level) found.merge(Readable(ByNativeName(name), extensions));
  }
  return found;
}

SavedAnswers::Found SavedAnswers::FilesFor(const std::string& key,
                                           std::span<const AnswerName> native_names,
                                           std::span<const std::string> extensions) const {
  Found found{.files = Readable(ByKey(key), extensions)};
  while (found.files.empty() && found.level < LastLevel(native_names)) {
    found.files = FilesAt(++found.level, native_names, extensions);
  }
  return found;
}

std::vector<std::string> SavedAnswers::Unmatched(std::span<const AnswerNames> samples,
                                                 std::span<const std::string> extensions) const {
  std::set<std::string> rows;
  for (const auto& [key, row] : manifest_) rows.insert(key);
  std::set<std::string> files;
  for (const std::string& file : files_) {
    if (HasExtension(file, extensions)) files.insert(file);
  }
  for (const auto& [key, row] : manifest_) files.erase(row.file);
  for (const AnswerNames& sample : samples) {
    const int last_level = LastLevel(sample.native);
    rows.erase(sample.key);
    for (std::size_t part = 0; part < sample.parts && sample.parts > 1; ++part) {
      rows.erase(PartKey(sample.key, part));
    }
    Found found = FilesFor(sample.key, sample.native, extensions);
    // Behind the one that is taken lies the same answer in another form.
    for (int level = found.level + 1; found.level > 0 && level <= last_level; ++level) {
      found.files.merge(FilesAt(level, sample.native, extensions));
    }
    for (const std::string& file : found.files) files.erase(file);
  }
  std::vector<std::string> unmatched(files.begin(), files.end());
  for (const std::string& key : rows) {
    unmatched.push_back(fmt::format("{}: key {}", kManifest, key));
  }
  return unmatched;
}

std::optional<Answer> SavedAnswers::GetParts(const std::string& key,
                                             std::size_t parts,
                                             std::span<const std::string> extensions) const {
  const auto fault = [&](const std::string& found) {
    return PredictionError(
        Stage::kFind,
        "parts",
        fmt::format("{} has {}; it has {} prompts, whose answers are called {} to {}",
                    key,
                    found,
                    parts,
                    PartKey(key, 0),
                    PartKey(key, parts - 1)));
  };
  // Of the whole sample: that it is empty, or that the model failed.
  if (const auto row = manifest_.find(key); row != manifest_.end()) {
    if (row->second.status == Status::kOk) throw fault("one answer, " + row->second.file);
    return FromManifest(key, row->second);
  }
  std::vector<Answer> found;
  found.reserve(parts);
  for (std::size_t part = 0; part < parts; ++part) {
    if (auto answer = Get(PartKey(key, part), {}, extensions)) found.push_back(*std::move(answer));
  }
  if (found.size() == parts && !Get(PartKey(key, parts), {}, extensions)) {
    return Joined(std::move(found));
  }
  if (found.size() == parts) throw fault("more answers than that, " + PartKey(key, parts));
  if (!found.empty()) throw fault(fmt::format("answers to {} of its prompts", found.size()));
  const std::set<std::string> others = Readable(ByKey(key), extensions);
  if (!others.empty()) throw fault("the answer " + *others.begin());
  return std::nullopt;
}

std::optional<Answer> SavedAnswers::Get(const std::string& key,
                                        std::span<const AnswerName> native_names,
                                        std::span<const std::string> extensions) const {
  const auto row = manifest_.find(key);
  if (row != manifest_.end()) return FromManifest(key, row->second);

  const std::set<std::string> found = FilesFor(key, native_names, extensions).files;
  if (found.empty()) return std::nullopt;
  if (found.size() == 1) {
    const std::string& file = *found.begin();
    const std::string_view stem = StemOf(file);
    if (stem.starts_with(key) && stem != key && IsRepeatOrPart(stem.substr(key.size()))) {
      throw PredictionError(
          Stage::kFind,
          "repeat",
          fmt::format("{} is named as a repeat or a part of the answer to {}; one "
                      "answer a sample is scored: call it {}, or name it in {}",
                      file,
                      key,
                      key,
                      kManifest));
    }
    return ReadFileAnswer(folder_ / file);
  }

  std::string list;
  for (const std::string& path : found) list += (list.empty() ? "" : ", ") + path;
  throw PredictionError(Stage::kFind,
                        "ambiguous",
                        fmt::format("{} files could be the answer to {}: {}; keep one, or name it "
                                    "in {}",
                                    found.size(),
                                    key,
                                    list,
                                    kManifest));
}

}  // namespace assay
