// The objects a pickle builds, and their form as JSON.
//
// Objects are numbered in the order they are made and refer to one another by
// number, so that a list can be filled after others have come to share it, and a
// list that holds itself is one number, not an endless structure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace assay {

using PickleId = std::uint32_t;

struct PickleNone {};
struct PickleTuple {
  std::vector<PickleId> items;
};
struct PickleList {
  std::vector<PickleId> items;
};
struct PickleDict {
  std::vector<std::pair<PickleId, PickleId>> entries;  // in the order they were set
};
using PickleValue = std::variant<PickleNone,
                                 bool,
                                 std::int64_t,
                                 double,
                                 std::string,
                                 PickleTuple,
                                 PickleList,
                                 PickleDict>;

class PickleValues {
 public:
  // `path` is only for messages.
  explicit PickleValues(const std::filesystem::path& path) : path_(path) {}

  // `offset`: of the opcode that makes the value. Throws FileError too-large.
  PickleId Add(PickleValue value, std::size_t offset);
  PickleValue& At(PickleId id) { return entries_[id].value; }

  // Everything shared is copied. `budget` bounds values plus bytes of text. Throws
  // FileError: too-large (budget, depth), corrupt (a container that holds itself).
  nlohmann::json ToJson(PickleId root, std::uint64_t budget) const;

 private:
  struct Entry {
    PickleValue value;
    std::size_t offset = 0;
  };
  struct Writing;  // one call of ToJson

  std::filesystem::path path_;
  std::vector<Entry> entries_;
};

}  // namespace assay
