// Damaged trees of referring segmentation as a user meets them.
//   - assay doctor ends with 3 on every defect of every such layout and names the damaged
//     file and what to do; without a defect it ends with 0
//   - scoring such a tree stops with the same word before any number is made
#include <gmock/gmock.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::HasSubstr;

struct Set {
  const char* layout;
  const char* protocol;
};
constexpr std::array<Set, 5> kSets = {{{"grefcoco", "grefcoco-unc-val"},
                                       {"reasonseg", "reasonseg-val"},
                                       {"refcoco", "refcoco-unc-val"},
                                       {"refcocog", "refcocog-umd-val"},
                                       {"refcocoplus", "refcocoplus-unc-val"}}};

class ReferringDefects : public ::testing::Test {
 protected:
  // The last word of what `synth` says of a defect: the damaged file.
  std::string Damage(const std::string& layout, const std::string& defect) {
    tree_ = (folder_.Path() / (layout + "-" + defect)).string();
    const Finished made = Assay("synth --layout " + layout + " --samples 2 -o " + tree_ +
                                (defect.empty() ? "" : " --defect " + defect));
    EXPECT_EQ(made.code, 0) << made.err;
    const std::string said = made.out + made.err;
    const std::size_t end = said.find_last_not_of("\n");
    const std::size_t begin = said.find_last_of(" \n", end) + 1;
    return said.substr(begin, end + 1 - begin);
  }
  static std::vector<std::string> DefectsOf(const std::string& layout) {
    std::vector<std::string> names;
    const json listed = json::parse(Assay("list defects --json").out);
    for (const json& row : listed.at("defects")) {
      std::istringstream layouts(row.at("layouts").get<std::string>());
      for (std::string name; layouts >> name;) {
        if (name == layout) names.push_back(row.at("name"));
      }
    }
    return names;
  }

  test::TemporaryFolder folder_;
  std::string tree_;
};

TEST_F(ReferringDefects, DoctorFindsEachAndNamesTheFile) {
  for (const Set& set : kSets) {
    const std::string layout = set.layout;
    const std::string doctor_command = std::string("doctor -p ") + set.protocol + " -d ";
    Damage(layout, "");
    EXPECT_EQ(Assay(doctor_command + tree_).code, 0) << layout;
    const std::vector<std::string> defects = DefectsOf(layout);
    EXPECT_GE(defects.size(), 5U) << layout;
    for (const std::string& defect : defects) {
      SCOPED_TRACE(layout + " " + defect);
      const std::string file = Damage(layout, defect);
      const Finished doctor = Assay(doctor_command + tree_);
      EXPECT_EQ(doctor.code, 3);
      EXPECT_THAT(doctor.out + doctor.err, HasSubstr(file));
    }
  }
}

TEST_F(ReferringDefects, APickleThatCallsIsReadAsDataAndRefused) {
  Damage("refcocog", "calling-pickle");
  const Finished run = Assay("run -p refcocog-umd-val --oracle -d " + tree_ + " -o " +
                             (folder_.Path() / "run").string());
  EXPECT_EQ(run.code, 3);
  EXPECT_THAT(run.err, HasSubstr("refs(umd).p"));
  EXPECT_THAT(run.err, HasSubstr("GLOBAL"));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path() / "run"));
}

}  // namespace
}  // namespace assay
