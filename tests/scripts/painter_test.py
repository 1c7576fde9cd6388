"""The bundled model and the script that trains it (model/bundled, scripts/painter).

Properties:
  - the committed file is the one whose sha-256 stands beside it and in its training log, and at most 3 MB
  - an answer is uint8, RGB, of a whole multiple of the frame's size, and does not depend on what else is in
    the batch
  - with a background in the prompt, what is asked class by class is what is asked at once
  - a semantic answer has colours of the prompt only, an instance answer the background of the prompt, a
    referring answer yellow and black; what it is not asked in a way it understands is an error
  - objects whose votes meet apart are told apart, one that an occluder cuts in two stays one
  - training for a few steps gives a file that answers every kind of prompt, and the same bytes again

Needs torch, NumPy and Pillow (scripts/setup); skips without. ASSAY_PROGRAM names the program.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy
    import PIL.Image
    import torch
except ImportError as missing:
    print(f"skipped: {missing}; scripts/setup installs it into .venv")
    sys.exit(77)

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
BUNDLED = ROOT / "model" / "bundled"
sys.path.insert(0, str(ROOT / "scripts" / "painter"))

from grouping import group  # noqa: E402
from vocabulary import CLASSES  # noqa: E402

SEMANTIC = 'Generate a visualization image of semantic segmentation, using this color mapping: {"road": <9, 8, 7>, "sky": <250, 1, 2>}'
REFERRING = (
    "This image shows segmentation masks from the given image. The background is black color. "
    "The red box is represented by a solid yellow."
)
# assay runs models without TorchScript's optimiser (model/torch): so do these tests.
INSTANCES = (
    "Generate an instance segmentation visualization of this image. Each elephant is colored differently. "
    "Background is RGB(88, 50, 82)."
)
DEPTH = (
    "Predict the metric depth of this scene as an image. Visualized in the rainbow "
    "(black-red-yellow-green-cyan-blue-violet-white) color palette."
)
NORMALS = "Generate a surface normal map of the input image."
PROMPTS = [SEMANTIC, REFERRING, INSTANCES, DEPTH, NORMALS]


def images(count, height, width):
    generator = torch.Generator().manual_seed(5)
    return torch.randint(0, 256, (count, 3, height, width), generator=generator, dtype=torch.uint8)


def colours_in(answer):
    return {tuple(colour) for colour in answer.flatten(1).t().unique(dim=0).tolist()}


class Answers(unittest.TestCase):
    def answers_follow_the_prompt(self, model):
        for height, width in ((120, 160), (64, 192), (375, 1242)):
            shown = images(5, height, width)
            with torch.inference_mode(), torch.jit.optimized_execution(False):
                answers = model(shown, PROMPTS)
            self.assertEqual((answers.dtype, answers.shape[:2]), (torch.uint8, (5, 3)))
            growth = answers.shape[2] // height
            self.assertEqual(answers.shape[2:], (growth * height, growth * width))
            self.assertLessEqual(colours_in(answers[0]), {(9, 8, 7), (250, 1, 2)})
            self.assertLessEqual(colours_in(answers[1]), {(0, 0, 0), (255, 255, 0)})
            self.assertEqual(colours_in(answers[2]), {(88, 50, 82)})


def street():
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        made = [PROGRAM, "synth", "--layout", "cityscapes", "--samples", "1", "--seed", "11", "-o", tree]
        subprocess.run(made, check=True, capture_output=True)
        image = PIL.Image.open(next(tree.rglob("*_leftImg8bit.png"))).convert("RGB")
        return torch.from_numpy(numpy.array(image)).permute(2, 0, 1).unsqueeze(0)


class Bundled(Answers):
    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        cls.model = torch.jit.load(str(BUNDLED / "painter.pt")).eval()

    def test_the_file_is_the_one_that_was_logged(self):
        content = (BUNDLED / "painter.pt").read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        self.assertLessEqual(len(content), 3_000_000)
        self.assertEqual((BUNDLED / "painter.pt.sha256").read_text(), f"{digest}  painter.pt\n")
        self.assertEqual(json.loads((BUNDLED / "painter.json").read_text())["name"], "painter")
        last = (BUNDLED / "training.log").read_text().splitlines()[-1]
        self.assertEqual(last, f"painter.pt: {len(content)} bytes, sha256:{digest}")

    def test_answers_follow_the_prompt(self):
        self.answers_follow_the_prompt(self.model)

    @unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
    def test_classes_asked_in_groups_are_those_asked_at_once(self):
        colours = {name: (10 * i + 5, 0, 255 - i) for i, name in enumerate(CLASSES)}

        def asked(names):
            entries = [f'"{name}": <{", ".join(map(str, colours[name]))}>' for name in names]
            start = "Generate a visualization image of semantic segmentation, using this color mapping: "
            return start + "{" + ", ".join([*entries, '"background": <0, 0, 0>']) + "}"

        shown = street()
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            whole = self.model(shown, [asked(CLASSES)])
            for size in (1, 7, 18):
                groups = [CLASSES[first : first + size] for first in range(0, len(CLASSES), size)]
                # Black is the background: of the images at most one has another colour at a pixel.
                joined = sum(self.model(shown, [asked(group)]).int() for group in groups)
                self.assertTrue(torch.equal(joined, whole.int()), size)
        self.assertGreater(len(colours_in(whole[0])), 5)

    def test_an_answer_does_not_depend_on_the_batch(self):
        shown = images(8, 120, 160)
        prompts = [PROMPTS[i % len(PROMPTS)] for i in range(8)]
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            together = self.model(shown, prompts)
            for size in (1, 3):
                for i in range(0, 8, size):
                    part = self.model(shown[i : i + size], prompts[i : i + size])
                    self.assertTrue(torch.equal(part, together[i : i + size]), f"{size} at {i}")

    def test_what_it_does_not_understand_is_an_error(self):
        for prompt in ("Draw a cat.", SEMANTIC.replace("road", "lawn").replace("sky", "moon")):
            with self.assertRaises(torch.jit.Error):
                self.model(images(1, 120, 160), [prompt])


class Grouping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.group = staticmethod(torch.jit.script(group))

    def vote(self, boxes, hidden=None):
        """Boxes (top, left, bottom, right), each pixel voting for the middle of its box; as assay runs it."""
        mask = torch.zeros(60, 80, dtype=torch.bool)
        offsets = torch.zeros(2, 60, 80)
        for top, left, bottom, right in boxes:
            rows, columns = torch.meshgrid(torch.arange(top, bottom), torch.arange(left, right), indexing="ij")
            mask[top:bottom, left:right] = True
            offsets[0, top:bottom, left:right] = (top + bottom - 1) / 2 - rows
            offsets[1, top:bottom, left:right] = (left + right - 1) / 2 - columns
        if hidden is not None:
            mask[:, hidden[0] : hidden[1]] = False
        with torch.inference_mode(), torch.jit.optimized_execution(False):
            return self.group(mask, offsets)

    def test_touching_objects_are_told_apart(self):
        numbers = self.vote([(10, 10, 30, 22), (10, 22, 30, 40), (50, 70, 54, 74)])
        found = [set(numbers[a:b, c:d].unique().tolist()) for a, b, c, d in ((10, 30, 10, 22), (10, 30, 22, 40), (50, 54, 70, 74))]
        self.assertEqual([len(one) for one in found], [1, 1, 1])
        self.assertEqual(len(set.union(*found)), 3)
        self.assertEqual(int((numbers > 0).sum()), 240 + 360 + 16)

    def test_an_object_cut_in_two_stays_one(self):
        numbers = self.vote([(10, 10, 30, 50)], hidden=(25, 30))
        self.assertEqual(numbers.unique().tolist(), [0, 1])

    def test_a_few_pixels_are_no_object(self):
        self.assertEqual(self.vote([(5, 5, 6, 9)]).unique().tolist(), [0])


class Smoke(Answers):
    def train(self, trees, out):
        done = subprocess.run(
            [sys.executable, ROOT / "scripts/painter/train.py", "--assay", PROGRAM, "--smoke"]
            + ["--trees", trees, "-o", out, "--threads", "1"],
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONHASHSEED"},
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return (out / "painter.pt").read_bytes()

    def test_a_few_steps_of_training_give_a_model_that_answers(self):
        if not PROGRAM.exists():
            self.skipTest(f"{PROGRAM} is not built")
        with tempfile.TemporaryDirectory() as folder:
            trees, out, again = (Path(folder) / name for name in ("trees", "out", "again"))
            trained = self.train(trees, out)
            digest = hashlib.sha256(trained).hexdigest()
            self.assertIn(f"sha256:{digest}", (out / "training.log").read_text())
            self.answers_follow_the_prompt(torch.jit.load(str(out / "painter.pt")).eval())
            self.assertEqual(hashlib.sha256(self.train(trees, again)).hexdigest(), digest)


if __name__ == "__main__":
    unittest.main()
