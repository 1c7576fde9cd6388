"""Opening the files of a tree that `assay synth` wrote."""

import pathlib

import numpy as np
from PIL import Image


def rgb(path: pathlib.Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def raw(path: pathlib.Path) -> np.ndarray:
    return np.asarray(Image.open(path))


def some(found: list[pathlib.Path], root: pathlib.Path) -> list[pathlib.Path]:
    if not found:
        raise SystemExit(f"{root}: holds no file of the layout; was it written by assay synth?")
    return sorted(found)
