#!/usr/bin/env python3
"""Writes tests/golden/normals/protocols.json: what DSINE and Marigold make of synthetic normals.

  scripts/make_normals_samples.py CLONES

CLONES as for scripts/make_depth_protocol_samples.py. The functions that score are taken from the cited commits
and run; which pixels are scored and how images are put together is transcribed. Truth and answers are
functions of the pixel (vectors), which tests/eval/normals_presets_test.cc repeats.

Values were made with Python 3.11, NumPy 2.4.6 and PyTorch 2.13.0 on the CPU.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from make_depth_protocol_samples import Anything, functions_of, noise

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests/golden/normals/protocols.json"
SIZES = [(48, 64), (37, 53), (30, 90)]
DSINE = ("baegwangbin/DSINE", "ef0c2af", "utils/utils.py")
MARIGOLD = ("prs-eth/Marigold", "b1dffaa", "src/util/metric.py")
POOLED = {"nyu": 0, "scannet": 0, "ibims": 0.5, "sintel": 0.5, "vkitti": 0, "oasis": 0}  # least length of the truth
PER_IMAGE = ("nyu", "scannet", "ibims", "diode", "oasis")
BOUNDS = ("5", "7.5", "11.25", "22.5", "30")


def vectors(n):
    """Truth of lengths between 0 and 1.7, none on a tenth of the pixels, and answers some degrees off."""
    height, width = SIZES[n]
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    truth = np.stack([(noise(x, y, n, 10 + c) % 2001 - 1000) / 1000.0 for c in range(3)])
    truth[:, noise(x, y, n, 20) % 10 == 0] = 0
    spread = (noise(x, y, n, 21) % 100) / 100.0
    answer = truth + spread * np.stack([(noise(x, y, n, 30 + c) % 2001 - 1000) / 1500.0 for c in range(3)])
    return truth.astype(np.float32), (answer + 0.001).astype(np.float32)


def pooled(clones, least, double):
    space = functions_of(clones, DSINE)
    angles = []
    for n in range(len(SIZES)):
        truth, answer = (torch.from_numpy(v)[None] for v in vectors(n))
        if double:
            truth, answer = truth.double(), answer.double()
        mask = torch.linalg.norm(truth, dim=1, keepdim=True) > least
        angles.append(space["compute_normal_error"](answer, truth)[mask])
    found = space["compute_normal_metrics"](torch.cat(angles))
    row = {"mean": found["mean"], "median": found["median"], "RMSE": found["rmse"]}
    row.update({f"within_{bound}": found[f"a{i + 1}"] / 100 for i, bound in enumerate(BOUNDS)})
    return {name: float(value) for name, value in row.items()}


def per_image(clones):
    space = functions_of(clones, MARIGOLD, pd=Anything())
    names = {"mean": "mean_angular_error", "median": "median_angular_error", "RMSE": "rmse_angular_error"}
    names.update({f"within_{b}": f"sub{b.replace('.', '_')}_error" for b in BOUNDS})
    rows = []
    for n in range(len(SIZES)):
        truth, answer = (torch.from_numpy(v) for v in vectors(n))
        angles = space["compute_cosine_error"](answer, truth, masked=True)
        rows.append({name: space[function](angles) for name, function in names.items()})
    share = {name: 100 if name.startswith("within") else 1 for name in names}
    return {name: float(np.mean([row[name] for row in rows])) / share[name] for name in names}


def main():
    clones = Path(sys.argv[1])
    cite = lambda source: f"{source[0]}@{source[1]}:{source[2]}"
    protocols = {}
    for dataset, least in POOLED.items():
        protocols[f"{dataset}-normals"] = {"source": cite(DSINE), "tolerance": 1e-6, "metrics": pooled(clones, least, True)}
        protocols[f"{dataset}-normals@f32"] = {"source": cite(DSINE), "tolerance": 1e-4, "metrics": pooled(clones, least, False)}
    for dataset in PER_IMAGE:
        protocols[f"{dataset}-normals@marigold"] = {"source": cite(MARIGOLD), "tolerance": 1e-4, "metrics": per_image(clones)}
    versions = {"python": sys.version.split()[0], "numpy": np.__version__, "torch": torch.__version__.split("+")[0]}
    content = {"script": "scripts/make_normals_samples.py", "versions": versions, "protocols": protocols}
    EXPECTED.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
