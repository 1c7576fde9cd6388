// Suggestions:
//   - a slip of one or two letters is recognised, whatever kind it is;
//   - a name that resembles nothing gets no suggestion;
//   - the closest candidate wins, the first of several equally close;
//   - for any name the suggestion is a candidate of least edit distance
//     (against a recursive definition of the distance).

#include "datasets/io/did_you_mean.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace assay {
namespace {

std::size_t NaiveDistance(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const std::string rest_a = a.substr(1);
  const std::string rest_b = b.substr(1);
  if (a[0] == b[0]) return NaiveDistance(rest_a, rest_b);
  return 1 +
         std::min(
             {NaiveDistance(rest_a, b), NaiveDistance(a, rest_b), NaiveDistance(rest_a, rest_b)});
}

TEST(DidYouMean, RecognisesSlips) {
  const std::vector<std::string> names = {"nyu-depth", "kitti-depth", "cityscapes-val"};
  EXPECT_EQ(DidYouMean("nyu-deph", names), "did you mean 'nyu-depth'?");
  EXPECT_EQ(DidYouMean("nyu-depthh", names), "did you mean 'nyu-depth'?");
  EXPECT_EQ(DidYouMean("kiti-depth", names), "did you mean 'kitti-depth'?");
  EXPECT_EQ(DidYouMean("cityscape-vla", names), "did you mean 'cityscapes-val'?");
}

TEST(DidYouMean, StaysSilentAboutStrangers) {
  EXPECT_EQ(DidYouMean("sintel", {"nyu-depth", "cityscapes-val"}), "");
  EXPECT_EQ(DidYouMean("anything", {}), "");
}

TEST(DidYouMean, GivesTheFirstOfEquallyCloseNames) {
  EXPECT_EQ(DidYouMean("cat", {"bat", "hat"}), "did you mean 'bat'?");
  EXPECT_EQ(DidYouMean("hats", {"bat", "hat"}), "did you mean 'hat'?");
}

TEST(DidYouMean, GivesACandidateOfLeastDistance) {
  EXPECT_TRUE(rc::check("nearest", [] {
    const auto word =
        rc::gen::resize(5, rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c')));
    const std::string name = *word;
    const auto names = *rc::gen::resize(5, rc::gen::container<std::vector<std::string>>(word));
    const std::size_t limit = std::max<std::size_t>(2, name.size() / 3);
    const auto nearest =
        std::min_element(names.begin(), names.end(), [&](const auto& a, const auto& b) {
          return NaiveDistance(name, a) < NaiveDistance(name, b);
        });
    const bool close = nearest != names.end() && NaiveDistance(name, *nearest) <= limit;
    RC_ASSERT(DidYouMean(name, names) == (close ? "did you mean '" + *nearest + "'?" : ""));
  }));
}

}  // namespace
}  // namespace assay
