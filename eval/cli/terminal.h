// What people see while a command works.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace assay::cli {

bool IsTerminal(int file_descriptor);
// Colours only on a terminal, and never with NO_COLOR (no-color.org) set.
bool UseColour(int file_descriptor);

// Progress on standard error: on a terminal one line that is redrawn, with rate
// and time left; elsewhere a plain line at most every ten seconds.
class ProgressLine {
 public:
  ProgressLine(std::string title, bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // True when a redraw is due, so that callers compute `note` only then.
  bool Due(std::int64_t done, std::int64_t total) const;
  void Show(std::int64_t done, std::int64_t total, std::int64_t reused, const std::string& note);

 private:
  using Clock = std::chrono::steady_clock;
  std::string title_;
  bool quiet_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_;
  Clock::time_point last_;
};

}  // namespace assay::cli
