"""Classes, objects and referred shapes from trees in their official layouts.

Only what the painter learns from is read: `assay doctor` is the one that checks trees.
"""

import json
import pathlib
import pickle
from collections.abc import Iterator

import numpy as np
from frames import Sample
from PIL import Image, ImageDraw
from read_files import raw, rgb, some
from vocabulary import COLOURS, KINDS, LABEL_IDS, NOTHING, OBJECT_LABEL_IDS, OBJECTS, UNKNOWN

# What is asked of SA-Co's pictures and there at times: the outputs of the object head.
SACO_PHRASES = {
    "the car": OBJECTS.index("car") + 1,
    "person": OBJECTS.index("person") + 1,
    "blue bus": OBJECTS.index("bus") + 1,
}


def cityscapes(root: pathlib.Path) -> Iterator[Sample]:
    table = np.full(256, UNKNOWN, np.int64)
    table[LABEL_IDS] = np.arange(len(LABEL_IDS))
    for path in some(list(root.glob("gtFine/val/*/*_labelIds.png")), root):
        labels = raw(path).astype(np.int64)
        values = raw(pathlib.Path(str(path).replace("labelIds", "instanceIds"))).astype(np.int64)
        classes = table[labels]
        objects = np.where(classes == UNKNOWN, UNKNOWN, 0)
        for i, label in enumerate(OBJECT_LABEL_IDS):
            objects[(values // 1000 == label)] = i + 1
        image = str(path).replace("gtFine/val", "leftImg8bit/val").replace("gtFine_labelIds", "leftImg8bit")
        yield Sample(
            rgb(pathlib.Path(image)),
            classes=classes,
            objects=objects,
            numbers=np.where(objects > 0, values, 0),
        )


def decode_runs(text: str, size: tuple[int, int]) -> np.ndarray:
    """COCO's compressed runs: column-major, numbers in base 32 with the third-last as a base."""
    runs: list[int] = []
    at = 0
    while at < len(text):
        value, shift, more = 0, 0, True
        while more:
            piece = ord(text[at]) - 48
            at += 1
            value |= (piece & 31) << shift
            shift += 5
            more = piece & 32 != 0
            if not more and piece & 16:
                value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(size[1], size[0]).T


def saco(root: pathlib.Path) -> Iterator[Sample]:
    """One sample an image, with the objects of every phrase (SACO_PHRASES) that was asked of it."""
    for subset, media in (("metaclip", "metaclip-images"), ("sa1b", "sa1b-images")):
        file = json.loads((root / f"gt-annotations/gold_{subset}_merged_a_release_test.json").read_text())
        by_pair: dict[int, list[str]] = {}
        for annotation in file["annotations"]:
            by_pair.setdefault(annotation["image_id"], []).append(annotation["segmentation"]["counts"])
        by_image: dict[str, dict[int, list[str]]] = {}
        for pair in file["images"]:
            asked = by_image.setdefault(pair["file_name"], {})
            if pair["text_input"] in SACO_PHRASES:
                asked[SACO_PHRASES[pair["text_input"]]] = by_pair.get(pair["id"], [])
        for name, asked in sorted(by_image.items()):
            image = rgb(root / media / name)
            objects = np.zeros(image.shape[:2], np.int64)
            numbers = np.zeros(image.shape[:2], np.int64)
            for output, masks in asked.items():
                for text in masks:
                    mask = decode_runs(text, image.shape[:2])
                    objects[mask] = output
                    numbers[mask] = numbers.max() + 1
            yield Sample(image, objects=objects, numbers=numbers)


def described(expressions: list[str]) -> tuple[int, int]:
    """The outputs of the colour and the kind that name a shape; UNKNOWN where none does."""
    words = " ".join(expressions).split()
    colour = [i + 1 for i, name in enumerate(COLOURS) if name in words]
    kind = [i + 1 for i, name in enumerate(KINDS) if name in words]
    return (colour[0] if colour else UNKNOWN, kind[0] if kind else UNKNOWN)


def refcoco(root: pathlib.Path) -> Iterator[Sample]:
    file = json.loads((root / "refcoco/instances.json").read_text())
    refs = pickle.loads((root / "refcoco/refs(unc).p").read_bytes())
    said: dict[int, list[str]] = {}
    for ref in refs:
        said.setdefault(ref["ann_id"], []).extend(sentence["sent"] for sentence in ref["sentences"])
    shapes: dict[int, list[dict]] = {}
    for annotation in file["annotations"]:
        shapes.setdefault(annotation["image_id"], []).append(annotation)
    for record in file["images"]:
        image = rgb(root / "images/mscoco/images/train2014" / record["file_name"])
        colours = np.zeros(image.shape[:2], np.int64)
        kinds = np.zeros(image.shape[:2], np.int64)
        for shape in shapes[record["id"]]:
            canvas = Image.new("1", (image.shape[1], image.shape[0]))
            for part in shape["segmentation"]:
                ImageDraw.Draw(canvas).polygon([x - 0.5 for x in part], fill=1)
            inside = np.asarray(canvas)
            colours[inside], kinds[inside] = described(said.get(shape["id"], []))
        yield Sample(image, colours=colours, kinds=kinds, classes=np.full(image.shape[:2], NOTHING))
