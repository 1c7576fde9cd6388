#include "datasets/wrong_root.h"

#include <system_error>

#include "datasets/listing.h"

namespace assay {
namespace {

std::string State(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return "does not exist";
  return std::filesystem::is_directory(status) ? "nothing usable in it" : "is a file";
}

std::string WhatLiesThere(const std::filesystem::path& root) {
  const std::vector<std::string> folders = FolderNames(root);
  const std::vector<std::string> files = FileNames(root);
  if (folders.empty() && files.empty()) return "the folder is empty";
  std::string text;
  if (!folders.empty()) text += "folders " + FirstFew(folders);
  if (!files.empty()) text += (text.empty() ? "files " : "; files ") + FirstFew(files);
  return text;
}

}  // namespace

DatasetError MakeError(const WrongRoot& wrong) {
  std::error_code error;
  if (!std::filesystem::exists(wrong.root, error)) {
    return {wrong.root,
            "",
            "this path does not exist, so it holds no " + wrong.dataset + " data",
            "looked for " + wrong.looked_for};
  }
  std::string remedy = "looked for " + wrong.looked_for;
  for (const auto& path : wrong.tried) {
    remedy += "\n  tried " + path.string() + ": " + State(path);
  }
  if (wrong.nearest.empty()) remedy += "\n  found only: " + WhatLiesThere(wrong.root);
  for (const std::string& found : wrong.nearest) remedy += "\n  found " + found;
  return {wrong.root, "", "no " + wrong.dataset + " data here", remedy};
}

}  // namespace assay
