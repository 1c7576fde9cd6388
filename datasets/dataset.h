// Dataset<Task>: one benchmark on disk.
//
// An adapter finds files, gives every sample a key, and turns the bytes of a
// truth file into task space. It decodes nothing until asked, applies no crop,
// no cap and no split of its own beyond the official list, and knows no model.
// All members are const and safe to call from several threads at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "datasets/io/file.h"
#include "datasets/io/image.h"
#include "metrics/tasks.h"

namespace assay {

// The dataset on disk is not what it must be. Ends the run: wrong truth poisons
// every number.
class DatasetError : public std::runtime_error {
 public:
  DatasetError(std::filesystem::path path_in,
               std::string key_in,
               std::string problem_in,
               std::string remedy_in)
      : std::runtime_error(path_in.string() + (key_in.empty() ? "" : " (sample " + key_in + ")") +
                           ": " + problem_in + (remedy_in.empty() ? "" : "\n  " + remedy_in)),
        path(std::move(path_in)),
        key(std::move(key_in)),
        problem(std::move(problem_in)),
        remedy(std::move(remedy_in)) {}

  std::filesystem::path path;
  std::string key;      // empty when it is not one sample's fault
  std::string problem;  // what is wrong
  std::string remedy;   // what to do
};

struct DatasetOptions {
  std::filesystem::path root;
  std::string split = {};           // empty = the benchmark's own evaluation split
  std::filesystem::path list = {};  // an official list file; empty = looked for below root
  // What a folder of one's own holds (datasets/folder_description.h), JSON text; empty for
  // every other dataset.
  std::string folder = {};
  // A folder of lists as published (configs/lists). A set's own is looked for there last.
  std::filesystem::path shipped_lists = {};
};

struct DatasetInfo {
  std::string name;
  std::string split;
  std::string layout;              // which of the accepted layouts was found
  std::int64_t official = 0;       // samples a complete tree has; 0 = no list says
  bool can_be_complete = true;     // false where no official list vouches for the samples
  bool synthetic = false;          // the tree says so itself (assay-synthetic.json)
  std::string list_sha256;         // of the official list in use; empty = none
  std::vector<std::string> notes;  // for doctor: what is on disk but outside the list, …
};

// How a saved answer to this sample may be called, besides "<key>.<ext>".
// Matched against the answer's path below the prediction folder, extension cut
// off. kPath: equal to `text`, or ending in "/" + `text`. kPrefix: the base name
// equals `text` or starts with `text` followed by a character that is neither a
// letter nor a digit.
struct NameRule {
  enum class Kind { kPath, kPrefix };
  Kind kind = Kind::kPath;
  std::string text;
};

// What kind of sample it is, as a report tells the kinds apart: weather, rain.
struct Slice {
  std::string column, value;
};

template <class Task>
struct Item {
  std::string key;                 // unique, stable, byte-wise sortable; '/' separates folders
  std::string cluster;             // samples that are not independent share one: city, scene, drive
  std::vector<Slice> slices = {};  // at most one of a column
  std::string image;               // its path; empty where it is not a file of its own
  std::vector<NameRule> native_names;
  typename Task::Query query;
  // Something asked before the model says that nothing is there (eval/asking.h): an
  // empty answer is given for it. No adapter sets this.
  bool known_absent = false;
};

// The bytes a truth is decoded from, in a fixed order: what the truth hash of a
// record covers.
struct RawPart {
  std::string path;
  Bytes bytes;
};
using RawTruth = std::vector<RawPart>;

template <class Task>
class Dataset {
 public:
  virtual ~Dataset() = default;

  virtual const DatasetInfo& Info() const = 0;
  virtual std::size_t Size() const = 0;
  virtual assay::Item<Task> Item(std::size_t index) const = 0;

  // Throws DatasetError.
  virtual RawTruth ReadTruth(std::size_t index) const = 0;
  virtual typename Task::Truth DecodeTruth(std::size_t index, const RawTruth& raw) const = 0;
  virtual RgbImage Image(std::size_t index) const = 0;

  // True where the container holds a global lock (HDF5): the loop then reads in
  // one stage, in ascending order.
  virtual bool SerialReads() const { return false; }
};

}  // namespace assay
