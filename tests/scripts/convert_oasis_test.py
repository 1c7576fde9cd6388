"""scripts/convert_oasis.py on pickles made here.

Properties:
  - the array has the image's size, the box's vectors with x and y negated, float32, and zeros, none of them
    negative, everywhere else; both ends of the box are inside
  - it is what a transcription of DSINE's reader gives (baegwangbin/DSINE@ef0c2af:data/datasets/oasis/__init__.py)
  - with -o the arrays lie in that folder, without it beside the pickles
  - refused with the file's name, no array and nothing half written left behind: a pickle that calls a function
    (and the function does not run), half a pickle, no dictionary, a field too few, a box out of the image, a shape
    other than the box's, a NaN, no image, an image that is no PNG, a folder without pickles

Ends with 77 (skipped) where there is no NumPy.
"""

import pickle
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("no NumPy: nothing tested")
    sys.exit(77)

SCRIPT = Path(__file__).resolve().parent.parent.parent / "scripts/convert_oasis.py"
HEIGHT, WIDTH = 9, 14


def png_header(width, height):
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", width, height, 8, 2, 0, 0, 0)


def dsine(content, height, width):
    """Transcribed from its reader, as an independent second opinion."""
    normal = np.zeros((height, width, 3))
    normal[content["min_y"] : content["max_y"] + 1, content["min_x"] : content["max_x"] + 1, :] = content["normal"]
    normal = normal.astype(np.float32)
    normal[:, :, 0] *= -1
    normal[:, :, 1] *= -1
    return normal


class Touch:
    """Runs a command when a careless reader unpickles it."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


class ConvertOasis(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)
        (self.root / "val").mkdir()

    def content(self, **changed):
        rng = np.random.default_rng(5)
        normal = rng.standard_normal((4, 6, 3))
        normal[1, 2] = 0
        # As NumPy numbers, which the official files hold.
        box = {"min_y": np.int64(2), "max_y": np.int64(5), "min_x": np.int64(8), "max_x": np.int64(13)}
        return {**box, "normal": normal, **changed}

    def save(self, content, name="1_DT", image=True):
        path = self.root / "val" / f"{name}_normal.pkl"
        path.write_bytes(content if isinstance(content, bytes) else pickle.dumps(content, protocol=2))
        if image:
            (self.root / "val" / f"{name}_img.png").write_bytes(png_header(WIDTH, HEIGHT))
        return path

    def run_script(self, *arguments):
        command = [sys.executable, SCRIPT, self.root / "val", *arguments]
        return subprocess.run([str(part) for part in command], capture_output=True, text=True)

    def arrays(self):
        return sorted(path.name for path in self.root.rglob("*.npy*"))

    def expect_refused(self, path, *words):
        done = self.run_script()
        self.assertEqual(done.returncode, 1, done.stderr)
        for word in (path.name, *words):
            self.assertIn(word, done.stderr)
        self.assertNotIn("Traceback", done.stderr)
        self.assertEqual(self.arrays(), [])

    def test_the_box_is_placed_and_turned(self):
        content = self.content()
        self.save(content)
        done = self.run_script()
        self.assertEqual(done.returncode, 0, done.stderr)
        array = np.load(self.root / "val/1_DT_normal.npy")
        self.assertEqual((array.dtype, array.shape), (np.float32, (HEIGHT, WIDTH, 3)))
        np.testing.assert_array_equal(array, dsine(content, HEIGHT, WIDTH))
        self.assertFalse(np.signbit(array[array == 0]).any())
        np.testing.assert_allclose(array[5, 13], content["normal"][3, 5] * [-1, -1, 1], rtol=1e-7)
        self.assertEqual(array[6:].any() or array[:2].any() or array[:, :8].any(), False)

    def test_every_pickle_of_the_folder_goes_into_the_one_named(self):
        for name in ("1_DT", "2_DT"):
            self.save(self.content(), name)
        self.assertEqual(self.run_script("-o", self.root / "out").returncode, 0)
        self.assertEqual(self.arrays(), ["1_DT_normal.npy", "2_DT_normal.npy"])
        self.assertTrue((self.root / "out/2_DT_normal.npy").exists())

    def test_newer_protocols_and_whole_numbers_are_read(self):
        content = self.content(normal=np.ones((4, 6, 3), np.float32), max_y=5)
        self.save(pickle.dumps(content, protocol=5))
        self.assertEqual(self.run_script().returncode, 0)

    def test_a_pickle_that_calls_is_refused_and_does_not_run(self):
        victim = self.root / "ran"
        path = self.save({"normal": Touch(victim)})
        self.expect_refused(path, "not run")
        self.assertFalse(victim.exists())

    def test_what_is_damaged_is_refused(self):
        whole = pickle.dumps(self.content(), protocol=2)
        nan = self.content()["normal"]
        nan[0, 0, 0] = np.nan
        lacking = self.content()
        del lacking["max_x"]
        cases = [
            (whole[: len(whole) // 2], "unpickled"),
            ([1, 2], "dictionary"),
            (lacking, "max_x"),
            (self.content(max_x=WIDTH), "image"),
            (self.content(min_y=-1), "image"),
            (self.content(min_y=6), "image"),
            (self.content(max_y=6), "box needs"),
            (self.content(min_x=8.5), "whole"),
            (self.content(normal=nan), "finite"),
            (self.content(normal=np.zeros((4, 6, 3), complex)), "finite"),
        ]
        for content, word in cases:
            with self.subTest(word):
                self.expect_refused(self.save(content), word)

    def test_the_image_is_needed(self):
        path = self.save(self.content(), image=False)
        self.expect_refused(path, "1_DT_img.png")
        (self.root / "val/1_DT_img.png").write_bytes(b"\xff\xd8\xff" + bytes(40))
        self.expect_refused(path, "no PNG")

    def test_a_folder_without_pickles_says_what_to_pass(self):
        done = self.run_script()
        self.assertEqual(done.returncode, 1)
        self.assertIn("dsine_eval/oasis", done.stderr)


if __name__ == "__main__":
    unittest.main()
