#!/usr/bin/env python3
"""Writes tests/golden/cityscapes/expected_policies.json: two other evaluators' rules in NumPy.

An independent transcription, in float64, of the formulas of open-mmlab/mmsegmentation
(mmseg/evaluation/metrics/iou_metric.py: histograms of intersection, prediction and label over the
pixels whose label is not 255) and of facebookresearch/detectron2
(detectron2/evaluation/sem_seg_evaluation.py: the K x K block of a (K+1) x (K+1) matrix), on the two
synthetic frames beside it, whose label ids are first brought to train ids with 255 for everything
that is not evaluated. It shares no code with assay. Run once; the output is committed.

    python scripts/make_semantic_samples.py [FOLDER]
"""

import importlib.metadata
import json
import pathlib
import sys

import numpy as np
from PIL import Image

FRAMES = ("synthville_000000_000019", "synthville_000001_000019")
# Label ids of the 19 evaluated classes, in train-id order.
EVALUATED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
K = len(EVALUATED)
NONE = 255


def train_ids(path):
    table = np.full(256, NONE, np.uint8)
    for train_id, label_id in enumerate(EVALUATED):
        table[label_id] = train_id
    return table[np.asarray(Image.open(path))]


def listed(values):
    return [None if np.isnan(v) else float(v) for v in values]


def mmseg(frames):
    both, predicted, label = np.zeros(K), np.zeros(K), np.zeros(K)
    for prediction, truth in frames:
        valid = truth != NONE
        p, t = prediction[valid], truth[valid]
        bins = np.arange(K + 1) - 0.5
        both += np.histogram(p[p == t], bins)[0]
        predicted += np.histogram(p, bins)[0]
        label += np.histogram(t, bins)[0]
    with np.errstate(invalid="ignore", divide="ignore"):
        iou = both / (predicted + label - both)
        accuracy = both / label
    return {"IoU": listed(iou), "mIoU": float(np.nanmean(iou)), "mACC": float(np.nanmean(accuracy)),
            "pACC": float(both.sum() / label.sum())}


def detectron2(frames):
    matrix = np.zeros((K + 1, K + 1), np.int64)
    for prediction, truth in frames:
        p = np.where(prediction == NONE, K, prediction).astype(np.int64)
        t = np.where(truth == NONE, K, truth).astype(np.int64)
        matrix += np.bincount((K + 1) * p.ravel() + t.ravel(), minlength=(K + 1) ** 2).reshape(K + 1, K + 1)
    hits = matrix.diagonal()[:K].astype(float)
    truth_pixels = matrix[:K, :K].sum(axis=0).astype(float)
    predicted_pixels = matrix[:K, :K].sum(axis=1).astype(float)
    union = truth_pixels + predicted_pixels - hits
    has_truth = truth_pixels > 0
    scored = has_truth & (union > 0)
    iou, accuracy = np.full(K, np.nan), np.full(K, np.nan)
    iou[scored] = hits[scored] / union[scored]
    accuracy[has_truth] = hits[has_truth] / truth_pixels[has_truth]
    weights = truth_pixels / truth_pixels.sum()
    return {"IoU": listed(iou), "mIoU": float(iou[scored].sum() / scored.sum()),
            "mACC": float(accuracy[has_truth].sum() / has_truth.sum()),
            "pACC": float(hits.sum() / truth_pixels.sum()),
            "fwIoU": float((iou[scored] * weights[scored]).sum())}


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests/golden/cityscapes"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    frames = [(train_ids(folder / f"{name}_pred_labelIds.png"), train_ids(folder / f"{name}_gtFine_labelIds.png"))
              for name in FRAMES]
    result = {"script": "scripts/make_semantic_samples.py",
              "versions": {name: importlib.metadata.version(name) for name in ("numpy", "pillow")},
              "classes": list(EVALUATED), "mmseg": mmseg(frames), "detectron2": detectron2(frames)}
    (folder / "expected_policies.json").write_text(json.dumps(result, indent=1) + "\n")


main()
