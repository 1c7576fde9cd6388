#!/usr/bin/env python3
"""Writes tests/golden/datasets: one tiny tree per layout, and what is in it.

A generator, a reader and an encoder by the same hand agree even when all three
are wrong. These trees are written by Pillow, NumPy, SciPy and h5py, from
formulas that are not assay's, and expected.json states what a reader must find.
Run once; the output is committed. Running it again gives the same values (the
compressed bytes may differ with other library versions, which expected.json
records).

    .venv/bin/python scripts/make_dataset_samples.py [FOLDER]
"""

import json
import pathlib
import shutil
import sys

import h5py
import numpy as np
import PIL
import scipy
import scipy.io
from PIL import Image

SEED = 20240229


def grid(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return x.astype(np.int64), y.astype(np.int64)


def picture(width, height, shift):
    """Smooth, asymmetric, red far from blue: a swap or a mirror shows."""
    x, y = grid(width, height)
    red = 200 + (40 * x) // width
    green = 100 + (60 * y) // height + shift
    blue = 10 + (30 * (x + y)) // (width + height)
    return np.stack([red, green, blue], axis=-1).astype(np.uint8)


def manifest(root, layout, samples, width, height):
    text = json.dumps({"layout": layout, "samples": samples, "seed": SEED, "size": [width, height]})
    (root / "assay-synthetic.json").write_text(text + "\n")


def save(array, path, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def rows(array):
    return np.asarray(array).tolist()


def cityscapes(root):
    width, height = 24, 12
    samples = []
    for city, sequence, frame in [("ulmhausen", 3, 21), ("aachdorf", 0, 7), ("aachdorf", 12, 7)]:
        x, y = grid(width, height)
        labels = np.where(y < 5, 23, 7)
        labels = np.where((x > 15) & (y > 2), 11, labels)
        labels[0, :] = 3
        instances = labels.copy()
        car = (x >= 3 + sequence % 5) & (x < 8) & (y >= 6) & (y < 10)
        labels[car], instances[car] = 26, 26000
        person = (x >= 10) & (x < 12) & (y >= 4) & (y < 11)
        labels[person], instances[person] = 24, 24001
        group = (x >= 20) & (y >= 9)
        labels[group], instances[group] = 25, 25
        name = f"{city}_{sequence:06}_{frame:06}"
        truth = root / "gtFine" / "val" / city
        save(labels.astype(np.uint8), truth / f"{name}_gtFine_labelIds.png")
        save(instances.astype(np.uint16), truth / f"{name}_gtFine_instanceIds.png")
        rgb = picture(width, height, sequence)
        image = root / "leftImg8bit" / "val" / city / f"{name}_leftImg8bit.png"
        save(rgb, image)
        samples.append({"key": f"{city}/{name}", "cluster": city, "labels": rows(labels),
                        "instances": rows(instances), "rgb": rows(rgb)})
    manifest(root, "cityscapes", len(samples), width, height)
    return sorted(samples, key=lambda sample: sample["key"])


NYU_SIZE = (20, 14)


def millimetres(index):
    """Raw depth of image `index` (from 0); one hole, no symmetry."""
    x, y = grid(*NYU_SIZE)
    depth = 800 + 37 * x + 211 * y + 5 * x * y + 17 * index
    depth[2 + index % 5, 3] = 0
    return depth.astype(np.uint16)


NYU_IMAGES = [(0, "kitchen_9001"), (1, "kitchen_9001"), (8, "study_9002")]


def nyu_png(root, layout):
    samples = []
    for index, scene in NYU_IMAGES:
        depth = millimetres(index)
        rgb = picture(*NYU_SIZE, index)
        if layout == "nyu-bts":
            folder = root / "official_splits" / "test" / scene
            save(depth, folder / f"sync_depth_{index:05}.png")
            save(rgb, folder / f"rgb_{index:05}.jpg", quality=98, subsampling=0)
        else:
            folder = root / "test" / scene
            save(depth, folder / f"depth_{index + 1:04}.png")
            save(depth + 9, folder / f"filled_{index + 1:04}.png")
            save(rgb, folder / f"rgb_{index + 1:04}.png")
        samples.append({"key": f"{index:04}", "cluster": scene, "raw": rows(depth),
                        "units_per_metre": 1000, "rgb": rows(rgb)})
    manifest(root, layout, len(samples), *NYU_SIZE)
    return samples


def matlab_class(data, kind):
    """As MATLAB writes it: a null-terminated type with no room for the null."""
    text = h5py.h5t.C_S1.copy()
    text.set_size(len(kind))
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(data.id, b"MATLAB_class", text, space)
    attribute.write(np.array(kind.encode(), dtype=f"S{len(kind)}"), mtype=text)


def matlab_variable(file, name, array, kind):
    """As MATLAB does: axes reversed, chunked, deflated, with the class as text."""
    data = file.create_dataset(name, data=array.transpose(), chunks=True, compression="gzip")
    matlab_class(data, kind)


def matlab_cells(file, name, texts):
    references = np.zeros((1, len(texts)), dtype=h5py.ref_dtype)
    store = file.require_group("#refs#")
    for i, text in enumerate(texts):
        codes = np.array([[ord(c)] for c in text], dtype=np.uint16)
        data = store.create_dataset(f"{name}{i}", data=codes)
        matlab_class(data, "char")
        data.attrs["MATLAB_int_decode"] = np.int32(2)
        references[0, i] = data.ref
    cell = file.create_dataset(name, data=references, dtype=h5py.ref_dtype)
    matlab_class(cell, "cell")


def user_block(path):
    """The 128 bytes in front of the HDF5 part that make it a MATLAB 7.3 file."""
    text = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: sample HDF5 schema 1.00 ."
    header = text.ljust(116) + bytes(8) + (0x0200).to_bytes(2, "little") + b"IM"
    with open(path, "r+b") as file:
        file.write(header)


def nyu_mat(root):
    root.mkdir(parents=True, exist_ok=True)
    count = 10
    width, height = NYU_SIZE
    raw = np.zeros((height, width, count), np.float32)
    images = np.zeros((height, width, 3, count), np.uint8)
    for index in range(count):
        raw[:, :, index] = millimetres(index).astype(np.float32) / np.float32(1024)
        images[:, :, :, index] = picture(width, height, index)
    filled = raw.astype(np.float64) + 0.125
    path = root / "nyu_depth_v2_labeled.mat"
    with h5py.File(path, "w", userblock_size=512, libver="earliest") as file:
        matlab_variable(file, "depths", filled, "double")
        matlab_variable(file, "images", images, "uint8")
        matlab_variable(file, "rawDepths", raw, "single")
        matlab_cells(file, "scenes", [f"scene_{i // 2:04}" for i in range(count)])
    user_block(path)
    test = np.array([[1], [2], [9]], np.uint16)
    train = np.array([[i] for i in range(1, count + 1) if i not in (1, 2, 9)], np.uint16)
    scipy.io.savemat(root / "splits.mat", {"trainNdxs": train, "testNdxs": test})
    manifest(root, "nyu-mat", 3, width, height)
    return [{"key": f"{i:04}", "cluster": f"{i:04}", "depth_m": rows(raw[:, :, i].astype(float)),
             "filled_m": rows(filled[:, :, i]), "rgb": rows(images[:, :, :, i])}
            for i in (0, 1, 8)]


def kitti(root):
    width, height = 36, 16
    frames = [("2011_09_30", 9016, 12), ("2011_09_26", 9002, 69), ("2011_10_03", 9027, 1),
              ("2011_09_26", 9002, 5)]
    lines, samples = [], []
    for i, (date, number, frame) in enumerate(frames):
        drive = f"{date}_drive_{number:04}_sync"
        x, y = grid(width, height)
        depth = 256 * 3 + 331 * x + 97 * (height - y) + 7 * i
        depth[(x + 2 * y) % 5 != 0] = 0
        depth = depth.astype(np.uint16)
        rgb = picture(width, height, i)
        image = f"{date}/{drive}/image_02/data/{frame:010}.png"
        truth = f"{drive}/proj_depth/groundtruth/image_02/{frame:010}.png"
        save(rgb, root / image)
        save(depth, root / truth)
        lines.append(f"{image} {truth} 707.0912")
        samples.append({"key": f"{drive}/{frame:010}", "cluster": drive, "raw": rows(depth),
                        "units_per_metre": 256, "rgb": rows(rgb)})
    lines.insert(2, "2011_09_28/2011_09_28_drive_9001_sync/image_02/data/0000000003.png None 707.0493")
    (root / "eigen_test_files_with_gt.txt").write_bytes("\r\n".join(lines).encode())
    manifest(root, "kitti", len(samples), width, height)
    return samples


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "datasets"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    layouts = {"cityscapes": cityscapes, "kitti": kitti, "nyu-mat": nyu_mat,
               "nyu-bts": lambda root: nyu_png(root, "nyu-bts"),
               "nyu-marigold": lambda root: nyu_png(root, "nyu-marigold")}
    expected = {"written_by": {"Pillow": PIL.__version__, "NumPy": np.__version__,
                               "SciPy": scipy.__version__, "h5py": h5py.__version__}}
    for layout, write in sorted(layouts.items()):
        shutil.rmtree(folder / layout, ignore_errors=True)
        expected[layout] = write(folder / layout)
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    (folder / "expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
