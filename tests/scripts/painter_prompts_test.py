"""What the bundled model reads in a prompt (scripts/painter/asking.py).

Properties:
  - every prompt that `assay prompts` writes, for every protocol and variant on its synthetic tree, is
    understood as the protocol's task
  - of a semantic prompt every class and colour of the palette is read, of a referring one the expression,
    of an instance one the phrase and the background
  - a text that asks for nothing the model can paint is no task
  - names are found as whole words

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch.
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
sys.path.insert(0, str(ROOT / "scripts" / "painter"))

import asking  # noqa: E402

SAMPLES = 4
# Frames that no official list names must be listed by the user.
LISTED = {"nuscenes": "nuscenes_samples.txt"}


def assay(*arguments):
    done = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: {done.stderr}")
    return done.stdout


def listed(kind):
    return json.loads(assay("list", kind, "--json"))[kind]


def layout_of(dataset, layouts):
    """The layout written for the dataset, or for a sister in the same tree."""
    for row in layouts:
        if row["dataset"] == dataset:
            return row["name"]
    return max((row["name"] for row in layouts if dataset.startswith(row["name"])), key=len)


class EveryProtocol(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        root = Path(cls.folder.name)
        layouts = listed("layouts")
        cls.asked = []  # protocol, task, prompt
        for row in listed("protocols"):
            layout = layout_of(row["dataset"], layouts)
            tree = root / layout
            if not tree.exists():
                assay("synth", "--layout", layout, "--samples", str(SAMPLES), "--seed", "9", "-o", tree)
            told = ["--set", f"list={tree / LISTED[layout]}"] if layout in LISTED else []
            for line in assay("prompts", "-p", row["name"], "-d", tree, *told).splitlines():
                for prompt in json.loads(line)["prompts"]:
                    cls.asked.append((row["name"], row["task"], prompt))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def prompts_of(self, task):
        found = sorted({prompt for _, of, prompt in self.asked if of == task})
        self.assertTrue(found, task)
        return found

    def test_every_prompt_is_understood_as_its_task(self):
        self.assertEqual({task for _, task, _ in self.asked}, {"semantic", "referring", "instances", "depth", "normals"})
        for protocol, task, prompt in self.asked:
            self.assertEqual(asking.task_of(prompt), task, f"{protocol}: {prompt}")

    def test_every_colour_of_the_palette_is_read(self):
        rows = json.loads((ROOT / "configs/palettes/cityscapes.json").read_text())
        for prompt in self.prompts_of("semantic"):
            self.assertEqual(asking.mapping_of(prompt), {row["class"]: row["rgb"] for row in rows})

    def test_the_expression_is_read(self):
        found = set()
        for prompt in self.prompts_of("referring"):
            expression = asking.expression_of(prompt)
            self.assertIn(f". the {expression} is represented by a solid yellow.", prompt.lower())
            found.add(expression)
        self.assertTrue({"all shapes", "bicycle", "first shape"} <= found, found)
        self.assertTrue(any(asking.named_in(words, ["red"]) for words in found), found)

    def test_the_phrase_and_the_background_are_read(self):
        found = {asking.phrase_of(prompt) for prompt in self.prompts_of("instances")}
        self.assertEqual(found, {"the car", "person", "blue bus", "elephant"})
        for prompt in self.prompts_of("instances"):
            self.assertEqual(asking.background_of(prompt), [0, 0, 0])


class Words(unittest.TestCase):
    def test_a_text_that_asks_for_nothing_paintable_is_no_task(self):
        for text in ("", "Draw a cat.", "Is there an instance of car visible in this image?", "segmentation"):
            self.assertEqual(asking.task_of(text), "", text)

    def test_another_background_is_read(self):
        self.assertEqual(asking.background_of("Background is RGB(88, 50, 82)."), [88, 50, 82])
        self.assertEqual(asking.background_of("Background is RGB(88, 50, 820)."), [0, 0, 0])

    def test_names_are_found_as_whole_words(self):
        names = ["car", "traffic light", "red"]
        self.assertEqual(asking.named_in("the car", names), [0])
        self.assertEqual(asking.named_in("two cars, and a traffic light", names), [0, 1])
        self.assertEqual(asking.named_in("a tired carpet", names), [])

    def test_what_is_no_colour_is_not_read(self):
        self.assertEqual(asking.mapping_of('{"road": <1, 2>, "sky": <1, 2, x>, "car": <1, 2, 3>}'), {"car": [1, 2, 3]})


if __name__ == "__main__":
    if "ASSAY_PROGRAM" not in os.environ and not PROGRAM.exists():
        print(f"skipped: {PROGRAM} is not built")
        sys.exit(77)
    unittest.main()
