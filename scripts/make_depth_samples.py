#!/usr/bin/env python3
"""Writes tests/golden/depth_sets: one tiny tree per depth set, what is in it, and scores.

The trees are written by NumPy, SciPy, Pillow and struct, from formulas that are not assay's;
expected.json states what a reader must find. The scores of protocols.json come from the cited
evaluators themselves, run on these trees and on the answers beside them: Marigold's own dataset
classes, alignment and metrics, ZoeDepth's compute_metrics. Where a protocol has no code to run
the score is a float64 transcription in this file, and says so.

Run once; the output is committed. Needs NumPy, SciPy and Pillow, and for --scores a Python with
PyTorch (CPU) and checkouts of prs-eth/Marigold@b1dffaa and isl-org/ZoeDepth@d87f17b.

    python3 scripts/make_depth_samples.py
    python3 scripts/make_depth_samples.py --scores --marigold DIR --zoe DIR
"""

import argparse
import importlib
import json
import pathlib
import shutil
import struct
import sys
import types

import numpy as np
from PIL import Image

SEED = 20240229
SMALL = (24, 18)
WIDE = (64, 52)  # larger than the corner at which the NYU box begins


def grid(size):
    y, x = np.mgrid[0 : size[1], 0 : size[0]]
    return x.astype(np.int64), y.astype(np.int64)


def picture(size, shift):
    x, y = grid(size)
    red = 200 + (40 * x) // size[0]
    green = 100 + (60 * y) // size[1] + shift
    blue = 10 + (30 * (x + y)) // (size[0] + size[1])
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def metres(size, shift, near=1.0, far=24.0):
    """Asymmetric, nearer below; multiples of 1/64, so that float32 and JSON hold them exactly."""
    x, y = grid(size)
    x, y = size[0] - 1 - x, size[1] - 1 - y
    ramp = (3 * x + 5 * y + x * y % 7 + 11 * shift) / (3 * size[0] + 5 * size[1] + 40)
    return np.round((near + (far - near) * ramp) * 64) / 64


def hole(size, shift):
    x, y = grid(size)
    return (x + 2 * y + shift) % 9 == 0


def answer(depth, shift):
    """Off by a scale, a shift and something that no line takes out; every pixel defined."""
    x, y = grid((depth.shape[1], depth.shape[0]))
    return (0.4 * depth + 0.7 + 0.05 * ((x * 7 + y * 3 + shift) % 11) * np.sqrt(depth)).astype(np.float32)


def rows(array):
    return np.asarray(array).tolist()


def save(array, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def save_npy(array, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array)


def put(data, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def manifest(root, layout, samples, size):
    text = json.dumps({"layout": layout, "samples": samples, "seed": SEED, "size": list(size)})
    put((text + "\n").encode(), root / "assay-synthetic.json")


def diode(root, answers):
    """Depth (H, W, 1) float32; masks of three number types; NaN, inf and -1 where unusable."""
    names = [("indoors/scene_00090/scan_00901", "00090_00901_indoors_010_000", "|b1"),
             ("indoors/scene_00090/scan_00900", "00090_00900_indoors_000_000", "<f8"),
             ("outdoor/scene_00091/scan_00902", "00091_00902_outdoor_020_000", "|u1")]
    lines, samples = [], []
    for i, (folder, name, kind) in enumerate(names):
        depth = metres(WIDE, i)
        usable = ~hole(WIDE, i)
        stored = np.where(usable, depth, [np.nan, np.inf, -1.0][i]).astype("<f4")
        stored[47, 50] = depth[47, 50]  # a depth that the mask does not want
        usable[47, 50] = False
        stem = root / folder / name
        save(picture(WIDE, i), stem.with_suffix(".png"))
        save_npy(stored[:, :, None], stem.parent / (name + "_depth.npy"))
        save_npy(usable.astype(kind), stem.parent / (name + "_depth_mask.npy"))
        save_npy(answer(depth, i), answers / folder / f"pred_{name}.npy")
        path = f"{folder}/{name}"
        lines.append(f"{path}.png {path}_depth.npy {path}_depth_mask.npy")
        found = np.where(np.isfinite(stored) & (stored > 0), stored.astype(float), 0)
        samples.append({"key": path, "cluster": folder, "depth_m": rows(found),
                        "mask": rows(usable.astype(int))})
    put("\n".join(lines).encode(), root / "diode_val_all_filename_list.txt")
    manifest(root, "diode", len(samples), WIDE)
    return samples


LAYOUTS = {"diode": diode}


# ---- scores -------------------------------------------------------------------------------------


def stub(name, **attributes):
    module = types.ModuleType(name)
    for key, value in attributes.items():
        setattr(module, key, value)
    sys.modules[name] = module


def marigold(checkout):
    """Marigold's dataset classes, alignment and metrics; what they import and never use is empty."""
    nothing = type("Nothing", (), {})
    stub("torchvision", __path__=[])
    stub("torchvision.transforms", __path__=[], ColorJitter=nothing, InterpolationMode=nothing,
         Resize=nothing)
    stub("torchvision.transforms.functional")
    stub("pandas")
    sys.path.insert(0, str(checkout))
    stub("src", __path__=[str(checkout / "src")])
    stub("src.dataset", __path__=[str(checkout / "src/dataset")])
    stub("src.util.depth_transform", DepthNormalizerBase=nothing)

    modules = {name: importlib.import_module(f"src.dataset.{name}")
               for name in ("base_depth_dataset", "diode_dataset", "eth3d_dataset", "scannet_dataset",
                            "kitti_dataset", "vkitti_dataset")}
    return {**modules, "alignment": importlib.import_module("src.util.alignment"),
            "metric": importlib.import_module("src.util.metric")}


MARIGOLD_NAMES = {"abs_relative_difference": "AbsRel", "squared_relative_difference": "SqRel",
                  "rmse_linear": "RMSE", "rmse_log": "RMSE_log", "log10": "log10",
                  "delta1_acc": "delta1", "delta2_acc": "delta2", "delta3_acc": "delta3",
                  "i_rmse": "iRMSE", "silog_rmse": "SILog"}


def marigold_scores(code, dataset, answers, max_res=None):
    """As script/depth/eval.py with --alignment least_square: its order, its single precision."""
    import torch

    base = code["base_depth_dataset"]
    totals = {name: [] for name in MARIGOLD_NAMES.values()}
    for index in range(len(dataset)):
        data = dataset[index]
        rgb = pathlib.PurePath(data["rgb_relative_path"])
        name = base.get_pred_name(rgb.name, dataset.name_mode, suffix=".npy")
        truth = data["depth_raw_linear"].squeeze()
        valid = data["valid_mask_raw"].squeeze()
        pred = np.load(answers / rgb.parent / name).astype(np.float32)
        pred, _, _ = code["alignment"].align_depth_least_square(
            gt_arr=truth.numpy(), pred_arr=pred, valid_mask_arr=valid.numpy(),
            return_scale_shift=True, max_resolution=max_res)
        pred = np.clip(pred, a_min=dataset.min_depth, a_max=dataset.max_depth)
        pred = torch.from_numpy(np.clip(pred, a_min=1e-6, a_max=None))
        for function, metric in MARIGOLD_NAMES.items():
            totals[metric].append(getattr(code["metric"], function)(pred, truth, valid).item())
    return {metric: float(np.mean(values)) for metric, values in totals.items()}


def zoe_metrics(checkout):
    """compute_metrics and compute_errors of zoedepth/utils/misc.py, cut out of the file."""
    import torch.nn as nn

    text = (checkout / "zoedepth/utils/misc.py").read_text()
    begin, end = text.index("def compute_errors"), text.index("#" * 34 + " Model uilts")
    scope = {"np": np, "nn": nn}
    exec(compile(text[begin:end], "misc.py", "exec"), scope)
    return scope["compute_metrics"]


ZOE_NAMES = {"abs_rel": "AbsRel", "sq_rel": "SqRel", "rmse": "RMSE", "rmse_log": "RMSE_log",
             "log_10": "log10", "a1": "delta1", "a2": "delta2", "a3": "delta3", "silog": "SILog"}


def zoe_scores(compute, pairs, **settings):
    import torch

    totals = {name: [] for name in ZOE_NAMES.values()}
    for truth, pred in pairs:
        found = compute(torch.from_numpy(truth)[None, None], torch.from_numpy(pred)[None, None], **settings)
        for name, metric in ZOE_NAMES.items():
            totals[metric].append(float(found[name]))
    return {metric: float(np.mean(values)) for metric, values in totals.items()}


def scores(root, arguments):
    code = marigold(arguments.marigold)
    mode = code["base_depth_dataset"].DatasetMode.EVAL
    zoe = zoe_metrics(arguments.zoe)
    found = {}

    def add(protocol, layout, by, metrics):
        found[protocol] = {"layout": layout, "by": by, "metrics": metrics}

    tree, answers = root / "diode", root / "answers/diode"
    dataset = code["diode_dataset"].DIODEDepthDataset(
        mode=mode, filename_ls_path=str(tree / "diode_val_all_filename_list.txt"), dataset_dir=str(tree),
        disp_name="diode")
    add("diode-depth@marigold", "diode", "Marigold", marigold_scores(code, dataset, answers))
    indoor = [pathlib.PurePath(line.split()[0]).with_suffix("")
              for line in dataset_lines(tree / "diode_val_all_filename_list.txt") if line.startswith("indoors")]
    pairs = [(np.load(tree / f"{stem}_depth.npy").squeeze(),
              np.load(answers / stem.parent / f"pred_{stem.name}.npy")) for stem in indoor]
    add("diode-indoor-depth@zoe-as-published", "diode", "ZoeDepth",
        zoe_scores(zoe, pairs, garg_crop=False, eigen_crop=True, dataset="diode_indoor",
                   min_depth_eval=1e-3, max_depth_eval=10))
    return found


def dataset_lines(path):
    return [line for line in path.read_text().splitlines() if line.strip()]


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "depth_sets"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=pathlib.Path, default=default)
    parser.add_argument("--scores", action="store_true")
    parser.add_argument("--marigold", type=pathlib.Path)
    parser.add_argument("--zoe", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.scores:
        import torch

        found = {"made_with": {"NumPy": np.__version__, "PyTorch": torch.__version__},
                 "protocols": scores(arguments.folder, arguments)}
        text = json.dumps(found, indent=1, sort_keys=True)
        (arguments.folder / "protocols.json").write_text(text + "\n")
        return
    import PIL
    import scipy

    expected = {"written_by": {"Pillow": PIL.__version__, "NumPy": np.__version__, "SciPy": scipy.__version__}}
    for layout, write in sorted(LAYOUTS.items()):
        for folder in (arguments.folder / layout, arguments.folder / "answers" / layout):
            shutil.rmtree(folder, ignore_errors=True)
        expected[layout] = write(arguments.folder / layout, arguments.folder / "answers" / layout)
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    (arguments.folder / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
