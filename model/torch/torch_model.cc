// The only file that includes torch.
#include <ATen/Parallel.h>
#include <torch/script.h>

#include <algorithm>
#include <cstring>
#include <mutex>
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

void CheckContract(const std::filesystem::path& file, const torch::jit::Module& module) {
  const auto method = module.find_method("forward");
  const auto arguments = method ? method->function().getSchema().arguments().size() : 0;
  if (arguments == 3) return;  // self, images, prompts
  throw ConfigError(
      file.string(),
      {{"",
        "is no model for assay: it must have forward(images uint8[N,3,H,W], prompts List[str]) "
        "-> uint8[N,3,h,w]"}});
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

// uint8[N,3,H,W].
at::Tensor ToTensor(std::span<const ModelRequest> requests) {
  const Size size = requests.front().image.size();
  at::Tensor interleaved = at::empty(
      {static_cast<std::int64_t>(requests.size()), size.height, size.width, 3}, at::kByte);
  auto* to = interleaved.mutable_data_ptr<std::uint8_t>();
  for (const ModelRequest& request : requests) {
    if (request.image.size() != size) {
      throw std::invalid_argument("Generate: all images of a call must have the same size");
    }
    const auto pixels = request.image.Pixels();
    std::memcpy(to, pixels.data(), pixels.size_bytes());
    to += pixels.size_bytes();
  }
  return interleaved.permute({0, 3, 1, 2}).contiguous();
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

class TorchModel final : public ImageModel {
 public:
  TorchModel(torch::jit::Module module, c10::Device device, std::string identity)
      : module_(std::move(module)), device_(device), identity_(std::move(identity)) {}

  std::vector<RgbImage> Generate(std::span<const ModelRequest> requests) override;
  std::string Identity() const override { return identity_; }

 private:
  c10::IValue Forward(std::span<const ModelRequest> requests);

  std::mutex mutex_;  // forward() is not const: it may keep specialised graphs
  torch::jit::Module module_;
  c10::Device device_;
  std::string identity_;
};

c10::IValue TorchModel::Forward(std::span<const ModelRequest> requests) {
  c10::List<std::string> prompts;
  for (const ModelRequest& request : requests) prompts.push_back(request.prompt);
  const at::Tensor images = ToTensor(requests);
  try {
    const c10::InferenceMode inference;
    // The optimising executor runs the first calls of a shape unfused and later
    // ones fused: an answer would depend on how many came before it.
    const torch::jit::GraphOptimizerEnabledGuard unfused(false);
    return module_.forward({images.to(device_), prompts});
  } catch (const std::exception& error) {
    ThrowFailed("the model failed: " + Message(error));
  }
}

std::vector<RgbImage> TorchModel::Generate(std::span<const ModelRequest> requests) {
  if (requests.empty()) return {};
  const std::scoped_lock lock(mutex_);
  const c10::IValue answer = Forward(requests);
  try {
    return ToImages(CheckedAnswer(answer, static_cast<std::int64_t>(requests.size())));
  } catch (const c10::Error& error) {  // copying from a device can fail late
    ThrowFailed("the model's answer could not be read: " + Message(error));
  }
}

}  // namespace

extern "C" __attribute__((visibility("default"))) ImageModel* AssayMakeTorchModel(
    const std::filesystem::path& file, const std::string& identity, const ModelOptions& options) {
  const c10::Device device = FindDevice(options.device);
  if (options.threads > 0) at::set_num_threads(options.threads);
  torch::jit::Module module = Load(file, device);
  CheckContract(file, module);
  return std::make_unique<TorchModel>(std::move(module), device, identity).release();
}

static_assert(std::is_same_v<decltype(AssayMakeTorchModel), MakeTorchModel>);

}  // namespace assay
