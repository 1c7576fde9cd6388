// Temporary folders and generated trees for the tests of the dataset adapters.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

#include "datasets/catalog.h"
#include "datasets/synthetic/layouts.h"
#include "tests/support/temporary_folder.h"

namespace assay {

namespace fs = std::filesystem;

inline const LayoutRow& FindLayout(std::string_view name) {
  for (const LayoutRow& row : LayoutCatalog()) {
    if (row.name == name) return row;
  }
  throw std::logic_error("no such layout");
}

inline AnyDataset OpenTree(std::string_view dataset,
                           const fs::path& root,
                           const std::string& split = "") {
  return FindDataset(dataset).Open({.root = root, .split = split, .list = {}});
}

inline const DatasetInfo& InfoOf(const AnyDataset& any) {
  return std::visit([](const auto& data) -> const DatasetInfo& { return data->Info(); }, any);
}

inline std::size_t SizeOf(const AnyDataset& any) {
  return std::visit([](const auto& data) { return data->Size(); }, any);
}

inline std::unique_ptr<Dataset<DepthTask>> OpenDepth(std::string_view dataset,
                                                     const fs::path& root,
                                                     const std::string& split = "") {
  return std::get<std::unique_ptr<Dataset<DepthTask>>>(OpenTree(dataset, root, split));
}

inline std::unique_ptr<Dataset<SemanticTask>> OpenSemantic(const fs::path& root,
                                                           const std::string& split = "") {
  return std::get<std::unique_ptr<Dataset<SemanticTask>>>(OpenTree("cityscapes", root, split));
}

inline std::unique_ptr<Dataset<NormalsTask>> OpenNormals(std::string_view dataset,
                                                         const fs::path& root,
                                                         const std::string& split = "") {
  return std::get<std::unique_ptr<Dataset<NormalsTask>>>(OpenTree(dataset, root, split));
}

inline std::unique_ptr<Dataset<InstancesTask>> OpenInstances(std::string_view dataset,
                                                             const fs::path& root,
                                                             const std::string& split = "") {
  return std::get<std::unique_ptr<Dataset<InstancesTask>>>(OpenTree(dataset, root, split));
}

template <class Task>
typename Task::Truth TruthOf(const Dataset<Task>& data, std::size_t index) {
  return data.DecodeTruth(index, data.ReadTruth(index));
}

// The text of the DatasetError that `action` throws; fails the test otherwise.
template <class Action>
std::string ErrorOf(const Action& action) {
  try {
    action();
  } catch (const DatasetError& e) {
    return e.what();
  }
  ADD_FAILURE() << "no DatasetError was thrown";
  return "";
}

template <class Task>
std::vector<std::string> KeysOf(const Dataset<Task>& data) {
  std::vector<std::string> keys(data.Size());
  for (std::size_t i = 0; i < data.Size(); ++i) keys[i] = data.Item(i).key;
  return keys;
}

// A tree written by a layout into a fresh folder.
struct SyntheticTree {
  explicit SyntheticTree(std::string_view layout, int samples = 3, std::uint64_t seed = 5) {
    FindLayout(layout).Write(Root(), {samples, seed});
  }
  const fs::path& Root() const { return folder.Path(); }
  test::TemporaryFolder folder;
};

}  // namespace assay
