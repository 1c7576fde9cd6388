// One annotator's file of SA-Co/Gold: which pairs it has and where their JSON lies.
//
//   {"images": [{"id", "file_name", "text_input", "width", "height",
//                "is_instance_exhaustive", …}, …],
//    "annotations": [{"id", "image_id", "category_id", "segmentation", …}, …],
//    "categories": [{"id", …}, …], …}
//
// An "image" is a pair of an image and a noun phrase. The file is gone through once.
// Its text stays in memory, and with it every mask as the characters it is stored in;
// a pair adds 72 bytes and an annotation 8. Decoding is datasets/saco_truth.h's.
//
// Source: facebookresearch/sam3@99d02f2:scripts/eval/gold/README.md (fields).
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/raster.h"

namespace assay {

// Bytes of the file's text that hold one JSON object.
struct SacoPlace {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

struct SacoPair {
  std::int64_t id = 0;
  Size size;
  std::uint64_t question_hash = 0;  // of file_name and text_input; never stored
  SacoPlace file_name, phrase;      // JSON strings, quotes included
  std::uint32_t first_annotation = 0;
  std::uint32_t annotations = 0;
  bool exhaustive = false;
};

class SacoFile {
 public:
  // Throws DatasetError with the path, the pair's id and what to do: unreadable, cut
  // off, no JSON, 4 GiB or more; a list or field that is missing, stated twice or of
  // another kind; an id of a pair or an annotation that occurs twice; an annotation of
  // a pair that is not in the file; no category; a side below 1, more than kMaxPixels
  // pixels; a file_name that is absolute or leads upwards.
  explicit SacoFile(std::filesystem::path path);
  ~SacoFile();
  SacoFile(SacoFile&&) noexcept;
  SacoFile& operator=(SacoFile&&) noexcept;
  SacoFile(const SacoFile&) = delete;
  SacoFile& operator=(const SacoFile&) = delete;

  const std::filesystem::path& Path() const { return path_; }
  std::span<const SacoPair> Pairs() const { return pairs_; }  // in the order of the file
  std::span<const std::int64_t> Categories() const { return categories_; }
  // Annotations of a category the file does not list: no evaluator counts them.
  std::int64_t ForeignAnnotations() const { return foreign_; }
  // Index into Pairs(). Quick where that is `guess` or the one after it.
  std::optional<std::size_t> Find(std::int64_t id, std::size_t guess = 0) const;

  // JSON as it stands in the file; lives as long as this does.
  std::string_view TextAt(const SacoPlace& place) const;
  // `index` counts from 0 within the pair, in the order of the file.
  std::string_view AnnotationText(const SacoPair& pair, std::uint32_t index) const;

 private:
  friend class SacoFileReader;
  struct Text;

  std::filesystem::path path_;
  std::unique_ptr<const Text> text_;
  std::vector<SacoPair> pairs_;
  std::vector<std::pair<std::int64_t, std::uint32_t>> by_id_;  // id, index into pairs_
  std::vector<SacoPlace> places_;                              // of annotations, pair by pair
  std::vector<std::int64_t> categories_;
  std::int64_t foreign_ = 0;
};

}  // namespace assay
