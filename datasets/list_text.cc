#include "datasets/list_text.h"

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "datasets/truth_file.h"

namespace assay {

std::string ReadListText(const std::filesystem::path& path) {
  try {
    return ReadText(path);
  } catch (const FileError& e) {
    throw AsDatasetError(e, "");
  }
}

std::string WithoutLineEnds(std::string text) {
  std::erase(text, '\r');
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

}  // namespace assay
