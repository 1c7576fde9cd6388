// All variants of a protocol in one pass.
//
// The variants of nyu-depth are nyu-depth itself and every nyu-depth@<variant>. Compatible
// with the one that was named are those that read the same samples and the same answers,
// so that truth and answer are decoded once for all of them: equal dataset, split, list
// and answer settings, and for painted answers the same frame shown to the model (pred_frame).
// Others are left out with the reason; they need answers of their own. Arrays of the whole image
// serve every frame; one of the KB window is no answer to a variant that shows the whole image.
//
// RUN/suite.json (schema configs/schemas/suite.schema.json) holds one row per variant with
// every metric, and besides
//   spread     metric -> {"min", "max", "spread", "at_min", "at_max"}: spread = max - min
//              over the variants with a value, at_* the first protocol that has it;
//              metrics that only one variant has are left out, and those of unequal units
//   units_differ  metric -> unit -> protocols with a value in it, of the latter
//   left_out   [{"protocol", "reason"}]
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "eval/protocol.h"
#include "eval/suite_report.h"

namespace assay {

struct LeftOutVariant {
  std::string protocol;
  std::string reason;
};

struct VariantChoice {
  std::vector<Protocol> protocols;  // the named one first, the others sorted by name
  std::vector<LeftOutVariant> left_out;
};

// `name` with or without a variant, an alignment behind it is appended to each. Throws
// ConfigError for the named protocol; a variant that the overrides make impossible is
// left out.
VariantChoice CompatibleVariants(const ConfigRoot& configs,
                                 const std::string& name,
                                 const ProtocolOverrides& overrides = {});

// `members` in the order of choice.protocols.
nlohmann::ordered_json VariantsReport(const VariantChoice& choice,
                                      const std::vector<SuiteMember>& members);
bool IsVariantsReport(const nlohmann::ordered_json& suite_report);

// Variants in rows, metrics in columns, the spread below them.
std::string VariantsText(const nlohmann::ordered_json& report, bool colour);
std::string VariantsMarkdown(const nlohmann::ordered_json& report);

}  // namespace assay
