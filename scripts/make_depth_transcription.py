#!/usr/bin/env python3
"""Writes tests/golden/depth_sets/transcribed.json: scores of protocols that no evaluator computes.

Of these only bounds and clips are published, or they are assay's own. The scores are a float64
transcription, on the truth as expected.json states it and the answers beside the trees (both
from scripts/make_depth_samples.py); the formulas are those of metrics/depth.h, the numbers of
RANGES those of the protocols' sources. Pixels count that are measured, usable where the set has
a mask, and strictly within the range; answers are clipped to it; scores are averaged over images.

Run once; the output is committed. Needs NumPy; it was made with 2.4.6.

    python3 scripts/make_depth_transcription.py
"""

import json
import pathlib

import numpy as np

# protocol: layout and part of it, range of the truth, clip of the answer, degrees of freedom that SILog takes off
RANGES = {
    "diode-depth": ("diode", "", (0, 80), (0.6, 80), 1),
    "diode-indoor-depth": ("diode", "indoors", (0, 25), (0.01, 25), 1),
    "diode-indoor-depth@mask": ("diode", "indoors", (0, np.inf), (0.6, 350), 0),
    "diode-outdoor-depth": ("diode", "outdoor", (0, 80), (0.1, 80), 1),
    "eth3d-depth": ("eth3d", "", (0, 50), (0.01, 50), 1),
    "eth3d-depth@depthpro": ("eth3d", "", (0.1, 200), (0.1, 200), 0),
    "ibims-depth": ("ibims-mat", "", (0, 25), (0.005, 25), 1),
    "ibims-depth@depthpro": ("ibims-mat", "", (0.1, 10), (0.1, 10), 0),
    "ibims-depth@full": ("ibims-mat", "", (0, np.inf), (0.001, 50), 0),
    "scannet-depth": ("scannet", "", (0, 10), (0.005, 10), 1),
    "sintel-depth": ("sintel", "", (0, 1000), (0.001, 1000), 1),
    "sintel-depth@depthpro": ("sintel", "", (0.01, 80), (0.01, 80), 0),
}


def answer_of(file):
    """Saved under the name of its sample, or as Marigold names it."""
    return np.load(file if file.exists() else file.with_name("pred_" + file.name)).astype(np.float64)


def scores(truth, pred, dof):
    error = np.log(pred) - np.log(truth)
    ratio = np.maximum(pred / truth, truth / pred)
    return {"AbsRel": np.mean(np.abs(pred - truth) / truth), "SqRel": np.mean((pred - truth) ** 2 / truth),
            "RMSE": np.sqrt(np.mean((pred - truth) ** 2)), "RMSE_log": np.sqrt(np.mean(error**2)),
            "log10": np.mean(np.abs(np.log10(pred) - np.log10(truth))),
            "iRMSE": np.sqrt(np.mean((1 / pred - 1 / truth) ** 2)), "SILog_b" if dof else "SILog": 100 * np.std(error, ddof=dof),
            "delta1": np.mean(ratio < 1.25), "delta2": np.mean(ratio < 1.25**2), "delta3": np.mean(ratio < 1.25**3)}


def main():
    folder = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "depth_sets"
    expected = json.loads((folder / "expected.json").read_text())
    protocols = {}
    for name, (layout, part, (least, most), clip, dof) in RANGES.items():
        images = []
        for sample in expected[layout]:
            if not sample["key"].startswith(part):
                continue
            truth = np.array(sample["depth_m"])
            pred = answer_of(folder / "answers" / layout / (sample["key"] + ".npy"))
            counts = (truth > least) & (truth < most) & (np.array(sample.get("mask", 1)) == 1)
            images.append(scores(truth[counts], np.clip(pred, *clip)[counts], dof))
        protocols[name] = {"layout": layout, "by": "transcription", "format": "npy",
                           "metrics": {m: float(np.mean([i[m] for i in images])) for m in images[0]}}
    text = json.dumps({"made_with": {"NumPy": np.__version__}, "protocols": protocols}, indent=1, sort_keys=True)
    (folder / "transcribed.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
