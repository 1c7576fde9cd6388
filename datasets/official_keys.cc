#include "datasets/official_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "datasets/io/file.h"

namespace assay {

std::string HashOfKeys(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  for (std::string& key : keys) key += '\n';
  return Sha256(std::accumulate(keys.begin(), keys.end(), std::string()));
}

void CheckOfficialKeys(std::string_view keys_sha256,
                       std::int64_t official,
                       std::vector<std::string> keys,
                       DatasetInfo& info) {
  const auto count = static_cast<std::int64_t>(keys.size());
  if (info.synthetic || count < official) return;
  if (count == official && (keys_sha256.empty() || HashOfKeys(std::move(keys)) == keys_sha256)) {
    return;
  }
  info.can_be_complete = false;
  info.notes.push_back(
      count == official
          ? fmt::format("{} samples on disk, as many as the official ones, but not the same", count)
          : fmt::format(
                "{} samples on disk, not the official {}: a list file would say which to use",
                count,
                official));
}

}  // namespace assay
