#include <dlfcn.h>
#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "model/torch/runner.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

// Beside the program in a build folder; below lib where it is installed.
fs::path FindRunner() {
  std::error_code failed;
  const fs::path folder = fs::read_symlink("/proc/self/exe", failed).parent_path();
  if (failed) {
    throw ConfigError(
        "the model runner is looked for beside the program, and /proc does not say "
        "where that is: " +
        failed.message());
  }
  const std::vector<fs::path> places = {folder / kRunnerFile,
                                        folder.parent_path() / ASSAY_RUNNER_FOLDER / kRunnerFile};
  for (const fs::path& place : places) {
    if (fs::exists(place, failed)) return place;
  }
  throw ConfigError(
      fmt::format("{} is neither {} nor {}; models run in it. Build or install "
                  "assay again, with its libraries",
                  kRunnerFile,
                  places.front().string(),
                  places.back().string()));
}

// It stays loaded until the program ends: LibTorch cannot be taken out again.
MakeTorchModel* LoadRunner() {
  const fs::path file = FindRunner();
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    // The text is this thread's own in glibc.
    const char* const why = ::dlerror();  // NOLINT(concurrency-mt-unsafe)
    throw ConfigError(
        fmt::format("the model runner cannot be loaded: {}. Is LibTorch still where "
                    "it was when assay was built?",
                    why));
  }
  auto* const make = reinterpret_cast<MakeTorchModel*>(::dlsym(library, kRunnerSymbol));
  if (make == nullptr) {
    throw ConfigError(fmt::format("{} is no model runner of this assay", file.string()));
  }
  return make;
}

}  // namespace

std::unique_ptr<ImageModel> LoadTorchModel(const fs::path& file, const ModelOptions& options) {
  std::string identity;
  try {
    identity = "torchscript " + Sha256(ReadFile(file));
  } catch (const FileError& error) {
    throw ConfigError(file.string(), {{"", "cannot be read as a model: " + error.problem}});
  }
  static MakeTorchModel* const kMake = LoadRunner();
  return std::unique_ptr<ImageModel>(kMake(file, identity, options));
}

}  // namespace assay
