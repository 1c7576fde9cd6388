#!/usr/bin/env python3
"""Writes tests/golden/fit/expected.json: an image brought to other sizes by Pillow.

    python scripts/make_fit_samples.py [FOLDER]     needs Pillow and NumPy

Image.resize with BILINEAR (python-pillow/Pillow@13.0.0:src/libImaging/Resample.c): the filter that
model/fit_input.h cites. Pillow rounds after each direction and assay once, so a value may differ by one.
"""

import importlib.metadata
import json
import pathlib
import sys

import numpy as np
from PIL import Image

SIZES = ((7, 5), (14, 10), (3, 2), (1, 1), (20, 3), (2, 9), (8, 4))


def image():
    i = np.arange(5 * 7).reshape(5, 7)
    return np.stack([i * 37 % 256, i * i * 11 % 256, 255 - i * 7], axis=2).astype(np.uint8)


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "tests/golden/fit")
    source = image()
    samples = [
        {"size": size, "values": np.asarray(Image.fromarray(source).resize(size, Image.BILINEAR)).ravel().tolist()}
        for size in SIZES
    ]
    expected = {
        "script": "scripts/make_fit_samples.py",
        "versions": {name: importlib.metadata.version(name) for name in ("numpy", "pillow")},
        "image": {"size": [7, 5], "values": source.ravel().tolist()},
        "samples": samples,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
