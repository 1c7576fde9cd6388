// A model that is a program of the user's: any language, any framework.
//
// It reads JSON Lines from its standard input and writes JSON Lines to its standard output. A
// line in is a line of `assay prompts` plus what this one question needs:
//   {"key": …, "image": PATH, "prompts": [TEXT], "file": NAME, "output": PATH, "seed": WHOLE}
// It writes its answer to `output`, a lossless RGB PNG of any size, and then one line out:
//   {"key": …, "status": "ok" | "empty" | "failed" | "invalid", "detail"?: TEXT}
// with the same key, which is <key>.p<n> for prompt n of a sample with several; empty = a valid
// answer that finds nothing. Lines come one at a time: the next question is asked when the
// last one is answered. Its input closes when there are no more.
//
// What goes wrong with one question costs that one answer:
//   failed    the program ends, does not answer in time, writes a line that is no such object,
//             names another key, or says so itself. It is started again, but for the last
//   invalid   it says ok and there is no file, or not a whole lossless PNG
// A worker whose program fails `restarts` + 1 times in a row is not started again: what it
// would be asked is failed. A good answer starts the count again.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/image_model.h"

namespace assay {

struct CommandOptions {
  std::vector<std::string> argv = {};
  int workers = 1;  // copies of the program, each asked one question at a time
  double answer_timeout_s = 300;
  double start_timeout_s = 600;  // more, for the first answer after a start
  int restarts = 3;
  // For worker-<n>.stderr, kept, and for images on their way, in kScratchFolder. Made if absent.
  std::filesystem::path folder = {};
};

// Starts the workers. Its identity is the hash of the words of the command and of the files
// among them (a script, a checkpoint). Throws ConfigError when the program cannot be started,
// OutputError when the folder cannot be written.
std::unique_ptr<ImageModel> StartCommand(const CommandOptions& options);

}  // namespace assay
