#include "eval/predict.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "datasets/io/errors.h"
#include "datasets/io/image.h"

namespace assay {
namespace {

using nlohmann::json;

template <class Task>
const Codec<Task>& PainterOf(const Evaluation<Task>& evaluation) {
  const auto* codec = dynamic_cast<const Codec<Task>*>(evaluation.decoder.get());
  if (codec == nullptr) {
    throw ConfigError(
        "this answer format has no prompt; leave out --format to ask for painted answers");
  }
  return *codec;
}

// The frame the model is shown, or an empty raster where that is the file itself.
template <class Task>
bool ShowsWholeImage(const Evaluation<Task>& evaluation, Size image) {
  return evaluation.FrameOf(image).shown == image;
}

template <class Task>
RgbImage ShownImage(const Dataset<Task>& dataset,
                    const Evaluation<Task>& evaluation,
                    std::size_t index) {
  RgbImage image = dataset.Image(index);
  if (ShowsWholeImage(evaluation, image.size())) return image;
  return Cut(image, KbCrop(image.size()));
}

std::string FileName(const std::string& key) { return key + ".png"; }

template <class Task>
void PromptsOf(const Dataset<Task>& dataset,
               const Evaluation<Task>& evaluation,
               const std::vector<std::size_t>& selection,
               const std::filesystem::path& frames,
               const std::function<void(const std::string&)>& write) {
  const Codec<Task>& codec = PainterOf(evaluation);
  for (const std::size_t index : selection) {
    const auto item = dataset.Item(index);
    if (item.known_absent) continue;
    std::string shown = item.image;
    if (!frames.empty()) {
      const RgbImage frame = ShownImage(dataset, evaluation, index);
      const bool on_disk = !item.image.empty() && ReadHeader(item.image).size == frame.size();
      if (!on_disk) {
        const std::filesystem::path file = frames / FileName(item.key);
        WriteFile(file, EncodePng(frame));
        shown = file.string();
      }
    }
    nlohmann::ordered_json line = {{"key", item.key},
                                   {"image", shown},
                                   {"prompts", codec.Ask(item.query)},
                                   {"file", FileName(item.key)}};
    write(line.dump());
  }
}

// The finished answers of a folder, and the file that records new ones.
class Manifest {
 public:
  // Failed rows, rows whose file is gone and a half-written last line, left by a
  // kill, are dropped: those samples are asked again. Throws ConfigError for any
  // other line that is no JSON object.
  explicit Manifest(const std::filesystem::path& folder) : folder_(folder) {
    std::vector<std::string> lines;
    if (std::filesystem::exists(Path())) {
      std::istringstream text(ReadText(Path()));
      for (std::string line; std::getline(text, line);) lines.push_back(line);
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const json row = json::parse(lines[i], nullptr, false);
      if (row.is_object()) {
        Keep(row, lines[i]);
      } else if (i + 1 < lines.size() || !row.is_discarded()) {
        throw ConfigError(Path().string() + ": line " + std::to_string(i + 1) +
                          " is no JSON object; mend or remove it");
      }
    }
    Rewrite();
  }

  // Whether the answer to exactly this input is there.
  bool Has(const std::string& key, const std::string& input) const {
    const auto found = finished_.find(key);
    return found != finished_.end() && found->second.input == input;
  }

  void Add(const nlohmann::ordered_json& row) {
    const std::string key = row.at("key");
    if (finished_.erase(key) > 0) Rewrite();
    out_ << row.dump() << '\n' << std::flush;
    if (!out_) {
      throw OutputError(Path().string() +
                        ": could not be written\n  finished answers are kept; make room and start "
                        "the same command again");
    }
  }

 private:
  struct Row {
    std::string line;
    std::string input;
  };

  void Keep(const json& row, const std::string& line) {
    const std::string file = row.value("file", "");
    const std::string status = row.value("status", "ok");
    if (status == "failed") return;
    const bool is_empty = status == "empty";
    if (!is_empty && (file.empty() || !std::filesystem::exists(folder_ / file))) return;
    finished_[row.value("key", "")] = {line, row.value("input_sha256", "")};
  }

  void Rewrite() {
    std::string text;
    for (const auto& [key, row] : finished_) text += row.line + "\n";
    out_.close();
    WriteText(Path(), text);
    out_.open(Path(), std::ios::app);
  }

  std::filesystem::path Path() const { return folder_ / "manifest.jsonl"; }

  std::filesystem::path folder_;
  std::map<std::string, Row> finished_;
  std::ofstream out_;
};

// What one question consists of: the frame shown and the prompt.
std::string InputHash(const ModelRequest& request) {
  const auto pixels = request.image.Pixels();
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(pixels.data());
  const Size size = request.image.size();
  return Sha256(Sha256(std::span(bytes, pixels.size_bytes())) + " " + std::to_string(size.width) +
                "x" + std::to_string(size.height) + " " + request.prompt);
}

void CheckIdentity(const Protocol& protocol,
                   const ImageModel& model,
                   const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "predictions.json";
  const json identity = {{"answer_hash", protocol.answer_hash},
                         {"protocol", protocol.name},
                         {"model", model.Identity()}};
  if (std::filesystem::exists(file)) {
    const json found = json::parse(ReadText(file), nullptr, false);
    if (!found.is_object() || found.value("answer_hash", "") != protocol.answer_hash ||
        found.value("model", "") != model.Identity()) {
      throw ConfigError(folder.string() + " holds answers of another model or prompt (" +
                        found.dump() + ")\n  use another folder with -o, or remove this one");
    }
    return;
  }
  WriteText(file, identity.dump(2) + "\n");
}

template <class Task>
class Asker {
 public:
  Asker(const Protocol& protocol,
        const Dataset<Task>& dataset,
        ImageModel& model,
        const std::filesystem::path& folder,
        const PredictOptions& options)
      : dataset_(&dataset),
        evaluation_(&std::get<Evaluation<Task>>(protocol.evaluation)),
        codec_(&PainterOf(*evaluation_)),
        model_(&model),
        folder_(folder),
        options_(&options),
        fit_(json::parse(protocol.answer).value("fit", "")) {}

  PredictCounts Run(const std::vector<std::size_t>& selection) {
    Manifest manifest(folder_);
    counts_.samples = static_cast<std::int64_t>(selection.size());
    for (const std::size_t index : selection) {
      if (options_->stop != nullptr && options_->stop->load()) {
        counts_.interrupted = true;
        break;
      }
      Queue(index, dataset_->Item(index), manifest);
    }
    Ask(manifest);
    return counts_;
  }

 private:
  struct Waiting {
    std::string key;
    std::string input;
    ModelRequest request;
  };

  // Nothing is there, as was found out without this model.
  void SkipAbsent(const std::string& key, Manifest& manifest) {
    constexpr const char* kInput = "absent";
    if (manifest.Has(key, kInput)) {
      ++counts_.reused;
    } else {
      manifest.Add({{"key", key}, {"status", "empty"}, {"input_sha256", kInput}});
    }
    ++counts_.done;
  }

  // A batch holds images of one size.
  void Queue(std::size_t index, const Item<Task>& item, Manifest& manifest) {
    if (item.known_absent) return SkipAbsent(item.key, manifest);
    ModelRequest request{ShownImage(*dataset_, *evaluation_, index),
                         codec_->Ask(item.query).front()};
    std::string input = InputHash(request);
    if (manifest.Has(item.key, input)) {
      ++counts_.reused;
      ++counts_.done;
      return;
    }
    if (!waiting_.empty() && waiting_.front().request.image.size() != request.image.size()) {
      Ask(manifest);
    }
    waiting_.push_back({item.key, std::move(input), std::move(request)});
    if (static_cast<int>(waiting_.size()) >= options_->batch) Ask(manifest);
  }

  void Ask(Manifest& manifest) {
    if (waiting_.empty()) return;
    std::vector<ModelRequest> requests;
    requests.reserve(waiting_.size());
    for (const Waiting& waiting : waiting_) requests.push_back(waiting.request);
    try {
      const std::vector<RgbImage> answers = model_->Generate(requests);
      for (std::size_t i = 0; i < waiting_.size(); ++i) {
        Save(waiting_[i], answers.at(i), manifest);
      }
    } catch (const PredictionError& error) {
      for (const Waiting& waiting : waiting_) {
        manifest.Add({{"key", waiting.key},
                      {"file", FileName(waiting.key)},
                      {"status", "failed"},
                      {"detail", error.detail}});
        ++counts_.failed;
        ++counts_.done;
      }
    }
    waiting_.clear();
    if (options_->progress) options_->progress(counts_);
  }

  void Save(const Waiting& asked, const RgbImage& answer, Manifest& manifest) {
    const Bytes png = EncodePng(answer);
    WriteFile(folder_ / FileName(asked.key), png);
    nlohmann::ordered_json row = {{"key", asked.key},
                                  {"file", FileName(asked.key)},
                                  {"sha256", Sha256(png)},
                                  {"input_sha256", asked.input}};
    if (!fit_.empty()) row["fit"] = fit_;
    manifest.Add(row);
    ++counts_.done;
  }

  const Dataset<Task>* dataset_;
  const Evaluation<Task>* evaluation_;
  const Codec<Task>* codec_;
  ImageModel* model_;
  std::filesystem::path folder_;
  const PredictOptions* options_;
  std::string fit_;
  std::vector<Waiting> waiting_;
  PredictCounts counts_;
};

template <class Task>
const Evaluation<Task>& EvaluationFor(const Protocol& protocol, const Dataset<Task>&) {
  return std::get<Evaluation<Task>>(protocol.evaluation);
}

}  // namespace

void WritePrompts(const Protocol& protocol,
                  const AnyDataset& dataset,
                  const std::vector<std::size_t>& selection,
                  const std::filesystem::path& frames,
                  const std::function<void(const std::string& line)>& write) {
  std::visit(
      [&](const auto& typed) {
        PromptsOf(*typed, EvaluationFor(protocol, *typed), selection, frames, write);
      },
      dataset);
}

PredictCounts Predict(const Protocol& protocol,
                      const AnyDataset& dataset,
                      const std::vector<std::size_t>& selection,
                      ImageModel& model,
                      const std::filesystem::path& folder,
                      const PredictOptions& options) {
  CheckIdentity(protocol, model, folder);
  return std::visit(
      [&](const auto& typed) {
        return Asker(protocol, *typed, model, folder, options).Run(selection);
      },
      dataset);
}

}  // namespace assay
