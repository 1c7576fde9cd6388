// Synthetic trees with answers saved beside them, and runs over them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "datasets/io/array.h"
#include "datasets/io/image.h"
#include "datasets/synthetic/layouts.h"
#include "eval/protocol.h"
#include "eval/records.h"
#include "eval/report.h"
#include "eval/run.h"
#include "eval/selection.h"
#include "model/saved.h"
#include "tests/support/temporary_folder.h"

namespace assay::test {

inline ConfigRoot Configs() {
  return ConfigRoot(std::filesystem::path(ASSAY_SOURCE_DIR) / "configs");
}

inline void WriteSyntheticTree(std::string_view layout,
                               const std::filesystem::path& root,
                               int samples) {
  for (const LayoutRow& row : LayoutCatalog()) {
    if (row.name == layout) row.Write(root, {.samples = samples, .seed = 3});
  }
}

// The first layout that the dataset is written in; empty if there is none.
inline std::string LayoutOf(std::string_view dataset) {
  for (const LayoutRow& row : LayoutCatalog()) {
    if (row.dataset == dataset) return std::string(row.name);
  }
  return "";
}

// A Cityscapes tree of `samples` frames and answers as label-id PNGs that are
// wrong in a few rows, differently in every frame.
class CityscapesRun {
 public:
  explicit CityscapesRun(int samples = 6) {
    WriteSyntheticTree("cityscapes", Root(), samples);
    dataset_ = OpenDataset(protocol, Root());
    for (std::size_t i = 0; i < Data().Size(); ++i) SaveAnswer(i, static_cast<int>(i) + 1);
  }

  std::filesystem::path Root() const { return folder.Path() / "cityscapes"; }
  std::filesystem::path Answers() const { return folder.Path() / "answers"; }
  std::filesystem::path Run() const { return folder.Path() / "run"; }
  const Dataset<SemanticTask>& Data() const {
    return *std::get<std::unique_ptr<Dataset<SemanticTask>>>(dataset_);
  }
  std::string Key(std::size_t index) const { return Data().Item(index).key; }
  std::filesystem::path AnswerFile(std::size_t index) const {
    return Answers() / (Key(index) + ".png");
  }
  LabelMap Truth(std::size_t index) const {
    return Data().DecodeTruth(index, Data().ReadTruth(index)).labels;
  }
  // The truth with its first `wrong_rows` rows painted as road.
  void SaveAnswer(std::size_t index, int wrong_rows) const {
    LabelMap labels = Truth(index);
    for (int y = 0; y < wrong_rows; ++y) {
      for (std::uint8_t& id : labels.Row(y)) id = 7;
    }
    WriteFile(AnswerFile(index), EncodePng(labels));
  }

  RunCounts Score(const RunOptions& options = {}, const std::string& run = "run") {
    RecordStore store = Open(run);
    const AnyDataset dataset = OpenDataset(protocol, Root());
    const Selection selection = Select(dataset, {});
    store.SetMeta("dataset", ToJson(FactsOf(dataset, protocol, selection)).dump());
    const SavedAnswers saved(Answers());
    return assay::Score(protocol, dataset, selection.indices, &saved, options, store);
  }
  std::string Body(const ReportOptions& options = {}, const std::string& run = "run") {
    RecordStore store = Open(run);
    return BuildReport(protocol, store, options).body;
  }
  nlohmann::json Report(const ReportOptions& options = {}) {
    return nlohmann::json::parse(Body(options));
  }
  std::vector<Record> Records() {
    std::vector<Record> records;
    Open("run").ForEach([&](const Record& record) { records.push_back(record); });
    return records;
  }
  RecordStore Open(const std::string& run) const {
    return RecordStore::OpenForWriting(folder.Path() / run / "records.sqlite",
                                       {.protocol = protocol.name,
                                        .protocol_hash = protocol.hash,
                                        .answer_hash = protocol.answer_hash,
                                        .selection = "{}"},
                                       false);
  }

  TemporaryFolder folder;
  Protocol protocol =
      LoadProtocol(Configs(), "cityscapes-val", {.set = {}, .format = "label-ids", .palette = {}});

 private:
  AnyDataset dataset_;
};

inline double ValueIn(const Summary& summary, const std::string& name) {
  for (const MetricValue& metric : summary.metrics) {
    if (metric.name == name) return metric.value;
  }
  ADD_FAILURE() << "there is no metric " << name;
  return 0;
}

}  // namespace assay::test
