#!/usr/bin/env python3
"""Converts the pickles of OASIS in DSINE's evaluation pack to the arrays that assay reads.

  scripts/convert_oasis.py FOLDER [-o FOLDER]

FOLDER holds NAME_normal.pkl beside NAME_img.png, as dsine_eval/oasis/val does. Each becomes NAME_normal.npy,
float32 (H, W, 3) of the image's size, frame lub, zeros where there is no normal, beside its pickle or in the
folder of -o.

A pickle is a dictionary: min_y, max_y, min_x, max_x, a box with both ends inside, and normal, the vectors in
that box. x and y are negated to reach lub, as baegwangbin/DSINE@ef0c2af:data/datasets/oasis/__init__.py does.
Only what NumPy's arrays and numbers are made of is unpickled: a pickle that names anything else is refused and
runs nothing. Needs NumPy; ends with 1 at the first file that cannot be converted, and says why.
"""

import argparse
import io
import os
import pickle
import struct
import sys
from pathlib import Path

import numpy as np

PNG = b"\x89PNG\r\n\x1a\n"
BOX = ("min_y", "max_y", "min_x", "max_x")
ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
    ("_codecs", "encode"),
}


class Refused(Exception):
    """A file that cannot be converted; the message says which and why."""


class ArraysOnly(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise Refused(f"it names {module}.{name}, which is no part of an array; it was not run")
        # What NumPy 1 calls numpy.core is numpy._core in NumPy 2.
        renamed = module.replace("numpy.core.", "numpy._core.") if hasattr(np, "_core") else module
        return super().find_class(renamed, name)


def unpickled(path):
    try:
        return ArraysOnly(io.BytesIO(path.read_bytes()), encoding="latin1").load()
    except Refused:
        raise
    except Exception as error:  # pickle raises nearly anything for a damaged file
        raise Refused(f"it cannot be unpickled: {error}") from error


def image_size(path):
    """(height, width) from the header of a PNG."""
    try:
        with open(path, "rb") as file:
            head = file.read(24)
    except OSError as error:
        raise Refused(f"its image, which states the size, cannot be read: {error}") from error
    if len(head) < 24 or head[:8] != PNG or head[12:16] != b"IHDR":
        raise Refused(f"{path} is no PNG, but its size is needed")
    width, height = struct.unpack(">II", head[16:24])
    return height, width


def box_of(content, size):
    bounds = []
    for name in BOX:
        value = np.asarray(content[name])
        if value.size != 1 or value.item() != int(value.item()):
            raise Refused(f"{name} is not one whole number")
        bounds.append(int(value.item()))
    min_y, max_y, min_x, max_x = bounds
    height, width = size
    if not (0 <= min_y <= max_y < height and 0 <= min_x <= max_x < width):
        raise Refused(f"the box x {min_x}..{max_x}, y {min_y}..{max_y} does not lie in the image, {width}x{height}")
    return slice(min_y, max_y + 1), slice(min_x, max_x + 1)


def converted(content, size):
    if not isinstance(content, dict):
        raise Refused(f"it holds a {type(content).__name__}, not a dictionary")
    missing = [name for name in (*BOX, "normal") if name not in content]
    if missing:
        raise Refused(f"it lacks {', '.join(missing)}")
    rows, columns = box_of(content, size)
    inside = np.asarray(content["normal"])
    need = (rows.stop - rows.start, columns.stop - columns.start, 3)
    if inside.shape != need:
        raise Refused(f"normal has the shape {inside.shape}, but its box needs {need}")
    if inside.dtype.kind not in "fiu" or not np.isfinite(inside).all():
        raise Refused("normal has values that are no finite numbers")
    normals = np.zeros((*size, 3), np.float32)
    # + 0 makes the zeros of "no normal" positive again.
    normals[rows, columns] = inside.astype(np.float32) * np.float32([-1, -1, 1]) + np.float32(0)
    return normals


def convert(path, folder):
    name = path.name.removesuffix("_normal.pkl")
    normals = converted(unpickled(path), image_size(path.with_name(name + "_img.png")))
    target = folder / (name + "_normal.npy")
    started = target.with_name(target.name + ".part")
    with open(started, "wb") as file:
        np.save(file, normals)
    os.replace(started, target)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="default: beside the pickles")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*_normal.pkl"))
    if not paths:
        sys.exit(f"{options.folder} holds no *_normal.pkl; pass the folder val of dsine_eval/oasis")
    output = options.output or options.folder
    output.mkdir(parents=True, exist_ok=True)
    for path in paths:
        try:
            convert(path, output)
        except Refused as error:
            sys.exit(f"{path}: {error}")
    print(f"{len(paths)} files converted into {output}")


if __name__ == "__main__":
    main()
