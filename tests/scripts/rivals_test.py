#!/usr/bin/env python3
"""What other models save, scored end to end, on synthetic trees in exactly the files they write.

Expected numbers are computed here from what was written, by other code than assay's.

Properties:
  - SAM 3, COCO results: SA-Co/Gold (runs with scores and boxes), RefCOCOg (polygons under `sent_id`),
    Cityscapes (an instance list with label ids); the truth itself is perfect, and half of it is not
  - Depth Anything 3, the npz of its export: depth in metres, and in units of a focal length of 300 pixels;
    answers that are 10 % too far have AbsRel 0.1
  - DSINE and Lotus, 8-bit PNG of normals in the axes left, up, to the viewer; Lotus-2, the same as arrays:
    turned by a known angle, the mean error is that angle

The SAM 3 agent's files are in tests/cli/agent_answers_test.cc.

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch and no NumPy.
"""

import array
import io
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
SAMPLES = 4


def assay(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, f"assay {arguments} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


def read_npy(path):
    """(shape, floats) of a little-endian float32 array in C order."""
    data = path.read_bytes()
    size = struct.unpack("<H", data[8:10])[0]
    head = eval(data[10:10 + size].decode(), {"__builtins__": {}})  # a dict literal, by the format
    assert head["descr"] == "<f4" and not head["fortran_order"], head
    return head["shape"], array.array("f", data[10 + size:])


def npy(shape, values):
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {tuple(shape)!r}, }}"
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + array.array("f", values).tobytes()


def npz(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.npy", data)
    return file.getvalue()


def rgb_png(width, height, pixels):
    """Pixels: bytes, 3 a pixel."""
    rows = b"".join(b"\0" + pixels[3 * width * y:3 * width * (y + 1)] for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)),
              (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks)


class Rivals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay_test_")
        cls.folder = Path(cls.temporary.name)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def tree(self, layout):
        root = self.folder / layout
        if not root.exists():
            assay("synth", "--layout", layout, "--samples", SAMPLES, "--seed", 5, "-o", root)
        return root

    def score(self, protocol, root, answers, *more):
        out = Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        text = assay("score", "--protocol", protocol, "--data", root, "--predictions", answers, "-o", out, "--json",
                     "--quiet", *more)
        return {name: metric["value"] for name, metric in json.loads(text)["metrics"].items()}

    def results(self, entries):
        path = Path(tempfile.mkdtemp(dir=self.folder)) / "results.json"
        path.write_text(json.dumps(entries))
        return path

    def test_sam3_on_saco_gold(self):
        root = self.tree("saco")
        truth = json.loads((root / "gt-annotations/gold_fg_food_merged_a_release_test.json").read_text())
        entries = [{"image_id": one["image_id"], "category_id": 1, "segmentation": one["segmentation"],
                    "bbox": one["bbox"], "score": 0.9} for one in truth["annotations"]]
        whole = self.score("saco-gold-food", root, self.results(entries), "--format", "coco-json")
        self.assertAlmostEqual(whole["pmF1"], 1, 3)  # the reference's epsilons keep it below
        sure = [{**entry, "score": 0.9 if i % 2 else 0.4} for i, entry in enumerate(entries)]
        half = self.score("saco-gold-food", root, self.results(sure), "--format", "coco-json")
        self.assertLess(half["pmF1"], whole["pmF1"])

    def test_sam3_on_refcocog(self):
        root = self.tree("refcocog")
        prompts = self.folder / "refcocog.jsonl"
        assay("prompts", "--protocol", "refcocog-umd-val", "--data", root, "-o", prompts)
        index = json.loads((root / "refcocog/instances.json").read_text())
        polygons = {one["id"]: one["segmentation"] for one in index["annotations"]}
        refs = self.refs(root)
        entries = []
        for line in prompts.read_text().splitlines():
            ref, sentence = json.loads(line)["key"].split("/")
            entries.append({"image_id": int(sentence), "category_id": 1, "score": 1.0,
                            "segmentation": polygons[refs[int(ref)]]})
        values = self.score("refcocog-umd-val", root, self.results(entries), "--format", "coco-json")
        self.assertEqual((values["cIoU"], values["gIoU"]), (1, 1))

    def refs(self, root):
        """ref_id -> ann_id, from the records the tree holds as JSON or as a pickle of plain data."""
        for path in sorted((root / "refcocog").glob("refs(umd).*")):
            if path.suffix == ".json":
                records = json.loads(path.read_text())
            else:
                import pickle  # noqa: S403 - written by assay synth a moment ago
                records = pickle.loads(path.read_bytes())
            return {record["ref_id"]: record["ann_id"] for record in records}
        raise AssertionError("no refs")

    def test_sam3_on_cityscapes(self):
        root = self.tree("cityscapes")
        everything = {"counts": [0, 256 * 128], "size": [128, 256]}
        entries = [{"image_id": f"{path.parent.name}/{path.name[:-len('_gtFine_labelIds.png')]}", "category_id": 7,
                    "segmentation": everything, "score": 0.5}
                   for path in sorted(root.glob("gtFine/val/*/*_labelIds.png"))]
        values = self.score("cityscapes-val", root, self.results(entries), "--format", "coco-json")
        # All is road: only road has an IoU, which is its share of the scored pixels.
        self.assertGreater(values["mIoU"], 0)
        self.assertLess(values["mIoU"], 1 / 10)

    def depth_answers(self, factor):
        root = self.tree("diode-indoor")
        answers = Path(tempfile.mkdtemp(dir=self.folder))
        for path in root.glob("val/**/*_depth.npy"):
            shape, depth = read_npy(path)
            key = path.relative_to(root / "val").with_name(path.name.replace("_depth.npy", ".npz"))
            (answers / key).parent.mkdir(parents=True, exist_ok=True)
            members = {"depth": npy((1, *shape[:2]), [factor * value for value in depth]),
                       "conf": npy((1, *shape[:2]), [1.0] * len(depth))}
            (answers / key).write_bytes(npz(members))
        return root, answers

    def test_depth_anything_3(self):
        root, answers = self.depth_answers(1.1)
        values = self.score("diode-indoor-depth@mask", root, answers, "--format", "npz:depth")
        self.assertAlmostEqual(values["AbsRel"], 0.1, 6)
        self.assertEqual(values["delta1"], 1)
        # metres = focal * out / 300, with the focal length the camera of the answer has
        root, answers = self.depth_answers(1.1 * 300 / 600)
        values = self.score("diode-indoor-depth@mask", root, answers, "--format", "npz:depth", "--set",
                            "answer.unit=focal_300", "--set", "answer.focal=600")
        self.assertAlmostEqual(values["AbsRel"], 0.1, 6)

    def normals(self):
        """(key, width, height, unit vectors in the axes of the file) of every sample; lub."""
        root = self.tree("nyu-normals-marigold")
        for path in sorted(root.glob("nyuv2/test/*_normal.npy")):
            (height, width, _), values = read_npy(path)
            vectors = [tuple(values[i:i + 3]) for i in range(0, len(values), 3)]
            yield f"{int(path.name[:6]):04}", width, height, [(-x, y, z) for x, y, z in vectors]

    @staticmethod
    def turned(vector, degrees):
        """About an axis at right angles to the vector, so that this is the angle between them."""
        x, y, z = vector
        length = math.sqrt(x * x + y * y + z * z)
        if length == 0:
            return 0.0, 0.0, 1.0
        x, y, z = x / length, y / length, z / length
        helper = (1, 0, 0) if abs(x) < 0.9 else (0, 1, 0)
        side = (helper[1] * z - helper[2] * y, helper[2] * x - helper[0] * z, helper[0] * y - helper[1] * x)
        norm = math.sqrt(sum(part * part for part in side))
        cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        return tuple(cosine * a + sine * b / norm for a, b in zip((x, y, z), side))

    def test_dsine_lotus_and_lotus_2(self):
        root = self.tree("nyu-normals")
        pngs, arrays = (Path(tempfile.mkdtemp(dir=self.folder)) for _ in range(2))
        for name, width, height, vectors in self.normals():
            answer = [self.turned(vector, 7) for vector in vectors]
            colours = bytes(round((part + 1) / 2 * 255) for vector in answer for part in vector)
            (pngs / f"{name}.png").write_bytes(rgb_png(width, height, colours))
            flat = [part for vector in answer for part in vector]
            (arrays / f"{name}.npy").write_bytes(npy((height, width, 3), flat))
        eight_bit = self.score("nyu-normals", root, pngs, "--format", "normals-png")
        self.assertAlmostEqual(eight_bit["mean"], 7, delta=0.25)
        # Against truth that no colour has rounded.
        exact = self.score("nyu-normals@marigold", self.tree("nyu-normals-marigold"), arrays, "--format",
                           "normals-npy", "--set", "answer.frame=lub")
        self.assertAlmostEqual(exact["mean"], 7, delta=0.001)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print(f"SKIPPED: {PROGRAM} is not built")
        sys.exit(77)
    unittest.main()
