#include "datasets/io/fields.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "datasets/io/did_you_mean.h"

namespace assay {
namespace {

const nlohmann::json& EmptyObject() {
  static const nlohmann::json kEmpty = nlohmann::json::object();
  return kEmpty;
}

std::string Shortest(double value) { return nlohmann::json(value).dump(); }

// Watches a parse for names that one object states twice.
class RepeatedNames {
 public:
  bool operator()(int /*depth*/, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) objects_.emplace_back();
    if (event == Event::object_end) objects_.pop_back();
    if (event == Event::key) {
      const auto name = parsed.get<std::string>();
      objects_.back().last = name;
      if (!objects_.back().names.insert(name).second) {
        findings_.push_back({Pointer(), "is stated twice; keep one"});
      }
    }
    return true;
  }
  std::vector<Finding> findings() const { return findings_; }

 private:
  struct Object {
    std::set<std::string> names;
    std::string last;
  };
  std::string Pointer() const {
    std::string pointer;
    for (const Object& object : objects_) pointer += "/" + object.last;
    return pointer;
  }

  std::vector<Object> objects_;  // from the outermost in
  std::vector<Finding> findings_;
};

}  // namespace

nlohmann::json ParseJson(const std::string& text, const std::string& where) {
  RepeatedNames repeated;
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(text, std::ref(repeated));
  } catch (const nlohmann::json::exception& error) {  // a number that overflows is no parse_error
    throw ConfigError(where, {{"", std::string("is not valid JSON: ") + error.what()}});
  }
  if (!repeated.findings().empty()) throw ConfigError(where, repeated.findings());
  return json;
}

Fields::Fields(const nlohmann::json& input,
               nlohmann::json& effective,
               std::vector<Finding>& findings,
               std::string pointer)
    : input_(&input), effective_(&effective), findings_(&findings), pointer_(std::move(pointer)) {
  effective = nlohmann::json::object();
  if (input.is_null()) {
    input_ = &EmptyObject();
  } else if (!input.is_object()) {
    findings_->push_back({pointer_, std::string("must be an object, found ") + input.type_name()});
    input_ = &EmptyObject();
  }
}

const nlohmann::json* Fields::Find(std::string_view name) {
  known_.emplace_back(name);
  const auto found = input_->find(name);
  return found == input_->end() ? nullptr : &*found;
}

bool Fields::Has(std::string_view name) const { return input_->contains(name); }

void Fields::Report(std::string_view name, std::string message) {
  findings_->push_back({pointer_ + "/" + std::string(name), std::move(message)});
}

double Fields::Number(std::string_view name, double fallback, NumberRange range) {
  double value = fallback;
  if (const nlohmann::json* found = Find(name); found != nullptr) {
    if (!found->is_number()) {
      Report(name, "must be a number, found " + found->dump());
    } else if (const double number = found->get<double>();
               number < range.min || number > range.max) {
      Report(name,
             "is " + Shortest(number) + "; allowed: " + Shortest(range.min) + " to " +
                 Shortest(range.max));
    } else {
      value = number;
    }
  }
  (*effective_)[std::string(name)] = value;
  return value;
}

std::optional<double> Fields::OptionalNumber(std::string_view name,
                                             std::optional<double> fallback,
                                             NumberRange range) {
  if (const auto found = input_->find(name); found != input_->end() && !found->is_null()) {
    return Number(name, 0, range);
  }
  const bool given = Find(name) != nullptr;
  const std::optional<double> value = given ? std::nullopt : fallback;
  (*effective_)[std::string(name)] = value ? nlohmann::json(*value) : nlohmann::json();
  return value;
}

std::int64_t Fields::Integer(std::string_view name, std::int64_t fallback, std::int64_t min) {
  std::int64_t value = fallback;
  if (const nlohmann::json* found = Find(name); found != nullptr) {
    if (!found->is_number_integer()) {
      Report(name, "must be a whole number, found " + found->dump());
    } else if (found->is_number_unsigned() &&
               found->get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()) {
      // get<std::int64_t>() would wrap it to a negative number.
      Report(name, "is " + found->dump() + "; must be at most 9223372036854775807");
    } else if (found->get<std::int64_t>() < min) {
      Report(name, "is " + found->dump() + "; must be at least " + std::to_string(min));
    } else {
      value = found->get<std::int64_t>();
    }
  }
  (*effective_)[std::string(name)] = value;
  return value;
}

bool Fields::Flag(std::string_view name, bool fallback) {
  bool value = fallback;
  if (const nlohmann::json* found = Find(name); found != nullptr) {
    if (found->is_boolean()) {
      value = found->get<bool>();
    } else {
      Report(name, "must be true or false, found " + found->dump());
    }
  }
  (*effective_)[std::string(name)] = value;
  return value;
}

std::string Fields::Text(std::string_view name, std::string fallback) {
  std::string value = std::move(fallback);
  if (const nlohmann::json* found = Find(name); found != nullptr) {
    if (found->is_string()) {
      value = found->get<std::string>();
    } else {
      Report(name, "must be a text, found " + found->dump());
    }
  }
  (*effective_)[std::string(name)] = value;
  return value;
}

std::vector<std::string> Fields::Names(std::string_view name,
                                       const std::vector<std::string>& fallback) {
  constexpr const char* kProblem = "must be a list of names";
  const nlohmann::json given = Any(name, fallback);
  if (!given.is_array()) {
    Report(name, kProblem);
    return {};
  }
  std::vector<std::string> names;
  names.reserve(given.size());
  for (const nlohmann::json& entry : given) {
    if (entry.is_string()) {
      names.push_back(entry.get<std::string>());
    } else {
      Report(name, kProblem);
    }
  }
  return names;
}

std::vector<std::string> Fields::DistinctNames(std::string_view name) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (std::string& entry : Names(name)) {
    if (seen.insert(entry).second) {
      names.push_back(std::move(entry));
    } else {
      Report(name, "holds " + entry + " twice");
    }
  }
  return names;
}

nlohmann::json Fields::Any(std::string_view name, nlohmann::json fallback) {
  nlohmann::json value = std::move(fallback);
  if (const nlohmann::json* found = Find(name); found != nullptr) value = *found;
  (*effective_)[std::string(name)] = value;
  return value;
}

Fields Fields::Object(std::string_view name) {
  const nlohmann::json* found = Find(name);
  return Fields(found == nullptr ? EmptyObject() : *found,
                (*effective_)[std::string(name)],
                *findings_,
                pointer_ + "/" + std::string(name));
}

std::size_t Fields::ChoiceIndex(std::string_view name,
                                std::size_t fallback,
                                const std::vector<std::string>& names) {
  std::size_t index = fallback;
  if (const nlohmann::json* found = Find(name); found != nullptr) {
    const std::string text = found->is_string() ? found->get<std::string>() : found->dump();
    const auto match = std::find(names.begin(), names.end(), text);
    if (match != names.end()) {
      index = static_cast<std::size_t>(match - names.begin());
    } else {
      std::string allowed;
      for (const std::string& candidate : names) {
        allowed += (allowed.empty() ? "" : ", ") + candidate;
      }
      const std::string hint = DidYouMean(text, names);
      Report(name,
             "is '" + text + "'; " + (hint.empty() ? "" : hint + " ") + "allowed: " + allowed);
    }
  }
  (*effective_)[std::string(name)] = names[index];
  return index;
}

void Fields::Finish() {
  for (const auto& [name, value] : input_->items()) {
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    const std::string hint = DidYouMean(name, known_);
    Report(name, "unknown field" + (hint.empty() ? "" : "; " + hint));
  }
}

}  // namespace assay
