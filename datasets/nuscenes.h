// nuScenes, front camera: lidar points seen by the camera as depth.
//
//   {root}/v1.0-<version>/{sample_data,calibrated_sensor,ego_pose}.json    official tables
//   {root}/samples/LIDAR_TOP/<file>.pcd.bin                               points
//   {root}/samples/CAM_FRONT/<file>.jpg                                   (to run models)
//   {root}/nuscenes_samples.txt                     the list of a synthetic tree, of no other
//
// No list of frames is agreed on, so one must be named: a path or base name of a CAM_FRONT
// file a line. Lines that begin with '#' and further words of a line are skipped. Its length is the
// size of a complete set. The point cloud is that of the same key frame. Size and camera come from
// the tables. Key: "samples/CAM_FRONT/<file>"; cluster: the log, the name of the file up to
// "__CAM_FRONT".
//
// Depth is sparse: 0 where no point falls. The projection is datasets/nuscenes_projection.h.
// The bytes of a truth are the points, and the geometry as numbers.
//
// Sources: nutonomy/nuscenes-devkit@d9de17a:python-sdk/nuscenes/nuscenes.py,
// docs/schema_nuscenes.md.
#pragma once

#include <memory>

#include "datasets/dataset.h"

namespace assay {

// Throws DatasetError; ConfigError for a split other than list.
std::unique_ptr<Dataset<DepthTask>> OpenNuscenes(const DatasetOptions& options);

}  // namespace assay
