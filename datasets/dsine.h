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
// `<set>/<folder>/NAME_intrins.npy`, the camera, is not read: angles are compared pixel by
// pixel, no answer format of normals needs a camera, and it states no size.
//
// OASIS has images of many sizes: its truth must have the size the image's header states, so
// the images must be there. Its truth is read as NAME_normal.npy, float (H, W, 3) in frame
// lub with zeros outside the annotated box, because the official pickles hold NumPy
// objects, which are not executed; scripts/convert_oasis.py makes it of them.
//
// The sets "...-marigold" are those of prs-eth/Marigold, in the same folders as
// NAME_normal.npy, float (H, W, 3) in frame rub; DIODE's lie three folders deep with images
// NAME.png, and whether they were turned to that frame is stated nowhere. Of its Sintel, a
// set to train with, 221 columns are cut from both sides of image and truth, and truth of a
// length up to 0.1 becomes (0, 0, 1), which is scored: what src/dataset/sintel_dataset.py
// does, never offered but as "-as-published".
//
// "nyu-normals-metric3d" is DSINE's NYU read as YvanYin/Metric3D@eb5b6fa reads its own copy:
// components as B, G, R, and negated.
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
