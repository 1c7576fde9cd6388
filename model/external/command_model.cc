#include "model/external/command_model.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"
#include "model/external/command_worker.h"
#include "model/saved.h"

namespace assay {
namespace {

namespace fs = std::filesystem;

std::string Identify(const std::vector<std::string>& argv) {
  std::string text;
  for (const std::string& word : argv) {
    text += word;
    std::error_code ignored;
    if (fs::is_regular_file(word, ignored)) text += " " + Sha256(ReadFile(word));
    text += '\n';
  }
  return "command " + Sha256(text);
}

// A folder of this process below kScratchFolder, as long as the object lives. Those that a
// kill left behind are removed.
class Scratch {
 public:
  explicit Scratch(const fs::path& folder) : all_(folder / kScratchFolder) {
    std::error_code failed;
    for (fs::directory_iterator entry(all_, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      const std::string name = entry->path().filename().string();
      pid_t owner = 0;
      std::from_chars(name.data(), name.data() + name.size(), owner);
      std::error_code ignored;
      const bool is_left = owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
      if (is_left) fs::remove_all(entry->path(), ignored);
    }
    path_ = all_ / std::to_string(::getpid());
    fs::create_directories(path_, failed);
    if (failed) throw OutputError(path_.string() + ": " + failed.message());
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
    fs::remove(all_, ignored);  // where it is empty
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path all_;
  fs::path path_;
};

class CommandModel final : public ImageModel {
 public:
  explicit CommandModel(const CommandOptions& options)
      : options_(options), identity_(Identify(options.argv)), scratch_(options.folder) {
    workers_.reserve(static_cast<std::size_t>(options_.workers));
    free_.reserve(workers_.capacity());
    for (int i = 0; i < options_.workers; ++i) {
      workers_.push_back(std::make_unique<CommandWorker>(options_, scratch_.path(), i));
      workers_.back()->Start();
      free_.push_back(workers_.back().get());
    }
  }

  ~CommandModel() override {
    for (const auto& worker : workers_) worker->Stop();
  }
  CommandModel(const CommandModel&) = delete;
  CommandModel& operator=(const CommandModel&) = delete;

  std::vector<ModelAnswer> Generate(std::span<const ModelRequest> requests) override {
    CommandWorker& worker = Take();
    std::vector<ModelAnswer> answers;
    answers.reserve(requests.size());
    try {
      for (const ModelRequest& request : requests) answers.push_back(Timed(worker, request));
    } catch (...) {  // the disk is full
      GiveBack(worker);
      throw;
    }
    GiveBack(worker);
    return answers;
  }

  std::string Identity() const override { return identity_; }
  int Workers() const override { return options_.workers; }
  ModelStatistics Statistics() const override {
    ModelStatistics statistics = times_.Statistics();
    int restarts = 0;
    for (const auto& worker : workers_) restarts += worker->restarts();
    statistics.facts = {{"workers", std::to_string(options_.workers)},
                        {"restarts", std::to_string(restarts)}};
    return statistics;
  }

 private:
  CommandWorker& Take() {
    std::unique_lock lock(mutex_);
    one_is_free_.wait(lock, [this] { return !free_.empty(); });
    CommandWorker* const worker = free_.back();
    free_.pop_back();
    return *worker;
  }
  void GiveBack(CommandWorker& worker) {
    {
      const std::scoped_lock lock(mutex_);
      free_.push_back(&worker);
    }
    one_is_free_.notify_one();
  }

  ModelAnswer Timed(CommandWorker& worker, const ModelRequest& request) {
    const bool warm_up = worker.is_fresh();
    const auto start = CallTimes::Clock::now();
    ModelAnswer answer = worker.Ask(request);
    const auto end = CallTimes::Clock::now();
    if (warm_up) {
      times_.AddWarmUp(start, end);
    } else {
      times_.Add(1, start, end);
    }
    return answer;
  }

  CommandOptions options_;
  std::string identity_;
  Scratch scratch_;
  std::vector<std::unique_ptr<CommandWorker>> workers_;
  std::mutex mutex_;
  std::condition_variable one_is_free_;
  std::vector<CommandWorker*> free_;
  CallTimes times_;
};

}  // namespace

std::unique_ptr<ImageModel> StartCommand(const CommandOptions& options) {
  if (options.argv.empty()) throw ConfigError("--model command: names no program");
  return std::make_unique<CommandModel>(options);
}

}  // namespace assay
