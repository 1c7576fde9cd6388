#include "datasets/kitti_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "datasets/dataset.h"
#include "datasets/io/file.h"
#include "datasets/list_text.h"

namespace assay {
namespace {

// eigen_test_files_with_gt.txt of prs-eth/Marigold@b1dffaa, without a line end
// after the last line.
constexpr std::string_view kOfficialSha256 =
    "sha256:8d0499af9ab4c0d1cd7944d572b0e0e4412feab1e73f4003038426fde699b53a";

bool AllDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// `pattern` with '#' for a digit and everything else for itself.
bool Matches(std::string_view text, std::string_view pattern) {
  if (text.size() != pattern.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool fits = pattern[i] == '#' ? AllDigits(text.substr(i, 1)) : text[i] == pattern[i];
    if (!fits) return false;
  }
  return true;
}

[[noreturn]] void ThrowAtLine(const std::filesystem::path& path,
                              std::int64_t line,
                              const std::string& problem) {
  throw DatasetError(path,
                     "",
                     fmt::format("line {}: {}", line, problem),
                     "lines are \"rgb depth focal\"; depth may be None; use the official "
                     "eigen_test_files_with_gt.txt");
}

// nullopt = the line says that there is no ground truth.
std::optional<KittiFrame> ParseLine(const std::filesystem::path& path,
                                    std::int64_t number,
                                    const std::vector<std::string>& words) {
  if (words.size() != 3) {
    ThrowAtLine(path, number, fmt::format("{} words, expected 3", words.size()));
  }
  const auto rgb = ParseKittiPath(words[0]);
  if (!rgb) ThrowAtLine(path, number, "no drive and frame in \"" + words[0] + "\"");
  if (words[1] == "None") return std::nullopt;
  const auto depth = ParseKittiPath(words[1]);
  if (!depth) ThrowAtLine(path, number, "no drive and frame in \"" + words[1] + "\"");
  if (*rgb != *depth) {
    ThrowAtLine(path, number, "RGB is " + rgb->Key() + ", depth is " + depth->Key());
  }
  return depth;
}

std::vector<std::string> Words(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

bool IsKittiDrive(std::string_view name) { return Matches(name, "####_##_##_drive_####_sync"); }
bool IsKittiFrame(std::string_view name) { return name.size() == 10 && AllDigits(name); }

std::optional<KittiFrame> ParseKittiPath(std::string_view path) {
  const std::filesystem::path parts(path);
  KittiFrame found{.drive = "", .frame = parts.stem().string()};
  for (const auto& part : parts.parent_path()) {
    if (IsKittiDrive(part.string())) found.drive = part.string();
  }
  if (found.drive.empty() || !IsKittiFrame(found.frame)) return std::nullopt;
  return found;
}

KittiList ReadKittiList(const std::filesystem::path& path) {
  const std::string text = ReadListText(path);
  KittiList list{.path = path, .sha256 = Sha256(text), .lines = 0, .frames = {}};
  list.official = Sha256(WithoutLineEnds(text)) == kOfficialSha256;
  std::istringstream stream(text);
  std::set<KittiFrame> seen;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    const std::vector<std::string> words = Words(line);
    if (words.empty()) continue;
    ++list.lines;
    const auto frame = ParseLine(path, number, words);
    if (!frame) continue;
    if (!seen.insert(*frame).second) ThrowAtLine(path, number, frame->Key() + " is listed twice");
    list.frames.push_back(*frame);
  }
  if (list.frames.empty()) {
    throw DatasetError(path, "", "the list names no frame with ground truth", "");
  }
  return list;
}

}  // namespace assay
