// Large JSON files that are gone through once, with simdjson: where objects lie in
// them, and what is wrong with one that cannot be read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace assay {

// Bytes of a file that hold one JSON object.
struct JsonPlace {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Of `raw`, an object as simdjson hands it out, which is part of the text that begins
// at `text`.
JsonPlace PlaceOfObject(std::string_view raw, const char* text);

// Throws FileError for simdjson's error code other than success: too-large,
// wrong-format (type or range), corrupt. `remedy` ends the last one's message.
[[noreturn]] void ThrowJsonFault(const std::filesystem::path& path,
                                 int error,
                                 const std::string& where,
                                 const char* remedy);

}  // namespace assay
