#!/usr/bin/env python3
"""Writes tests/golden/resize/expected.json: what PyTorch and OpenCV make of small maps at other sizes.

  scripts/make_resize_samples.py

Maps are random numbers from 0.1 to 80, as float32 holds them. torch.nn.functional.interpolate is run in double;
evaluators run it in float32, which moves no value here by more than 2e-6 of it. cv2.resize (INTER_LINEAR) is run in
float32, as monodepth2 does. Needs PyTorch and OpenCV beside each other, so a virtual environment apart from .venv.

Values were made with Python 3.11, NumPy 2.4.6, PyTorch 2.13.0 and OpenCV 4.11.0 on the CPU.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch

GOLDEN = Path(__file__).resolve().parent.parent / "tests/golden/resize"
SIZES = [((9, 7), (23, 17)), ((23, 17), (9, 7)), ((11, 5), (12, 9)), ((8, 6), (16, 12)), ((16, 12), (8, 6)),
         ((5, 13), (13, 5)), ((1, 6), (4, 3)), ((7, 1), (3, 5)), ((6, 4), (1, 1)), ((10, 8), (10, 8))]
MODES = {"nearest": {"mode": "nearest"},
         "bilinear_ac_true": {"mode": "bilinear", "align_corners": True},
         "bilinear_ac_false": {"mode": "bilinear", "align_corners": False}}


def interpolated(values, to, options):
    """`to` is (width, height)."""
    map_4d = torch.from_numpy(values)[None, None]
    return torch.nn.functional.interpolate(map_4d, (to[1], to[0]), **options)[0, 0].numpy()


def numbers(array):
    return [float(v) for v in array.ravel()]


def case(n, size, to):
    width, height = size
    values = np.random.default_rng(n).uniform(0.1, 80, (height, width)).astype(np.float32)
    results = {name: numbers(interpolated(values.astype(np.float64), to, options)) for name, options in MODES.items()}
    results["opencv"] = numbers(cv2.resize(values, to))
    return {"from": size, "to": to, "values": numbers(values), "results": results}


def main():
    versions = {"python": sys.version.split()[0], "numpy": np.__version__,
                "torch": torch.__version__.split("+")[0], "opencv": cv2.__version__}
    content = {"script": "scripts/make_resize_samples.py", "versions": versions,
               "cases": [case(n, *sizes) for n, sizes in enumerate(SIZES)]}
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / "expected.json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
