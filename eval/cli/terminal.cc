#include "eval/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

namespace assay::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr std::chrono::seconds kPlainLine{10};
constexpr int kBarCells = 24;

std::string Duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string Bar(std::int64_t done, std::int64_t total) {
  const auto filled = total == 0 ? 0 : static_cast<int>(kBarCells * done / total);
  std::string bar;
  for (int cell = 0; cell < kBarCells; ++cell) bar += cell < filled ? "█" : "░";
  return bar;
}

}  // namespace

bool IsTerminal(int file_descriptor) { return isatty(file_descriptor) == 1; }

bool UseColour(int file_descriptor) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing sets variables
  return IsTerminal(file_descriptor) && std::getenv("NO_COLOR") == nullptr;
}

ProgressLine::ProgressLine(std::string title, bool quiet)
    : title_(std::move(title)),
      quiet_(quiet),
      terminal_(IsTerminal(STDERR_FILENO)),
      start_(Clock::now()),
      last_(start_) {}

ProgressLine::~ProgressLine() {
  if (drawn_ && terminal_) std::cerr << "\n";
}

bool ProgressLine::Due(std::int64_t done, std::int64_t total) const {
  if (quiet_) return false;
  const auto waited = Clock::now() - last_;
  return done == total || (terminal_ ? waited >= kRedraw : waited >= kPlainLine);
}

void ProgressLine::Show(std::int64_t done,
                        std::int64_t total,
                        std::int64_t reused,
                        const std::string& note) {
  if (!Due(done, total)) return;
  last_ = Clock::now();
  const double seconds = std::chrono::duration<double>(last_ - start_).count();
  const double rate = seconds > 0 ? static_cast<double>(done - reused) / seconds : 0;
  const double left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  std::string text = fmt::format("{}/{}  {:.1f}/s", done, total, rate);
  if (done < total) text += "  " + Duration(left) + " left";
  if (reused > 0) text += fmt::format("  {} reused", reused);
  if (!note.empty()) text += "  " + note;
  if (terminal_) {
    // \x1b[K clears what a longer line left behind.
    std::cerr << "\r" << title_ << "  " << Bar(done, total) << "  " << text << "\x1b[K"
              << std::flush;
  } else {
    std::cerr << title_ << "  " << text << "\n" << std::flush;
  }
  drawn_ = true;
}

}  // namespace assay::cli
