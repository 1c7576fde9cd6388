#!/usr/bin/env python3
"""Writes tests/golden/io: small files by NumPy, Pillow, SciPy and h5py, and what is in them.

The readers of datasets/io are tested with files that nothing of assay has written. Run once; the
output is committed. Running it again gives the same values (compressed bytes may differ with other
library versions, which expected.json records).

    .venv/bin/python scripts/make_io_samples.py [FOLDER]
"""

import io
import json
import pathlib
import sys

import h5py
import numpy as np
import PIL
import scipy
import scipy.io
from numpy.lib import format as npy_format
from PIL import Image

SEED = 7


def number(value):
    """JSON has no NaN and no infinities: those are written as texts."""
    value = float(value)
    return value if np.isfinite(value) else str(value)


def facts(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "values": [number(v) for v in array.ravel(order="C")]}


def npy_bytes(array, version=None):
    stream = io.BytesIO()
    npy_format.write_array(stream, array, version=version)
    return stream.getvalue()


def npy_arrays():
    """name -> (array, .npy version)"""
    base = np.array([[0.5, -1.25, 3.0], [1e-3, 7.75, 1024.0]])
    special = np.array([[np.nan, np.inf], [-np.inf, -0.0]])
    half = np.array([[0.1, 65504.0, 6e-8], [np.inf, np.nan, -2.5]], dtype="<f2")
    cube = np.arange(24, dtype="<i4").reshape(2, 3, 4) - 12
    arrays = {
        "f8_v1": (base.astype("<f8"), (1, 0)),
        "f4_v1": (base.astype("<f4"), (1, 0)),
        "f4_v2": (base.astype("<f4"), (2, 0)),
        "f4_v3": (base.astype("<f4"), (3, 0)),
        "f4_big": (base.astype(">f4"), None),
        "f8_big": (base.astype(">f8"), None),
        "f2": (half, None),
        "f2_big": (half.astype(">f2"), None),
        "special": (special, None),
        "special_f4": (special.astype("<f4"), None),
        "bool": (base > 0.7, None),
        "fortran": (np.asfortranarray(base), None),
        "fortran_3d": (np.asfortranarray(cube), None),
        "fortran_big": (np.asfortranarray(cube.astype(">i4")), None),
        "singletons": (base.astype("<f4").reshape(1, 2, 3, 1), None),
        "vector": (np.arange(5, dtype="<f4"), None),
        "scalar": (np.array(2.5), None),
        "empty": (np.zeros((0, 3)), None),
    }
    for kind in ["u1", "i1", "<u2", ">u2", "<i2", ">i2", "<u4", ">u4", "<i4", ">i4", "<i8", ">u8"]:
        info = np.iinfo(kind)
        low, high = max(info.min, -(2**53)), min(info.max, 2**53)
        name = kind.replace("<", "").replace(">", "big_")
        arrays[name] = (np.array([[low, high, 1], [0, 100, high - 1]], dtype=kind), None)
    return arrays


def write_npy(folder):
    expected = {}
    for name, (array, version) in npy_arrays().items():
        (folder / f"{name}.npy").write_bytes(npy_bytes(array, version))
        expected[name] = facts(array)
    return expected


def write_npz(folder):
    depth = np.linspace(0.5, 4.0, 12, dtype="<f4").reshape(3, 4)
    mask = (depth > 2).astype("|u1")
    np.savez(folder / "stored.npz", depth=depth, mask=mask)
    np.savez_compressed(folder / "deflated.npz", depth=depth, mask=mask)
    np.savez_compressed(folder / "single.npz", depth)  # NumPy names it arr_0
    both = {"depth": facts(depth), "mask": facts(mask)}
    return {"stored": both, "deflated": both, "single": {"arr_0": facts(depth)}}


def write_png(folder):
    random = np.random.default_rng(SEED)
    gray = random.integers(0, 256, (5, 7), dtype=np.uint8)
    gray16 = random.integers(0, 65536, (5, 7), dtype=np.uint16)
    rgb = random.integers(0, 256, (5, 7, 3), dtype=np.uint8)
    rgba = np.concatenate([rgb, random.integers(0, 256, (5, 7, 1), dtype=np.uint8)], axis=2)
    indices = random.integers(0, 5, (5, 7), dtype=np.uint8)
    palette = random.integers(0, 256, (5, 3), dtype=np.uint8)
    images = {
        "gray": Image.fromarray(gray),
        "gray16": Image.fromarray(gray16),
        "rgb": Image.fromarray(rgb),
        "rgba": Image.fromarray(rgba),
        "bilevel": Image.fromarray(gray > 127),
        "gray_alpha": Image.fromarray(rgba[:, :, 2:]),
    }
    images["palette"] = Image.fromarray(indices)
    images["palette"].putpalette(palette.ravel().tolist())
    for name, image in images.items():
        image.save(folder / f"{name}.png", optimize=name == "rgb")
    return {
        "gray": facts(gray),
        "gray16": facts(gray16),
        "rgb": facts(rgb),
        "rgba": facts(rgba),
        "bilevel": facts(gray > 127),
        "gray_alpha": facts(rgba[:, :, 2:]),
        "palette": {**facts(indices), "rgb": facts(palette[indices])},
    }


def write_jpeg(folder):
    """Flat quadrants, so that every decoder agrees within a few levels; rotated by EXIF."""
    rgb = np.zeros((16, 32, 3), dtype=np.uint8)
    rgb[:8, :16] = [200, 30, 40]
    rgb[:8, 16:] = [20, 180, 60]
    rgb[8:, :16] = [30, 40, 220]
    rgb[8:, 16:] = [240, 240, 235]
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate by 90 degrees when shown
    image = Image.fromarray(rgb)
    image.save(folder / "rotated.jpg", quality=95, subsampling=0, exif=exif)
    image.save(folder / "progressive.jpg", quality=95, subsampling=0, progressive=True)
    Image.fromarray(rgb[:, :, 0]).save(folder / "gray.jpg", quality=95)
    return {"rotated": facts(rgb), "progressive": facts(rgb)}


def mat_variables():
    random = np.random.default_rng(SEED)
    depths = random.uniform(0.5, 9, (4, 5, 3))
    return {
        "rawDepths": depths.astype(np.float32),
        "depths": depths,
        "images": random.integers(0, 256, (4, 5, 3, 3), dtype=np.uint8),
        "labels": random.integers(0, 895, (4, 5, 3)).astype(np.uint16),
        "offsets": random.integers(-9, 9, (2, 3)).astype(np.int32),
        "mask": depths[:, :, 0] > 4,
        "testNdxs": np.array([[1.0], [2.0], [9.0], [14.0]]),
    }


MATLAB_CLASSES = {
    "float32": "single",
    "float64": "double",
    "uint8": "uint8",
    "uint16": "uint16",
    "int32": "int32",
    "bool": "logical",
}


def class_attribute(dataset, name):
    """MATLAB ends its texts with NUL; h5py's own strings are padded instead."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(name))
    kind.set_strpad(h5py.h5t.STR_NULLTERM)
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(dataset.id, b"MATLAB_class", kind, space)
    attribute.write(np.array(name.encode(), f"S{len(name)}"), mtype=kind)
    if name == "logical":
        dataset.attrs.create("MATLAB_int_decode", 1, dtype=np.int32)


def write_mat73(path, variables):
    """MATLAB 7.3 = HDF5 behind a user block of 512 bytes, axes reversed."""
    with h5py.File(path, "w", userblock_size=512, libver="earliest") as file:
        for name, array in variables.items():
            stored = array.astype(np.uint8) if array.dtype == bool else array
            packed = {"chunks": True, "compression": "gzip"} if array.ndim > 2 else {}
            dataset = file.create_dataset(name, data=stored.T, **packed)
            class_attribute(dataset, MATLAB_CLASSES[str(array.dtype)])
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Thu Feb 29 00:00:00 2024 HDF5 schema 1.00 ."
    with open(path, "r+b") as file:
        file.write(text.ljust(116) + bytes(8) + b"\x00\x02IM")


def write_mat(folder):
    variables = mat_variables()
    others = {"name": "text", "complex": np.array([[1 + 2j]]), "cell": np.array([1, "x"], object)}
    scipy.io.savemat(folder / "v5.mat", {**variables, **others})
    scipy.io.savemat(folder / "v5_compressed.mat", variables, do_compression=True)
    write_mat73(folder / "v73.mat", variables)
    return {name: facts(array) for name, array in variables.items()}


def main():
    root = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "io"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else root
    folder.mkdir(parents=True, exist_ok=True)
    expected = {
        "versions": {
            "h5py": h5py.__version__,
            "numpy": np.__version__,
            "pillow": PIL.__version__,
            "scipy": scipy.__version__,
        },
        "npy": write_npy(folder),
        "npz": write_npz(folder),
        "png": write_png(folder),
        "jpeg": write_jpeg(folder),
        "mat": write_mat(folder),
    }
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()
