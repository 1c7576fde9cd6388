// The datasets assay knows, as one sorted table (catalog.cc).
//
// To add one:
//   1. write datasets/<name>.{h,cc} with a class derived from Dataset<Task> and
//      a function OpenX(const DatasetOptions&) that throws DatasetError with the
//      layout it looked for and the nearest thing it found;
//   2. add a row to the table in catalog.cc;
//   3. add a writer to datasets/synthetic/layouts.cc: the typed tests in
//      tests/datasets iterate both tables;
//   4. add configs/protocols/<protocol>.json.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include "datasets/dataset.h"

namespace assay {

using AnyDataset = std::variant<std::unique_ptr<Dataset<SemanticTask>>,
                                std::unique_ptr<Dataset<DepthTask>>,
                                std::unique_ptr<Dataset<ReferringTask>>,
                                std::unique_ptr<Dataset<InstancesTask>>,
                                std::unique_ptr<Dataset<NormalsTask>>>;

struct DatasetRow {
  std::string_view name;    // as in protocol files
  std::string_view task;    // SemanticTask::kName, …
  std::string_view tree;    // usual folder name below a data root
  std::string_view layout;  // what must lie on disk, one line per accepted layout
  bool takes_list = false;  // a list file may choose the samples
  // By the row's name, as one function may open several.
  AnyDataset (*open)(std::string_view name, const DatasetOptions& options);

  // Throws ConfigError for a list where none is taken, and what `open` throws.
  AnyDataset Open(const DatasetOptions& options) const;
};

std::span<const DatasetRow> DatasetCatalog();

// Throws ConfigError with a suggestion when there is no such row.
const DatasetRow& FindDataset(std::string_view name);

}  // namespace assay
