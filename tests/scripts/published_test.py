#!/usr/bin/env python3
"""configs/published against the tables it was transcribed from, through the program.

Properties:
  - `assay list published --json` holds every row of the tables in ../shared/spec, digit by
    digit as printed, and no other
  - a row marked as never to be ranked is not ranked, and no report may show it
  - with NAME the list holds the rows of that protocol or suite only; with another list a
    name is refused

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch.
"""

import collections
import csv
import json
import os
import subprocess
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
TABLES = [ROOT.parent / "shared/spec" / f"published_{name}.csv" for name in ("segmentation", "geometry")]
USAGE = 2
SAME = ["benchmark", "split", "metric", "model", "model_id", "unit", "zero_shot", "source", "note"]


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def listed(*arguments):
    done = run("list", "published", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["published"]


def table_rows():
    for table in TABLES:
        with table.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(line for line in lines if not line.startswith("#"))


class Published(unittest.TestCase):
    def test_every_row_of_the_tables_is_there_and_no_other(self):
        if not all(table.exists() for table in TABLES):
            self.skipTest("../shared/spec is not there")
        expected = collections.Counter(
            (*(row[name] for name in SAME), row["value"], row.get("alignment") or "none",
             row.get("protocol_note") or "", row["leaderboard"] == "yes")
            for row in table_rows())
        found = collections.Counter(
            (*(row[name] for name in SAME), row["printed"], row["alignment"], row["protocol_note"], row["ranked"])
            for row in listed())
        self.assertEqual(found - expected, collections.Counter())
        self.assertEqual(expected - found, collections.Counter())

    def test_a_name_leaves_its_own_rows(self):
        rows = listed("kitti-depth")
        self.assertTrue(rows)
        self.assertEqual({row["here"] for row in rows}, {"kitti-depth"})
        everything = listed()
        self.assertEqual(sum(row["here"] == "kitti-depth" for row in everything), len(rows))

    def test_only_published_numbers_take_a_name(self):
        done = run("list", "suites", "kitti-depth")
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("assay list published", done.stderr)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print(f"SKIPPED: {PROGRAM} is not built")
        sys.exit(77)
    unittest.main()
