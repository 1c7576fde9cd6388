// The only file that includes torch.
#include <ATen/Parallel.h>
#include <torch/csrc/inductor/aoti_package/model_package_loader.h>
#include <torch/script.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "datasets/io/errors.h"
#include "model/prediction.h"
#include "model/torch/runner.h"

namespace assay {
namespace {

static_assert(sizeof(Rgb8) == 3, "images are copied into tensors row by row");

// The interpreter reports a traceback of many lines that ends in "SomeError:
// what happened"; other messages say what happened in their first line.
std::string OneLine(std::string_view message) {
  std::string_view chosen = message.substr(0, message.find('\n'));
  while (!message.empty()) {
    const std::string_view line = message.substr(0, message.find('\n'));
    if (line.find("Error: ") != std::string_view::npos) chosen = line;
    message.remove_prefix(std::min(message.size(), line.size() + 1));
  }
  return std::string(chosen);
}

std::string Message(const std::exception& error) {
  const auto* const torch_error = dynamic_cast<const c10::Error*>(&error);
  return OneLine(torch_error == nullptr ? error.what() : torch_error->what_without_backtrace());
}

c10::Device FindDevice(const std::string& name) {
  const bool known = name == "cpu" || name == "cuda" || name.starts_with("cuda:");
  if (!known) throw ConfigError("--device", {{"", "is '" + name + "'; allowed: cpu, cuda:N"}});
  if (name != "cpu" && !at::hasCUDA()) {
    throw ConfigError("--device",
                      {{"",
                        "is '" + name +
                            "', but CUDA cannot be used here: this LibTorch was built without it, "
                            "or there is no driver or no GPU. Use cpu"}});
  }
  try {
    return c10::Device(name);
  } catch (const std::exception& error) {
    throw ConfigError("--device", {{"", Message(error)}});
  }
}

torch::jit::Module Load(const std::filesystem::path& file, c10::Device device) {
  try {
    torch::jit::Module module = torch::jit::load(file.string(), device);
    module.eval();
    return module;
  } catch (const std::exception& error) {
    throw ConfigError(file.string(), {{"", "cannot be loaded as TorchScript: " + Message(error)}});
  }
}

// uint8[N,3,H,W] on the device. Pinned memory is copied to a GPU without a detour.
at::Tensor ToTensor(std::span<const ModelRequest> requests, c10::Device device) {
  const Size size = requests.front().image->size();
  at::Tensor interleaved =
      at::empty({static_cast<std::int64_t>(requests.size()), size.height, size.width, 3},
                at::TensorOptions().dtype(at::kByte).pinned_memory(device.is_cuda()));
  auto* to = interleaved.mutable_data_ptr<std::uint8_t>();
  for (const ModelRequest& request : requests) {
    if (request.image->size() != size) {
      throw std::invalid_argument("Run: all images of a call must have the same size");
    }
    const auto pixels = request.image->Pixels();
    std::memcpy(to, pixels.data(), pixels.size_bytes());
    to += pixels.size_bytes();
  }
  return interleaved.to(device, /*non_blocking=*/device.is_cuda())
      .permute({0, 3, 1, 2})
      .contiguous();
}

at::Tensor SeedsOf(std::span<const ModelRequest> requests, c10::Device device) {
  at::Tensor seeds = at::empty({static_cast<std::int64_t>(requests.size())}, at::kLong);
  auto* to = seeds.mutable_data_ptr<std::int64_t>();
  for (const ModelRequest& request : requests) *to++ = static_cast<std::int64_t>(request.seed);
  return seeds.to(device);
}

std::string Describe(const at::Tensor& tensor) {
  std::string sides;
  for (const std::int64_t side : tensor.sizes()) {
    sides += (sides.empty() ? "" : ",") + std::to_string(side);
  }
  return std::string(c10::toString(tensor.scalar_type())) + "[" + sides + "]";
}

[[noreturn]] void ThrowFailed(std::string detail) {
  throw PredictionError(PredictionError::Stage::kModel, "failed", std::move(detail));
}

// uint8[N,h,w,3] on the CPU, checked.
at::Tensor CheckedAnswer(const c10::IValue& answer, std::int64_t count) {
  if (!answer.isTensor()) {
    ThrowFailed("the model answered with " + answer.tagKind() + ", not with a tensor");
  }
  const at::Tensor& tensor = answer.toTensor();
  const bool fits = tensor.scalar_type() == at::kByte && tensor.dim() == 4 &&
                    tensor.size(0) == count && tensor.size(1) == 3 && tensor.size(2) > 0 &&
                    tensor.size(3) > 0;
  if (!fits) {
    // Not with fmt: LibTorch's headers bring another version of it.
    ThrowFailed("the model answered with " + Describe(tensor) + ", expected Byte[" +
                std::to_string(count) + ",3,h,w]");
  }
  return tensor.to(at::kCPU).permute({0, 2, 3, 1}).contiguous();
}

std::vector<RgbImage> ToImages(const at::Tensor& interleaved) {
  const Size size{static_cast<int>(interleaved.size(2)), static_cast<int>(interleaved.size(1))};
  const auto* from = interleaved.const_data_ptr<std::uint8_t>();
  std::vector<RgbImage> images;
  for (std::int64_t i = 0; i < interleaved.size(0); ++i) {
    RgbImage& image = images.emplace_back(size);
    const auto pixels = image.Pixels();
    std::memcpy(pixels.data(), from, pixels.size_bytes());
    from += pixels.size_bytes();
  }
  return images;
}

bool SaysOutOfMemory(const std::exception& error) {
  if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr) return true;
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) return true;
  // The interpreter and packages hand on the text alone.
  const std::string text = error.what();
  return text.find("out of memory") != std::string::npos ||
         text.find("can't allocate memory") != std::string::npos;
}

// What both kinds share: the answer of `call` to these requests.
template <class Call>
std::vector<RgbImage> Answer(std::span<const ModelRequest> requests, Call call) {
  try {
    const c10::InferenceMode inference;
    return ToImages(CheckedAnswer(call(), static_cast<std::int64_t>(requests.size())));
  } catch (const PredictionError&) {
    throw;
  } catch (const std::exception& error) {
    if (SaysOutOfMemory(error)) throw OutOfMemory(Message(error));
    ThrowFailed("the model failed: " + Message(error));
  }
}

class ScriptNetwork final : public Network {
 public:
  ScriptNetwork(const std::filesystem::path& file, c10::Device device)
      : module_(Load(file, device)), device_(device) {
    const auto method = module_.find_method("forward");
    const auto arguments = method ? method->function().getSchema().arguments().size() : 0;
    takes_seeds_ = arguments == 4;  // self, images, prompts, seeds
    if (arguments == 3 || arguments == 4) return;
    throw ConfigError(
        file.string(),
        {{"",
          "is no model for assay: it must have forward(images uint8[N,3,H,W], prompts List[str]) "
          "-> uint8[N,3,h,w]"}});
  }

  std::vector<RgbImage> Run(std::span<const ModelRequest> requests) override {
    return Answer(requests, [&] {
      c10::List<std::string> prompts;
      for (const ModelRequest& request : requests) prompts.push_back(request.prompt);
      // The optimising executor runs the first calls of a shape unfused and later
      // ones fused: an answer would depend on how many came before it.
      const torch::jit::GraphOptimizerEnabledGuard unfused(false);
      std::vector<c10::IValue> inputs = {ToTensor(requests, device_), prompts};
      if (takes_seeds_) {
        inputs.emplace_back(SeedsOf(requests, device_));
      } else {
        at::manual_seed(requests.front().seed);
      }
      return module_.forward(std::move(inputs));
    });
  }

 private:
  torch::jit::Module module_;
  c10::Device device_;
  bool takes_seeds_ = false;
};

// uint8[N,L], zeros after each prompt.
at::Tensor PromptBytes(std::span<const ModelRequest> requests,
                       std::size_t length,
                       c10::Device device) {
  at::Tensor bytes = at::zeros(
      {static_cast<std::int64_t>(requests.size()), static_cast<std::int64_t>(length)}, at::kByte);
  auto* to = bytes.mutable_data_ptr<std::uint8_t>();
  for (const ModelRequest& request : requests) {
    std::copy(request.prompt.begin(), request.prompt.end(), to);
    to += length;
  }
  return bytes.to(device);
}

using Loader = torch::inductor::AOTIModelPackageLoader;

std::unique_ptr<Loader> OpenPackage(const std::filesystem::path& file, c10::Device device) {
  try {
    const auto metadata = Loader::load_metadata_from_package(file.string(), "model");
    const auto found = metadata.find("AOTI_DEVICE_KEY");
    const std::string compiled = found == metadata.end() ? "cpu" : found->second;
    if (compiled != (device.is_cuda() ? "cuda" : "cpu")) {
      throw ConfigError(file.string(),
                        {{"",
                          "was compiled for " + compiled + ", and --device says " + device.str() +
                              "; a package runs on the device it was compiled for"}});
    }
    return std::make_unique<Loader>(
        file.string(), "model", /*run_single_threaded=*/false, 1, device.index());
  } catch (const ConfigError&) {
    throw;
  } catch (const std::exception& error) {
    throw ConfigError(file.string(),
                      {{"", "cannot be loaded as an AOTInductor package: " + Message(error)}});
  }
}

// How many tensors a package takes: the leaves of the first tree of its call's description.
std::size_t CountInputs(Loader& loader) {
  std::string spec = loader.get_call_spec().at(0);
  spec.erase(std::remove(spec.begin(), spec.end(), ' '), spec.end());
  constexpr std::string_view kLeaf = "\"type\":null";
  std::size_t count = 0;
  for (auto at = spec.find(kLeaf); at != std::string::npos; at = spec.find(kLeaf, at + 1)) ++count;
  return count;
}

class PackageNetwork final : public Network {
 public:
  PackageNetwork(const std::filesystem::path& file, const Sidecar& sidecar, c10::Device device)
      : device_(device), prompt_bytes_(sidecar.static_prompt ? sidecar.prompt_bytes : 0) {
    // Without it a package takes tensors of other sizes than its own and reads beyond them.
    ::setenv("AOTI_RUNTIME_CHECK_INPUTS", "1", 1);  // NOLINT(concurrency-mt-unsafe): while loading
    loader_ = OpenPackage(file, device);
    inputs_ = CountInputs(*loader_);
    if (inputs_ >= 1 && inputs_ <= 3) return;
    throw ConfigError(file.string(),
                      {{"",
                        "is no model for assay: it takes " + std::to_string(inputs_) +
                            " tensors; expected images uint8[N,3,H,W], prompt_utf8 uint8[N,L] "
                            "and seeds int64[N], or the first of them"}});
  }

  std::vector<RgbImage> Run(std::span<const ModelRequest> requests) override {
    if (requests.size() == 1 && never_one_) return RunTwice(requests.front());
    try {
      return RunAll(requests);
    } catch (const PredictionError& error) {
      // torch.export makes a batch that may vary one of at least two, whatever was asked for.
      const bool too_small = error.detail.find("too small at 0") != std::string::npos;
      if (requests.size() != 1 || !too_small) throw;
      never_one_ = true;
      return RunTwice(requests.front());
    }
  }

 private:
  std::vector<RgbImage> RunTwice(const ModelRequest& request) {
    const std::vector<ModelRequest> both(2, request);
    std::vector<RgbImage> images = RunAll(both);
    images.pop_back();
    return images;
  }

  std::vector<RgbImage> RunAll(std::span<const ModelRequest> requests) {
    const std::size_t length = inputs_ > 1 ? PromptLength(requests) : 0;
    return Answer(requests, [&] {
      std::vector<at::Tensor> inputs = {ToTensor(requests, device_)};
      if (inputs_ > 1) inputs.push_back(PromptBytes(requests, length, device_));
      if (inputs_ > 2) inputs.push_back(SeedsOf(requests, device_));
      at::manual_seed(requests.front().seed);
      std::vector<at::Tensor> outputs = loader_->boxed_run(std::move(inputs));
      if (outputs.size() == 1) return c10::IValue(std::move(outputs.front()));
      ThrowFailed("the model answered with " + std::to_string(outputs.size()) + " tensors");
    });
  }

  std::size_t PromptLength(std::span<const ModelRequest> requests) const {
    constexpr std::size_t kStep = 64;
    std::size_t longest = 1;
    for (const ModelRequest& request : requests) {
      longest = std::max(longest, request.prompt.size());
    }
    if (prompt_bytes_ == 0) return (longest + kStep - 1) / kStep * kStep;
    const auto length = static_cast<std::size_t>(prompt_bytes_);
    if (longest <= length) return length;
    ThrowFailed("a prompt has " + std::to_string(longest) + " bytes, and the model takes " +
                std::to_string(length));
  }

  c10::Device device_;
  int prompt_bytes_;  // 0 = any
  std::unique_ptr<Loader> loader_;
  std::size_t inputs_ = 0;
  bool never_one_ = false;  // it takes at least two images
};

}  // namespace

extern "C" __attribute__((visibility("default"))) Network* AssayMakeTorchNetwork(
    const std::filesystem::path& file, const Sidecar& sidecar, const ModelOptions& options) {
  const c10::Device device = FindDevice(options.device);
  if (options.threads > 0) at::set_num_threads(options.threads);
  if (file.extension() == ".pt2") return new PackageNetwork(file, sidecar, device);
  return new ScriptNetwork(file, device);
}

static_assert(std::is_same_v<decltype(AssayMakeTorchNetwork), MakeTorchNetwork>);

}  // namespace assay
