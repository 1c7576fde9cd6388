#!/usr/bin/env python3
"""Writes tests/golden/normals/files.json and resize_bytes.json: what evaluators of normals make of whole files.

  scripts/make_normals_file_samples.py CLONES

CLONES as for scripts/make_depth_protocol_samples.py. From the cited commits are run: StableNormal's worker, on
PNG files; Metric3D's reader of NYU's normals and its meter, one image a batch; Marigold's Sintel dataset class and
its metrics. How StableNormal puts its images together is transcribed (it stands in the script's main part).
Pixels are functions of their place, which tests/eval/normals_files_test.cc repeats.

resize_bytes.json holds hashes of images that cv2.resize made of a pattern; tests/model/resize_bytes_test.cc.

Values were made with Python 3.11, NumPy 2.4.6, PyTorch 2.13.0 and OpenCV 4.11.0 on the CPU.
"""

import ast
import hashlib
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import torch
from make_depth_protocol_samples import Anything, functions_of, noise, text_of

ROOT = Path(__file__).resolve().parent.parent
GOLDEN = ROOT / "tests/golden/normals"
STABLENORMAL = ("Stable-X/StableNormal", "594b934", "stablenormal/metrics/compute_metric.py")
METRIC3D_NYU = ("YvanYin/Metric3D", "eb5b6fa", "training/mono/datasets/nyu_dataset.py")
METRIC3D = ("YvanYin/Metric3D", "eb5b6fa", "training/mono/utils/avg_meter.py")
SINTEL = ("prs-eth/Marigold", "b1dffaa", "src/dataset/sintel_dataset.py")
MARIGOLD = ("prs-eth/Marigold", "b1dffaa", "src/util/metric.py")
BOUNDS = ("5", "7.5", "11.25", "22.5", "30")
RESIZED = [((64, 48), (40, 30)), ((30, 90), (61, 37)), ((50, 20), (25, 10)), ((9, 9), (9, 9)), ((1, 5), (7, 3)),
           ((6, 1), (4, 8)), ((33, 47), (480, 20)), ((1200, 896), (640, 480))]


# ---- pixels --------------------------------------------------------------------------------------


def colours(n, size, near, seed):
    """Blocks of random colours, `near` either side of them, black on a tenth of the pixels where seed is 0."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u, v = 8 * x // width, 8 * y // height
    image = np.empty((height, width, 3), np.uint8)
    for c in range(3):
        base = noise(u, v, n, 40 + c) % 256
        image[..., c] = np.clip(base + noise(x, y, n, 50 + seed + c) % (2 * near + 1) - near, 0, 255)
    if seed == 0:
        image[noise(x, y, n, 60) % 10 == 0] = 0
    return image


def vectors(n, size, seed):
    """Components in thousandths, by blocks with a little noise."""
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    u, v = 8 * x // width, 8 * y // height
    parts = [noise(u, v, n, 70 + c) % 2001 - 1000 + noise(x, y, n, 80 + seed + c) % 401 - 200 for c in range(3)]
    return (np.stack(parts) / 1000.0).astype(np.float32)


def write_png(path, image):
    cv2.imwrite(str(path), image[..., ::-1])


# ---- sources -------------------------------------------------------------------------------------


def node_of(clones, source, name, inside=None):
    body = ast.parse(text_of(clones, source)).body
    if inside:
        body = next(node for node in body if getattr(node, "name", "") == inside).body
    return next(node for node in body if getattr(node, "name", "") == name)


def run_node(node, space):
    exec(compile(ast.Module([node], []), node.name, "exec"), space)
    return space[node.name]


def row_of(mean, median, rmse, within):
    row = {"mean": mean, "median": median}
    row.update({} if rmse is None else {"RMSE": rmse})
    row.update({f"within_{bound}": share for bound, share in within.items()})
    return {name: float(value) for name, value in row.items()}


def stablenormal(clones):
    space = functions_of(clones, STABLENORMAL, cv2=cv2, np=np)
    truth_size, answer_size = (60, 44), (96, 64)
    angles = []
    with tempfile.TemporaryDirectory() as folder:
        for n in range(3):
            truth, answer = Path(folder) / f"{n}_gt.png", Path(folder) / f"{n}_step1.png"
            write_png(truth, colours(n, truth_size, 20, 0))
            write_png(answer, colours(n, truth_size if n == 2 else answer_size, 30, 3))
            angles.append(space["worker"](str(truth), [str(answer)])[1][0])
    pooled = np.concatenate(angles)
    within = {b: np.sum(pooled < float(b), axis=0) / pooled.shape[0] for b in BOUNDS[2:]}
    return row_of(np.mean(pooled), np.median(pooled), None, within)


def metric3d(clones):
    space = {"np": np, "cv2": cv2, "torch": torch, "object": object}
    read = run_node(node_of(clones, METRIC3D_NYU, "load_norm_label", "NYUDataset"), dict(space))
    run_node(node_of(clones, METRIC3D, "AverageMeter"), space)
    meter = run_node(node_of(clones, METRIC3D, "MetricAverageMeter"), space)([])
    size = (52, 36)
    with tempfile.TemporaryDirectory() as folder:
        for n in range(4):
            image = colours(n, size, 20, 0)
            if n == 3:  # 7 pixels are too few
                image.reshape(-1, 3)[7:] = 0
                image.reshape(-1, 3)[:7] = 200
            write_png(Path(folder) / "n.png", image)
            truth = read(None, str(Path(folder) / "n.png"), size[1], size[0]).astype(np.float32)
            truth = torch.from_numpy(truth.transpose((2, 0, 1)))[None]
            answer = truth + torch.from_numpy(vectors(n, size, 3))[None] * 0.5
            mask = ~torch.all(truth == 0, dim=1, keepdim=True)
            meter.update_normal_metrics_gpu(answer, truth, mask, False)
    within = {b: getattr(meter, f"normal_a{i + 1}").avg / 100 for i, b in enumerate(BOUNDS)}
    return row_of(meter.normal_mean.avg, meter.normal_median.avg, meter.normal_rmse.avg, within)


def sintel(clones):
    space = functions_of(clones, SINTEL)
    space.update(H=436, W=1024)
    load = run_node(node_of(clones, SINTEL, "_load_normals_data", "SintelNormalsDataset"), space)
    metric = functions_of(clones, MARIGOLD, pd=Anything())
    names = {"mean": "mean_angular_error", "median": "median_angular_error", "RMSE": "rmse_angular_error"}
    names.update({f"within_{b}": f"sub{b.replace('.', '_')}_error" for b in BOUNDS})
    rows = []
    for n in range(2):
        stored = vectors(n, (1024, 12), 0)
        height, width = stored.shape[1:]
        y, x = np.mgrid[0:height, 0:width].astype(np.int64)
        stored[:, noise(x, y, n, 90) % 5 == 0] = 0
        reader = Anything()
        reader._read_normals_file = lambda path, stored=stored: stored
        truth = load(reader, "")["normals"]
        answer = torch.from_numpy(vectors(n, (582, 12), 3))
        angles = metric["compute_cosine_error"](answer, truth, masked=True)
        rows.append({name: metric[function](angles) for name, function in names.items()})
    share = {name: 100 if name.startswith("within") else 1 for name in names}
    return {name: float(np.mean([row[name] for row in rows])) / share[name] for name in names}


def resized(n, size, to):
    width, height = size
    y, x = np.mgrid[0:height, 0:width].astype(np.int64)
    pattern = np.stack([(x * x * 7 + y * 13 + x * y * 5 + c * 91 + n * 29) % 256 for c in range(3)], -1)
    image = cv2.resize(pattern.astype(np.uint8), to)
    return {"from": size, "to": to, "sha256": "sha256:" + hashlib.sha256(image.tobytes()).hexdigest()}


def main():
    clones = Path(sys.argv[1])
    cite = lambda *sources: ", ".join(f"{s[0]}@{s[1]}:{s[2]}" for s in sources)
    rows = {
        "diode-indoor-normals@stablenormal": (cite(STABLENORMAL), 1e-9, stablenormal(clones)),
        "nyu-normals@metric3d-as-published": (cite(METRIC3D_NYU, METRIC3D), 1e-4, metric3d(clones)),
        "sintel-normals@marigold-as-published": (cite(SINTEL, MARIGOLD), 1e-4, sintel(clones)),
    }
    versions = {"python": sys.version.split()[0], "numpy": np.__version__,
                "torch": torch.__version__.split("+")[0], "opencv": cv2.__version__}
    content = {"script": "scripts/make_normals_file_samples.py", "versions": versions,
               "protocols": {name: {"source": source, "tolerance": tolerance, "metrics": metrics}
                             for name, (source, tolerance, metrics) in rows.items()}}
    (GOLDEN / "files.json").write_text(json.dumps(content, indent=1) + "\n")
    content = {"script": "scripts/make_normals_file_samples.py", "versions": versions,
               "images": [resized(n, *sizes) for n, sizes in enumerate(RESIZED)]}
    (GOLDEN / "resize_bytes.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
