#include "datasets/dsine_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "datasets/dataset.h"
#include "datasets/io/file.h"
#include "datasets/list_text.h"
#include "datasets/nyu_forms.h"

namespace assay {
namespace {

constexpr int kNyuImages = 1449;
constexpr std::size_t kNyuDigits = 6;

[[noreturn]] void ThrowAtLine(const std::filesystem::path& path,
                              std::int64_t line,
                              const std::string& problem) {
  throw DatasetError(
      path,
      "",
      fmt::format("line {}: {}", line, problem),
      "lines are \"<folder>/NAME_img.<png or jpg>\" (DIODE: NAME.png); use the official list of "
      "baegwangbin/DSINE (data/datasets/<set>/split) or prs-eth/Marigold (data_split)");
}

DsineSample ParseLine(const DsineSet& set,
                      const std::filesystem::path& path,
                      std::int64_t number,
                      const std::string& words) {
  // Marigold's lines name the truth behind the image, and no folder where there is one.
  std::string line = words.substr(0, words.find(' '));
  if (line.find('/') == std::string::npos && !set.only_folder.empty()) {
    line = std::string(set.only_folder) + "/" + line;
  }
  const std::size_t slash = line.rfind('/');
  const std::size_t mark = line.rfind(std::string(set.image_mark) + ".");
  const bool fits = slash != std::string::npos && slash > 0 && mark != std::string::npos &&
                    mark > slash + 1 &&
                    std::count(line.begin(), line.end(), '/') == set.folder_levels;
  if (!fits) ThrowAtLine(path, number, "\"" + words + "\" names no image");
  return {line.substr(0, slash), line.substr(slash + 1, mark - slash - 1)};
}

}  // namespace

int NyuNumber(const std::string& name) {
  const bool digits =
      name.size() == kNyuDigits && name.find_first_not_of("0123456789") == std::string::npos;
  const int number = digits ? std::stoi(name) : kNyuImages;
  return number < kNyuImages ? number : -1;
}

std::string DsineSample::Key(const DsineSet& set) const {
  return set.nyu_numbers ? NyuKey(NyuNumber(name)) : Stem() + std::string(set.image_mark);
}

DsineList ReadDsineList(const DsineSet& set, const std::filesystem::path& path) {
  const std::string text = ReadListText(path);
  DsineList list{.path = path, .sha256 = Sha256(text), .samples = {}};
  // DSINE's lists end without a line end, Marigold's with one.
  const std::string bare = WithoutLineEnds(text);
  list.official = Sha256(bare) == set.list_sha256 || Sha256(bare + "\n") == set.list_sha256;
  std::istringstream stream(bare);
  std::set<DsineSample> seen;
  std::int64_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty()) continue;
    const DsineSample sample = ParseLine(set, path, number, line);
    if (!seen.insert(sample).second) {
      ThrowAtLine(path, number, sample.Stem() + " is listed twice");
    }
    list.samples.push_back(sample);
  }
  if (list.samples.empty()) throw DatasetError(path, "", "the list names no sample", "");
  return list;
}

}  // namespace assay
