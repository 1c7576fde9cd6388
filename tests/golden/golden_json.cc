#include "tests/golden/golden_json.h"

#include <limits>

#include "datasets/io/file.h"

namespace assay::test {

std::string WithoutBareNan(const std::string& text) {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    if (!in_string && text.compare(i, 3, "NaN") == 0) {
      out += "null";
      i += 3;
      continue;
    }
    if (in_string && text[i] == '\\') {
      out += text.substr(i, 2);
      i += 2;
      continue;
    }
    if (text[i] == '"') in_string = !in_string;
    out += text[i++];
  }
  return out;
}

nlohmann::json ReadReference(const std::filesystem::path& path) {
  return nlohmann::json::parse(WithoutBareNan(ReadText(path)));
}

double NumberOrNan(const nlohmann::json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

}  // namespace assay::test
