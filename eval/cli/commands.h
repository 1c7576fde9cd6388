// The commands of assay, as one table (main.cc).
//
// To add one:
//   1. write eval/cli/<name>_command.cc with a function that parses its
//      arguments (eval/cli/args.h), calls the library and returns an exit code;
//   2. declare it here and add a row to the table in main.cc.
// A command is in the table when it works. Errors are thrown: main.cc turns them
// into messages and exit codes.
#pragma once

#include "eval/cli/args.h"

namespace assay::cli {

// design: whose fault it is decides the code.
enum ExitCode : int {
  kOk = 0,
  kGateFailed = 1,
  kUsage = 2,       // usage or configuration
  kDatasetBad = 3,  // the dataset on disk
  kUncovered = 4,   // coverage below the protocol's floor
  kInternal = 70,   // a bug in assay
  kOutput = 74,     // disk full, write error
  kInterrupted = 130
};

int RunDecode(const Arguments& arguments);
int RunDemo(const Arguments& arguments);
int RunDoctor(const Arguments& arguments);
int RunExplain(const Arguments& arguments);
int RunList(const Arguments& arguments);
int RunPredict(const Arguments& arguments);
int RunPrompts(const Arguments& arguments);
int RunReport(const Arguments& arguments);
int RunRun(const Arguments& arguments);
int RunScore(const Arguments& arguments);
int RunSynth(const Arguments& arguments);
int RunWinrate(const Arguments& arguments);

}  // namespace assay::cli
