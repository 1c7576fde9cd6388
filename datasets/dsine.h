// Surface normals in the layout of the DSINE evaluation pack.
//
//   {root}/[dsine_eval/]<set>/<folder>/NAME_normal.<ext>   truth, frame lub
//   {root}/[dsine_eval/]<set>/<folder>/NAME_img.{png,jpg}  (to run models)
//   {root}/[dsine_eval/]<set>/[split/]<list>               the official list; optional
//
// Sets, counts, kinds of truth files: datasets/dsine_sets.cc. Without its list a set is
// every sample on disk, by ascending key: the pack holds nothing else. A list gives the
// order and decides what belongs to the set. Key: <folder>/NAME_img, the image's path
// without extension; for NYU the 4-digit number from 0 (NAME is its 6-digit form).
// Cluster: the folder; for NYU the key, because the pack does not say the scene.
// `<set>/<folder>/NAME_intrins.npy` is not read.
//
// OASIS has images of many sizes: its truth must have the size the image's header states, so
// the images must be there. Its truth is read as NAME_normal.npy, float (H, W, 3) in frame
// lub with zeros outside the annotated box, because the official pickles hold NumPy
// objects, which are not executed.
//
// The sets "...-marigold" are those of prs-eth/Marigold, in the same folders as
// NAME_normal.npy, float (H, W, 3) in frame rub.
//
// NYU's truth is GeoNet's, and defined in a central region only.
// Source: baegwangbin/DSINE@ef0c2af:data/datasets (layout, lists, decode);
// prs-eth/Marigold@b1dffaa:config/dataset_normals, data_split.
#pragma once

#include <memory>
#include <string_view>

#include "datasets/dataset.h"

namespace assay {

// `dataset` is a name of DsineSets(). Throws DatasetError; ConfigError for an unknown split.
std::unique_ptr<Dataset<NormalsTask>> OpenDsine(std::string_view dataset,
                                                const DatasetOptions& options);

}  // namespace assay
