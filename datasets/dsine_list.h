// Samples of the DSINE pack by name, and the list files that order them.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dsine_sets.h"

namespace assay {

// "test" and "000045" of test/000045_img.png.
struct DsineSample {
  std::string folder, name;

  std::string Stem() const { return folder + "/" + name; }
  std::string Key(const DsineSet& set) const;
  friend auto operator<=>(const DsineSample&, const DsineSample&) = default;
};

// The number of an NYU sample in the 1449 images, from 0; -1 for any other name.
int NyuNumber(const std::string& name);

struct DsineList {
  std::filesystem::path path;
  std::string sha256;     // of the file as it is
  bool official = false;  // the known list, apart from line ends
  std::vector<DsineSample> samples;
};

// Lines "<folder>/NAME_img.<ext>" or, as Marigold has them, "[<folder>/]NAME_img.<ext> TRUTH"
// with the set's only folder left out (<folder> and _img as the set has them); LF or CRLF, with or
// without a last line end; empty lines are skipped. Throws DatasetError with the line number:
// another form, a sample twice.
DsineList ReadDsineList(const DsineSet& set, const std::filesystem::path& path);

}  // namespace assay
