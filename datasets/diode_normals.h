// DIODE, validation, surface normals.
//
//   {root}/[val/]indoors/scene_<5 digits>/scan_<5 digits>/NAME_normal.npy   truth
//   {root}/[val/]indoors/scene_<5 digits>/scan_<5 digits>/NAME.png          (to run models)
//
// with the folder "outdoor" in place of "indoors" for the other half. Truth is float
// (768, 1024, 3), (0, 0, 0) = no normal. Key: the image's path without extension, from
// "indoors" on; cluster: the scan. Indoor 325 of 771 samples, ascending by key.
//
// Axes: y and z are negated to reach x right, y down, z into the scene, and a normal that
// then points along its camera ray is negated, so that every normal faces the camera; the
// official documentation does not state the axes, and the sign in the files is not
// consistent. Rays from fx 886.81, fy 927.06, cx 512, cy 384.
// Source: practice of YvanYin/Metric3D@eb5b6fa; unverified.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than val.
std::unique_ptr<Dataset<NormalsTask>> OpenDiodeIndoorNormals(const DatasetOptions& options);

}  // namespace assay
