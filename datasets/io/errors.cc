#include "datasets/io/errors.h"

namespace assay {
namespace {

std::string Render(const std::string& where, const std::vector<Finding>& findings) {
  std::string text = where;
  for (const Finding& finding : findings) {
    text += (text.empty() ? "" : "\n") + std::string("  ");
    text += finding.pointer.empty() ? "" : finding.pointer + ": ";
    text += finding.message;
  }
  return text;
}

}  // namespace

ConfigError::ConfigError(std::string message)
    : std::runtime_error(message), findings({{"", std::move(message)}}) {}

ConfigError::ConfigError(std::string where_in, std::vector<Finding> findings_in)
    : std::runtime_error(Render(where_in, findings_in)),
      where(std::move(where_in)),
      findings(std::move(findings_in)) {}

}  // namespace assay
