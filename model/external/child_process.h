// A program of the user's, with its standard input and output in our hands.
//
// It never outlives us, however we end. Between us and it stands a watcher, a copy of this
// process that only waits: when it loses its connection to us (we were killed) it kills its
// process group, which holds the program and everything that the program started; when the
// watcher is killed, the kernel kills the program (PR_SET_PDEATHSIG). A plain child with that
// signal would not do: the kernel sends it when the *thread* that forked ends, and it reaches
// no grandchild.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

class ChildProcess {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Result { kDone, kTimeOut, kEnded, kTooLong };

  // Its standard error is appended to `errors`. Throws ConfigError when the program cannot be
  // started (no such program, not executable, no more processes), OutputError when `errors`
  // cannot be opened.
  ChildProcess(const std::vector<std::string>& argv, const std::filesystem::path& errors);
  ~ChildProcess();  // kills it
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // kEnded: it reads no more.
  Result Write(std::string_view text, Clock::time_point deadline);
  // A line without its end; kEnded: its output is closed, an unfinished line in `line`.
  // kTooLong: more than a megabyte without a line end.
  Result ReadLine(std::string& line, Clock::time_point deadline);

  // Closes its input, gives it that long to end by itself, then kills what is left. Returns
  // how it ended, in words: "ended with code 3".
  std::string Stop(std::chrono::milliseconds grace);

 private:
  std::string ReadStatus(std::chrono::milliseconds wait) const;

  int watcher_ = -1;  // a process number; leads the process group
  int input_ = -1;
  int output_ = -1;
  int life_ = -1;  // the watcher's end closes with it, ours with us
  std::string unread_;
};

}  // namespace assay
