#include "datasets/normal_files.h"

#include "datasets/io/errors.h"
#include "datasets/io/exr.h"
#include "datasets/io/vectors.h"
#include "datasets/truth_file.h"

namespace assay {
namespace {

NormalMap AsBgrNegated(NormalMap map) {
  for (Vector3& v : map.Pixels()) {
    if (v != Vector3{}) v = {-v.z, -v.y, -v.x};
  }
  return map;
}

NormalMap Decode(NormalFile kind, const RawPart& raw) {
  switch (kind) {
    case NormalFile::kPng8BgrNegated:
      return AsBgrNegated(VectorsFromPng8(raw.bytes, raw.path));
    case NormalFile::kPng16:
      return VectorsFromPng16(raw.bytes, raw.path);
    case NormalFile::kExr:
      return DecodeExr(raw.bytes, raw.path);
    case NormalFile::kNpy:
      return VectorsFromArray(DecodeNpy(raw.bytes, raw.path), VectorAxes::kLast, raw.path);
    case NormalFile::kPng8:
      break;
  }
  return VectorsFromPng8(raw.bytes, raw.path);
}

}  // namespace

NormalMap DecodeNormals(
    NormalFile kind, NormalFrame frame, const RawPart& raw, const std::string& key, Size expected) {
  try {
    NormalMap map = Decode(kind, raw);
    if (expected.Pixels() > 0) CheckSize(map.size(), expected, raw.path, key);
    for (Vector3& normal : map.Pixels()) {
      // Negating the zeros of "no normal" would only make them negative.
      if (normal != Vector3{}) normal = ToRub(frame, normal);
    }
    return map;
  } catch (const FileError& e) {
    throw AsDatasetError(e, key);
  }
}

}  // namespace assay
