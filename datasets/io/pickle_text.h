// The spellings of text in a pickle, all turned into UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace assay {

// The inner bytes of Python 2's repr of a str: '...' or "..." with the escapes
// \\ \' \" \n \r \t \xHH. nullopt when it is not of this form.
std::optional<std::string> ParseReprString(std::string_view line);

// Python's raw-unicode-escape: \uHHHH, \UHHHHHHHH, any other byte a Latin-1
// letter. Two escaped surrogates are one character. nullopt on a half surrogate
// and on a backslash that begins no escape: picklers escape that too.
std::optional<std::string> ParseRawUnicode(std::string_view line);

}  // namespace assay
