"""configs/quirks.json, held against its schema, the protocols, the tests and the program.

Properties:
  - rows are sorted by name and no name occurs twice
  - the file follows configs/schemas/quirks.schema.json, and what must not be in it is refused:
    a field nobody knows, a row without handling, a null test without a reason and the other way round
  - every dataset named is one of the program's
  - every key of a handling fits a protocol of the row's datasets that no better key takes from it, and
    every protocol of the row's datasets has a handling unless the quirk lies in an alignment
  - every alignment named is one the program takes
  - every test named exists in its file
  - `assay explain quirks` prints the file as JSON byte for byte, every row by name, and refuses a misspelt name

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch.
"""

import copy
import fnmatch
import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

try:
    from jsonschema import Draft202012Validator
except ImportError:
    Draft202012Validator = None

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
TEXT = (ROOT / "configs/quirks.json").read_text(encoding="utf-8")
ROWS = json.loads(TEXT)["quirks"]
USAGE = 2


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def assay(*arguments):
    done = run(*arguments)
    if done.returncode != 0:
        raise AssertionError(f"assay {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def best_key(keys, protocol):
    """The key with most characters besides * of those that fit."""
    fitting = [key for key in keys if fnmatch.fnmatchcase(protocol, key)]
    return max(fitting, key=lambda key: len(key.replace("*", "")), default=None)


def tests_of(path):
    """Suite.Name of every test a source file declares, however its lines are broken."""
    macros = r"^(?:TEST|TEST_F|TEST_P|TYPED_TEST|TYPED_TEST_P|RC_GTEST_PROP)\(\s*(\w+)\s*,\s*(\w+)"
    return {f"{suite}.{name}" for suite, name in re.findall(macros, path.read_text(), re.MULTILINE)}


class Rows(unittest.TestCase):
    def test_they_are_sorted_and_unique(self):
        names = [row["name"] for row in ROWS]
        self.assertTrue(names)
        self.assertEqual(names, sorted(set(names)))

    def test_every_test_named_exists(self):
        for row in ROWS:
            if row["test"] is None:
                continue
            with self.subTest(row["name"]):
                path, _, test = row["test"].partition(":")
                self.assertTrue((ROOT / path).is_file(), path)
                self.assertIn(test, tests_of(ROOT / path))

    def test_most_rows_are_held_by_a_test(self):
        untested = [row["name"] for row in ROWS if row["test"] is None]
        self.assertLess(10 * len(untested), len(ROWS), untested)


@unittest.skipIf(Draft202012Validator is None, "no Python module jsonschema (Debian: python3-jsonschema)")
class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        schema = json.loads((ROOT / "configs/schemas/quirks.schema.json").read_text(encoding="utf-8"))
        Draft202012Validator.check_schema(schema)
        cls.validator = Draft202012Validator(schema)

    def findings(self, ledger):
        return [f"{error.json_path}: {error.message}" for error in self.validator.iter_errors(ledger)]

    def test_the_file_follows_it(self):
        self.assertEqual(self.findings(json.loads(TEXT)), [])

    def test_what_must_not_be_in_it_is_refused(self):
        held = next(row for row in ROWS if row["test"] is not None)
        unheld = next(row for row in ROWS if row["test"] is None)
        self.assertEqual(self.findings({"quirks": [held, unheld]}), [])
        changes = [
            (held, {"note": "x"}),
            (held, {"handling": {}}),
            (held, {"name": "Not Kebab"}),
            (held, {"evaluator": "somebody"}),
            (held, {"what": "no sentence"}),
            (held, {"test": None}),
            (held, {"test": "tests/a.py:A.B"}),
            (held, {"untested": "but it is"}),
            (unheld, {"test": held["test"]}),
        ]
        for row, change in changes:
            with self.subTest(change=change):
                changed = {**copy.deepcopy(row), **change}
                self.assertNotEqual(self.findings({"quirks": [changed]}), [])
        for field in ("name", "evaluator", "datasets", "what", "effect", "handling", "test"):
            with self.subTest(without=field):
                shorter = {key: value for key, value in held.items() if key != field}
                self.assertNotEqual(self.findings({"quirks": [shorter]}), [])


class Handling(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        listed = json.loads(assay("list", "protocols", "--json"))["protocols"]
        cls.protocols = {row["name"]: row["dataset"] for row in listed}
        cls.datasets = {row["name"] for row in json.loads(assay("list", "datasets", "--json"))["datasets"]}

    def test_every_dataset_exists(self):
        for row in ROWS:
            with self.subTest(row["name"]):
                self.assertLessEqual(set(row["datasets"]), self.datasets)

    def test_every_key_is_that_of_a_protocol_of_the_datasets(self):
        for row in ROWS:
            members = [name for name, dataset in self.protocols.items() if dataset in row["datasets"]]
            keys = [key for key in row["handling"] if "+align=" not in key]
            used = {best_key(keys, member) for member in members}
            with self.subTest(row["name"]):
                self.assertEqual(used - {None}, set(keys))
            for key in set(row["handling"]) - set(keys):
                with self.subTest(row["name"], key=key):
                    self.assertTrue(fnmatch.filter(members, key.partition("+align=")[0]))

    def test_every_protocol_of_the_datasets_is_handled(self):
        for row in ROWS:
            if any("+align=" in key for key in row["handling"]):
                continue
            for name, dataset in self.protocols.items():
                if dataset in row["datasets"]:
                    with self.subTest(row["name"], protocol=name):
                        self.assertIsNotNone(best_key(row["handling"], name))

    def test_every_alignment_is_one_the_program_takes(self):
        named = {key.partition("+align=")[2] for row in ROWS for key in row["handling"] if "+align=" in key}
        self.assertTrue(named)
        for alignment in named:
            with self.subTest(alignment):
                assay("explain", f"nyu-depth@bts+align={alignment}")


class Explain(unittest.TestCase):
    def test_json_is_the_file(self):
        self.assertEqual(assay("explain", "quirks", "--json"), TEXT)

    def test_every_row_is_listed_once_below_its_evaluator(self):
        found = []
        for line in assay("explain", "quirks").splitlines():
            if line.startswith("  "):
                found.append((evaluator, *line.split(maxsplit=1)))
            else:
                evaluator = line
        expected = sorted((row["evaluator"], row["name"], row["what"]) for row in ROWS)
        self.assertEqual(found, expected)

    def test_a_row_is_shown_whole(self):
        for row in ROWS[:1] + [row for row in ROWS if row["test"] is None][:1]:
            shown = assay("explain", "quirks", row["name"])
            for field in ("name", "evaluator", "what", "effect"):
                self.assertIn(row[field], shown)
            for key, text in row["handling"].items():
                self.assertIn(f"{key}: {text}", shown)
            self.assertIn(row["test"] or f"untested: {row['untested']}", shown)
            self.assertEqual(json.loads(assay("explain", "quirks", row["name"], "--json")), row)

    def test_a_misspelt_name_gets_a_suggestion(self):
        name = ROWS[0]["name"]
        done = run("explain", "quirks", name[:-1])
        self.assertEqual(done.returncode, USAGE)
        self.assertIn(f"did you mean '{name}'?", done.stderr)
        self.assertEqual(run("explain", "quirks", name, name).returncode, USAGE)


if __name__ == "__main__":
    if "ASSAY_PROGRAM" not in os.environ and not PROGRAM.exists():
        print(f"skipped: there is no {PROGRAM}; build it, or set ASSAY_PROGRAM")
        sys.exit(77)
    unittest.main()
