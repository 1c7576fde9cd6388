#!/usr/bin/env python3
"""Composes results/demo.png, the picture in README.md, from the folder of a demo with a model.

    scripts/demo -o DEMO
    .venv/bin/python scripts/make_demo_picture.py DEMO results/demo.png

One row per protocol: what the model was shown, what it painted, the truth painted with the same
code, and where the two differ. Needs NumPy, Pillow and h5py beside the wheel of scripts/setup.

It draws and never scores: colours are read by rules written here from the documented code
(model/rgb_depth.h, model/fit.h), and no number in a report comes from it.
"""

import json
import pickle
import sys
from pathlib import Path

import h5py
import numpy as np
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent

# Cityscapes label ids of the 19 evaluated classes, in the order of the palette file.
LABEL_IDS = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
# The corners of the depth code from 0 m to infinity: black, red, yellow, green, cyan, blue, violet, white.
CORNERS = 255 * np.array(
    [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1), (1, 0, 1), (1, 1, 1)], np.float64
)
EDGES = len(CORNERS) - 1
# f(d) = 1 - (1 + d / 10)^-2: the default curve, lambda = -3 and c = 10 / 3.
CURVE_M = 10.0

UNMEASURED = (58, 62, 70)  # no truth here
RIGHT = (226, 229, 233)
WRONG = (214, 40, 57)
AGREED = (120, 130, 144)  # in the answer and in the truth
WORST_RATIO = 1.0  # relative depth error at the end of the error scale
ERROR_SCALE = np.array([RIGHT, (253, 203, 110), (214, 40, 57), (60, 6, 32)], np.float64)

YELLOW = (255, 255, 0)  # what the referring prompt asks for
OBJECTS = ((220, 60, 60), (60, 180, 90), (70, 110, 230), (240, 200, 60))  # one for each true object

PAGE_WIDTH, MARGIN, GAP, TITLE, LEGEND = 1000, 12, 8, 26, 30
PANEL_WIDTH = (PAGE_WIDTH - 2 * MARGIN - 3 * GAP) // 4
HEADER = 26
INK, FAINT = (28, 32, 38), (96, 102, 112)


def font(size):
    return ImageFont.load_default(size)


def palette():
    rows = json.loads((ROOT / "configs/palettes/cityscapes.json").read_text())
    if len(rows) != len(LABEL_IDS):
        raise SystemExit("make_demo_picture: the palette does not have the 19 evaluated classes")
    return rows


def depth_of_fraction(fraction):
    with np.errstate(divide="ignore"):
        return CURVE_M * ((1 - fraction) ** -0.5 - 1)


def paint_depth(depth_m):
    """The colour of each depth; undefined pixels (0) in UNMEASURED."""
    walked = (1 - (1 + depth_m / CURVE_M) ** -2) * EDGES
    edge = np.minimum(walked.astype(int), EDGES - 1)
    share = (walked - edge)[..., None]
    color = np.rint(CORNERS[edge] * (1 - share) + CORNERS[edge + 1] * share).astype(np.uint8)
    color[depth_m <= 0] = UNMEASURED
    return color


def read_depth(image):
    """The depth of the nearest point of the path, edge by edge."""
    pixels = image.astype(np.float64)
    best = np.full(pixels.shape[:2], np.inf)
    fraction = np.zeros(pixels.shape[:2])
    for edge in range(EDGES):
        along = CORNERS[edge + 1] - CORNERS[edge]
        share = np.clip((pixels - CORNERS[edge]) @ along / (along @ along), 0, 1)
        distance = ((pixels - CORNERS[edge] - share[..., None] * along) ** 2).sum(-1)
        nearer = distance < best
        best[nearer] = distance[nearer]
        fraction[nearer] = (edge + share[nearer]) / EDGES
    return depth_of_fraction(fraction)


def read_classes(image, rows):
    """Index of the nearest palette colour."""
    colors = np.array([row["rgb"] for row in rows], np.int64)
    return ((image[:, :, None].astype(np.int64) - colors) ** 2).sum(-1).argmin(-1)


def over(answer, size):
    """The answer's pixels over an image of (width, height): cover_crop, nearest."""
    height, width = answer.shape[:2]
    scale = max(width / size[0], height / size[1])
    x = scale * (np.arange(size[0]) + 0.5) - (scale * size[0] - width) / 2
    y = scale * (np.arange(size[1]) + 0.5) - (scale * size[1] - height) / 2
    columns = np.clip(np.floor(x).astype(int), 0, width - 1)
    lines = np.clip(np.floor(y).astype(int), 0, height - 1)
    return answer[lines][:, columns]


def depth_error(answer_m, truth_m, limit_m):
    """|answer - truth| / truth on the error scale, after the protocol's clip."""
    scored = (truth_m > 0) & (truth_m < limit_m)
    ratio = np.zeros(truth_m.shape)
    np.divide(abs(np.minimum(answer_m, limit_m) - truth_m), truth_m, out=ratio, where=scored)
    color = error_colors(np.clip(ratio / WORST_RATIO, 0, 1))
    color[~scored] = UNMEASURED
    return color


def error_colors(share):
    walked = share * (len(ERROR_SCALE) - 1)
    low = np.minimum(walked.astype(int), len(ERROR_SCALE) - 2)
    part = (walked - low)[..., None]
    return np.rint(ERROR_SCALE[low] * (1 - part) + ERROR_SCALE[low + 1] * part).astype(np.uint8)


def spread(sparse, reach):
    """Grows the few measured pixels of a lidar map so that they survive being drawn small."""
    out = sparse.copy()
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            moved = np.roll(sparse, (dy, dx), (0, 1))
            out[(out == 0) & (moved > 0)] = moved[(out == 0) & (moved > 0)]
    return out


def load(path):
    return np.asarray(Image.open(path))


def only(paths):
    found = sorted(paths)
    if not found:
        raise SystemExit("make_demo_picture: the folder holds no demo with a model; see --help")
    return found


def cityscapes(demo):
    rows = palette()
    image = only(demo.glob("data/cityscapes/leftImg8bit/val/*/*.png"))[0]
    city, frame = image.parent.name, image.name.removesuffix("_leftImg8bit.png")
    labels = load(demo / f"data/cityscapes/gtFine/val/{city}/{frame}_gtFine_labelIds.png")
    answer = over(load(demo / f"answers/cityscapes-val/{city}/{frame}.png"), labels.shape[::-1])
    truth = np.full((*labels.shape, 3), UNMEASURED, np.uint8)
    error = truth.copy()
    classes = read_classes(answer, rows)
    for index, (label, row) in enumerate(zip(LABEL_IDS, rows)):
        here = labels == label
        truth[here] = row["rgb"]
        error[here & (classes == index)] = RIGHT
        error[here & (classes != index)] = WRONG
    shown = [(row["class"], tuple(row["rgb"])) for i, row in enumerate(rows) if (labels == LABEL_IDS[i]).any()]
    return [load(image), answer, truth, error], shown


def painted(mask, color):
    """The mask in a colour, on black."""
    return np.where(mask[..., None], np.array(color, np.uint8), np.uint8(0))


def agreement(answer, truth):
    """Where two masks agree and where they do not; the object itself stays visible."""
    error = np.full((*truth.shape, 3), RIGHT, np.uint8)
    error[truth & answer] = AGREED
    error[truth != answer] = WRONG
    return error


def refcocog(demo):
    with open(demo / "data/refcocog/refcocog/refs(umd).p", "rb") as file:
        refs = {str(ref["ref_id"]): ref for ref in pickle.load(file)}
    instances = json.loads((demo / "data/refcocog/refcocog/instances.json").read_text())
    path = only(demo.glob("answers/refcocog-umd-val/*/*.png"))[0]
    ref = refs[path.parent.name]
    words = next(s["sent"] for s in ref["sentences"] if str(s["sent_id"]) == path.stem)
    drawn = next(a for a in instances["annotations"] if a["id"] == ref["ann_id"])
    image = load(only(demo.glob(f"data/refcocog/**/COCO_train2014_{ref['image_id']:012}.jpg"))[0])
    outline = Image.new("1", image.shape[1::-1])
    for polygon in drawn["segmentation"]:
        ImageDraw.Draw(outline).polygon(polygon, 1)
    truth = np.asarray(outline)
    answer = over(load(path), truth.shape[::-1])
    found = answer.astype(int).sum(-1) > 255  # nearer to yellow than to black
    return [image, answer, painted(truth, YELLOW), agreement(found, truth)], words


def runs(text):
    """The numbers of a compressed COCO string: five bits a character, then differences."""
    numbers, value, shift = [], 0, 0
    for char in text.encode():
        bits = char - 48
        value |= (bits & 31) << shift
        shift += 5
        if bits & 32:
            continue
        if bits & 16:
            value -= 1 << shift
        numbers.append(value + (numbers[-2] if len(numbers) > 2 else 0))
        value, shift = 0, 0
    return numbers


def saco(demo):
    truth_file = demo / "data/saco/gt-annotations/gold_metaclip_merged_a_release_test.json"
    content = json.loads(truth_file.read_text())
    pair = content["images"][0]
    image = load(demo / "data/saco/metaclip-images" / pair["file_name"])
    truth = np.zeros(image.shape, np.uint8)
    for number, drawn in enumerate(a for a in content["annotations"] if a["image_id"] == pair["id"]):
        lengths = runs(drawn["segmentation"]["counts"])
        flat = np.repeat(np.arange(len(lengths)) % 2, lengths).astype(bool)
        truth[flat.reshape(image.shape[1::-1]).T] = OBJECTS[number % len(OBJECTS)]
    answer = over(load(demo / f"answers/saco-gold-metaclip/{pair['id']}.png"), image.shape[1::-1])
    return [image, answer, truth, agreement(answer.any(-1), truth.any(-1))], pair["text_input"]


def nyu(demo):
    answers = only(demo.glob("answers/nyu-depth/*.png"))
    index = int(answers[0].stem)
    with h5py.File(demo / "data/nyu-mat/nyu_depth_v2_labeled.mat") as file:
        image = file["images"][index].transpose(2, 1, 0)
        truth_m = file["rawDepths"][index].T.astype(np.float64)
    answer = over(load(answers[0]), truth_m.shape[::-1])
    return [image, answer, paint_depth(truth_m), depth_error(read_depth(answer), truth_m, 10.0)]


def kitti(demo):
    path = only(demo.glob("answers/kitti-depth/*/*.png"))[0]
    drive, frame = path.parent.name, path.name
    image = load(demo / f"data/kitti/{drive[:10]}/{drive}/image_02/data/{frame}")
    truth = only(demo.glob(f"data/kitti/data_depth_annotated/*/{drive}/proj_depth/groundtruth/image_02/{frame}"))
    # The model is shown the 352 x 1216 crop of the benchmark.
    top, left = image.shape[0] - 352, (image.shape[1] - 1216) // 2
    image = image[top:, left : left + 1216]
    truth_m = spread(load(truth[0])[top:, left : left + 1216] / 256.0, 2)
    answer = over(load(path), truth_m.shape[::-1])
    return [image, answer, paint_depth(truth_m), depth_error(read_depth(answer), truth_m, 80.0)]


def panel(pixels):
    height = round(PANEL_WIDTH * pixels.shape[0] / pixels.shape[1])
    # Colours are a code: they are never mixed, so whole pixels are picked.
    return Image.fromarray(np.ascontiguousarray(pixels)).resize((PANEL_WIDTH, height), Image.Resampling.NEAREST)


def column(index):
    return MARGIN + index * (PANEL_WIDTH + GAP)


def swatches(draw, x, y, entries, end):
    for name, color in entries:
        width = 15 + draw.textlength(name, font(11)) + 8
        if x + width > end:
            raise SystemExit(f"make_demo_picture: the legend has no room for {name}")
        draw.rectangle((x, y + 2, x + 10, y + 12), color, FAINT)
        draw.text((x + 15, y), name, FAINT, font(11))
        x += width


def scale_bar(page, draw, x, y, colors, labels):
    """A bar of colours (1 x n x 3) with (share of the bar, text) labels below it."""
    width = PANEL_WIDTH
    page.paste(Image.fromarray(colors).resize((width, 9), Image.Resampling.BILINEAR), (x, y))
    draw.rectangle((x, y, x + width - 1, y + 8), outline=FAINT)
    for share, text in labels:
        left = x + share * width - share * draw.textlength(text, font(11))
        draw.text((left, y + 10), text, FAINT, font(11))


def depth_bar(page, draw, y):
    walk = np.linspace(0, 1, 512)[None]
    edge = np.minimum((walk * EDGES).astype(int), EDGES - 1)
    share = (walk * EDGES - edge)[..., None]
    colors = np.rint(CORNERS[edge] * (1 - share) + CORNERS[edge + 1] * share).astype(np.uint8)
    at = [(1 - (1 + m / CURVE_M) ** -2, f"{m} m") for m in (0, 1, 2, 4, 10)]
    scale_bar(page, draw, column(1), y, colors, [*at, (1.0, "inf")])


def error_bar(page, draw, y):
    colors = error_colors(np.linspace(0, 1, 512)[None])
    labels = [(0.0, "0"), (0.5, f"{WORST_RATIO / 2:.0%} off"), (1.0, f"{WORST_RATIO:.0%} off or more")]
    scale_bar(page, draw, column(3), y, colors, labels)
    swatches(draw, column(2), y, [("no truth", UNMEASURED)], column(3))


def compose(demo):
    street, classes = cityscapes(demo)
    referred, words = refcocog(demo)
    objects, phrase = saco(demo)
    rows = [
        ("cityscapes-val: classes in prompted colours", street),
        (f'refcocog-umd-val: "{words}" in yellow', referred),
        (f'saco-gold-metaclip: each of "{phrase}" in a colour of its own', objects),
        ("nyu-depth: depth painted along the edges of the RGB cube", nyu(demo)),
        ("kitti-depth: the same code, sparse lidar truth (points drawn larger)", kitti(demo)),
    ]
    drawn = [(title, [panel(pixels) for pixels in panels]) for title, panels in rows]
    height = MARGIN + HEADER + sum(TITLE + panels[0].height + LEGEND for _, panels in drawn)
    page = Image.new("RGB", (PAGE_WIDTH, height), "white")
    draw = ImageDraw.Draw(page)
    heads = ("input", "painted by the model", "truth, painted by the codec", "error")
    for index, head in enumerate(heads):
        draw.text((column(index), MARGIN), head, INK, font(16))
    y = MARGIN + HEADER
    for number, (title, panels) in enumerate(drawn):
        draw.text((MARGIN, y + 4), title, FAINT, font(13))
        y += TITLE
        for index, picture in enumerate(panels):
            page.paste(picture, (column(index), y))
        y += panels[0].height + 6
        if number in (1, 2):
            swatches(draw, column(3), y, [("both", AGREED), ("one of them", WRONG)], PAGE_WIDTH)
        elif number == 0:
            swatches(draw, MARGIN, y, classes, column(3) - GAP)
            swatches(draw, column(3), y, [("right", RIGHT), ("wrong", WRONG), ("void", UNMEASURED)], PAGE_WIDTH)
        else:
            depth_bar(page, draw, y)
            error_bar(page, draw, y)
        y += LEGEND - 6
    return page


def main():
    if len(sys.argv) != 3 or sys.argv[1].startswith("-"):
        print(__doc__)
        raise SystemExit(0 if "--help" in sys.argv or "-h" in sys.argv else 2)
    compose(Path(sys.argv[1])).save(sys.argv[2], optimize=True)


if __name__ == "__main__":
    main()
