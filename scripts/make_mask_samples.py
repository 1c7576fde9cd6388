#!/usr/bin/env python3
"""Writes tests/golden/masks/expected.json: masks by pycocotools, assignments by SciPy.

Run-length masks, polygons and one-to-one assignments are tested with answers that nothing of assay
has given: the original C code of COCO and SciPy's solver. All masks are random, made here. Run once;
the output is committed. Running it again gives the same values; the versions are recorded.

    python scripts/make_mask_samples.py [FOLDER]
"""

import importlib.metadata
import json
import pathlib
import sys

import numpy as np
from pycocotools import mask as coco
from scipy.optimize import linear_sum_assignment

SEED = 11
POLYGONS = 150
PAIRS = 150
BOXES = 60
ASSIGNMENTS = 300


def text(rle):
    return rle["counts"].decode("ascii")


def random_size(rng):
    return int(rng.integers(1, 40)), int(rng.integers(1, 40))


def polygons(rng):
    """Vertices inside and outside the image, on whole pixels, on halves and anywhere."""
    for _ in range(POLYGONS):
        height, width = random_size(rng)
        vertices = int(rng.integers(3, 9))
        xy = rng.uniform(-0.5, 1.5, (vertices, 2)) * (width, height)
        grid = rng.choice([1, 2, 10, 1000])
        xy = np.round(xy * grid) / grid
        rle = coco.frPyObjects([xy.ravel().tolist()], height, width)[0]
        yield {"size": [height, width], "xy": xy.ravel().tolist(), "counts": text(rle)}


def random_mask(rng, height, width):
    """Rectangles put on and taken off; sometimes noise; sometimes nothing."""
    mask = np.zeros((height, width), np.uint8, order="F")
    if rng.random() < 0.2:
        mask[:] = rng.random((height, width)) < rng.random()
        return mask
    for _ in range(int(rng.integers(0, 4))):
        y, x = int(rng.integers(0, height)), int(rng.integers(0, width))
        mask[y : y + int(rng.integers(1, height + 1)), x : x + int(rng.integers(1, width + 1))] = rng.random() < 0.8
    return mask


def pairs(rng):
    """Every tenth pair has two sizes."""
    for i in range(PAIRS):
        height, width = random_size(rng)
        other = random_size(rng) if i % 10 == 0 else (height, width)
        a = coco.encode(random_mask(rng, height, width))
        b = coco.encode(random_mask(rng, *other))
        row = {
            "a": {"size": a["size"], "counts": text(a)},
            "b": {"size": b["size"], "counts": text(b)},
            "area": int(coco.area(a)),
            "box": [int(v) for v in coco.toBbox(a)],
            "iou": float(coco.iou([a], [b], [0])[0, 0]),
            "crowd_iou": float(coco.iou([a], [b], [1])[0, 0]),
        }
        if a["size"] == b["size"]:
            row["or"] = text(coco.merge([a, b], intersect=False))
            row["and"] = text(coco.merge([a, b], intersect=True))
        yield row


def boxes(rng):
    for i in range(BOXES):
        scale = 4 if i % 2 else 1
        a, b = (np.round(rng.uniform(0, scale, 4), 2 if i % 2 else 6) for _ in range(2))
        yield {
            "a": a.tolist(),
            "b": b.tolist(),
            "iou": float(coco.iou(a[None], b[None], [0])[0, 0]),
            "crowd_iou": float(coco.iou(a[None], b[None], [1])[0, 0]),
        }


def assignments(rng):
    """Few different gains, so that most have many best assignments."""
    levels = np.array([0, 0, 0.1, 0.2, 0.3, 0.5, 0.6, 0.7, 0.25, 1 / 3, 2 / 3, 1, -1])
    for i in range(ASSIGNMENTS):
        shape = tuple(int(v) for v in rng.integers(1, 7, 2))
        gains = rng.choice(rng.choice(levels, 4), shape) if i % 8 else rng.random(shape)
        rows, columns = linear_sum_assignment(-gains)
        yield {"gains": gains.tolist(), "rows": rows.tolist(), "columns": columns.tolist()}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root / "tests/golden/masks"
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    parts = {
        "polygons": list(polygons(rng)),
        "pairs": list(pairs(rng)),
        "boxes": list(boxes(rng)),
        "assignments": list(assignments(rng)),
    }
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "pycocotools", "scipy")}
    lines = [f'"versions": {json.dumps(versions)}']
    for name, rows in parts.items():
        lines.append(f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in rows) + "\n]")
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
