// DIODE indoor normals as the folder that StableNormal's evaluator reads.
//
//   {root}/<name>_gt.png       truth, 8-bit RGB, vector = 2 v / 255 - 1
//   {root}/<name>_ref.png      (to run models)
//   {root}/<name>_step<k>.png  the evaluator's answers after k steps; not read here
//
// All files lie in one folder; the truth has any size. Key: <name>, ascending; cluster:
// the scan, the part "scan_<number>" of the name, or the name without one. An answer may
// be called <name>_step<k>: answers of several steps in one folder are refused as
// ambiguous, because the evaluator makes a row of its own of each.
//
// Axes: the evaluator compares the colours of both files as they are, so it knows none.
// They are taken as lub here (metrics/normal_frames.h), in which a painted answer
// (model/rgb_normals.h) holds the colours that the evaluator reads.
//
// How many samples the folder has to hold is stated nowhere (DIODE has 325 indoors), so a
// tree is never called complete. The evaluator pairs files by sorted position, not by
// name: a note says so where the two differ.
// Source: Stable-X/StableNormal@594b934:stablenormal/metrics/compute_metric.py, README.md.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than val.
std::unique_ptr<Dataset<NormalsTask>> OpenStableNormal(const DatasetOptions& options);

}  // namespace assay
