// Answers of the SAM 3 agent, one JSON object a sample. Source:
// facebookresearch/sam3@99d02f2:sam3/agent.
//
//   text_prompt               what was asked
//   orig_img_h, orig_img_w    the size of every mask, which is that of the truth
//   pred_masks                texts of runs without a size (metrics/run_length.h)
//   pred_boxes                [x, y, width, height] as fractions of the image
//   pred_scores               numbers
// The three lists are equally long; empty ones say that nothing was found. Other fields
// are not looked at.
//
//   instances   masks, boxes and scores as they are, of category 1
//   referring   the union of the masks, whatever their scores: the program has selected
//               them, and no evaluator of its own says otherwise
// No settings. Errors: corrupt (no JSON), bad-entry, bad-mask, wrong-size. Diagnostics:
// entries; other_prompt, 1 where text_prompt is not what the sample asks.
#pragma once

#include <memory>

#include "model/codec.h"

namespace assay {

std::unique_ptr<Decoder<InstancesTask>> MakeSam3Instances();
std::unique_ptr<Decoder<ReferringTask>> MakeSam3Mask();

}  // namespace assay
