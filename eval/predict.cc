#include "eval/predict.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
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
    std::string shown = item.image.string();
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
  // A half-written last line, left by a kill, and failed rows are dropped: those
  // samples are asked again.
  explicit Manifest(const std::filesystem::path& folder) : folder_(folder) {
    std::string kept;
    if (std::filesystem::exists(Path())) {
      std::istringstream lines(ReadText(Path()));
      for (std::string line; std::getline(lines, line);) {
        const json row = json::parse(line, nullptr, false);
        if (row.is_discarded() || row.value("status", "ok") == "failed") continue;
        const std::string key = row.value("key", "");
        if (!std::filesystem::exists(folder_ / row.value("file", ""))) continue;
        if (finished_.insert(key).second) kept += line + "\n";
      }
    }
    WriteText(Path(), kept);
    out_.open(Path(), std::ios::app);
  }

  bool Has(const std::string& key) const { return finished_.contains(key); }

  void Add(const nlohmann::ordered_json& row) {
    out_ << row.dump() << '\n' << std::flush;
    if (!out_) {
      throw OutputError(
          Path().string() + ": could not be written" +
          "\n  finished answers are kept; make room and start the same command again");
    }
  }

 private:
  std::filesystem::path Path() const { return folder_ / "manifest.jsonl"; }

  std::filesystem::path folder_;
  std::set<std::string> finished_;
  std::ofstream out_;
};

void CheckIdentity(const Protocol& protocol,
                   const ImageModel& model,
                   const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "predictions.json";
  const json identity = {{"answer_hash", protocol.answer_hash},
                         {"protocol", protocol.name},
                         {"model", model.Identity()}};
  if (std::filesystem::exists(file)) {
    const json found = json::parse(ReadText(file), nullptr, false);
    if (found.value("answer_hash", "") != protocol.answer_hash ||
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
      const auto item = dataset_->Item(index);
      if (manifest.Has(item.key)) {
        ++counts_.reused;
        ++counts_.done;
        continue;
      }
      Queue(index, item, manifest);
    }
    Ask(manifest);
    return counts_;
  }

 private:
  struct Waiting {
    std::string key;
    ModelRequest request;
  };

  // A batch holds images of one size.
  void Queue(std::size_t index, const Item<Task>& item, Manifest& manifest) {
    RgbImage image = ShownImage(*dataset_, *evaluation_, index);
    if (!waiting_.empty() && waiting_.front().request.image.size() != image.size()) Ask(manifest);
    waiting_.push_back({item.key, {std::move(image), codec_->Ask(item.query).front()}});
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
        Save(waiting_[i].key, answers.at(i), manifest);
      }
    } catch (const PredictionError& error) {
      for (const Waiting& waiting : waiting_) {
        manifest.Add({{"key", waiting.key},
                      {"file", FileName(waiting.key)},
                      {"status", "failed"},
                      {"error", error.detail}});
        ++counts_.failed;
        ++counts_.done;
      }
    }
    waiting_.clear();
    if (options_->progress) options_->progress(counts_);
  }

  void Save(const std::string& key, const RgbImage& answer, Manifest& manifest) {
    const Bytes png = EncodePng(answer);
    WriteFile(folder_ / FileName(key), png);
    nlohmann::ordered_json row = {{"key", key}, {"file", FileName(key)}, {"sha256", Sha256(png)}};
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
