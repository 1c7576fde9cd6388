// Fields: one JSON object, read field by field.
//
// Reading a field does four things at once, so that no second list of fields
// can fall out of step: it checks type and range, falls back to the default,
// writes the value in force into `effective`, and marks the name as known.
// Finish() then reports every name that nobody read, with a suggestion.
// Nothing throws: findings are collected and the fallback is returned, so that
// a user sees all mistakes at once.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "datasets/io/errors.h"

namespace assay {

struct NumberRange {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

template <class E>
using ChoiceTable = std::span<const std::pair<std::string_view, E>>;

// The text as JSON. Throws ConfigError under the title `where` for text that is
// not JSON, and for an object that states a name twice: a parser that keeps the
// last one would drop the other without a word.
nlohmann::json ParseJson(const std::string& text, const std::string& where);

class Fields {
 public:
  // Borrows all three. `effective` becomes an object. An input that is null
  // counts as an empty object.
  Fields(const nlohmann::json& input,
         nlohmann::json& effective,
         std::vector<Finding>& findings,
         std::string pointer = "");

  bool Has(std::string_view name) const;
  double Number(std::string_view name, double fallback, NumberRange range = {});
  // null and absent both mean "none" (unless a fallback is given).
  std::optional<double> OptionalNumber(std::string_view name,
                                       std::optional<double> fallback = {},
                                       NumberRange range = {});
  std::int64_t Integer(std::string_view name,
                       std::int64_t fallback,
                       std::int64_t min = std::numeric_limits<std::int64_t>::min());
  bool Flag(std::string_view name, bool fallback);
  std::string Text(std::string_view name, std::string fallback);
  // A list of texts. Entries that are none are left out, each a finding.
  std::vector<std::string> Names(std::string_view name,
                                 const std::vector<std::string>& fallback = {});
  // The same, each once: another one of a name is left out too.
  std::vector<std::string> DistinctNames(std::string_view name);
  // A field whose value is checked by the caller, copied as it is.
  nlohmann::json Any(std::string_view name, nlohmann::json fallback);
  Fields Object(std::string_view name);

  template <class E>
  E Choice(std::string_view name, E fallback, ChoiceTable<E> table) {
    std::vector<std::string> names;
    std::size_t fallback_index = 0;
    for (std::size_t i = 0; i < table.size(); ++i) {
      names.emplace_back(table[i].first);
      if (table[i].second == fallback) fallback_index = i;
    }
    return table[ChoiceIndex(name, fallback_index, names)].second;
  }

  void Report(std::string_view name, std::string message);
  void Finish();

 private:
  const nlohmann::json* Find(std::string_view name);
  std::size_t ChoiceIndex(std::string_view name,
                          std::size_t fallback,
                          const std::vector<std::string>& names);

  const nlohmann::json* input_;
  nlohmann::json* effective_;
  std::vector<Finding>* findings_;
  std::string pointer_;
  std::vector<std::string> known_;
};

}  // namespace assay
