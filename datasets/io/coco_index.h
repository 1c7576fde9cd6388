// Where the images and annotations of a COCO file are.
//
//   {"images": [{"id", "file_name", "height", "width", …}, …],
//    "annotations": [{"id", "image_id", "segmentation", "iscrowd"?, …}, …], …}
//
// Such files have hundreds of megabytes, most of them polygons. They are gone
// through once; what stays is about 50 bytes an annotation, with the place its
// object has in the file, from which FileParts gets it when it is needed. While the
// file is gone through it is in memory whole, with about as much again.
//
// Source: cocodataset/cocoapi@8c9bcc3:PythonAPI/pycocotools/coco.py (fields).
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/io/json_place.h"
#include "metrics/raster.h"

namespace assay {

struct CocoImage {
  std::int64_t id = 0;
  std::string file_name;
  Size size;
  JsonPlace place;
};

struct CocoAnnotation {
  std::int64_t id = 0;
  std::int64_t image_id = 0;
  bool crowd = false;
  JsonPlace place;
};

struct CocoIndex {
  std::vector<CocoImage> images;            // ascending by id
  std::vector<CocoAnnotation> annotations;  // ascending by id

  // nullptr where there is none.
  const CocoImage* FindImage(std::int64_t id) const;
  const CocoAnnotation* FindAnnotation(std::int64_t id) const;
};

// Throws FileError: not-found, unreadable, truncated or corrupt (no JSON), wrong-format
// (a list or field that is missing or of another kind, with its position), corrupt (an
// id that is given twice), too-large (4 GiB, or an image of more than kMaxPixels).
CocoIndex ReadCocoIndex(const std::filesystem::path& path);

}  // namespace assay
