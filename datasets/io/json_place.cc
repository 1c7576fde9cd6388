#include "datasets/io/json_place.h"

#include <simdjson.h>

#include "datasets/io/errors.h"

namespace assay {

JsonPlace PlaceOfObject(std::string_view raw, const char* text) {
  // Up to the next structural character, so blanks may follow the brace.
  while (!raw.empty() && raw.back() != '}') raw.remove_suffix(1);
  return {static_cast<std::uint64_t>(raw.data() - text), raw.size()};
}

void ThrowJsonFault(const std::filesystem::path& path,
                    int error,
                    const std::string& where,
                    const char* remedy) {
  const auto code = static_cast<simdjson::error_code>(error);
  const std::string reason = simdjson::error_message(code);
  switch (code) {
    case simdjson::CAPACITY:
    case simdjson::MEMALLOC:
      throw FileError(path, "too-large", "cannot be read in one piece: " + reason);
    case simdjson::INCORRECT_TYPE:
    case simdjson::NUMBER_OUT_OF_RANGE:
      throw FileError(path, "wrong-format", where + " has another type or range than expected");
    default:
      throw FileError(path, "corrupt", where + " is no JSON: " + reason + "; " + remedy);
  }
}

}  // namespace assay
