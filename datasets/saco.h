// SA-Co/Gold: pairs of an image and a noun phrase, drawn by three annotators.
//
//   {root}/[{folder}/]gold_{subset}_merged_{a,b,c}_release_test.json
//   {root}/{metaclip-images,sa1b-images}/{file_name}                   optional
//
// folder: gt-annotations, annotations or annotation; the root may also be that folder
// itself, the images then lie beside it. Split: the name of a subset
// (datasets/saco_subsets.h), as in protocol names or as in file names; without one the
// only subset on disk, metaclip where there are several.
//
// Samples: the pairs of file a, in its order, that every annotator in use calls
// exhaustive. Key: the decimal id of the pair; cluster: file_name. An id of a that b or
// c lacks is an error; ids that only b or c have do not count and are noted, as are
// pairs whose phrase or image differs between the files.
//
// The files are read when the dataset is opened and stay in memory as they are
// (datasets/saco_file.h); a mask is decoded when its truth is. A truth's bytes are the
// pair's own JSON in each file (datasets/saco_truth.h), so that a mended pair changes
// no other.
//
// Source: facebookresearch/sam3@99d02f2:sam3/eval/cgf1_eval.py (which pairs),
// scripts/eval/gold/README.md (files).
#pragma once

#include <memory>

#include "datasets/dataset.h"
#include "metrics/instances.h"

namespace assay {

// kOracle: all three files, annotators in the order a, b, c. kA, kB, kC: that file only,
// and a truth of one annotator; the official number of exhaustive pairs is then known
// of no list, so a file with all of its pairs vouches for it.
// Throws DatasetError, as SacoFile and see datasets/wrong_root.h; ConfigError on a split
// that is no subset.
std::unique_ptr<Dataset<InstancesTask>> OpenSaco(
    const DatasetOptions& options, InstanceAnnotators annotators = InstanceAnnotators::kOracle);

}  // namespace assay
