// Which commands cover which set, by the program's own tables:
//   - synth writes every layout; doctor finds nothing in it, explain describes its protocol,
//     prompts asks about it and names an image to show, and the oracle scores it
//   - demo has a row for every dataset that a protocol without a variant reads and a layout
//     exists for, for packs that have variants of their own, and for NYU and iBims-1 in two
//     forms on disk
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "datasets/io/file.h"
#include "tests/cli/program.h"

namespace assay {
namespace {

using nlohmann::json;
using test::Assay;
using test::Finished;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;

json Rows(const std::string& kind) {
  const Finished listed = Assay("list " + kind + " --json");
  EXPECT_EQ(listed.code, 0) << listed.err;
  return json::parse(listed.out).at(kind);
}

// Dataset -> its first protocol, one without a variant where there is one.
std::map<std::string, std::string> ProtocolsByDataset() {
  std::map<std::string, std::string> found;
  for (const bool variants : {false, true}) {
    for (const json& row : Rows("protocols")) {
      const auto name = row.at("name").get<std::string>();
      if ((name.find('@') != std::string::npos) != variants) continue;
      found.try_emplace(row.at("dataset").get<std::string>(), name);
    }
  }
  return found;
}

TEST(Coverage, EveryLayoutHasAProtocolThatReadsIt) {
  const auto protocols = ProtocolsByDataset();
  const json layouts = Rows("layouts");
  EXPECT_GT(layouts.size(), 20U);
  for (const json& layout : layouts) {
    const auto dataset = layout.at("dataset").get<std::string>();
    // A folder of one's own is read by the protocol file in it (tests/scripts/own_data_test.py).
    EXPECT_TRUE(protocols.contains(dataset) || dataset.starts_with("folder-")) << layout.dump();
  }
}

void ExpectCovered(const std::string& layout, const std::string& protocol) {
  const test::TemporaryFolder folder;
  const std::string root = folder.Path().string();
  const auto run = [&](const std::string& arguments) {
    const Finished done = Assay(arguments);
    EXPECT_EQ(done.code, 0) << layout << ": " << arguments << "\n" << done.err;
    return done;
  };
  run("synth --layout " + layout + " --samples 2 --seed 3 -o " + root + "/data");
  const std::string sample = " -p " + protocol + " -d " + root + "/data";
  EXPECT_THAT(run("explain " + protocol).out, HasSubstr("expected on disk")) << layout;
  EXPECT_THAT(run("doctor" + sample).out, HasSubstr("2 samples")) << layout;
  run("prompts" + sample + " --images " + root + "/frames -o " + root + "/ask.jsonl");
  const std::string asked = ReadText(folder.Path() / "ask.jsonl");
  const json line = json::parse(asked.substr(0, asked.find('\n')), nullptr, false);
  ASSERT_FALSE(line.is_discarded()) << layout << ": " << asked;
  EXPECT_FALSE(line.at("prompts").empty()) << layout;
  EXPECT_TRUE(std::filesystem::is_regular_file(line.at("image").get<std::string>())) << layout;
  const Finished scored = run("run" + sample + " --oracle --quiet --json -o " + root + "/run");
  if (scored.code == 0) {
    EXPECT_TRUE(json::parse(scored.out).at("dataset").at("synthetic").get<bool>()) << layout;
  }
}

TEST(Coverage, EveryCommandKnowsEveryLayout) {
  const auto protocols = ProtocolsByDataset();
  for (const json& layout : Rows("layouts")) {
    const auto protocol = protocols.find(layout.at("dataset").get<std::string>());
    if (protocol == protocols.end()) continue;
    ExpectCovered(layout.at("name").get<std::string>(), protocol->second);
  }
}

TEST(Coverage, TheDemoShowsEveryDatasetWithAProtocolOfItsOwn) {
  std::map<std::string, std::string> dataset_of;
  std::set<std::string> own;
  for (const json& row : Rows("protocols")) {
    const auto name = row.at("name").get<std::string>();
    dataset_of[name] = row.at("dataset");
    if (name.find('@') == std::string::npos) own.insert(row.at("dataset").get<std::string>());
  }
  std::set<std::string> wanted;
  for (const json& layout : Rows("layouts")) {
    const auto dataset = layout.at("dataset").get<std::string>();
    if (own.contains(dataset)) wanted.insert(dataset);
  }
  const test::TemporaryFolder folder;
  const Finished demo = Assay("demo --samples 1 --json -q -o " + folder.Path().string());
  ASSERT_EQ(demo.code, 0) << demo.err;
  std::set<std::string> shown;
  std::map<std::string, std::set<std::string>> forms;
  const json demonstrated = json::parse(demo.out);
  for (const json& run : demonstrated.at("runs")) {
    const json& report = run.at("report");
    const std::string dataset = dataset_of.at(report.at("protocol").at("name").get<std::string>());
    shown.insert(dataset);
    forms[dataset].insert(report.at("dataset").at("layout").get<std::string>());
  }
  EXPECT_THAT(shown, IsSupersetOf(wanted));
  EXPECT_THAT(
      shown,
      IsSupersetOf({"moge-nyu", "nyu-normals-marigold", "diode-indoor-normals-stablenormal"}));
  for (const char* dataset : {"nyu", "ibims"}) EXPECT_EQ(forms[dataset].size(), 2) << dataset;
}

}  // namespace
}  // namespace assay
