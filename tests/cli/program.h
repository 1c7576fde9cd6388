// Runs the built program as a user would.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "datasets/io/file.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

struct Finished {
  int code = -1;
  std::string out;
  std::string err;
};

// Through a shell: `arguments` may quote, redirect and set variables before it.
inline Finished Shell(const std::string& command) {
  const TemporaryFolder folder;
  const auto out = folder.Path() / "out";
  const auto err = folder.Path() / "err";
  const std::string whole = "{ " + command + "; } >" + out.string() + " 2>" + err.string();
  const int status = std::system(whole.c_str());  // NOLINT(concurrency-mt-unsafe)
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          ReadText(out),
          ReadText(err)};
}

inline Finished Assay(const std::string& arguments) {
  return Shell(std::string(ASSAY_PROGRAM) + " " + arguments);
}

}  // namespace assay::test
