#!/usr/bin/env python3
"""Writes tests/golden/depth_sets/protocols.json: what the cited evaluators make of the trees there.

  scripts/make_depth_scores.py CLONES

CLONES as for scripts/make_depth_protocol_samples.py. Trees and answers are those of
scripts/make_depth_samples.py. From the cited commits are run:

  - Marigold and Lotus: data loaders, alignment and metrics, in single precision as they are
    (Lotus takes an answer as disparity, so its answers are inverted)
  - ZoeDepth: compute_metrics; what its loaders do to the truth is transcribed
  - UniK3D and UniDepth: the mask of their base class with the range that each set's class states,
    and eval_depth. Of assay's own protocols with UniK3D's ranges the answers are clipped first,
    and DIODE's and iBims-1's mask files are laid over the mask, which is transcribed
  - Metric3D, its training code: what each set's loader makes of a stored value, the clip of its
    test configuration, and the meter; SILog is given times 100

The truth of the last two is the trees' own, in double precision; how their packs round it is not
repeated. Values were made with Python 3.11, NumPy 2.4.6 and PyTorch 2.13.0 on the CPU.
"""

import importlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
import types
from collections import defaultdict
from functools import partial
from pathlib import Path, PurePath

import numpy as np
import torch
from make_depth_protocol_samples import (LOTUS, MARIGOLD, UNIDEPTH, UNIK3D, ZOE, Anything,
                                         clone_of, functions_of, kb_window, mean)

FOLDER = Path(__file__).resolve().parent.parent / "tests/golden/depth_sets"
METERS = ("YvanYin/Metric3D", "eb5b6fa", "training/mono/utils/avg_meter.py")
MARIGOLD_NAMES = {
    "abs_relative_difference": "AbsRel", "squared_relative_difference": "SqRel",
    "rmse_linear": "RMSE", "rmse_log": "RMSE_log", "log10": "log10", "delta1_acc": "delta1",
    "delta2_acc": "delta2", "delta3_acc": "delta3", "i_rmse": "iRMSE", "silog_rmse": "SILog",
}
ZOE_NAMES = {
    "abs_rel": "AbsRel", "sq_rel": "SqRel", "rmse": "RMSE", "rmse_log": "RMSE_log",
    "log_10": "log10", "a1": "delta1", "a2": "delta2", "a3": "delta3", "silog": "SILog",
}
PICCINELLI_NAMES = {
    "d1": "delta1", "d2": "delta2", "d3": "delta3", "arel": "AbsRel", "sqrel": "SqRel",
    "rmse": "RMSE", "rmselog": "RMSE_log", "log10": "log10", "silog": "SILog_b",
}
METRIC3D_NAMES = {
    "abs_rel": "AbsRel", "rmse": "RMSE", "rmse_log": "RMSE_log", "log10": "log10",
    "silog": "SILog", "delta1": "delta1", "delta2": "delta2", "delta3": "delta3",
}

# set of assay: layout, part of it; file and class of UniK3D and UniDepth; clip of assay's own
RANGES = {
    "eth3d": ("eth3d", "", "eth3d", "ETH3D", (0.01, 50)),
    "diode-indoor": ("diode", "indoors", "diode", "DiodeIndoor", (0.01, 25)),
    "ibims": ("ibims-mat", "", "ibims", "IBims", (0.005, 25)),
    "scannet": ("scannet", "", "scannet", "ScanNet", (0.005, 10)),
    "nuscenes": ("nuscenes", "", "nuscenes", "Nuscenes", (0.05, 80)),
    "sintel": ("sintel", "", "sintel", "Sintel", (0.001, 1000)),
}
# set of assay: layout, part of it; file, class and test configuration of Metric3D
LOADERS = {
    "eth3d": ("eth3d", "", "eth3d", "ETH3D"),
    "diode": ("diode", "", "diode", "DIODE"),
    "diode-indoor": ("diode", "indoors", "diode", "DIODE"),
    "diode-outdoor": ("diode", "outdoor", "diode", "DIODE"),
    "ibims": ("ibims-mat", "", "ibims", "IBIMS"),
    "scannet": ("scannet", "", "scannet", "ScanNet"),
    "nuscenes": ("nuscenes", "", "nuscenes", "NuScenes"),
}


# ---- trees ---------------------------------------------------------------------------------------


def answer_of(layout, key):
    """Saved beside the key, or as Marigold names it."""
    path = FOLDER / "answers" / layout / key
    for name in (path.name, f"pred_{path.name}"):
        if (file := path.with_name(name + ".npy")).exists():
            return np.load(file)
        if (file := path.with_name(name + ".npz")).exists():
            return np.load(file)["pred"]
    raise SystemExit(f"no answer to {key} of {layout}")


def pairs_of(layout, part=""):
    """Truth, answer and mask file of every sample, in double precision."""
    for sample in json.loads((FOLDER / "expected.json").read_text())[layout]:
        if sample["key"].startswith(part):
            truth = np.array(sample["depth_m"])
            mask = np.array(sample.get("mask", np.ones(truth.shape))) == 1
            yield truth, answer_of(layout, sample["key"]).astype(np.float64), mask


def image(array):
    return torch.from_numpy(np.ascontiguousarray(array))[None, None]


# ---- Marigold and Lotus --------------------------------------------------------------------------


def stub(name, **attributes):
    module = types.ModuleType(name)
    for key, value in attributes.items():
        setattr(module, key, value)
    sys.modules[name] = module


def package(clones, source, folder, datasets):
    """Dataset classes, alignment and metrics; what they import and never use is empty."""
    nothing = type("Nothing", (), {})
    stub("torchvision", __path__=[])
    stub("torchvision.transforms", __path__=[], ColorJitter=nothing, InterpolationMode=nothing,
         Resize=nothing)
    stub("torchvision.transforms.functional")
    stub("pandas")
    repository, commit, path = source
    top = path.split("/")[0]
    packing = ["git", "-C", clone_of(clones, repository), "archive", commit, top]
    packed = subprocess.run(packing, check=True, capture_output=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as files:
        files.extractall(folder, filter="data")
    sys.path.insert(0, folder)
    stub(top, __path__=[f"{folder}/{top}"])
    stub(f"{top}.{datasets}", __path__=[f"{folder}/{top}/{datasets}"])
    stub(f"{top}.util.depth_transform", DepthNormalizerBase=nothing)
    sets = ("base_depth", "diode", "eth3d", "scannet", "kitti")
    names = {name: f"{datasets}.{name}_dataset" for name in sets}
    if source is MARIGOLD:
        names["vkitti"] = f"{datasets}.vkitti_dataset"
    names.update(alignment="util.alignment", metric="util.metric")
    return {name: importlib.import_module(f"{top}.{module}") for name, module in names.items()}


def scored_set(code, layout, name, list_file, **settings):
    """A dataset class of the evaluator, of frames as small as the tree's."""
    prefix = {"diode": "DIODE", "eth3d": "ETH3D", "scannet": "ScanNet", "vkitti": "VirtualKITTI"}[name]
    kinds = (f"{prefix}DepthDataset", f"{prefix}Dataset")
    kind = next(getattr(code[name], k) for k in kinds if hasattr(code[name], k))
    if name == "eth3d":
        kind = type("Small", (kind,), {"WIDTH": 1040, "HEIGHT": 6})
    tree = FOLDER / layout
    mode = code["base_depth"].DatasetMode.EVAL
    return kind(mode=mode, filename_ls_path=str(tree / list_file), dataset_dir=str(tree),
                disp_name=name, **settings)


def aligned(code, dataset, layout, max_res=None, disparity=False):
    """The order of Marigold's script/depth/eval.py and of Lotus's evaluation/evaluation.py."""
    space = code["alignment"]
    align = partial(space.align_depth_least_square, return_scale_shift=True, max_resolution=max_res)
    rows = []
    for index in range(len(dataset)):
        data = dataset[index]
        rgb = PurePath(data["rgb_relative_path"])
        name = code["base_depth"].get_pred_name(rgb.name, dataset.name_mode, suffix="")
        truth, valid = data["depth_raw_linear"].squeeze(), data["valid_mask_raw"].squeeze()
        pred = answer_of(layout, str(rgb.parent / name)).astype(np.float32)
        if disparity:
            pred = 1 / pred.astype(np.float64)
            truth = truth.double()
            target, positive = space.depth2disparity(depth=truth.numpy(), return_mask=True)
            seen = valid.numpy() & positive & (pred > 0)
            pred, _, _ = align(gt_arr=target, pred_arr=pred, valid_mask_arr=seen)
            pred = space.disparity2depth(np.clip(pred, a_min=1e-3, a_max=None))
        else:
            pred, _, _ = align(gt_arr=truth.numpy(), pred_arr=pred, valid_mask_arr=valid.numpy())
        pred = np.clip(pred, a_min=dataset.min_depth, a_max=dataset.max_depth)
        pred = torch.from_numpy(np.clip(pred, a_min=1e-6, a_max=None))
        rows.append({ours: getattr(code["metric"], theirs)(pred, truth, valid).item()
                     for theirs, ours in MARIGOLD_NAMES.items()})
    return mean(rows)


ALIGNED = {
    "diode-depth": ("diode", "diode", "diode_val_all_filename_list.txt", None),
    "eth3d-depth": ("eth3d", "eth3d", "eth3d_filename_list.txt", 1024),
    "scannet-depth": ("scannet", "scannet", "scannet_val_sampled_list_800_1.txt", None),
}


def add_marigold_and_lotus(clones, add):
    sources = (("marigold", MARIGOLD, "dataset"), ("lotus", LOTUS, "dataset_depth"))
    for variant, source, datasets in sources:
        with tempfile.TemporaryDirectory() as folder:
            code = package(clones, source, folder, datasets)
            for protocol, (layout, name, list_file, max_res) in ALIGNED.items():
                dataset = scored_set(code, layout, name, list_file)
                metrics = aligned(code, dataset, layout, max_res, disparity=variant == "lotus")
                add(f"{protocol}@{variant}", layout, variant.capitalize(), metrics)
            if variant == "marigold":
                dataset = scored_set(code, "vkitti", "vkitti", "vkitti_val.txt",
                                     kitti_bm_crop=True, valid_mask_crop="eigen")
                metrics = aligned(code, dataset, "vkitti")
                add("vkitti-depth@marigold", "vkitti", "Marigold", metrics, "npz:pred")


# ---- ZoeDepth ------------------------------------------------------------------------------------


def zoe(clones, pairs, **settings):
    compute = functions_of(clones, ZOE)["compute_metrics"]
    rows = []
    for truth, pred in pairs:
        found = compute(image(truth), image(pred), **settings)
        rows.append({ours: found[theirs] for theirs, ours in ZOE_NAMES.items()})
    return mean(rows)


def diode_pairs(part):
    """The depth as it is stored: the mask file is not looked at."""
    for line in (FOLDER / "diode/diode_val_all_filename_list.txt").read_text().split("\n"):
        if line.startswith(part):
            key = line.split()[0].removesuffix(".png")
            depth = np.load(FOLDER / "diode" / f"{key}_depth.npy").squeeze()
            yield depth, answer_of("diode", key)


def vkitti_pairs():
    from PIL import Image

    for line in (FOLDER / "vkitti/vkitti_val.txt").read_text().split("\n"):
        picture, file = line.split()
        truth = np.asarray(Image.open(FOLDER / "vkitti" / file)) / 100.0
        truth = truth[kb_window(truth.shape)].astype(np.float32)
        truth[truth > 80] = -1
        yield truth, answer_of("vkitti", picture.removesuffix(".jpg")).astype(np.float32)


def add_zoe(clones, add):
    window = {"eigen_crop": True, "min_depth_eval": 1e-3, "max_depth_eval": 10}
    metrics = zoe(clones, diode_pairs("indoors"), dataset="diode_indoor", **window)
    add("diode-indoor-depth@zoe-as-published", "diode", "ZoeDepth", metrics)
    garg = {"garg_crop": True, "eigen_crop": False, "min_depth_eval": 1e-3, "max_depth_eval": 80}
    metrics = zoe(clones, diode_pairs("outdoor"), dataset="diode_outdoor", **garg)
    add("diode-outdoor-depth@zoe", "diode", "ZoeDepth", metrics)
    metrics = zoe(clones, vkitti_pairs(), dataset="vkitti2", **garg)
    add("vkitti-depth@zoe", "vkitti", "ZoeDepth", metrics, "npz:pred")


# ---- UniK3D and UniDepth -------------------------------------------------------------------------


def piccinelli(clones, source, name, clip=None, use_file_mask=False):
    repository, commit, path = source
    top = path.split("/")[0]
    layout, part, file, kind, _ = RANGES[name]
    bases = {"ImageDataset": object, "SequenceDataset": object, "Any": object}
    set_file = (repository, commit, f"{top}/datasets/{file}.py")
    most = functions_of(clones, set_file, [kind], **bases)[kind].max_depth
    mask_file = (repository, commit, f"{top}/datasets/pipelines/formating.py")
    masker = functions_of(clones, mask_file, ["AnnotationMask"])["AnnotationMask"](
        min_value=0.0, max_value=most, custom_fn=lambda mask, info: mask)
    needed = {"defaultdict": defaultdict, "partial": partial, "ChamferDistance": Anything}
    evaluate = functions_of(clones, source, **needed)["eval_depth"]
    rows = []
    for truth, pred, mask in pairs_of(layout, part):
        pred = np.clip(pred, *clip) if clip else pred
        results = {"gt_fields": {"depth"}, "mask_fields": set(), "sequence_fields": [(0, 0)],
                   "depth": {(0, 0): image(truth)}}
        valid = masker(results)["depth_mask"][0, 0]
        if use_file_mask:
            valid &= image(mask)
        found = evaluate(image(truth), image(pred), valid, max_depth=most)
        rows.append({ours: found[theirs].item() for theirs, ours in PICCINELLI_NAMES.items()})
    return mean(rows)


def listed(name):
    return {"list": "nuscenes_samples.txt"} if name == "nuscenes" else {}


def add_piccinelli(clones, add):
    for name, (layout, _, _, _, clip) in RANGES.items():
        add(f"{name}-depth@unik3d", layout, "UniK3D", piccinelli(clones, UNIK3D, name), **listed(name))
        add(f"{name}-depth@unidepth", layout, "UniDepth", piccinelli(clones, UNIDEPTH, name), **listed(name))
        has_mask = name in ("diode-indoor", "ibims")
        add(f"{name}-depth", layout, "UniK3D", piccinelli(clones, UNIK3D, name, clip, has_mask), **listed(name))


# ---- Metric3D ------------------------------------------------------------------------------------


def stored(name, truth, scale):
    """The values that a loader meets; ETH3D's, which sets far ones to 0 itself, is transcribed."""
    raw = truth * scale
    if name == "ETH3D":
        raw = np.where(truth == 0, np.inf, truth)
        raw[raw > 100] = 0
    return raw


def metric3d(clones, name):
    layout, part, file, prefix = LOADERS[name]

    def part_of(path, *classes, **extra):
        return functions_of(clones, (*METERS[:2], f"training/mono/{path}"), classes, **extra)

    kind, base = f"{prefix}Dataset", "BaseDataset"
    loader = part_of(f"datasets/{file}_dataset.py", kind, BaseDataset=object)[kind]
    clip = part_of("datasets/__base_dataset__.py", base, Dataset=object)[base].clip_depth
    # The large and the giant model share their ranges.
    basic = part_of(f"configs/test_configs_vit_giant2/{file}.vit.dpt.raft.py")["data_basic"]
    scale = part_of(f"configs/_base_/datasets/{file}.py")[f"{prefix}_dataset"]["metric_scale"]
    this = types.SimpleNamespace(metric_scale=scale, EPS=1e-6, depth_range=basic["depth_range"],
                                 clip_depth_range=basic["clip_depth_range"])
    meter = functions_of(clones, METERS, ["AverageMeter", "MetricAverageMeter"])["MetricAverageMeter"]
    meter = meter(list(METRIC3D_NAMES))
    for truth, pred, mask in pairs_of(layout, part):
        depth = stored(prefix, truth, scale)
        is_test = [True] if prefix == "ScanNet" else []
        if prefix != "ETH3D":
            depth = loader.process_depth(this, depth, np.zeros((*truth.shape, 3)), *is_test)
        if prefix == "DIODE":
            depth[~mask] = -1
        depth = torch.from_numpy(clip(this, depth) * basic["depth_range"][1])
        torch.set_default_dtype(torch.float64)
        meter.update_metrics_gpu(torch.from_numpy(np.abs(pred)), depth, depth > 1e-6, False)
        torch.set_default_dtype(torch.float32)
    found = {METRIC3D_NAMES[metric]: float(value) for metric, value in meter.get_metrics().items()}
    return {**found, "SILog": 100 * found["SILog"]}


def add_metric3d(clones, add):
    for name, (layout, *_) in LOADERS.items():
        add(f"{name}-depth@metric3d", layout, "Metric3D", metric3d(clones, name), **listed(name))


def main():
    clones = Path(sys.argv[1])
    protocols = {}

    def add(protocol, layout, by, metrics, answers="npy", **more):
        protocols[protocol] = {"layout": layout, "by": by, "format": answers, "metrics": metrics, **more}

    for rows in (add_marigold_and_lotus, add_zoe, add_piccinelli, add_metric3d):
        rows(clones, add)
    made_with = {"NumPy": np.__version__, "PyTorch": torch.__version__}
    content = {"made_with": made_with, "protocols": protocols}
    (FOLDER / "protocols.json").write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
