#!/usr/bin/env python3
"""Writes tests/golden/exr: small OpenEXR files by PyPI's OpenEXR, and what is in them by NumPy.

  scripts/make_exr_samples.py

Every channel has values of its own, so that channels in another order are seen. `ibims` is one sample in the layout
of DSINE's pack, image and normals. Needs a virtual environment with OpenEXR, NumPy and Pillow, apart from .venv.

Files were made with Python 3.11, OpenEXR 3.5.3, NumPy 2.4.6 and Pillow 13.0.0, which expected.json records.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import OpenEXR
from PIL import Image

GOLDEN = Path(__file__).resolve().parent.parent / "tests/golden/exr"
HEIGHT, WIDTH = 5, 7
COMPRESSIONS = {"zip": OpenEXR.ZIP_COMPRESSION, "none": OpenEXR.NO_COMPRESSION}
KINDS = {"half": np.float16, "float": np.float32}
LUB_TO_RUB = np.array([-1.0, 1.0, 1.0])


def number(value):
    """JSON has no NaN and no infinities: those are written as texts."""
    value = float(value)
    return value if np.isfinite(value) else str(value)


def planes(count, kind, seed):
    """count x H x W random numbers about 1, 2, 3, …, as `kind` holds them."""
    values = np.random.default_rng(seed).uniform(-0.5, 0.5, (count, HEIGHT, WIDTH))
    values += 1 + np.arange(count)[:, None, None]
    values[0, 1, 2], values[-1, 3, 4], values[0, 0, 0] = np.nan, np.inf, -0.0
    return values.astype(kind)


def write(path, names, values, compression):
    path.parent.mkdir(parents=True, exist_ok=True)
    header = {"compression": COMPRESSIONS[compression], "type": OpenEXR.scanlineimage}
    channels = {name: np.ascontiguousarray(plane) for name, plane in zip(names, values)}
    OpenEXR.File(header, channels).write(str(path))


def facts(names, values):
    rows = {name: [number(v) for v in plane.ravel()] for name, plane in zip(names, values)}
    return {"size": [WIDTH, HEIGHT], "channels": rows}


def files():
    """Three channels in both kinds and both compressions, one channel, and others than R, G, B."""
    expected = {}
    rows = [("RGB", kind, compression) for kind in KINDS for compression in COMPRESSIONS]
    rows += [("Y", "float", "zip"), ("Y", "half", "none"), ("XYZ", "float", "zip"), ("RGBA", "half", "zip")]
    for seed, (names, kind, compression) in enumerate(rows):
        values = planes(len(names), KINDS[kind], seed)
        name = f"{names.lower()}_{kind}_{compression}"
        write(GOLDEN / f"{name}.exr", names, values, compression)
        expected[name] = facts(names, values)
    return expected


def ibims():
    """A sample of DSINE's pack: half floats, left, up, to the viewer; expected right, up, to the viewer."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64)
    lub = np.stack([(x - 2) / 5, (y - 3) / 7, 1 + (x + 2 * y) / 9])
    lub = (lub / np.linalg.norm(lub, axis=0)).astype(np.float16)
    lub[:, 0, 0] = 0
    root = GOLDEN / "ibims"
    write(root / "ibims/hall_01_normal.exr", "RGB", lub, "zip")
    image = np.stack([20 * x, 30 * y, 9 * (x + y)], axis=-1).astype(np.uint8)
    Image.fromarray(image).save(root / "ibims/hall_01_img.png")
    manifest = {"layout": "ibims-normals", "samples": 1, "seed": 1, "size": [WIDTH, HEIGHT]}
    (root / "assay-synthetic.json").write_text(json.dumps(manifest) + "\n")
    rub = np.moveaxis(lub, 0, -1).astype(np.float64) * LUB_TO_RUB
    return {"key": "ibims/hall_01_img", "rub": rub.reshape(-1, 3).tolist(), "rgb": image.reshape(-1, 3).tolist()}


def main():
    versions = {"python": sys.version.split()[0]}
    versions.update({name: version(name) for name in ("numpy", "OpenEXR", "pillow")})
    content = {"script": "scripts/make_exr_samples.py", "versions": versions, "files": files(), "ibims": ibims()}
    (GOLDEN / "expected.json").write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
