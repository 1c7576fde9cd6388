#include "model/sidecar.h"

#include <nlohmann/json.hpp>
#include <system_error>
#include <vector>

#include "datasets/io/errors.h"
#include "datasets/io/fields.h"
#include "datasets/io/file.h"

namespace assay {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kLargestSide = 1 << 14;

bool IsSide(const json& value) {
  return value.is_number_integer() && value.get<std::int64_t>() > 0 &&
         value.get<std::int64_t>() <= kLargestSide;
}

std::optional<Size> ReadSize(Fields& fields) {
  const json value = fields.Any("input_size", nullptr);
  if (value.is_null()) return std::nullopt;
  if (!value.is_array() || value.size() != 2 || !IsSide(value[0]) || !IsSide(value[1])) {
    fields.Report("input_size", "must be [width, height], whole numbers from 1 to 16384");
    return std::nullopt;
  }
  return Size{value[0].get<int>(), value[1].get<int>()};
}

void ReadStatic(Fields& fields, Sidecar& sidecar) {
  const json value = fields.Any("static", json::array());
  if (!value.is_array()) return fields.Report("static", "must be a list of N, H, W, L");
  for (const json& item : value) {
    const std::string side = item.is_string() ? item.get<std::string>() : "";
    if (side == "N") {
      sidecar.static_count = true;
    } else if (side == "L") {
      sidecar.static_prompt = true;
    } else if (side != "H" && side != "W") {
      fields.Report("static", "has " + item.dump() + "; allowed: N, H, W, L");
    } else if (!fields.Has("input_size")) {
      fields.Report("input_size", "is needed: " + side + " is static");
    }
  }
  if (sidecar.static_count && sidecar.batch == 0) fields.Report("batch", "is needed: N is static");
  if (sidecar.static_prompt && sidecar.prompt_bytes == 0) {
    fields.Report("prompt_bytes", "is needed: L is static");
  }
}

}  // namespace

fs::path SidecarOf(const fs::path& model) { return fs::path(model).replace_extension(".json"); }

Sidecar ReadSidecar(const fs::path& model) {
  const fs::path file = SidecarOf(model);
  std::error_code failed;
  if (file == model || !fs::exists(file, failed)) return {};
  const std::string text = ReadText(file);
  const json given = ParseJson(text, file.string());
  if (!given.is_object()) throw ConfigError(file.string(), {{"", "must be an object"}});
  Sidecar sidecar;
  sidecar.sha256 = Sha256(text);
  std::vector<Finding> findings;
  json effective;
  Fields fields(given, effective, findings);
  sidecar.name = fields.Text("name", "");
  sidecar.revision = fields.Text("revision", "");
  sidecar.input_size = ReadSize(fields);
  if (fields.Has("fit")) sidecar.fit = fields.Choice<Fit>("fit", Fit::kCoverCrop, kFitNames);
  sidecar.batch = static_cast<int>(fields.Integer("batch", 0, 0));
  sidecar.prompt_bytes = static_cast<int>(fields.Integer("prompt_bytes", 0, 0));
  ReadStatic(fields, sidecar);
  fields.Finish();
  if (sidecar.input_size && !sidecar.fit) {
    fields.Report("fit", "is needed: input_size says that images are brought to another size");
  }
  if (!findings.empty()) throw ConfigError(file.string(), std::move(findings));
  return sidecar;
}

}  // namespace assay
