#!/usr/bin/env python3
"""Writes tests/golden/boundary/expected.json: boundaries by OpenCV, and the scores made from them.

The boundary of a mask is an independent transcription of bowenc0221/boundary-iou-api@8006aa9:
boundary_iou/utils/boundary_utils.py, mask_to_boundary: a ring of zeros, cv2.erode with a 3 x 3 square
repeated d times, d rounded by Python. No evaluator of the paper scores one mask an expression or a map of
classes; what is summed over which pixels is written here a second time, mask by mask, from the words in
metrics/semantic.h and metrics/referring.h. All masks are random, made here; the frames are those of
tests/golden/cityscapes. It shares no code with assay. Run once; the output is committed.

    python scripts/make_boundary_samples.py [FOLDER]     needs NumPy, OpenCV, Pillow
"""

import importlib.metadata
import json
import pathlib
import sys

import cv2
import numpy as np
from PIL import Image

SEED = 20
RATIOS = (0.001, 0.02, 0.05, 0.1, 0.2, 0.5)
MASKS = 60
EXPRESSIONS = 60
FRAMES = ("synthville_000000_000019", "synthville_000001_000019")
# Label ids of the 19 evaluated classes.
EVALUATED = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
# Exact halves (3, 4, 5 and its multiples), their neighbours, sizes of real benchmarks.
DISTANCES = [((4, 3), r / 10) for r in (1, 3, 5, 7, 9, 10)]
DISTANCES += [((30, 40), r) for r in (0.01, 0.03, 0.05, 0.07, 0.09, 0.029999, 0.030001)]
DISTANCES += [(s, 0.02) for s in ((2048, 1024), (640, 480), (640, 427), (500, 375), (480, 480), (25, 1), (1, 1))]
DISTANCES += [((2048, 1024), 0.005), ((2048, 1024), 1.0), ((1, 1), 1.0), ((7, 24), 0.1), ((7, 24), 0.02)]


def distance(height, width, ratio):
    return max(1, int(round(ratio * np.sqrt(height**2 + width**2))))


def boundary(mask, ratio):
    """Boolean in, boolean out."""
    height, width = mask.shape
    ringed = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    square = cv2.getStructuringElement(cv2.MORPH_RECT, (3, 3))
    eroded = cv2.erode(ringed, square, iterations=distance(height, width, ratio))
    return mask & (eroded[1:-1, 1:-1] == 0)


def counts(given, truth, ratio, where=None):
    """I and U of the boundaries; pixels of the truth's boundary outside `where` do not count."""
    p, g = boundary(given, ratio), boundary(truth, ratio)
    if where is not None:
        g = g & where
    return [int((p & g).sum()), int((p | g).sum())]


def random_values(rng, height, width, values):
    """Rectangles and ellipses over each other, now and then a speck."""
    canvas = np.zeros((height, width), np.uint8)
    for _ in range(int(rng.integers(0, 6))):
        value = int(rng.choice(values))
        x, y = int(rng.integers(-3, width)), int(rng.integers(-3, height))
        w, h = int(rng.integers(1, width + 6)), int(rng.integers(1, height + 6))
        if rng.random() < 0.6:
            canvas[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)] = value
        else:
            cv2.ellipse(canvas, (x + w // 2, y + h // 2), (w // 2, h // 2), int(rng.integers(0, 180)), 0, 360, value, -1)
    specks = rng.random((height, width)) < rng.choice([0, 0, 0.01])
    canvas[specks] = rng.choice(values)
    return canvas


def random_size(rng):
    return int(rng.integers(1, 34)), int(rng.integers(1, 48))


def rows_of(values):
    """One text a row: 0, 1, 2, and i for ignored."""
    letters = {0: "0", 1: "1", 2: "2", 255: "i"}
    return ["".join(letters[int(v)] for v in row) for row in values]


def masks(rng):
    for i in range(MASKS):
        mask = random_values(rng, *random_size(rng), [1, 1, 1, 0]) == 1
        if i < 3:
            mask[:] = True
        ratio = RATIOS[i % len(RATIOS)]
        yield {"ratio": ratio, "mask": rows_of(mask), "boundary": rows_of(boundary(mask, ratio))}


# ---- one mask an expression ---------------------------------------------------------------------


def expressions(rng):
    for i in range(EXPRESSIONS):
        height, width = random_size(rng)
        target = random_values(rng, height, width, [1, 1, 2, 0, 255])
        no_target = i % 6 == 0
        if no_target:
            target[(target == 1) | (target == 2)] = 0
        given = (target == 1) | (target == 2)
        given = np.roll(given, (int(rng.integers(-2, 3)), int(rng.integers(-2, 3))), (0, 1))
        given ^= random_values(rng, height, width, [1]) == 1 if i % 3 == 0 else False
        if i % 10 == 0:
            given[:] = False
        yield {"no_target": no_target, "target": target, "given": given}


def counts_of(sample, ratio, two_parts, left_out):
    target, given = sample["target"], sample["given"]
    inside = (target == 1) | ((target == 2) & two_parts)
    return counts(given & (target != 255) if left_out else given, inside, ratio)


def mean_of(samples, ratio, two_parts, left_out, empty, epsilon=0.0, samples_epsilon=0.0, rela=False):
    total = 0.0
    for sample in samples:
        i, u = counts_of(sample, ratio, two_parts, left_out)
        nothing = not sample["given"].any()
        if rela and (sample["no_target"] or nothing):
            total += 1.0 if sample["no_target"] and nothing else 0.0
        else:
            total += i / (u + epsilon) if u else empty
    return total / (len(samples) + samples_epsilon)


def means(samples, ratio):
    return {
        "default": mean_of(samples, ratio, True, True, 1.0),
        "lavt": mean_of(samples, ratio, False, False, 0.0),
        "lisa": mean_of(samples, ratio, False, True, 1.0, 1e-5, 1e-5),
        "rela": mean_of(samples, ratio, True, False, 0.0, rela=True),
        "xsam": mean_of(samples, ratio, True, True, 1.0),
    }


# ---- a map of classes ---------------------------------------------------------------------------


def frame_scores(frames, ratio, drop):
    """`drop`: pixels predicted as no evaluated class leave the union, and a class needs kept truth."""
    both, either, scored = {}, {}, {}
    for given, truth in frames:
        valid, answered = np.isin(truth, EVALUATED), np.isin(given, EVALUATED)
        for l in EVALUATED:
            p, g = valid & (given == l), truth == l
            i, u = counts(p, g, ratio, answered if drop else None)
            both[l] = both.get(l, 0) + i
            either[l] = either.get(l, 0) + u
            scored[l] = scored.get(l, False) or bool((g & answered).any() if drop else (p | g).any())
    classes = {str(l): [both[l], either[l]] for l in EVALUATED if scored[l]}
    return {"classes": classes, "boundary_IoU": float(np.mean([i / u if u else 0.0 for i, u in classes.values()]))}


def read(path):
    return np.asarray(Image.open(path))


def main():
    golden = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else golden / "boundary"
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(SEED)
    frames = [(read(golden / "cityscapes" / f"{name}_pred_labelIds.png"),
               read(golden / "cityscapes" / f"{name}_gtFine_labelIds.png")) for name in FRAMES]
    samples = list(expressions(rng))
    rows = {
        "distances": [{"size": list(s), "ratio": r, "distance": distance(s[1], s[0], r)} for s, r in DISTANCES],
        "masks": list(masks(rng)),
        "expressions": [{"no_target": s["no_target"], "target": rows_of(s["target"]), "given": rows_of(s["given"]),
                         "default": counts_of(s, 0.05, True, True), "lisa": counts_of(s, 0.05, False, True),
                         "lavt": counts_of(s, 0.05, False, False)} for s in samples],
        "means": [{"ratio": r, **means(samples, r)} for r in RATIOS],
        "frames": [{"ratio": r, "official": frame_scores(frames, r, False), "detectron2": frame_scores(frames, r, True)}
                   for r in RATIOS],
    }
    versions = {"OpenCV": cv2.__version__, "Python": sys.version.split()[0]}
    versions |= {name: importlib.metadata.version(name) for name in ("numpy", "pillow")}
    lines = ['"script": "scripts/make_boundary_samples.py"', f'"versions": {json.dumps(versions)}']
    lines += [f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in part) + "\n]" for name, part in rows.items()]
    (folder / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
