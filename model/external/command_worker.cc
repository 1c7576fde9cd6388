#include "model/external/command_worker.h"

#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Clock = ChildProcess::Clock;
using Status = ModelAnswer::Status;

constexpr std::chrono::milliseconds kGrace{2000};
constexpr std::size_t kShown = 200;  // characters of a strange line

std::string Beginning(const std::string& text) {
  std::string shown = text.substr(0, kShown);
  for (char& c : shown) c = c < ' ' || c > '~' ? '?' : c;
  return text.size() > kShown ? shown + "…" : shown;
}

Clock::time_point After(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// The last line that a program wrote to its standard error.
std::string LastWords(const fs::path& file) {
  try {
    std::string text = ReadText(file);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return Beginning(text.substr(text.find_last_of('\n') + 1));
  } catch (const FileError&) {
    return "";
  }
}

// A fault of the program, after which it cannot be asked on.
class Broken : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

ModelAnswer Failed(std::string detail) {
  return {.status = Status::kFailed, .detail = std::move(detail)};
}

// The whole file is decoded: half of one has a good header.
ModelAnswer ReadAnswer(const fs::path& output) {
  const auto invalid = [](const std::string& why) {
    return ModelAnswer{.status = Status::kInvalid, .detail = "the command's answer: " + why};
  };
  try {
    ModelAnswer answer;
    answer.png = ReadFile(output);
    DecodeRgb(answer.png, output, Lossy::kRefuse);
    std::error_code ignored;
    fs::remove(output, ignored);
    return answer;
  } catch (const FileError& error) {
    if (error.code == "not-found") return invalid("it says ok and wrote no file");
    return invalid(error.problem);
  }
}

ModelAnswer Interpret(const std::string& key, const std::string& text, const fs::path& output) {
  const json line = json::parse(text, nullptr, false);
  if (!line.is_object() || !line.contains("key") || !line.contains("status") ||
      !line["key"].is_string() || !line["status"].is_string()) {
    throw Broken(
        "the command wrote a line that is no object with key and status (nothing else may go to "
        "its standard output): " +
        Beginning(text));
  }
  if (line["key"] != key) {
    throw Broken(fmt::format("the command answered for the key {} and was asked for {}",
                             Beginning(line["key"].get<std::string>()),
                             key));
  }
  const std::string status = line["status"];
  const bool has_detail = line.contains("detail") && line["detail"].is_string();
  const std::string detail = has_detail ? line["detail"].get<std::string>() : "";
  const auto or_else = [&](const char* what) {
    return detail.empty() ? std::string(what) : detail;
  };
  if (status == "ok") return ReadAnswer(output);
  if (status == "empty") return {.status = Status::kEmpty};
  if (status == "failed") return Failed(or_else("the command says that it failed"));
  if (status == "invalid") {
    return {.status = Status::kInvalid, .detail = or_else("the command says that it is invalid")};
  }
  throw Broken("the command answered with the status '" + Beginning(status) +
               "'; allowed: ok, empty, failed, invalid");
}

}  // namespace

CommandWorker::CommandWorker(const CommandOptions& options, const fs::path& scratch, int number)
    : options_(&options),
      errors_(options.folder / fmt::format("worker-{}.stderr", number)),
      scratch_(scratch / std::to_string(number)) {}

void CommandWorker::Start() {
  child_ = std::make_unique<ChildProcess>(options_->argv, errors_);
  is_fresh_ = true;
}

ModelAnswer CommandWorker::Ask(const ModelRequest& request) {
  if (given_up_) {
    return Failed(
        fmt::format("the command failed {} times in a row and is not started again; see {}",
                    options_->restarts + 1,
                    errors_.filename().string()));
  }
  try {
    if (!child_) Restart();
    ModelAnswer answer = Exchange(request);
    failures_ = 0;
    is_fresh_ = false;
    return answer;
  } catch (const Broken& broken) {
    child_.reset();
    given_up_ = ++failures_ > options_->restarts;
    return Failed(broken.what());
  }
}

void CommandWorker::Stop() {
  if (child_) child_->Stop(kGrace);
}

void CommandWorker::Restart() {
  ++restarts_;
  try {
    Start();
  } catch (const ConfigError& error) {
    throw Broken(error.what());
  }
}

ModelAnswer CommandWorker::Exchange(const ModelRequest& request) {
  const fs::path output = scratch_.string() + "-answer.png";
  std::error_code ignored;
  fs::remove(output, ignored);
  const auto deadline =
      After(options_->answer_timeout_s + (is_fresh_ ? options_->start_timeout_s : 0));
  const json line = {{"key", request.key},
                     {"image", fs::absolute(Shown(request)).string()},
                     {"prompts", json::array({request.prompt})},
                     {"file", request.key + ".png"},
                     {"output", fs::absolute(output).string()},
                     {"seed", request.seed}};
  Require(child_->Write(line.dump() + "\n", deadline), "");
  std::string text;
  const ChildProcess::Result result = child_->ReadLine(text, deadline);
  Require(result, text);
  return Interpret(request.key, text, output);
}

// A file that holds the frame.
fs::path CommandWorker::Shown(const ModelRequest& request) const {
  if (!request.file.empty()) return request.file;
  const fs::path file = scratch_.string() + "-frame.png";
  WriteFile(file, EncodePng(*request.image));
  return file;
}

void CommandWorker::Require(ChildProcess::Result result, const std::string& unfinished) {
  using Result = ChildProcess::Result;
  if (result == Result::kDone) return;
  if (result == Result::kTimeOut) {
    throw Broken(fmt::format(
        "the command gave no answer in {} s{}",
        options_->answer_timeout_s,
        is_fresh_ ? fmt::format(" and {} s for its start", options_->start_timeout_s) : ""));
  }
  if (result == Result::kTooLong) {
    throw Broken("the command wrote a megabyte without a line end: " + Beginning(unfinished));
  }
  const std::string ended = child_->Stop(kGrace);
  const std::string words = LastWords(errors_);
  throw Broken(fmt::format("the command {} before it answered{}; see {}",
                           ended,
                           words.empty() ? "" : ", its last words: " + words,
                           errors_.filename().string()));
}

}  // namespace assay
