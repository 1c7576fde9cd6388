#!/usr/bin/env python3
"""Writes tests/golden/moge_view/expected.json: what MoGe's own loader makes of synthetic frames.

  scripts/make_moge_view_samples.py CLONES

CLONES holds git clones of microsoft/MoGe and EasternJournalist/utils3d as <owner>/<name> (or
<owner>+<name>/repo). EvalDataLoaderPipeline._process_instance of the cited commit is run as it is, on
the package utils3d of the commit that MoGe pins; only what it does after that (tensors) is replaced.
Frames and answers are functions of the pixel (frame, answer), which tests/golden/moge_view_golden_test.cc
and tests/eval/moge_view_test.cc repeat; rows and columns of the results are written thinned.

Values were made with Python 3.11, NumPy 2.4.6, Pillow 13.0.0, OpenCV 5.0.0 (opencv-python-headless),
PyTorch 2.13.0 on the CPU, and SciPy 1.17, which utils3d imports.
"""

import ast
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import types
from pathlib import Path

import cv2
import numpy as np
import PIL
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests/golden/moge_view/expected.json"
MOGE = ("microsoft/MoGe", "0744441")
LOADER = "moge/test/dataloader.py"
METRICS = "moge/test/metrics.py"
BENCHMARKS = "configs/eval/all_benchmarks.json"
GEOMETRY = "moge/utils/geometry_numpy.py"
UTILS3D = ("EasternJournalist/utils3d", "3fab839")
STEP = 7  # every seventh row and column is written

# Image (width, height), camera in units of them, view (width, height).
CASES = [
    ((64, 48), (0.9, 1.2, 0.5, 0.5), (64, 48)),        # of the view's own size, not turned
    ((97, 61), (0.81, 1.27, 0.508, 0.454), (84, 42)),  # turned, cut and smaller
    ((120, 40), (0.58, 1.74, 0.49, 0.46), (75, 37)),   # long and flat
    ((50, 70), (1.3, 0.92, 0.53, 0.52), (96, 72)),     # upright; the view is larger
]


def clone_of(clones, repository):
    owner, name = repository.split("/")
    for clone in (clones / owner / name, clones / f"{owner}+{name}" / "repo"):
        if clone.exists():
            return clone
    raise SystemExit(f"no clone of {repository} in {clones}")


def text_of(clones, repository, commit, path):
    shown = ["git", "-C", str(clone_of(clones, repository)), "show", f"{commit}:{path}"]
    return subprocess.run(shown, check=True, capture_output=True, text=True).stdout


def import_utils3d(clones, folder):
    archive = ["git", "-C", str(clone_of(clones, UTILS3D[0])), "archive", UTILS3D[1], "utils3d"]
    packed = subprocess.run(archive, check=True, capture_output=True).stdout
    tarfile.open(fileobj=io.BytesIO(packed)).extractall(folder, filter="data")
    sys.path.insert(0, str(folder))
    import utils3d

    return utils3d


class Plain:
    """Stands for a tensor: keeps the array, converts nothing."""

    def __init__(self, array):
        self.array = array

    def __getattr__(self, name):
        return lambda *args, **kwargs: self


def functions_of(clones, path, wanted, names):
    """The functions called `wanted` of a file, methods too."""
    names["torch"] = names.get("torch", torch)
    for node in ast.walk(ast.parse(text_of(clones, *MOGE, path))):
        if isinstance(node, ast.FunctionDef) and node.name in wanted:
            exec(compile(ast.Module([node], []), path, "exec"), names)
    return names


def process(clones, utils3d):
    names = {"np": np, "cv2": cv2, "Image": Image, "utils3d": utils3d, "torch": types.SimpleNamespace(from_numpy=Plain)}
    functions_of(clones, GEOMETRY, ["norm3d"], names)
    functions_of(clones, LOADER, ["_process_instance"], names)
    return names["_process_instance"]


def frame(size):
    """Depth of 0 where unmeasured, with a far pixel or two; an image of smooth stripes."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    depth = (512 + (37 * x + 91 * y) % 640 + 8 * ((x * y) % 29)) / 256.0
    depth[(x * 7 + y * 13) % 11 == 0] = 0
    depth[(x * 5 + y * 3) % 97 == 0] = 4096
    image = np.stack([(3 * x + y) % 256, (x * y) // 16 % 256, (255 - 2 * y) % 256], axis=-1).astype(np.uint8)
    return depth, image


def answer(size):
    """Metres, where the view is of this size."""
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.int64)
    return 2 + (3 * x + 5 * y) % 17 / 4.0


def errors(clones, mask, depth, view):
    found = functions_of(clones, METRICS, ["rel_depth", "delta1_depth"], {})
    given, truth = (torch.from_numpy(a[mask].astype(np.float64)) for a in (answer(view), depth))
    return {"AbsRel": found["rel_depth"](given, truth), "delta1": found["delta1_depth"](given, truth)}


def thinned(array):
    return array[::STEP, ::STEP].tolist()


def main():
    clones = Path(sys.argv[1])
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        run = process(clones, import_utils3d(clones, folder))
        for size, (fx, fy, cx, cy), view in CASES:
            depth, image = frame(size)
            loader = types.SimpleNamespace(drop_max_depth=1000.0, depth_unit=1.0, include_segmentation=False,
                                           has_sharp_boundary=False)
            result = run(loader, {
                "image": image,
                "depth": np.where(depth > 0, depth, 1).astype(np.float32),
                "depth_mask": depth > 0,
                "intrinsics": np.array([[fx, 0, cx], [0, fy, cy], [0, 0, 1]], dtype=np.float32),
                "width": view[0],
                "height": view[1],
            })
            mask = result["depth_mask"].array
            seen = np.where(mask, result["depth"].array, 0)
            intrinsics = result["intrinsics"].array.astype(float)
            picture = result["image"].array
            rows.append({
                "image": list(size), "camera": [fx, fy, cx, cy], "view": list(view),
                "view_focal": [intrinsics[0, 0], intrinsics[1, 1]],
                "measured": int(mask.sum()),
                "mean_depth": float(seen[mask].astype(float).mean()),
                "metrics": errors(clones, mask, seen, view),
                "depth": thinned(seen.astype(float)),
                "pixels": thinned(np.rint(picture * 255).astype(int)),
            })
    content = {
        "script": "scripts/make_moge_view_samples.py",
        "sources": [f"{MOGE[0]}@{MOGE[1]}:{LOADER}", f"{UTILS3D[0]}@{UTILS3D[1]}:utils3d/numpy"],
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "pillow": PIL.__version__, "opencv": cv2.__version__},
        "step": STEP,
        "benchmarks": json.loads(text_of(clones, *MOGE, BENCHMARKS)),
        "cases": rows,
        "lanczos": [{"from": [97, 61], "to": list(to),
                     "pixels": thinned(np.array(Image.fromarray(frame((97, 61))[1]).resize(to, Image.Resampling.LANCZOS)).astype(int))}
                    for to in [(97, 61), (60, 40), (130, 61), (41, 90)]],
    }
    EXPECTED.parent.mkdir(parents=True, exist_ok=True)
    EXPECTED.write_text(json.dumps(content) + "\n")


if __name__ == "__main__":
    main()
