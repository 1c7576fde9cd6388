#include "datasets/io/matio_lock.h"

#include <matio.h>

namespace assay {
namespace {

std::mutex& MatioMutex() {
  static std::mutex mutex;
  return mutex;
}

// Guarded by MatioMutex().
std::string& LastMessage() {
  static std::string message;
  return message;
}

void KeepMessage(int /*level*/, char* message) { LastMessage() = message; }

}  // namespace

MatioLock::MatioLock() : lock_(MatioMutex()) {
  Mat_LogInitFunc("assay", &KeepMessage);
  LastMessage().clear();
}

void MatioDeleter::operator()(mat_t* file) const { Mat_Close(file); }
void MatioDeleter::operator()(matvar_t* variable) const { Mat_VarFree(variable); }

FileError CorruptMat(const std::filesystem::path& path, const std::string& what) {
  const std::string& reason = LastMessage();
  return {path,
          "corrupt",
          "corrupt MATLAB file: " + what + (reason.empty() ? "" : " (" + reason + ")") +
              "; copy it again"};
}

}  // namespace assay
