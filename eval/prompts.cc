#include "eval/prompts.h"

#include <nlohmann/json.hpp>

#include "eval/shown.h"

namespace assay {
namespace {

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
      if (!IsOnDisk(item.image, frame.size())) {
        const std::filesystem::path file = frames / AnswerFileName(item.key);
        WriteFile(file, EncodePng(frame));
        shown = file.string();
      }
    }
    nlohmann::ordered_json line = {
        {"key", item.key}, {"image", shown}, {"prompts", codec.Ask(item.query)}};
    const std::size_t parts = codec.Parts();
    if (parts == 1) {
      line["file"] = AnswerFileName(item.key);
    } else {
      for (std::size_t part = 0; part < parts; ++part) {
        line["files"].push_back(AnswerFileName(item.key, part, parts));
      }
    }
    write(line.dump());
  }
}

}  // namespace

void WritePrompts(const Protocol& protocol,
                  const AnyDataset& dataset,
                  const std::vector<std::size_t>& selection,
                  const std::filesystem::path& frames,
                  const std::function<void(const std::string& line)>& write) {
  std::visit(
      [&]<class Task>(const std::unique_ptr<Dataset<Task>>& typed) {
        const auto& evaluation = std::get<Evaluation<Task>>(protocol.evaluation);
        PromptsOf(*typed, evaluation, selection, frames, write);
      },
      dataset);
}

}  // namespace assay
