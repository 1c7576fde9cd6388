// Builds without LibTorch:
// * asking for a model says that this build has none, and how to get one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "datasets/io/errors.h"
#include "model/torch/load_model.h"

namespace assay {
namespace {

TEST(NoTorch, SaysThatThisBuildRunsNoModelsAndWhatToDo) {
  try {
    LoadTorchModel("model.pt", {});
    FAIL() << "a model was loaded";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(),
                ::testing::AllOf(::testing::HasSubstr("model.pt"),
                                 ::testing::HasSubstr("-DASSAY_TORCH=ON"),
                                 ::testing::HasSubstr("scripts/setup")));
  }
}

}  // namespace
}  // namespace assay
