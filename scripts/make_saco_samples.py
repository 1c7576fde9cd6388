#!/usr/bin/env python3
"""Writes tests/golden/datasets/saco: a tiny SA-Co/Gold tree, and what is in it.

As scripts/make_dataset_samples.py, for one more layout: masks are drawn with NumPy and encoded by
pycocotools, images by Pillow. The fields are those of the official files
(facebookresearch/sam3@99d02f2:scripts/eval/gold/README.md); what they allow and assay's own trees do
not have is here: indented text, fields and lists in another order per annotator, ids out of order,
annotations of different pairs interleaved, other languages, a crowd, pairs that only one annotator
calls exhaustive or that only b has, a mask with a hole, runs over column ends, an image of one column.

    pip install numpy pillow pycocotools; python scripts/make_saco_samples.py [FOLDER]
"""

import json
import pathlib
import shutil
import sys
from importlib.metadata import version

import numpy as np
from PIL import Image
from pycocotools import mask as coco

SEED = 20251119
# id, image, phrase, exhaustive for a, b, c
PAIRS = [
    (10000007, 0, "the fish ball", 1, 1, 1),
    (10000002, 1, "chili", 1, 1, 1),
    (10000011, 0, "crème brûlée “flambée”", 1, 1, 1),
    (10000003, 2, "a \"tall\" glass\\bottle", 1, 1, 1),
    (10000005, 0, "rice", 0, 1, 1),
    (10000004, 1, "noodles", 1, 0, 1),
    (10000009, 2, "茶", 1, 1, 1),
]
ONLY_B = (10000001, 1, "tofu", 1, 1, 1)
# (width, height) of each image
SIZES = [(24, 18), (17, 31), (1, 9)]
NAMES = ["1/1001/metaclip_1_1001_c122.jpeg", "1/1001/metaclip_1_1001_ab-9.jpeg", "2/7/metaclip_2_7_0.jpeg"]


def grid(image):
    width, height = SIZES[image]
    y, x = np.mgrid[0:height, 0:width]
    return x, y


def shapes(pair, who):
    """(mask, iscrowd) of each object that annotator `who` (0, 1, 2) draws of a pair."""
    ident, image = pair[:2]
    x, y = grid(image)
    if ident == 10000007:  # two objects; b draws the first a little wider, c only the second
        ring = ((x - 7) ** 2 + (y - 8) ** 2 < 30 + 8 * (who == 1)) & ((x - 7) ** 2 + (y - 8) ** 2 > 5)
        block = (x >= 18) & (y >= 10)
        return [(block, 0)] if who == 2 else [(ring, 0), (block, 0)]
    if ident == 10000002:  # runs over the ends of columns: full height; c: and a crowd
        band = (x >= 3) & (x < 9)
        return [(band, 0)] + ([((x + y) % 2 == 0, 1)] if who == 2 else [])
    if ident == 10000003:  # one column; the first pixel, the last, all
        return [([y < 2, y > 6, y >= 0][who], 0)]
    if ident == 10000005:
        return [(y < 4, 0)]
    if ident == 10000009:  # only c sees it
        return [(y == 4, 0)] if who == 2 else []
    return []


def normalised(rle, image):
    """The box as the official files have it: fractions, through float32."""
    width, height = SIZES[image]
    x, y, w, h = coco.toBbox(rle)
    return [float(np.float32(v)) for v in (x / width, y / height, w / width, h / height)]


def entries(pairs, who):
    images, annotations, truth = [], [], {}
    for pair in pairs:
        ident, image, phrase, *flags = pair
        width, height = SIZES[image]
        images.append({"id": ident, "file_name": NAMES[image], "text_input": phrase, "width": width,
                       "height": height, "queried_category": str(image),
                       "is_instance_exhaustive": flags[who], "is_pixel_exhaustive": 1})
        truth[ident] = []
        for mask, crowd in shapes(pair, who):
            rle = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
            box = normalised(rle, image)
            annotations.append(
                {"id": 0, "image_id": ident, "source": "manual", "frame_index": -1,
                 "area": float(coco.area(rle)) / (width * height), "bbox": box,
                 "segmentation": {"counts": rle["counts"].decode("ascii"), "size": [height, width]},
                 "category_id": 1, "iscrowd": crowd})
            truth[ident].append({"rows": mask.astype(int).tolist(), "bbox": box, "crowd": crowd})
    return images, annotations, truth


def annotator(who):
    """(the JSON as text, {id: objects}); the three differ in everything that may differ."""
    pairs = list(PAIRS)
    if who == 1:
        pairs = [ONLY_B] + pairs[::-1]
    images, annotations, truth = entries(pairs, who)
    if who == 2:  # second objects after all first ones; within a pair the order stays
        seen, later = set(), []
        first = []
        for entry in annotations:
            (later if entry["image_id"] in seen else first).append(entry)
            seen.add(entry["image_id"])
        annotations = first + later
    for i, entry in enumerate(annotations):
        entry["id"] = 3 * i + 1
    info = {"version": "v1", "description": f"synthetic {'ABC'[who]}", "images": "none of these"}
    whole = {"info": info, "images": images, "annotations": annotations,
             "categories": [{"supercategory": "object", "id": 1, "name": "object"}], "licenses": []}
    if who == 1:  # lists and fields in the other order, Boolean flags
        for entry in images:
            entry["is_instance_exhaustive"] = bool(entry["is_instance_exhaustive"])
        whole = {name: whole[name] for name in reversed(list(whole))}
        for name in ("images", "annotations"):
            whole[name] = [dict(reversed(list(entry.items()))) for entry in whole[name]]
    options = [{"indent": 1}, {"separators": (",", ":"), "ensure_ascii": False}, {}][who]
    return json.dumps(whole, **options), truth


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "datasets" / "saco"
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    shutil.rmtree(root, ignore_errors=True)
    (root / "annotations").mkdir(parents=True)
    truths = []
    for who in range(3):
        text, truth = annotator(who)
        name = f"gold_fg_food_merged_{'abc'[who]}_release_test.json"
        (root / "annotations" / name).write_text(text, encoding="utf-8")
        truths.append(truth)
    for image, name in enumerate(NAMES):
        x, y = grid(image)
        rgb = np.stack([200 + x, 100 + y, 10 + 0 * x], axis=-1).astype(np.uint8)
        path = root / "metaclip-images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rgb).save(path, quality=98, subsampling=0)
    samples = [{"key": str(ident), "cluster": NAMES[image], "phrase": phrase,
                "size": list(SIZES[image]), "annotators": [truth[ident] for truth in truths]}
               for ident, image, phrase, *flags in PAIRS if all(flags)]
    manifest = {"layout": "saco", "samples": len(samples), "seed": SEED, "size": [0, 0]}
    (root / "assay-synthetic.json").write_text(json.dumps(manifest) + "\n")
    expected = {"written_by": {name: version(name) for name in ("numpy", "pillow", "pycocotools")},
                "samples": samples,
                "exhaustive": {"abc"[k]: [str(pair[0]) for pair in
                                          (PAIRS if k != 1 else [ONLY_B] + PAIRS[::-1]) if pair[3 + k]]
                               for k in range(3)}}
    text = json.dumps(expected, separators=(",", ":"), sort_keys=True)
    (root.parent / (root.name + "_expected.json")).write_text(text + "\n")


if __name__ == "__main__":
    main()
