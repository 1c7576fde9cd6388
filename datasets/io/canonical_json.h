// JSON in the one form that is hashed: the same for files that state the same.
//
// No blanks, names in byte order, whole numbers in decimal, others with the fewest
// digits that give the same double, strings with only those characters escaped that
// must be.
#pragma once

#include <optional>
#include <string>

namespace simdjson::dom {
class element;  // NOLINT(readability-identifier-naming): its name there
}

namespace assay {

// Appends `value` to `out`. Throws std::invalid_argument where an object states a name
// twice; `out` is then cut back to what it held.
void AppendCanonicalJson(const simdjson::dom::element& value, std::string& out);

// The first name that an object in `value` states twice: readers take one of the two
// and drop the other without a word.
std::optional<std::string> RepeatedName(const simdjson::dom::element& value);

}  // namespace assay
