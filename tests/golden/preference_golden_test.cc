// tests/golden/preference/expected.json, made by statsmodels and choix
// (scripts/make_preference_samples.py): intervals to 1e-12, strengths to 1e-10.
#include <gtest/gtest.h>

#include "metrics/preference.h"
#include "tests/golden/golden_json.h"

namespace assay {
namespace {

nlohmann::json Expected() {
  return test::ReadReference(std::filesystem::path(ASSAY_SOURCE_DIR) /
                             "tests/golden/preference/expected.json");
}

TEST(PreferenceGolden, WilsonIntervalsAreThoseOfStatsmodels) {
  const auto rows = Expected().at("wilson");
  ASSERT_FALSE(rows.empty());
  for (const auto& row : rows) {
    const Interval interval = WilsonInterval(
        {row.at("wins").get<double>(), row.at("votes").get<double>()}, row.at("z").get<double>());
    EXPECT_NEAR(interval.low, row.at("low").get<double>(), 1e-12) << row;
    EXPECT_NEAR(interval.high, row.at("high").get<double>(), 1e-12) << row;
  }
}

TEST(PreferenceGolden, StrengthsAreThoseOfChoix) {
  const auto tables = Expected().at("bradley_terry");
  ASSERT_FALSE(tables.empty());
  for (const auto& table : tables) {
    auto wins = table.at("wins").get<std::vector<std::vector<double>>>();
    const auto ties = table.at("ties").get<std::vector<std::vector<double>>>();
    for (std::size_t i = 0; i < wins.size(); ++i) {
      for (std::size_t j = 0; j < wins.size(); ++j) wins[i][j] += ties[i][j] / 2;
    }
    const auto strengths = BradleyTerry(wins);
    ASSERT_TRUE(strengths);
    for (std::size_t i = 0; i < wins.size(); ++i) {
      EXPECT_NEAR((*strengths)[i], table.at("strengths").at(i).get<double>(), 1e-10);
    }
  }
}

}  // namespace
}  // namespace assay
