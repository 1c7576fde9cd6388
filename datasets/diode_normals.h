// DIODE, validation, surface normals.
//
//   {root}/[val/]<half>/scene_<5 digits>/scan_<5 digits>/NAME_normal.npy   truth
//   {root}/[val/]<half>/scene_<5 digits>/scan_<5 digits>/NAME.png          (to run models)
//
// The half is "indoors" or "outdoor". diode-indoor-normals is the first, 325 samples;
// diode-normals is both, 771. Truth is float (768, 1024, 3), (0, 0, 0) = no normal. Key: the
// image's path without extension, from the half on, ascending; cluster: the scan.
//
// Axes: y and z are negated to reach x right, y down, z into the scene, and a normal that
// then points along its camera ray is negated, so that every normal faces the camera; the
// official documentation does not state the axes, and the sign in the files is not
// consistent. Rays from fx 886.81, fy 927.06, cx 512, cy 384.
// Source: practice of YvanYin/Metric3D@eb5b6fa; unverified.
#pragma once

#include <memory>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

// `dataset` is diode-indoor-normals or diode-normals. Throws DatasetError; ConfigError for a
// split other than val.
std::unique_ptr<Dataset<NormalsTask>> OpenDiodeNormals(std::string_view dataset,
                                                       const DatasetOptions& options);

}  // namespace assay
