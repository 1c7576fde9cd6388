// Files of true normals, turned into NormalMap (metrics/tasks.h).
//
//   kPng8   8-bit RGB,  vector = 2 v / 255 - 1      no normal: R + G + B = 0
//   kPng8BgrNegated  the same read as B, G, R and negated, as Metric3D's NYU reader does
//   kPng16  16-bit RGB, vector = 2 v / 65535 - 1    no normal: R + G + B = 0
//   kExr    OpenEXR, R, G, B as is                  no normal: length <= 0.5 (by protocol)
//   kNpy    NumPy H x W x 3, as is                  no normal: (0, 0, 0)
//
// Vectors keep the length they have in the file.
// Source: baegwangbin/DSINE@ef0c2af:data/datasets/nyuv2/__init__.py and its neighbours;
// YvanYin/Metric3D@eb5b6fa:training/mono/datasets/nyu_dataset.py (kPng8BgrNegated).
#pragma once

#include <string>

#include "datasets/dataset.h"
#include "metrics/normal_frames.h"

namespace assay {

enum class NormalFile { kPng8, kPng8BgrNegated, kPng16, kExr, kNpy };

// `expected` of no pixels = any size. Throws DatasetError: unreadable, another kind, shape
// or size.
NormalMap DecodeNormals(
    NormalFile kind, NormalFrame frame, const RawPart& raw, const std::string& key, Size expected);

}  // namespace assay
