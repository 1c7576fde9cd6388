// One copy of a command (model/external/command_model.h): asks it, and starts it again.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/external/child_process.h"
#include "model/external/command_model.h"

namespace assay {

// Used by one thread at a time.
class CommandWorker {
 public:
  // Borrows the options. `scratch` is a folder for images on their way.
  CommandWorker(const CommandOptions& options, const std::filesystem::path& scratch, int number);

  // Throws as ChildProcess.
  void Start();
  ModelAnswer Ask(const ModelRequest& request);
  void Stop();

  bool is_fresh() const { return is_fresh_; }  // it has not answered since its start
  int restarts() const { return restarts_; }

 private:
  void Restart();
  ModelAnswer Exchange(const ModelRequest& request);
  std::filesystem::path Shown(const ModelRequest& request) const;
  void Require(ChildProcess::Result result, const std::string& unfinished);

  const CommandOptions* options_;
  std::filesystem::path errors_;
  std::filesystem::path scratch_;        // how names of files there begin
  std::unique_ptr<ChildProcess> child_;  // null: it is to be started again
  bool is_fresh_ = true;
  bool given_up_ = false;
  int failures_ = 0;  // in a row
  int restarts_ = 0;
};

}  // namespace assay
