// Protocols as data.
//   - every shipped protocol loads, names a source and has a hash of its own;
//   - unknown fields and values are all found at once, located, with suggestions;
//   - what describes does not change the hash, what decides numbers does;
//   - the answer part has its own hash; a list file counts by its content;
//   - what a file says of itself is never inherited; nothing is stated twice;
//   - extends, null, +align= and --set do what the header says;
//   - a boundary variant is its base and a ratio, which is at least 0 and at most 1.
#include "eval/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/file.h"
#include "tests/support/temporary_folder.h"

namespace assay {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

ConfigRoot Shipped() { return ConfigRoot(std::filesystem::path(ASSAY_SOURCE_DIR) / "configs"); }

std::vector<Finding> FindingsOf(const ConfigRoot& configs,
                                const std::string& name,
                                const ProtocolOverrides& overrides = {}) {
  try {
    LoadProtocol(configs, name, overrides);
  } catch (const ConfigError& error) {
    return error.findings;
  }
  return {};
}

Protocol With(const std::string& name, const std::string& field, const std::string& value) {
  return LoadProtocol(Shipped(), name, {.set = {{field, value}}, .format = "", .palette = {}});
}

TEST(Protocol, EveryShippedProtocolLoadsAndNamesItsSource) {
  std::map<std::string, std::string> name_of_hash;
  for (const std::string& name : Shipped().ProtocolNames()) {
    const Protocol protocol = LoadProtocol(Shipped(), name);
    EXPECT_FALSE(protocol.title.empty()) << name;
    EXPECT_FALSE(protocol.source.empty()) << name;
    // The sizes of these sets have no source yet; nuScenes' is that of the list named, those
    // of MoGe's pack that of the lists in it, StableNormal's what lies in its folder.
    const bool unknown = name.starts_with("grefcoco-") || name.starts_with("refcocog-google-") ||
                         name.starts_with("reasonseg-test-") || name.starts_with("nuscenes-") ||
                         name.ends_with("@moge") || name.ends_with("@stablenormal");
    EXPECT_EQ(protocol.expected_count == 0, unknown) << name;
    EXPECT_FALSE(protocol.headline.empty()) << name;
    const auto [known, fresh] = name_of_hash.emplace(protocol.hash, name);
    // The two evaluators differ in what they rescale by, which an alignment states.
    const bool twins = name.ends_with("@unik3d") && known->second.ends_with("@unidepth");
    EXPECT_TRUE(fresh || twins) << name << " has the same settings as " << known->second;
  }
}

TEST(Protocol, EveryFindingIsReportedAtOnceWithPointerAndSuggestion) {
  const auto findings = FindingsOf(Shipped(),
                                   "nyu-depth",
                                   {.set = {{"crop", "nyubox"},
                                            {"gt_bounds.minimum", "1"},
                                            {"aggregat", "pooled_pixels"},
                                            {"pred_clip.max", "-3"},
                                            {"answer.codec", "rgb-dept"}},
                                    .format = "",
                                    .palette = {}});
  EXPECT_THAT(findings,
              Contains(AllOf(Field(&Finding::pointer, "/crop"),
                             Field(&Finding::message, HasSubstr("did you mean 'nyu_box'")))));
  EXPECT_THAT(findings,
              Contains(AllOf(Field(&Finding::pointer, "/gt_bounds/minimum"),
                             Field(&Finding::message, HasSubstr("unknown field")))));
  EXPECT_THAT(findings,
              Contains(AllOf(Field(&Finding::pointer, "/aggregat"),
                             Field(&Finding::message, HasSubstr("did you mean 'aggregate'")))));
  EXPECT_THAT(findings, Contains(Field(&Finding::pointer, "/pred_clip/max")));
  EXPECT_THAT(findings,
              Contains(AllOf(Field(&Finding::pointer, "/answer/codec"),
                             Field(&Finding::message, HasSubstr("rgb-depth")))));
}

TEST(Protocol, AnUnknownNameSuggestsTheNearest) {
  const auto findings = FindingsOf(Shipped(), "cityscape-val");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_THAT(findings[0].message, HasSubstr("did you mean 'cityscapes-val'?"));
}

TEST(Protocol, OnlyWhatDecidesNumbersChangesTheHash) {
  const Protocol plain = LoadProtocol(Shipped(), "nyu-depth");
  EXPECT_EQ(With("nyu-depth", "title", "another title").hash, plain.hash);
  const std::pair<const char*, const char*> deciding[] = {{"crop", "none"},
                                                          {"gt_bounds.max", "9"},
                                                          {"gt_bounds.max_end", "inclusive"},
                                                          {"silog", "a"},
                                                          {"align.name", "lsq_scale"},
                                                          {"aggregate", "pooled_pixels"},
                                                          {"pred_clip.max", "11"},
                                                          {"headline", "[\"RMSE\"]"},
                                                          {"coverage_floor", "0.5"}};
  for (const auto& [field, value] : deciding) {
    const Protocol changed = With("nyu-depth", field, value);
    EXPECT_NE(changed.hash, plain.hash) << field;
    EXPECT_EQ(changed.answer_hash, plain.answer_hash) << field;
  }
}

TEST(Protocol, HowTheAnswerIsReadChangesTheAnswerHashAlone) {
  const Protocol plain = LoadProtocol(Shipped(), "nyu-depth");
  const Protocol native =
      LoadProtocol(Shipped(), "nyu-depth", {.set = {}, .format = "png16:1000", .palette = {}});
  EXPECT_EQ(native.hash, plain.hash);
  EXPECT_NE(native.answer_hash, plain.answer_hash);
  EXPECT_EQ(With("nyu-depth", "answer.fit", "stretch").hash, plain.hash);
  EXPECT_NE(With("nyu-depth", "answer.fit", "stretch").answer_hash, plain.answer_hash);
}

TEST(Protocol, AVariantTakesTheRestFromWhatItExtends) {
  const auto base = nlohmann::json::parse(LoadProtocol(Shipped(), "nyu-depth").settings);
  const auto variant = nlohmann::json::parse(LoadProtocol(Shipped(), "nyu-depth@unik3d").settings);
  EXPECT_EQ(variant.at("gt_bounds"), base.at("gt_bounds"));
  EXPECT_TRUE(variant.at("pred_clip").is_null());
  EXPECT_FALSE(base.at("pred_clip").is_null());
}

TEST(Protocol, AnAlignmentCanBeAppendedToTheName) {
  const Protocol aligned = LoadProtocol(Shipped(), "nyu-depth@bts+align=median_ratio");
  EXPECT_EQ(nlohmann::json::parse(aligned.settings).at("align").at("name"), "median_ratio");
  EXPECT_EQ(aligned.name, "nyu-depth@bts+align=median_ratio");
  EXPECT_THAT(FindingsOf(Shipped(), "nyu-depth+align=medianratio"),
              Contains(Field(&Finding::message, HasSubstr("did you mean 'median_ratio'"))));
}

TEST(Protocol, OnlyTheShippedFormOfAProtocolIsVerified) {
  EXPECT_TRUE(LoadProtocol(Shipped(), "kitti-depth@bts").verified);
  EXPECT_FALSE(LoadProtocol(Shipped(), "kitti-depth@bts+align=median_ratio").verified);
  EXPECT_FALSE(With("kitti-depth@bts", "crop", "none").verified);
  EXPECT_TRUE(With("kitti-depth@bts", "answer.fit", "stretch").verified);
}

TEST(Protocol, ACircleOfExtendsIsAnError) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "protocols" / "a.json", R"({"extends": "b"})");
  WriteText(folder.Path() / "protocols" / "b.json", R"({"extends": "a"})");
  const auto findings = FindingsOf(ConfigRoot(folder.Path()), "a");
  EXPECT_THAT(findings, Contains(Field(&Finding::pointer, "/extends")));
}

TEST(Protocol, EveryShippedFileStatesItsOwnTitleSourceAndVerification) {
  for (const std::string& name : Shipped().ProtocolNames()) {
    const auto file = Shipped().folder() / "protocols" / (name + ".json");
    const nlohmann::json content = nlohmann::json::parse(ReadText(file));
    for (const char* word : {"title", "source", "verified"}) {
      EXPECT_TRUE(content.contains(word)) << name << " lacks " << word;
    }
  }
}

// The presets are what tests/golden holds to the evaluators' numbers.
TEST(Protocol, VariantsNamedAfterAReferringEvaluatorHaveItsPreset) {
  const std::pair<const char*, const char*> rows[] = {{"refcocog-umd-val", "default"},
                                                      {"refcocog-umd-val@lisa", "lisa"},
                                                      {"refcocog-umd-val@lavt", "lavt"},
                                                      {"refcocog-umd-val@xsam", "xsam"},
                                                      {"grefcoco-unc-val@rela", "rela"},
                                                      {"reasonseg-val", "default"},
                                                      {"reasonseg-val@lisa", "lisa"},
                                                      {"reasonseg-test@lisa", "lisa"}};
  for (const auto& [name, preset] : rows) {
    const Protocol protocol = LoadProtocol(Shipped(), name);
    const auto& evaluation = std::get<Evaluation<ReferringTask>>(protocol.evaluation);
    EXPECT_EQ(evaluation.metric.settings(), FindReferringPreset(preset)) << name;
  }
}

TEST(Protocol, BoundaryVariantsDifferFromTheirBaseInTheRatioAlone) {
  int variants = 0;
  for (const std::string& name : Shipped().ProtocolNames()) {
    if (!name.ends_with("@boundary")) continue;
    ++variants;
    const std::string base = name.substr(0, name.find('@'));
    auto settings = nlohmann::json::parse(LoadProtocol(Shipped(), name).settings);
    const auto plain = nlohmann::json::parse(LoadProtocol(Shipped(), base).settings);
    EXPECT_EQ(settings.at("boundary_ratio"), 0.02) << name;
    EXPECT_EQ(plain.at("boundary_ratio"), 0) << base;
    settings["boundary_ratio"] = plain.at("boundary_ratio");
    EXPECT_EQ(settings, plain) << name;
  }
  EXPECT_EQ(variants, 3);
}

TEST(Protocol, ABoundaryRatioOutsideZeroToOneIsRefused) {
  for (const char* name : {"cityscapes-val", "refcocog-umd-val"}) {
    for (const char* value : {"-0.02", "1.02", "\"wide\"", "null"}) {
      const ProtocolOverrides overrides{
          .set = {{"boundary_ratio", value}}, .format = "", .palette = {}};
      EXPECT_THAT(FindingsOf(Shipped(), name, overrides),
                  Contains(Field(&Finding::pointer, "/boundary_ratio")))
          << name << " " << value;
    }
    EXPECT_NO_THROW(With(name, "boundary_ratio", "1"));
  }
}

TEST(Protocol, SacoProtocolsHaveTheReferencesSettings) {
  for (const std::string& name : Shipped().ProtocolNames()) {
    if (!name.starts_with("saco-gold-")) continue;
    const Protocol protocol = LoadProtocol(Shipped(), name);
    const auto& settings =
        std::get<Evaluation<InstancesTask>>(protocol.evaluation).metric.settings();
    const InstancesSettings reference;
    EXPECT_EQ(settings.formula,
              name.ends_with("@paper") ? InstanceFormula::kPaper : reference.formula)
        << name;
    EXPECT_EQ(settings.annotators, reference.annotators) << name;
    EXPECT_EQ(settings.overlap, reference.overlap) << name;
    EXPECT_EQ(settings.min_score, reference.min_score) << name;
    EXPECT_EQ(settings.taus, reference.taus) << name;
    const bool paper = name.ends_with("@paper");
    EXPECT_EQ(settings.box_epsilon, paper ? 0 : reference.box_epsilon) << name;
    EXPECT_EQ(settings.image_epsilon, paper ? 0 : reference.image_epsilon) << name;
  }
}

TEST(Protocol, AVariantNeverInheritsWhatItsBaseSaysOfItself) {
  const TemporaryFolder folder;
  nlohmann::json plain =
      nlohmann::json::parse(ReadText(Shipped().folder() / "protocols" / "nyu-depth.json"));
  plain["verified"] = true;
  WriteText(folder.Path() / "protocols" / "nyu-depth.json", plain.dump());
  WriteText(folder.Path() / "protocols" / "mine.json",
            R"({"extends": "nyu-depth", "crop": "none"})");
  const Protocol mine = LoadProtocol(ConfigRoot(folder.Path()), "mine");
  EXPECT_FALSE(mine.verified);
  EXPECT_EQ(mine.source, "");
  EXPECT_EQ(mine.title, "");
  EXPECT_TRUE(LoadProtocol(ConfigRoot(folder.Path()), "nyu-depth").verified);
}

TEST(Protocol, AFieldSetTwiceOrTogetherWithAPartOfItIsRefused) {
  const auto both = [](const char* first, const char* second) {
    return FindingsOf(Shipped(),
                      "nyu-depth",
                      {.set = {{first, "null"}, {second, "80"}}, .format = "", .palette = {}});
  };
  EXPECT_THAT(both("crop", "crop"), Contains(Field(&Finding::message, HasSubstr("twice"))));
  EXPECT_THAT(both("pred_clip", "pred_clip.max"),
              Contains(Field(&Finding::message, HasSubstr("overlap"))));
  EXPECT_THAT(both("pred_clip.max", "pred_clip"),
              Contains(Field(&Finding::message, HasSubstr("overlap"))));
}

TEST(Protocol, AFileThatStatesAFieldTwiceIsRefused) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "protocols" / "twice.json", R"({"title": "a", "title": "b"})");
  EXPECT_THAT(FindingsOf(ConfigRoot(folder.Path()), "twice"),
              Contains(AllOf(Field(&Finding::pointer, "/title"),
                             Field(&Finding::message, HasSubstr("twice")))));
}

TEST(Protocol, AListFileIsKnownByItsContentAndNotByItsPath) {
  const TemporaryFolder folder;
  const auto first = folder.Path() / "first.txt";
  const auto second = folder.Path() / "second.txt";
  WriteText(first, "a b 1\n");
  WriteText(second, "a b 1\n");
  const Protocol protocol = With("kitti-depth", "list", first.string());
  EXPECT_EQ(protocol.list, first);
  EXPECT_EQ(protocol.hash, With("kitti-depth", "list", second.string()).hash);
  EXPECT_EQ(protocol.settings.find(folder.Path().string()), std::string::npos);
  WriteText(second, "a b 2\n");
  EXPECT_NE(protocol.hash, With("kitti-depth", "list", second.string()).hash);
  std::filesystem::remove(first);
  EXPECT_EQ(LoadRequested(protocol.requested).hash, protocol.hash);
  EXPECT_THAT(FindingsOf(Shipped(),
                         "kitti-depth",
                         {.set = {{"list", first.string()}}, .format = "", .palette = {}}),
              Contains(Field(&Finding::pointer, "/list")));
}

TEST(Protocol, AListPinnedByItsHashMustHaveThatHash) {
  const TemporaryFolder folder;
  const auto list = folder.Path() / "list.txt";
  WriteText(list, "a b 1\n");
  EXPECT_THAT(FindingsOf(Shipped(),
                         "kitti-depth",
                         {.set = {{"list", list.string()}, {"list_sha256", "sha256:0000"}},
                          .format = "",
                          .palette = {}}),
              Contains(Field(&Finding::pointer, "/list_sha256")));
}

TEST(Protocol, InvalidJsonNamesTheFileAndThePlace) {
  const TemporaryFolder folder;
  WriteText(folder.Path() / "protocols" / "broken.json", "{\"title\": \n oops}");
  try {
    LoadProtocol(ConfigRoot(folder.Path()), "broken");
    FAIL() << "no error";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("broken.json"), HasSubstr("line 2")));
  }
}

TEST(Protocol, AReportCanReloadAProtocolFromItsRequestedText) {
  const Protocol first = With("kitti-depth", "pred_clip.max", "70");
  const Protocol again = LoadRequested(first.requested);
  EXPECT_EQ(again.hash, first.hash);
  EXPECT_EQ(again.answer_hash, first.answer_hash);
  EXPECT_EQ(again.name, first.name);
}

TEST(Protocol, TheWorseClipEndNeedsTwoFiniteEnds) {
  const auto findings = FindingsOf(
      Shipped(), "nyu-depth", {.set = {{"pred_clip", "null"}}, .format = "", .palette = {}});
  EXPECT_THAT(findings, Contains(Field(&Finding::pointer, "/undefined_pred")));
}

}  // namespace
}  // namespace assay
