// The model runner is a library of its own: a program that lost it does everything but
// run models, and says what is missing.
#include <gmock/gmock.h>

#include "tests/cli/program.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using test::Finished;
using test::Shell;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(Runner, AProgramWithoutItScoresAndSaysWhereItWasLookedFor) {
  const test::TemporaryFolder folder;
  const fs::path program = folder.Path() / "bin" / "assay";
  fs::create_directories(program.parent_path());
  fs::copy_file(ASSAY_PROGRAM, program);
  const std::string assay = program.string() + " ";
  const std::string tree = (folder.Path() / "tree").string();
  ASSERT_EQ(Shell(assay + "synth --layout nyu-bts --samples 2 --seed 1 -o " + tree).code, 0);
  const std::string sample = " -p nyu-depth -d " + tree + " --limit 1";
  EXPECT_EQ(Shell(assay + "run --oracle" + sample + " -o " + tree + "-run").code, 0);
  WriteText(folder.Path() / "model.pt", "no model, but it can be read");
  const Finished finished = Shell(assay + "predict" + sample + " -m " +
                                  (folder.Path() / "model.pt").string() + " -o " + tree + "-out");
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr((program.parent_path() / "libassay_torch.so").string()),
                    HasSubstr("/assay/libassay_torch.so"),
                    HasSubstr("Build or install")));
}

}  // namespace
}  // namespace assay
