#!/usr/bin/env python3
"""Writes tests/golden/referring and tests/golden/res/pillow_nearest.json.

Small trees of RefCOCOg, RefClef, gRefCOCO and ReasonSeg, and the truth of every sample as pycocotools
and OpenCV draw it; and how Pillow resizes a mask. Run once; the output is committed.

    .venv/bin/python scripts/make_referring_samples.py [FOLDER]     needs Pillow, NumPy, pycocotools, OpenCV
"""

import importlib.metadata
import json
import pathlib
import pickle
import sys

import cv2
import numpy as np
import PIL
from PIL import Image
from pycocotools import mask as coco

# COCO's usual sides to 480, where the order of the additions shows at 320 and 640, and small ones.
SIDES = [(320, 480), (333, 480), (427, 480), (480, 480), (500, 480), (640, 480), (1, 7), (7, 3), (3, 7), (50, 49)]
SEED = 11


def sources(n, m):
    row = np.arange(n, dtype=np.int32)[None, :]
    across = np.array(Image.fromarray(row, mode="I").resize((m, 1), Image.NEAREST))[0]
    down = np.array(Image.fromarray(row.T.copy(), mode="I").resize((1, m), Image.NEAREST))[:, 0]
    assert (across == down).all()
    return across.tolist()


def write_nearest(path):
    rows = [{"from": n, "to": m, "sources": sources(n, m)} for n, m in SIDES]
    text = json.dumps({"script": "scripts/make_referring_samples.py", "Pillow": PIL.__version__, "rows": rows})
    path.write_text(text.replace('{"from"', '\n{"from"') + "\n")


def write_json(path, value, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(json.dumps(value, **options).encode("utf-8"))


def write_image(path, size, gray=False, orientation=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = size
    ramp = np.add.outer(np.arange(height) * 5, np.arange(width) * 7).astype(np.uint8)
    image = Image.fromarray(ramp if gray else np.dstack([ramp, 255 - ramp, ramp // 2]))
    exif = Image.Exif()
    if orientation:
        exif[274] = orientation
    image.save(path, quality=90, exif=exif.tobytes() if orientation else b"")


def rows_of(mask):
    """One text a row: 0, 1, 2, and i for ignored."""
    letters = {0: "0", 1: "1", 2: "2", 255: "i"}
    return ["".join(letters[int(v)] for v in row) for row in mask]


# ---- the RefCOCO family ------------------------------------------------------


def decode_parts(segmentation, size):
    width, height = size
    if isinstance(segmentation, dict):
        segmentation = [segmentation]
    if not segmentation:
        return np.zeros((height, width), np.uint8), 0
    if isinstance(segmentation[0], list):
        boxes = len(segmentation[0]) == 4  # pycocotools takes them from an array only
        rles = coco.frPyObjects(np.array(segmentation, float) if boxes else segmentation, height, width)
    else:
        rles = [r if isinstance(r["counts"], str) else coco.frPyObjects(r, height, width) for r in segmentation]
    return coco.decode(rles).sum(axis=2).astype(int), len(rles)


def rle_of(mask, as_text):
    rle = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    if as_text:
        return {"size": rle["size"], "counts": rle["counts"].decode()}
    flat = mask.flatten(order="F").astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat])))
    counts = np.diff(np.concatenate([[0], edges, [flat.size]])).tolist()
    return {"size": rle["size"], "counts": counts}


def sentence(sent_id, sent, raw):
    return {"sent_id": sent_id, "sent": sent, "raw": raw, "tokens": sent.split()}


def ref(ref_id, ann_id, image_id, split, sentences):
    return {
        "ref_id": ref_id,
        "ann_id": ann_id,
        "image_id": image_id,
        "category_id": 1,
        "split": split,
        "file_name": "COCO_train2014_%012d_%d.jpg" % (image_id, ref_id),
        "sent_ids": [s["sent_id"] for s in sentences],
        "sentences": sentences,
    }


def image(image_id, size, folder="COCO_train2014_%012d.jpg"):
    return {"id": image_id, "file_name": folder % image_id, "width": size[0], "height": size[1], "license": 1}


def annotation(ann_id, image_id, segmentation, crowd=0):
    return {"id": ann_id, "image_id": image_id, "iscrowd": crowd, "category_id": 1, "segmentation": segmentation,
            "area": 1.5, "bbox": [0, 0, 1, 1]}


def instances(images, annotations):
    return {"info": {"year": 2014}, "images": images, "licenses": [], "annotations": annotations,
            "categories": [{"id": 1, "name": "cup"}]}


def expect(out, dataset, refs, data, split, generalised=False):
    sizes = {i["id"]: (i["width"], i["height"]) for i in data["images"]}
    annotations = {a["id"]: a for a in data["annotations"]}
    for r in refs:
        if r["split"] != split:
            continue
        size = sizes[r["image_id"]]
        ids = r["ann_id"] if isinstance(r["ann_id"], list) else [r["ann_id"]]
        total = np.zeros((size[1], size[0]), int)
        parts = 0
        for ann_id in ids:
            if ann_id == -1 or (generalised and annotations[ann_id]["iscrowd"]):
                continue
            segmentation = annotations[ann_id]["segmentation"]
            if generalised and isinstance(segmentation, list):
                segmentation = [p for p in segmentation if len(p) % 2 == 0 and len(p) >= 6]
            mask, count = decode_parts(segmentation, size)
            total += mask
            parts += count
        for s in r["sentences"]:
            out.append({
                "dataset": dataset,
                "split": split,
                "key": "%d/%d" % (r["ref_id"], s["sent_id"]),
                "cluster": str(r["image_id"]),
                "expression": s["sent"].strip().lower(),
                "raw": s["raw"],
                "no_target": ids == [-1] if generalised else parts == 0,
                "rows": rows_of(np.minimum(total, 2)),
            })


def any_polygon(dice, size, corners):
    width, height = size
    return [round(float(v), 2) for _ in range(corners) for v in (dice.uniform(0, width), dice.uniform(0, height))]


def write_refcocog(root, dice, out):
    sizes = {300: (24, 18), 301: (17, 23), 302: (20, 20)}
    annotations = [annotation(4000 + i, 300 + i % 3, [any_polygon(dice, sizes[300 + i % 3], 3 + i) for _ in range(1 + i % 3)])
                   for i in range(6)]
    annotations += [
        annotation(4006, 300, [[2, 3, 10.5, 7.25]]),                         # a box
        annotation(4007, 301, rle_of(np.eye(23, 17), as_text=False), crowd=1),
        annotation(4008, 302, []),                                          # nothing
        annotation(4009, 302, [[1, 1, 12, 1, 12, 12, 1, 12], [6, 6, 18, 6, 18, 18, 6, 18]]),  # parts overlap
    ]
    data = instances([image(i, s) for i, s in sizes.items()], annotations)
    refs = []
    for i, a in enumerate(annotations):
        said = [sentence(70 + 3 * i + k, "the  Cup No. %d " % k, "The  cup no. %d!" % k) for k in range(1 + i % 2)]
        refs.append(ref(900 - i, a["id"], a["image_id"], ("val", "val", "train", "test")[i % 4] if i < 6 else "val", said))
    folder = root / "refcocog"
    write_json(folder / "instances.json", data)
    (folder / "refs(umd).p").write_bytes(pickle.dumps(refs, 2))
    write_json(folder / "refs(google).json", refs, ensure_ascii=False)
    for i, s in sizes.items():
        write_image(root / "images/mscoco/images/train2014" / ("COCO_train2014_%012d.jpg" % i), s, gray=i == 301)
    expect(out, "refcocog-umd", refs, data, "val")
    expect(out, "refcocog-google", refs, data, "val")


def write_refclef(root, dice, out):
    size = (21, 16)
    masks = [(dice.random((size[1], size[0])) < p).astype(np.uint8) for p in (0.2, 0.5, 0.9)]
    annotations = [annotation(1, 8, [rle_of(masks[0], True), rle_of(masks[1], False)]), annotation(2, 8, [rle_of(masks[2], True)])]
    data = instances([image(8, size, "%d.jpg")], annotations)
    refs = [ref(1, 1, 8, "testA", [sentence(0, "sky", "Sky")]), ref(2, 2, 8, "val", [sentence(1, "sea", "Sea")])]
    write_json(root / "refclef/instances.json", data)
    (root / "refclef/refs(unc).p").write_bytes(pickle.dumps(refs, 0))
    expect(out, "refclef-unc", refs, data, "val")
    expect(out, "refclef-unc", refs, data, "testA")


def write_grefcoco(root, dice, out):
    size = (22, 19)
    annotations = [annotation(50 + i, 5, [any_polygon(dice, size, 4)]) for i in range(3)]
    annotations.append(annotation(53, 5, rle_of(np.ones((19, 22)), False), crowd=1))
    annotations.append(annotation(54, 5, [[1, 2, 3, 4], [2, 2, 9, 2, 9]]))  # nothing is left of it
    data = instances([image(5, size)], annotations)
    refs = [
        ref(1, [50, 51, 52], 5, "val", [sentence(1, "all three", "All three"), sentence(2, "everyone", "everyone")]),
        ref(2, [-1], 5, "val", [sentence(3, "the dog", "the dog")]),
        ref(3, [50, 53], 5, "val", [sentence(4, "one", "one")]),
        ref(4, [54], 5, "val", [sentence(5, "odd", "odd")]),
        ref(5, [51], 5, "testA", [sentence(6, "two", "two")]),
        ref(6, [52], 5, "testAB", [sentence(7, "three", "three")]),
    ]
    write_json(root / "grefcoco/instances.json", data)
    write_json(root / "grefcoco/grefs(unc).json", refs)
    expect(out, "grefcoco-unc", refs, data, "val", generalised=True)
    expect(out, "grefcoco-unc", refs, data, "testA", generalised=True)


# ---- ReasonSeg ---------------------------------------------------------------


def shape(label, points):
    return {"label": label, "labels": [label], "shape_type": "polygon", "image_name": "x", "points": points, "group_id": None}


def paint(shapes, size):
    """LISA's mask; where areas are equal the later shape first."""
    width, height = size
    painted = []
    for s in shapes:
        if s["label"].lower() == "flag":
            continue
        alone = np.zeros((height, width), np.uint8)
        points = np.array([s["points"]], dtype=np.float64).astype(np.int32)
        cv2.polylines(alone, points, True, 1, 1)
        cv2.fillPoly(alone, points, 1)
        painted.append((int(alone.sum()), points, 255 if "ignore" in s["label"].lower() else 1))
    order = np.argsort([p[0] for p in painted], kind="stable")[::-1] if painted else []
    mask = np.zeros((height, width), np.uint8)
    for i in order:
        cv2.polylines(mask, painted[i][1], True, painted[i][2], 1)
        cv2.fillPoly(mask, painted[i][1], painted[i][2])
    return mask, all(p[2] == 255 for p in painted)


def reason_samples(dice):
    """name -> (size, text, is_sentence, shapes)"""
    square = [[2, 2], [9.9, 2.2], [9.5, 9.9], [2, 9]]
    random = [shape(("target", "ignore_x", "Target")[i % 3], np.round(dice.uniform(-3, 28, (3 + i, 2)), 2).tolist()) for i in range(7)]
    return {
        "a": ((26, 20), ["  what is square? ", "unused"], True, [shape("target", square)]),
        "a-b": ((26, 20), ["cup"], False, []),
        "flagged": ((26, 20), ["a flag"], False, [shape("Flag", [[3, 3]]), shape("target", [[1, 1], [20, 12]])]),
        "ignored": ((26, 20), ["small one"], True,
                    [shape("target", [[8, 8], [12, 8], [12, 12]]), shape("Ignore", [[1, 1], [24, 1], [24, 18], [1, 18]])]),
        "only_ignored": ((26, 20), ["none"], True, [shape("ignore", square)]),
        "equal": ((26, 20), ["ties"], False,
                  [shape("target", square), shape("ignore", [[x + 3, y + 2] for x, y in square]), shape("target", [[x + 6, y + 4] for x, y in square])]),
        "random": ((26, 20), ["many"], True, random),
        "turned": ((26, 20), ["turned"], True, [shape("target", [[0, 0], [25, 0], [10, 25]])]),
        "latin": ((26, 20), ["the caf\u00e9 \u2019s door"], True, [shape("target", [[4.99, -2.5], [4.99, 30], [4, 4]])]),
    }


def write_reasonseg(root, dice, out):
    folder = root / "reason_seg/ReasonSeg/val"
    for name, (size, text, is_sentence, shapes) in reason_samples(dice).items():
        turned = name == "turned"
        write_image(folder / (name + ".jpg"), size, orientation=6 if turned else None)
        seen = size[::-1] if turned else size
        assert cv2.imread(str(folder / (name + ".jpg"))).shape[:2] == (seen[1], seen[0])
        value = json.dumps({"text": text, "is_sentence": is_sentence, "shapes": shapes}, ensure_ascii=False)
        (folder / (name + ".json")).write_bytes(value.encode("cp1252" if name == "latin" else "utf-8"))
        mask, no_target = paint(shapes, seen)
        out.append({"dataset": "reasonseg", "split": "val", "key": name, "cluster": name, "expression": text[0].strip(), "raw": text[0],
                    "is_sentence": is_sentence, "no_target": no_target, "rows": rows_of(mask)})
    out.sort(key=lambda s: s["key"])


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
    golden = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    write_nearest(golden / "res" / "pillow_nearest.json")
    root = golden / "referring"
    dice = np.random.default_rng(SEED)
    samples, reason = [], []
    write_refcocog(root, dice, samples)
    write_refclef(root, dice, samples)
    write_grefcoco(root, dice, samples)
    write_reasonseg(root, dice, reason)
    versions = {"Pillow": PIL.__version__, "NumPy": np.__version__, "OpenCV": cv2.__version__,
                "pycocotools": importlib.metadata.version("pycocotools"), "Python": sys.version.split()[0]}
    text = json.dumps({"script": "scripts/make_referring_samples.py", "versions": versions, "samples": samples + reason})
    (root / "expected.json").write_text(text.replace('{"dataset"', '\n{"dataset"') + "\n")


if __name__ == "__main__":
    main()
