#include "model/external/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "datasets/io/errors.h"

namespace assay {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20U;

std::string ErrorText(int code) { return std::generic_category().message(code); }

// Two connected ends, closed unless taken.
struct Ends {
  int ours = -1;
  int theirs = -1;

  Ends() = default;
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  ~Ends() {
    CloseOurs();
    CloseTheirs();
  }
  void CloseOurs() {
    if (ours >= 0) ::close(std::exchange(ours, -1));
  }
  void CloseTheirs() {
    if (theirs >= 0) ::close(std::exchange(theirs, -1));
  }
  int Take() { return std::exchange(ours, -1); }
};

// Sockets, because writing to one whose reader is gone can be an error instead of a signal.
void Connect(Ends& ends) {
  std::array<int, 2> both{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) {
    throw ConfigError("no connection to a command could be made: " + ErrorText(errno));
  }
  ends.ours = both[0];
  ends.theirs = both[1];
}

// What the forked processes need, made ready before: a fork of a program with threads may
// call only what is safe in a signal handler, which excludes allocating.
struct Prepared {
  std::vector<char*> argv;  // ends with null
  int input = -1, output = -1, errors = -1, life = -1, start = -1;
};

// In the grandchild: becomes the program, or says why not.
[[noreturn]] void BecomeProgram(const Prepared& prepared, pid_t watcher) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() == watcher && ::dup2(prepared.input, STDIN_FILENO) >= 0 &&
      ::dup2(prepared.output, STDOUT_FILENO) >= 0 && ::dup2(prepared.errors, STDERR_FILENO) >= 0) {
    for (const int number : {SIGCHLD, SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) {
      std::signal(number, SIG_DFL);  // what is ignored here would be ignored there
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
    ::execvp(prepared.argv.front(), prepared.argv.data());
  }
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(prepared.start, &code, sizeof code);
  ::_exit(127);
}

extern "C" void OnChildEnded(int) {}

// In the child: waits until the program has ended or we have.
[[noreturn]] void Watch(const Prepared& prepared) {
  ::setpgid(0, 0);
  // Blocked until ppoll waits, so that the end of the program cannot be missed.
  sigset_t blocked;
  sigset_t waiting;
  ::sigfillset(&blocked);
  ::sigfillset(&waiting);
  ::sigdelset(&waiting, SIGCHLD);
  ::pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
  struct sigaction action = {};
  action.sa_handler = OnChildEnded;
  ::sigaction(SIGCHLD, &action, nullptr);
  const pid_t watcher = ::getpid();
  const pid_t program = ::fork();
  if (program == 0) BecomeProgram(prepared, watcher);
  if (program < 0) {
    const int code = errno;
    [[maybe_unused]] const ssize_t written = ::write(prepared.start, &code, sizeof code);
    ::_exit(127);
  }
  // Nothing is kept of the copy but the connection: other ends in it would stay open.
  const int life = ::dup2(prepared.life, STDIN_FILENO);
  ::close_range(1, ~0U, 0);
  while (true) {
    struct pollfd connection = {life, POLLIN, 0};
    const int ready = ::ppoll(&connection, 1, nullptr, &waiting);
    if (ready > 0) break;
    int status = 0;
    if (::waitpid(program, &status, WNOHANG) == program) {
      [[maybe_unused]] const ssize_t sent = ::send(life, &status, sizeof status, MSG_NOSIGNAL);
      break;
    }
  }
  ::kill(0, SIGKILL);  // the whole group, this process with it
  ::_exit(127);
}

int OpenErrors(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (descriptor < 0) throw OutputError(file.string() + ": " + ErrorText(errno));
  return descriptor;
}

// 0 where the program has started, otherwise why it could not be.
int StartError(int start) {
  int code = 0;
  ssize_t got = 0;
  do {
    got = ::read(start, &code, sizeof code);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof code) ? code : 0;
}

int MillisecondsUntil(ChildProcess::Clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - ChildProcess::Clock::now());
  constexpr std::int64_t kLongest = 60'000;  // then looked at again
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kLongest));
}

// Whether it became ready before the deadline.
bool WaitFor(int descriptor, short events, ChildProcess::Clock::time_point deadline) {
  while (true) {
    struct pollfd wanted = {descriptor, events, 0};
    const int ready = ::poll(&wanted, 1, MillisecondsUntil(deadline));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows says what is wrong
    if (ChildProcess::Clock::now() >= deadline) return false;
  }
}

std::string InWords(int status) {
  if (WIFEXITED(status)) return fmt::format("ended with code {}", WEXITSTATUS(status));
  return fmt::format("was ended by signal {}", WTERMSIG(status));
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& argv,
                           const std::filesystem::path& errors) {
  Ends input;
  Ends output;
  Ends life;
  Ends start;
  for (Ends* ends : {&input, &output, &life, &start}) Connect(*ends);
  Ends log;
  log.theirs = OpenErrors(errors);
  Prepared prepared{.argv = {},
                    .input = input.theirs,
                    .output = output.theirs,
                    .errors = log.theirs,
                    .life = life.theirs,
                    .start = start.theirs};
  prepared.argv.reserve(argv.size() + 1);
  for (const std::string& word : argv) prepared.argv.push_back(const_cast<char*>(word.c_str()));
  prepared.argv.push_back(nullptr);
  watcher_ = ::fork();
  if (watcher_ == 0) Watch(prepared);
  if (watcher_ < 0) throw ConfigError("no process can be started: " + ErrorText(errno));
  ::setpgid(watcher_, watcher_);  // both do it, so that it is done whoever goes on first
  for (Ends* ends : {&input, &output, &life, &start}) ends->CloseTheirs();
  input_ = input.Take();
  output_ = output.Take();
  life_ = life.Take();
  ::fcntl(input_, F_SETFL, O_NONBLOCK);
  if (const int code = StartError(start.ours); code != 0) {
    Stop(std::chrono::milliseconds(0));
    throw ConfigError(
        fmt::format("the command {} cannot be started: {}", argv.front(), ErrorText(code)));
  }
}

ChildProcess::~ChildProcess() { Stop(std::chrono::milliseconds(0)); }

ChildProcess::Result ChildProcess::Write(std::string_view text, Clock::time_point deadline) {
  while (!text.empty()) {
    const ssize_t sent = ::send(input_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (!WaitFor(input_, POLLOUT, deadline)) return Result::kTimeOut;
    } else if (errno != EINTR) {
      return Result::kEnded;
    }
  }
  return Result::kDone;
}

ChildProcess::Result ChildProcess::ReadLine(std::string& line, Clock::time_point deadline) {
  std::size_t searched = 0;
  while (true) {
    const std::size_t end = unread_.find('\n', searched);
    if (end != std::string::npos) {
      line = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      return Result::kDone;
    }
    searched = unread_.size();
    if (searched > kLongestLine) return Result::kTooLong;
    if (!WaitFor(output_, POLLIN, deadline)) return Result::kTimeOut;
    std::array<char, 4096> piece{};
    const ssize_t got = ::read(output_, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      line = std::exchange(unread_, {});
      return Result::kEnded;
    }
    unread_.append(piece.data(), static_cast<std::size_t>(got));
  }
}

std::string ChildProcess::ReadStatus(std::chrono::milliseconds wait) const {
  int status = 0;
  if (!WaitFor(life_, POLLIN, Clock::now() + wait)) return "";
  if (::recv(life_, &status, sizeof status, MSG_DONTWAIT) != static_cast<ssize_t>(sizeof status)) {
    return "";
  }
  return InWords(status);
}

std::string ChildProcess::Stop(std::chrono::milliseconds grace) {
  if (watcher_ < 0) return "";
  ::close(std::exchange(input_, -1));
  std::string ended = ReadStatus(grace);
  ::kill(-watcher_, SIGKILL);
  while (::waitpid(watcher_, nullptr, 0) < 0 && errno == EINTR) {
  }
  watcher_ = -1;
  ::close(std::exchange(output_, -1));
  ::close(std::exchange(life_, -1));
  return ended.empty() ? "was killed" : ended;
}

}  // namespace assay
