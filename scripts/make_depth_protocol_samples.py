#!/usr/bin/env python3
"""Writes tests/golden/depth_protocols/expected.json: what the cited evaluators make of synthetic depth.

  scripts/make_depth_protocol_samples.py CLONES [PROTOCOL…]

With names of protocols only their rows are made again, and only their sources are needed. CLONES holds git clones of the cited repositories as <owner>/<name> (or <owner>+<name>/repo); every
function that scores is taken from the cited commit of its own file and run. What stands in scripts
that cannot be run without data and a model (which pixels are scored, clips, order of steps) is
transcribed here, independently of the C++. Truth and answers are functions of the pixel (Sample), which
tests/eval/depth_presets_test.cc repeats; nothing but the results is written.

Values were made with Python 3.11, NumPy 2.4.6 and PyTorch 2.13.0 on the CPU, in double precision where
the source leaves it open.
"""

import ast
import contextlib
import io
import json
import math
import subprocess
import sys
import types
import typing
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests/golden/depth_protocols/expected.json"
SIZES = {"nyu": [(480, 640), (480, 640)], "kitti": [(375, 1242), (370, 1226)]}
BTS = ("cleinc/bts", "5e3406b", "pytorch/bts_eval.py")
ZOE = ("isl-org/ZoeDepth", "d87f17b", "zoedepth/utils/misc.py")
DAV2 = ("DepthAnything/Depth-Anything-V2", "a561b84", "metric_depth/util/metric.py")
UNIDEPTH = ("lpiccinelli-eth/UniDepth", "8d8cfe4", "unidepth/utils/evaluation_depth.py")
UNIK3D = ("lpiccinelli-eth/UniK3D", "29f7862", "unik3d/utils/evaluation_depth.py")
MARIGOLD = ("prs-eth/Marigold", "b1dffaa", "src/util/metric.py")
MARIGOLD_FIT = ("prs-eth/Marigold", "b1dffaa", "src/util/alignment.py")
LOTUS = ("EnVision-Research/Lotus", "b737e12", "evaluation/util/metric.py")
LOTUS_FIT = ("EnVision-Research/Lotus", "b737e12", "evaluation/util/alignment.py")
METRIC3D = ("YvanYin/Metric3D", "eb5b6fa", "mono/utils/avg_meter.py")
METRIC3D_FIT = ("YvanYin/Metric3D", "eb5b6fa", "mono/utils/do_test.py")
MONODEPTH2 = ("nianticlabs/monodepth2", "b676244", "evaluate_depth.py")
LOTUS2 = ("EnVision-Research/Lotus-2", "b05bf90", "evaluation/util/metric.py")
LOTUS2_FIT = ("EnVision-Research/Lotus-2", "b05bf90", "evaluation/util/alignment.py")
E2EFT = ("VisualComputingInstitute/diffusion-e2e-ft", "4ff5aad", "Marigold/src/util/metric.py")
E2EFT_FIT = ("VisualComputingInstitute/diffusion-e2e-ft", "4ff5aad", "Marigold/src/util/alignment.py")
DIODE = ("diode-dataset/diode-devkit", "8b1765b", "metrics.py")
IBIMS = ("YoungXIAO13/DeepDepthRefiner", "285b7ad", "lib/utils/evaluate_ibims_error_metrics.py")
MOGE = ("microsoft/MoGe", "0744441", "moge/test/metrics.py")
MOGE_FIT = ("microsoft/MoGe", "0744441", "moge/utils/alignment.py")
UTILS3D = ("EasternJournalist/utils3d", "3fab839", "utils3d/torch/maps.py")
UTILS3D_WINDOW = ("EasternJournalist/utils3d", "3fab839", "utils3d/torch/utils.py")
DEPTHPRO = ("apple/ml-depth-pro", "9efe5c1", "src/depth_pro/eval/boundary_metrics.py")


# ---- sources -------------------------------------------------------------------------------------


def clone_of(clones, repository):
    owner, name = repository.split("/")
    for clone in (clones / owner / name, clones / f"{owner}+{name}" / "repo"):
        if clone.exists():
            return str(clone)
    raise SystemExit(f"no clone of {repository} in {clones}")


def text_of(clones, source):
    repository, commit, path = source
    shown = ["git", "-C", clone_of(clones, repository), "show", f"{commit}:{path}"]
    return subprocess.run(shown, check=True, capture_output=True, text=True).stdout


class Anything:
    """Stands for a module that is imported and not used by what is run."""

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **kwargs):
        return Anything()


def functions_of(clones, source, classes=(), **extra):
    """The functions, constants, tables and named classes of a file, without imports and main part."""
    tree = ast.parse(text_of(clones, source))
    wanted = (ast.FunctionDef, ast.Assign)
    body = [node for node in tree.body if isinstance(node, wanted) or getattr(node, "name", None) in classes]
    space = {"torch": torch, "np": np, "math": math, "F": torch.nn.functional, "nn": torch.nn, "Tensor": torch.Tensor,
             "Number": float, "Unpack": typing.Unpack}
    space.update({name: getattr(typing, name) for name in typing.__all__})
    space.update(extra)
    for node in body:
        with contextlib.suppress(NameError, AttributeError, SystemExit):
            exec(compile(ast.Module([node], []), source[2], "exec"), space)
    return space


# ---- synthetic samples ---------------------------------------------------------------------------


def noise(x, y, n, k):
    """A 32-bit hash of the pixel, as unsigned arithmetic modulo 2^32."""
    low = np.uint64(0xFFFFFFFF)
    parts = (x, np.uint64(374761393)), (y, np.uint64(668265263)), (n, np.uint64(2246822519)), (k, np.uint64(3266489917))
    value = sum((np.uint64(a) if np.isscalar(a) else a.astype(np.uint64)) * b for a, b in parts) & low
    value ^= value >> np.uint64(13)
    value = (value * np.uint64(1274126177)) & low
    return (value ^ (value >> np.uint64(16))).astype(np.int64)


class Sample:
    """Truth and answer number `n` of a set; `hard` answers have values no depth can have."""

    def __init__(self, dataset, n, size=None):
        self.n = n
        height, width = size or SIZES[dataset][n]
        y, x = np.mgrid[0:height, 0:width].astype(np.int64)
        kind = noise(x, y, n, 2) % 100
        if dataset == "nyu":
            base = 700 + (13 * x + 17 * y + 997 * n) % 9000
            raw = base + noise(x, y, n, 1) % 41 - 20
            for which, value in ((12, 10000), (13, 1), (14, 12000)):
                raw = np.where(kind == which, value, raw)
            unit = 1000.0
        else:
            base = 300 + (7 * x + 29 * y + 1013 * n) % 22000
            raw = base + noise(x, y, n, 1) % 41 - 20
            unit = 256.0
        self.truth = np.where(kind < 12, 0, raw) / unit
        factor = 0.75 + (noise(x, y, n, 3) % 600) / 1000.0
        outlier = noise(x, y, n, 4)
        answer = base / unit * factor + 0.02
        self.answer = np.where(outlier % 200 == 0, answer * 4, answer).astype(np.float32).astype(np.float64)
        self.hard = self.answer.copy()
        for which, value in ((1, np.nan), (2, np.inf), (3, 0.0), (4, -1.0)):
            self.hard[outlier % 500 == which] = value


def samples(dataset):
    return [Sample(dataset, n) for n in range(len(SIZES[dataset]))]


# ---- windows (transcribed) -----------------------------------------------------------------------


def kb_window(shape):
    top, left = int(shape[0] - 352), int((shape[1] - 1216) / 2)
    return slice(top, top + 352), slice(left, left + 1216)


def box(shape, kind):
    height, width = shape
    mask = np.zeros(shape, bool)
    if kind == "nyu":
        mask[45:471, 41:601] = True
    elif kind == "matlab":  # 45:471, 41:601, counted from 1, both ends in it
        mask[44:471, 40:601] = True
    elif kind == "garg":
        mask[int(0.40810811 * height) : int(0.99189189 * height), int(0.03594771 * width) : int(0.96405229 * width)] = True
    elif kind == "eigen":
        mask[int(0.3324324 * height) : int(0.91351351 * height), int(0.0359477 * width) : int(0.96405229 * width)] = True
    else:
        mask[:] = True
    return mask


def mean(rows):
    return {name: float(np.mean([float(row[name]) for row in rows])) for name in rows[0]}


# ---- evaluators ----------------------------------------------------------------------------------


def bts(clones, dataset):
    """The whole of `eval`, with the arguments of its KITTI and NYU examples."""
    kitti = dataset == "kitti"
    arguments = types.SimpleNamespace(
        filenames_file="", dataset=dataset, do_kb_crop=kitti, garg_crop=kitti, eigen_crop=not kitti,
        min_depth_eval=1e-3, max_depth_eval=80 if kitti else 10,
    )
    space = functions_of(clones, BTS, args=arguments, gt_depths=[], missing_ids=set())
    rows = samples(dataset)
    space.update(args=arguments, missing_ids=set(), get_num_lines=lambda _: len(rows), gt_depths=[r.truth for r in rows])
    answers = [(r.hard[kb_window(r.hard.shape)] if kitti else r.hard).copy() for r in rows]
    with contextlib.redirect_stdout(io.StringIO()):
        silog, log10, abs_rel, sq_rel, rmse, rmse_log, d1, d2, d3 = space["eval"](answers, 0)
    names = ("SILog", "log10", "AbsRel", "SqRel", "RMSE", "RMSE_log", "delta1", "delta2", "delta3")
    values = (silog, log10, abs_rel, sq_rel, rmse, rmse_log, d1, d2, d3)
    return {name: float(np.mean(value.astype(np.float64))) for name, value in zip(names, values)}


def usable(sample):
    return noise(*np.mgrid[0:480, 0:640][::-1].astype(np.int64), sample.n, 5) % 10 != 0


def zoe(clones, dataset, ibims=False):
    """iBims-1: unusable pixels are -1, as its loader has them, and the range begins at 0."""
    space = functions_of(clones, ZOE)
    kitti = dataset == "kitti"
    rows = []
    for sample in samples(dataset):
        window = kb_window(sample.truth.shape) if kitti else (slice(None), slice(None))
        truth = np.where(usable(sample), sample.truth, -1) if ibims else sample.truth
        answer = sample.answer if ibims else sample.hard
        found = space["compute_metrics"](
            torch.from_numpy(truth[window].copy())[None, None],
            torch.from_numpy(answer[window].copy())[None, None],
            garg_crop=kitti, eigen_crop=not kitti, dataset=dataset,
            min_depth_eval=0 if ibims else 1e-3, max_depth_eval=80 if kitti else 10,
        )
        names = {"a1": "delta1", "a2": "delta2", "a3": "delta3", "abs_rel": "AbsRel", "sq_rel": "SqRel", "rmse": "RMSE",
                 "rmse_log": "RMSE_log", "log_10": "log10", "silog": "SILog"}
        rows.append({names[name]: value for name, value in found.items()})
    return mean(rows)


def dav2(clones, dataset):
    space = functions_of(clones, DAV2)
    rows = []
    for sample in samples(dataset):
        far = 80 if dataset == "kitti" else 20  # 20 is the default of its scripts
        mask = (sample.truth > 0) & (sample.truth >= 1e-3) & (sample.truth <= far)
        found = space["eval_depth"](torch.from_numpy(sample.answer[mask]), torch.from_numpy(sample.truth[mask]))
        names = {"d1": "delta1", "d2": "delta2", "d3": "delta3", "abs_rel": "AbsRel", "sq_rel": "SqRel", "rmse": "RMSE",
                 "rmse_log": "RMSE_log", "log10": "log10", "silog": "SILog_c"}
        rows.append({names[name]: value for name, value in found.items()})
    return mean(rows)


def piccinelli(clones, source, dataset, suffix="", clip=None, whole=False):
    """UniDepth and UniK3D; `suffix` picks the rescaled answers, _si or _ssi; clip and `whole` are assay's own."""
    from collections import defaultdict
    from functools import partial

    space = functions_of(clones, source, defaultdict=defaultdict, partial=partial, ChamferDistance=Anything)
    rows = []
    for sample in samples(dataset):
        truth, answer = sample.truth, np.clip(sample.answer, *clip) if clip else sample.answer
        if dataset == "kitti" and not whole:
            truth, answer = (a[kb_window(sample.truth.shape)] for a in (truth, answer))
        mask = (truth > 0) & (truth < (80 if dataset == "kitti" else 10))
        mask &= box(truth.shape, "none" if whole else "garg" if dataset == "kitti" else "nyu")
        tensors = [torch.from_numpy(a.copy())[None, None] for a in (truth, answer, mask)]
        found = space["eval_depth"](*tensors)
        names = {"d1": "delta1", "d2": "delta2", "d3": "delta3", "arel": "AbsRel", "sqrel": "SqRel", "rmse": "RMSE",
                 "rmselog": "RMSE_log", "log10": "log10", "silog": "SILog_b"}
        kept = {name: found[name + suffix] for name in names if name + suffix in found}
        rows.append({names[name]: value for name, value in kept.items()})
    return mean(rows)


def marigold(clones, dataset, metric=MARIGOLD, fit=MARIGOLD_FIT, disparity=False):
    space = functions_of(clones, metric, pd=Anything())
    aligning = functions_of(clones, fit)
    kitti = dataset == "kitti"
    low, high = (1e-5, 80.0) if kitti else (1e-3, 10.0)
    rows = []
    for sample in samples(dataset):
        truth, answer = sample.truth, sample.answer
        if kitti:
            truth, answer = (a[kb_window(sample.truth.shape)] for a in (truth, answer))
        valid = (truth > low) & (truth < high) & box(truth.shape, "eigen" if kitti else "nyu")
        if disparity:
            # What the network gives is taken as disparity.
            answer = 1 / answer
            true_disparity, positive = aligning["depth2disparity"](truth, return_mask=True)
            fitted, _, _ = aligning["align_depth_least_square"](true_disparity, answer, valid & positive & (answer > 0))
            aligned = aligning["disparity2depth"](np.clip(fitted, a_min=1e-3, a_max=None))
        else:
            aligned, _, _ = aligning["align_depth_least_square"](truth, answer, valid)
        aligned = np.clip(np.clip(aligned, low, high), 1e-6, None)
        names = {"abs_relative_difference": "AbsRel", "squared_relative_difference": "SqRel", "rmse_linear": "RMSE",
                 "rmse_log": "RMSE_log", "log10": "log10", "delta1_acc": "delta1", "delta2_acc": "delta2",
                 "delta3_acc": "delta3", "i_rmse": "iRMSE", "silog_rmse": "SILog"}
        tensors = [torch.from_numpy(np.ascontiguousarray(a)) for a in (aligned, truth, valid)]
        torch.set_default_dtype(torch.float64)
        rows.append({ours: space[theirs](*[t.clone() for t in tensors]).item() for theirs, ours in names.items()})
        torch.set_default_dtype(torch.float32)
    return mean(rows)


def metric3d(clones, dataset, fit=None):
    """Zeroing and columns of its data loaders are transcribed.

    The source counts an answer of exactly 0 as right at pixels that are not scored; they get another here.
    """
    space = functions_of(clones, METRIC3D)
    aligning = functions_of(clones, METRIC3D_FIT)
    rows = []
    for sample in samples(dataset):
        truth = np.where(box(sample.truth.shape, "eigen" if dataset == "kitti" else "nyu"), sample.truth, 0)
        answer = sample.answer
        if dataset == "kitti":
            truth, answer = truth[:, 43:1197], answer[:, 43:1197]
        truth, answer = (torch.from_numpy(a.copy()) for a in (truth, answer))
        answer = (answer > 0) * (answer < 300) * answer
        mask = truth > 1e-8
        answer[~mask] = 1
        if fit == "median":
            answer = aligning["align_scale"](answer, truth)[0]
        elif fit == "polyfit":
            answer = aligning["align_scale_shift"](answer, truth)[0]
        tensors = (answer[None, None], truth[None, None], mask[None, None])
        torch.set_default_dtype(torch.float64)
        delta = space["get_ratio_err"](*tensors)
        row = {"delta1": delta[0], "delta2": delta[1], "delta3": delta[2]}
        for name, function in (("AbsRel", "absrel"), ("SqRel", "sqrel"), ("RMSE", "rmse"), ("RMSE_log", "rmse_log"),
                               ("log10", "log10"), ("SILog_d", "silog")):
            row[name] = space[f"get_{function}_err"](*tensors)[0]
        torch.set_default_dtype(torch.float32)
        rows.append(row)
    return mean(rows)


def monodepth2(clones, dataset):
    """The branch of the improved truth (eigen_benchmark); the answers have its size already."""
    space = functions_of(clones, MONODEPTH2)
    rows = []
    for sample in samples(dataset):
        mask = sample.truth > 0
        truth, answer = sample.truth[mask], 1 / (1 / sample.answer)[mask]
        answer *= np.median(truth) / np.median(answer)
        answer[answer < space["MIN_DEPTH"] if "MIN_DEPTH" in space else answer < 1e-3] = 1e-3
        answer[answer > 80] = 80
        found = space["compute_errors"](truth, answer)
        rows.append(dict(zip(("AbsRel", "SqRel", "RMSE", "RMSE_log", "delta1", "delta2", "delta3"), found)))
    return mean(rows)


def numpy_errors(clones, truth, answer):
    """BTS's formulas, for evaluators without a public one of their own."""
    silog, log10, abs_rel, sq_rel, rmse, rmse_log, d1, d2, d3 = functions_of(clones, BTS)["compute_errors"](truth, answer)
    return {"SILog": silog, "log10": log10, "AbsRel": abs_rel, "SqRel": sq_rel, "RMSE": rmse, "RMSE_log": rmse_log,
            "delta1": d1, "delta2": d2, "delta3": d3}


def matlab(clones, dataset):
    truth, answer = [], []
    for sample in samples(dataset):
        mask = (sample.truth > 1e-3) & (sample.truth < 10) & box(sample.truth.shape, "matlab")
        truth.append(sample.truth[mask])
        answer.append(np.clip(sample.answer[mask], 1e-3, 10))
    return {k: float(v) for k, v in numpy_errors(clones, np.concatenate(truth), np.concatenate(answer)).items()}


def diode_devkit(clones):
    space = functions_of(clones, DIODE)
    rows = []
    for sample in samples("nyu"):
        mae, rmse, abs_rel, log_mae, log_rmse, d1, d2, d3 = space["errors"](sample.truth, sample.answer)
        rows.append({"MAE": mae, "RMSE": rmse, "AbsRel": abs_rel, "log10": log_mae, "delta1": d1, "delta2": d2, "delta3": d3})
    return mean(rows)


def ibims_script(clones):
    """The masks and the mean over what is not NaN stand in its main part and are transcribed."""
    errors = functions_of(clones, IBIMS)["compute_global_errors"]
    rows = []
    for sample in samples("nyu"):
        answer = np.where((sample.hard == np.inf) | (sample.hard < 0), sample.answer, sample.hard)
        kept = usable(sample) & (sample.truth != 0) & (answer != 0) & ~np.isnan(answer)
        abs_rel, sq_rel, rmse, log10, d1, d2, d3 = errors(sample.truth[kept], answer[kept])
        rows.append({"AbsRel": abs_rel, "SqRel": sq_rel, "RMSE": rmse, "log10": log10, "delta1": d1, "delta2": d2, "delta3": d3})
    return mean(rows)


def kitti_devkit():
    """Transcribed from the C++ of the devkit, in double precision; SILog times 100."""
    rows = []
    for sample in samples("kitti"):
        mask = sample.truth > 0
        g, p = sample.truth[mask], sample.answer[mask]
        e = np.log(g) - np.log(p)
        rows.append({
            "MAE": np.mean(np.abs(g - p)), "RMSE": np.sqrt(np.mean((g - p) ** 2)),
            "iRMSE": np.sqrt(np.mean((1 / g - 1 / p) ** 2)), "RMSE_log": np.sqrt(np.mean(e**2)),
            "SILog": 100 * np.sqrt(np.mean(e**2) - np.mean(e) ** 2), "AbsRel": np.mean(np.abs(g - p) / g),
            "SqRel": np.mean((g - p) ** 2 / g**2),
        })
    return mean(rows)


# ---- robust fits and boundaries -------------------------------------------------------------------


def moge(clones):
    fits = functions_of(clones, MOGE_FIT)
    window = functions_of(clones, UTILS3D_WINDOW, chain=__import__("itertools").chain)["sliding_window"]
    maps = functions_of(clones, UTILS3D, sliding_window=window)
    shim = types.SimpleNamespace(pt=types.SimpleNamespace(sliding_window_2d=window))
    metrics = functions_of(clones, MOGE, utils3d=shim)
    rows = []
    for n, size in enumerate(((480, 640), (375, 750), (61, 83), (130, 64))):
        sample = Sample("nyu", n, size)
        mask = torch.from_numpy((sample.truth > 1e-3) & (sample.truth < 10))
        low_mask, low_index = maps["masked_nearest_resize"](mask=mask, size=(64, 64), return_index=True)
        truth, answer = torch.from_numpy(sample.truth), torch.from_numpy(sample.answer)
        few_truth, few_answer = truth[low_index][low_mask], answer[low_index][low_mask]
        row = {"size": list(size), "pixels": [low_index[1][low_mask].tolist(), low_index[0][low_mask].tolist()]}
        row["scale"] = fits["align_depth_scale"](few_answer, few_truth, 1 / few_truth).item()
        short = slice(None, None, 8)  # the source's memory grows with the square
        scale, shift = fits["align_depth_affine"](few_answer[short], few_truth[short], 1 / few_truth[short])
        row["affine_of_every_8th"] = [scale.item(), shift.item()]
        row["pixels"] = checksum(row["pixels"])
        for radius in (1, 2, 3):
            row[f"boundary_F1_r{radius}"] = metrics["boundary_f1"](answer, truth, mask, radius=radius)
        row["AbsRel"] = metrics["rel_depth"](answer[mask], truth[mask])
        rows.append(row)
    return rows


def checksum(pixels):
    """Order matters: sum over i of (i + 1) (x + 4096 y), modulo 2^53."""
    total = sum((i + 1) * (x + 4096 * y) for i, (x, y) in enumerate(zip(*pixels)))
    return {"count": len(pixels[0]), "checksum": total % 2**53}


def depthpro(clones):
    space = functions_of(clones, DEPTHPRO)
    rows = []
    for n, size in enumerate(((480, 640), (61, 83))):
        sample = Sample("nyu", n, size)
        # Complete truth, as its source asks for.
        truth = np.where(sample.truth > 0, sample.truth, 3.0)
        rows.append({"size": list(size), "boundary_F1": float(space["SI_boundary_F1"](sample.answer, truth))})
    return rows


def main():
    clones, only = Path(sys.argv[1]), sys.argv[2:]
    content = json.loads(EXPECTED.read_text()) if only else {"protocols": {}}
    protocols = content["protocols"]

    def add(name, sources, metrics, rows=protocols, **how):
        if only and name not in only:
            return
        metrics = metrics()
        cited = [f"{repository}@{commit}:{path}" for repository, commit, path in sources]
        rows[name] = {"sources": cited, **how, "metrics": metrics}

    # Evaluators with the settings of another: the same values are asked of its protocol.
    twins = content.setdefault("twins", {})
    for dataset in ("nyu", "kitti"):
        preset = f"{dataset}-depth"
        add(f"{preset}@lotus", [LOTUS2, LOTUS2_FIT], lambda: marigold(clones, dataset, LOTUS2, LOTUS2_FIT, True), twins, disparity=True)
        add(f"{preset}@marigold", [E2EFT, E2EFT_FIT], lambda: marigold(clones, dataset, E2EFT, E2EFT_FIT), twins)
        clip = (0.05, 80) if dataset == "kitti" else (0.005, 10)
        add(preset, [UNIK3D], lambda: piccinelli(clones, UNIK3D, dataset, clip=clip), tolerance=1e-6)
        add(f"{preset}@bts", [BTS], lambda: bts(clones, dataset), hard=True, tolerance=1e-6)
        add(f"{preset}@zoe", [ZOE], lambda: zoe(clones, dataset), hard=True)
        add(f"{preset}@unidepth", [UNIDEPTH], lambda: piccinelli(clones, UNIDEPTH, dataset), tolerance=1e-6)
        add(f"{preset}@unik3d", [UNIK3D], lambda: piccinelli(clones, UNIK3D, dataset), tolerance=1e-6)
        add(f"{preset}@unidepth+align=unidepth_ssi", [UNIDEPTH], lambda: piccinelli(clones, UNIDEPTH, dataset, "_ssi"), tolerance=1e-6)
        add(f"{preset}@unik3d+align=unik3d_ssi", [UNIK3D], lambda: piccinelli(clones, UNIK3D, dataset, "_ssi"), tolerance=1e-4)
        add(f"{preset}@marigold", [MARIGOLD, MARIGOLD_FIT], lambda: marigold(clones, dataset))
        add(f"{preset}@lotus", [LOTUS, LOTUS_FIT], lambda: marigold(clones, dataset, LOTUS, LOTUS_FIT, True), disparity=True)
        # Its denominators have 1e-10 more, which decides ties.
        add(f"{preset}@metric3d", [METRIC3D], lambda: metric3d(clones, dataset), tolerance=1e-5)
    add("nyu-depth@metric3d+align=metric3d_polyfit", [METRIC3D, METRIC3D_FIT], lambda: metric3d(clones, "nyu", "polyfit"), tolerance=1e-5)
    add("nyu-depth@dav2", [DAV2], lambda: dav2(clones, "nyu"), tolerance=1e-6)
    add("kitti-depth@dav2", [DAV2], lambda: dav2(clones, "kitti"), tolerance=1e-6)
    add("kitti-depth@monodepth2", [MONODEPTH2], lambda: monodepth2(clones, "kitti"), disparity=True)
    add("nyu-depth@matlab", [BTS], lambda: matlab(clones, "nyu"))
    add("kitti-depth@devkit", [], kitti_devkit, tolerance=1e-6)
    add("diode-depth@devkit", [DIODE], lambda: diode_devkit(clones))
    add("ibims-depth@script", [IBIMS], lambda: ibims_script(clones), dropped=True)
    add("ibims-depth@zoe", [ZOE], lambda: zoe(clones, "nyu", ibims=True))
    add("vkitti-depth", [UNIK3D], lambda: piccinelli(clones, UNIK3D, "kitti", clip=(0.05, 80), whole=True), tolerance=1e-6)
    EXPECTED.parent.mkdir(parents=True, exist_ok=True)
    if only:
        EXPECTED.write_text(json.dumps(content, indent=1) + "\n")
        return
    content = {
        "script": "scripts/make_depth_protocol_samples.py",
        "versions": {"python": sys.version.split()[0], "numpy": np.__version__, "torch": torch.__version__.split("+")[0]},
        "protocols": protocols,
        "twins": twins,
        "moge": {"sources": ["@".join(s[:2]) + ":" + s[2] for s in (MOGE, MOGE_FIT, UTILS3D)], "cases": moge(clones)},
        "depthpro": {"source": "@".join(DEPTHPRO[:2]) + ":" + DEPTHPRO[2], "cases": depthpro(clones)},
    }
    EXPECTED.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
