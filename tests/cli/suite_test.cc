// assay run --suite from the command line.
//   - the oracle of a complete tree gives every member and the mean, and report shows it
//   - members without data end with 3, without answers with 4; both are named, the rest
//     are scored, and --allow-partial gives what is there
//   - one folder holds a member's answers as <protocol>.json or as <protocol>/
//   - depth-6 averages six sets below one root, and refuses to where one is missing
//   - the world of synth --layout all is such a root for every suite of depth and normals
//   - a setting is for all members or for one, by which depth-6 gets nuScenes' list; one for
//     nobody is refused
//   - a second run reuses every record and gives the same suite.json
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "datasets/io/file.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::HasSubstr;

class SuiteTest : public ::testing::Test {
 protected:
  SuiteTest() {
    const Finished made = Assay("synth --layout saco --samples 4 -o " + In("data"));
    EXPECT_EQ(made.code, 0) << made.err;
  }
  std::string In(const std::string& name) const { return (folder_.Path() / name).string(); }
  Finished Run(const std::string& arguments, const std::string& run = "run") const {
    return Assay("run --suite saco-gold --data " + In("data") + " -o " + In(run) + " --quiet " +
                 arguments);
  }
  json Written(const std::string& run = "run") const {
    return json::parse(ReadText(folder_.Path() / run / "suite.json"));
  }
  void RemoveWiki() const {
    for (const char letter : {'a', 'b', 'c'}) {
      ASSERT_TRUE(std::filesystem::remove(
          folder_.Path() / "data/gt-annotations" /
          (std::string("gold_wiki_common_merged_") + letter + "_release_test.json")));
    }
  }

  test::TemporaryFolder folder_;
};

TEST_F(SuiteTest, TheOracleGivesEveryMemberAndTheMean) {
  const Finished done = Run("--oracle --json");
  ASSERT_EQ(done.code, 0) << done.err;
  const json report = json::parse(done.out);
  EXPECT_EQ(report, Written());
  EXPECT_EQ(report["members"].size(), 7);
  EXPECT_GT(report["average"]["cgF1"]["value"], 0.99);
  EXPECT_THAT(Assay("report " + In("run")).out, HasSubstr("mean"));
  EXPECT_EQ(json::parse(Assay("report --json " + In("run")).out), report);
  EXPECT_TRUE(std::filesystem::exists(In("run/saco-gold-food/report.json")));
}

TEST_F(SuiteTest, ASecondRunReusesEverything) {
  ASSERT_EQ(Run("--oracle").code, 0);
  const json first = Written();
  ASSERT_EQ(Run("--oracle").code, 0);
  EXPECT_EQ(Written(), first);
  const json member = json::parse(ReadText(folder_.Path() / "run/saco-gold-food/report.json"));
  EXPECT_EQ(member["run_info"]["reused"], 4);
}

TEST_F(SuiteTest, AMemberWithoutDataEndsWithThreeAndIsNamed) {
  RemoveWiki();
  const Finished done = Run("--oracle");
  EXPECT_EQ(done.code, 3) << done.err;
  EXPECT_THAT(done.out, HasSubstr("saco-gold-wiki: "));
  EXPECT_TRUE(Written()["average"]["cgF1"]["value"].is_null());
  EXPECT_GT(Written()["members"][0]["metrics"]["IL_MCC"], 0.999);

  EXPECT_EQ(Run("--oracle --allow-partial").code, 0);
  EXPECT_EQ(Written()["label"], json({"partial 6/7"}));
  EXPECT_EQ(Written()["average"]["IL_MCC"]["n"], 6);
}

TEST_F(SuiteTest, AMemberWithoutAnswersEndsWithFourAndIsNamed) {
  std::filesystem::create_directories(In("answers/saco-gold-food"));
  for (const char* name : {"metaclip", "sa1b", "crowded", "sports", "attributes"}) {
    WriteText(folder_.Path() / "answers" / (std::string("saco-gold-") + name + ".json"), "[]");
  }
  WriteText(folder_.Path() / "answers/saco-gold-food/10000000.json", "[]");
  const std::string saved = "--predictions " + In("answers") + " --format coco-json";
  const Finished done = Run(saved);
  EXPECT_EQ(done.code, 4) << done.err;
  const json report = Written();
  EXPECT_THAT(report["members"][6]["problem"].get<std::string>(), HasSubstr("no answers"));
  // One answer of four: below the floor.
  EXPECT_TRUE(report["members"][3]["metrics"]["cgF1"].is_null());
}

TEST_F(SuiteTest, APartOfTheSetHasNoMean) {
  EXPECT_EQ(Run("--oracle --limit 2").code, 4);
  EXPECT_EQ(Written()["flaws"].size(), 7);
}

TEST(DepthSuite, AveragesSixSetsBelowOneRootAndRefusesWhereOneIsMissing) {
  const test::TemporaryFolder folder;
  const auto in = [&](const std::string& name) { return (folder.Path() / name).string(); };
  for (const auto& [layout, tree] : {std::pair{"nyu-bts", "nyu"},
                                     {"ibims-raw", "ibims"},
                                     {"eth3d", "eth3d"},
                                     {"diode-indoor", "diode"},
                                     {"kitti", "kitti"},
                                     {"nuscenes", "nuscenes"}}) {
    const Finished made =
        Assay(std::string("synth --samples 2 --layout ") + layout + " -o " + in("data/") + tree);
    ASSERT_EQ(made.code, 0) << made.err;
  }
  const auto run = [&](const std::string& suite, const std::string& more = "") {
    return Assay("run --oracle --quiet --suite " + suite + " --data " + in("data") + " -o " +
                 in(suite) + " " + more);
  };
  const auto average = [&](const std::string& suite) {
    return json::parse(ReadText(folder.Path() / suite / "suite.json"))["average"];
  };
  // As it is on disk: nothing but the list says which frames count.
  std::filesystem::remove(in("data/nuscenes/assay-synthetic.json"));
  EXPECT_EQ(run("depth-6").code, 3);
  EXPECT_THAT(ReadText(folder.Path() / "depth-6/suite.json"),
              HasSubstr("in a suite, with --set PROTOCOL:list=FILE"));
  const std::string list = "list=" + in("data/nuscenes/nuscenes_samples.txt");
  const Finished unknown = run("depth-6", "--set nuscenes-dept:" + list);
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'nuscenes-depth'"));
  const Finished done = run("depth-6", "--fresh --set nuscenes-depth:" + list);
  ASSERT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_EQ(average("depth-6")["delta1"]["n"], 6);
  EXPECT_GT(average("depth-6")["delta1"]["value"], 0.999);
  EXPECT_LT(average("depth-6")["AbsRel"]["value"], 0.01);
  std::filesystem::remove_all(in("data/nuscenes"));
  EXPECT_EQ(run("depth-6", "--fresh").code, 3);
  EXPECT_TRUE(average("depth-6")["delta1"]["value"].is_null());
  ASSERT_EQ(run("depth-4").code, 0);
  EXPECT_EQ(average("depth-4")["AbsRel"]["n"], 4);
}

TEST(WorldSuites, TheOracleIsCompleteBelowOneFolderPerLayout) {
  const test::TemporaryFolder folder;
  const auto in = [&](const std::string& name) { return (folder.Path() / name).string(); };
  const Finished made = Assay("synth --layout all --samples 2 -o " + in("world"));
  ASSERT_EQ(made.code, 0) << made.err;
  for (const auto& [suite, members, metric, least, most] :
       {std::tuple{"depth-6", 6, "delta1", .999, 1.0},
        {"depth-4", 4, "delta1", .999, 1.0},
        {"normals-4", 4, "mean", 0.0, .4},
        {"normals-indoor", 3, "mean", 0.0, .4}}) {
    const Finished done = Assay(std::string("run --oracle --quiet --json --suite ") + suite +
                                " --data " + in("world") + " -o " + in(suite));
    ASSERT_EQ(done.code, 0) << done.out << done.err;
    const json report = json::parse(done.out);
    EXPECT_TRUE(report["flaws"].empty()) << report["flaws"];
    EXPECT_EQ(report["average"][metric]["n"], members);
    EXPECT_GE(report["average"][metric]["value"], least) << suite;
    EXPECT_LE(report["average"][metric]["value"], most) << suite;
  }
}

TEST_F(SuiteTest, UsageErrors) {
  EXPECT_EQ(Assay("run --data x -o y --oracle").code, 2);
  EXPECT_EQ(Assay("run -s saco-gold -p saco-gold-wiki --data x -o y --oracle").code, 2);
  const Finished unknown = Assay("run -s saco-gld --data x -o y --oracle");
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean 'saco-gold'"));
  EXPECT_THAT(Assay("list suites").out, HasSubstr("saco-gold"));
  EXPECT_THAT(Assay("explain saco-gold").out, HasSubstr("saco-gold-attributes"));
}

}  // namespace
}  // namespace assay
