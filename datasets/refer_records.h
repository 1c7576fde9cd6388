// The referring expressions of a refs file: refs(<who split them>).p or .json, and
// grefs(unc).p or .json.
//
//   [{"ref_id", "ann_id", "image_id", "split", "sent_ids": […],
//     "sentences": [{"sent_id", "sent", "raw"?, …}, …], …}, …]
//
// ann_id is one annotation, in gRefCOCO a list of them, [-1] where the expression
// describes nothing. Unknown fields are ignored.
//
// Source: lichengunc/refer@e3bbaa3:refer.py, henghuiding/gRefCOCO@41a8f00.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct ReferSentence {
  std::int64_t id = 0;
  std::string sent;  // cleaned by the dataset
  std::string raw;   // as typed; empty where the file does not have it
};

struct ReferRecord {
  std::int64_t id = 0;
  std::int64_t image_id = 0;
  std::vector<std::int64_t> annotations;  // none: the expression describes nothing
  std::string split;
  std::vector<ReferSentence> sentences;
};

struct ReferRecords {
  std::filesystem::path path;
  std::string sha256;  // of the file as it is
  std::vector<ReferRecord> records;
};

// A pickle where the name ends in .p, else JSON. Throws DatasetError that names the
// record: a field that is missing or of another type, a ref_id or sent_id that is
// given twice, as many sent_ids as sentences not, -1 among other annotations.
ReferRecords ReadReferRecords(const std::filesystem::path& path);

// refer's choice: train and val by name; test every split with "test" in its name;
// testA, testB, testC every split with that letter in its name. Other names are in no
// split.
bool IsInReferSplit(std::string_view split_of_record, std::string_view wanted);

}  // namespace assay
