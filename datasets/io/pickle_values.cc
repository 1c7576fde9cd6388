#include "datasets/io/pickle_values.h"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "datasets/io/errors.h"
#include "datasets/io/pickle.h"

namespace assay {

PickleId PickleValues::Add(PickleValue value, std::size_t offset) {
  if (entries_.size() >= std::numeric_limits<PickleId>::max()) {
    throw FileError(path_, "too-large", fmt::format("pickle makes {} values", entries_.size()));
  }
  entries_.push_back({std::move(value), offset});
  return static_cast<PickleId>(entries_.size() - 1);
}

struct PickleValues::Writing {
  const PickleValues& values;
  const std::uint64_t budget;
  std::uint64_t spent = 0;
  int depth = 0;
  std::vector<bool> open;  // containers that are being written

  void Spend(std::uint64_t cost) {
    spent += cost;
    if (spent <= budget) return;
    throw FileError(values.path_,
                    "too-large",
                    fmt::format("the pickle repeats values until more than {} are written out; "
                                "give the same data as JSON instead",
                                budget));
  }

  nlohmann::json Value(PickleId id) {
    Spend(1);
    return std::visit([&](const auto& value) { return Write(id, value); },
                      values.entries_[id].value);
  }

  nlohmann::json Write(PickleId /*id*/, PickleNone /*none*/) { return nullptr; }
  nlohmann::json Write(PickleId /*id*/, bool value) { return value; }
  nlohmann::json Write(PickleId /*id*/, std::int64_t value) { return value; }
  nlohmann::json Write(PickleId /*id*/, double value) { return value; }
  nlohmann::json Write(PickleId /*id*/, const std::string& text) {
    Spend(text.size());
    return text;
  }
  nlohmann::json Write(PickleId id, const PickleTuple& tuple) { return Array(id, tuple.items); }
  nlohmann::json Write(PickleId id, const PickleList& list) { return Array(id, list.items); }
  nlohmann::json Write(PickleId id, const PickleDict& dict) {
    Enter(id);
    nlohmann::json object = nlohmann::json::object();
    for (const auto& [key, value] : dict.entries) {
      const auto& name = std::get<std::string>(values.entries_[key].value);
      Spend(name.size());
      object[name] = Value(value);
    }
    Leave(id);
    return object;
  }

  nlohmann::json Array(PickleId id, const std::vector<PickleId>& items) {
    Enter(id);
    nlohmann::json array = nlohmann::json::array();
    for (const PickleId item : items) array.push_back(Value(item));
    Leave(id);
    return array;
  }

  void Enter(PickleId id) {
    const std::size_t offset = values.entries_[id].offset;
    if (open[id]) {
      throw FileError(
          values.path_,
          "corrupt",
          fmt::format("the container made at byte {} of the pickle holds itself", offset));
    }
    if (++depth > kMaxPickleDepth) {
      throw FileError(values.path_,
                      "too-large",
                      fmt::format("the container made at byte {} of the pickle lies {} deep; at "
                                  "most {} are read",
                                  offset,
                                  depth,
                                  kMaxPickleDepth));
    }
    open[id] = true;
  }

  void Leave(PickleId id) {
    --depth;
    open[id] = false;
  }
};

nlohmann::json PickleValues::ToJson(PickleId root, std::uint64_t budget) const {
  Writing writing{*this, budget, 0, 0, std::vector<bool>(entries_.size())};
  return writing.Value(root);
}

}  // namespace assay
