#!/usr/bin/env python3
"""Writes tests/golden/res/pillow_nearest.json: how Pillow resizes a mask.

Run once; the output is committed.

    .venv/bin/python scripts/make_referring_samples.py [FOLDER]     needs Pillow and NumPy
"""

import json
import pathlib
import sys

import numpy as np
import PIL
from PIL import Image

# COCO's usual sides to 480, where the order of the additions shows at 320 and 640, and small ones.
SIDES = [(320, 480), (333, 480), (427, 480), (480, 480), (500, 480), (640, 480), (1, 7), (7, 3), (3, 7), (50, 49)]


def sources(n, m):
    row = np.arange(n, dtype=np.int32)[None, :]
    across = np.array(Image.fromarray(row, mode="I").resize((m, 1), Image.NEAREST))[0]
    down = np.array(Image.fromarray(row.T.copy(), mode="I").resize((1, m), Image.NEAREST))[:, 0]
    assert (across == down).all()
    return across.tolist()


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "tests" / "golden" / "res"
    folder = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    rows = [{"from": n, "to": m, "sources": sources(n, m)} for n, m in SIDES]
    text = json.dumps({"script": "scripts/make_referring_samples.py", "Pillow": PIL.__version__, "rows": rows})
    (folder / "pillow_nearest.json").write_text(text.replace('{"from"', '\n{"from"') + "\n")


if __name__ == "__main__":
    main()
