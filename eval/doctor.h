// doctor: every problem of a dataset tree, listed with what to do.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "datasets/catalog.h"

namespace assay {

struct DoctorFinding {
  bool fatal = false;  // a run would stop here
  std::string path;
  std::string key;
  std::string problem;
  std::string remedy;
};

struct DoctorReport {
  DatasetInfo info;
  std::int64_t samples = 0;
  std::int64_t images = 0;                                 // samples whose image is there
  std::vector<std::pair<std::string, std::string>> facts;  // "sizes" -> "2048x1024 (500)", …
  std::vector<DoctorFinding> findings;
  std::string fingerprint;  // sha-256 over keys and truth hashes, as in reports
};

// Reads and decodes every truth file. `progress(done)` after each sample.
DoctorReport Examine(const AnyDataset& dataset,
                     const std::vector<std::size_t>& selection,
                     const std::function<void(std::int64_t)>& progress);

}  // namespace assay
