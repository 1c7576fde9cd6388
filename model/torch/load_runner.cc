#include <dlfcn.h>
#include <fmt/format.h>

#include <system_error>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "model/network_model.h"
#include "model/torch/load_model.h"
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
MakeTorchNetwork* LoadRunner() {
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
  auto* const make = reinterpret_cast<MakeTorchNetwork*>(::dlsym(library, kRunnerSymbol));
  if (make == nullptr) {
    throw ConfigError(fmt::format("{} is no model runner of this assay", file.string()));
  }
  return make;
}

bool IsPackage(const fs::path& file) { return file.extension() == ".pt2"; }

std::string HashOf(const fs::path& file, const std::string& pinned) {
  std::string hash;
  try {
    hash = Sha256(ReadFile(file));
  } catch (const FileError& error) {
    throw ConfigError(file.string(), {{"", "cannot be read as a model: " + error.problem}});
  }
  const std::string wanted = pinned.starts_with("sha256:") ? pinned : "sha256:" + pinned;
  if (pinned.empty() || hash == wanted) return hash;
  throw ConfigError(file.string(),
                    {{"", fmt::format("is {}, and --model-sha256 says {}", hash, wanted)}});
}

int BatchOf(const fs::path& file, const Sidecar& sidecar, int given) {
  if (given == 0) return sidecar.batch > 0 ? sidecar.batch : 1;
  if (!sidecar.static_count || given == sidecar.batch) return given;
  throw ConfigError(
      file.string(),
      {{"",
        fmt::format("was compiled for batches of {}, and --batch says {}", sidecar.batch, given)}});
}

}  // namespace

std::unique_ptr<ImageModel> LoadTorchModel(const fs::path& file, const ModelOptions& options) {
  const std::string hash = HashOf(file, options.sha256);
  const Sidecar sidecar = ReadSidecar(file);
  NetworkFacts facts{.identity = (IsPackage(file) ? "aotinductor " : "torchscript ") + hash,
                     .device = options.device,
                     .batch = BatchOf(file, sidecar, options.batch)};
  if (!sidecar.sha256.empty()) facts.identity += " sidecar " + sidecar.sha256;
  if (IsPackage(file)) {
    facts.notes.push_back(file.string() +
                          " is native code, which runs with all your rights; run only packages "
                          "from people you trust");
  }
  static MakeTorchNetwork* const kMake = LoadRunner();
  return MakeNetworkModel(std::unique_ptr<Network>(kMake(file, sidecar, options)), sidecar, facts);
}

}  // namespace assay
