#!/usr/bin/env python3
"""A folder of one's own, described by one JSON file, through every command.

Properties:
  - for every task `synth` writes such a folder; `doctor` finds nothing wrong; `prompts` has a line a sample with
    its text; the oracle reaches the ceiling of the painted code; saved answers in a native format are scored
  - the file's own name and the count it expects stand in the report; fewer samples make it partial
  - classes, units and patterns are part of the protocol's hash, the licence is not; a report is made again
    where the protocol file is gone
  - the metrics of a slice are those of a run over its samples alone, null where one of them has no answer; a sample
    with an empty cell is in no slice; slices change no hash, and records follow the table
  - odd texts in slices, tables that are no UTF-8 or have too many slices, headlines that are no metric
  - what is wrong is told with its place and ends with 2 (the description) or 3 (the files)

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
USAGE, NO_DATA, COVERAGE = 2, 3, 4
SAMPLES = 5
# Of every layout: a metric, and what the oracle reaches.
CEILINGS = {
    "folder-depth": ("delta1", lambda value: value == 1),
    "folder-instances": ("pmF1", lambda value: value > 0.999),
    "folder-normals": ("mean", lambda value: value < 0.4),
    "folder-referring": ("gIoU", lambda value: value == 1),
    "folder-semantic": ("mIoU", lambda value: value == 1),
}
# Truth that is an answer as it stands.
NATIVE = {
    "folder-depth": ("depth", "npy"),
    "folder-referring": ("masks", "mask-png"),
}


def run(*arguments):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True)


def assay(*arguments, code=0):
    done = run(*arguments)
    assert done.returncode == code, f"assay {arguments} ended with {done.returncode}:\n{done.stderr}"
    return done.stdout


class OwnData(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="assay_test_")
        cls.folder = Path(cls.temporary.name)
        for layout in CEILINGS:
            assay("synth", "--layout", layout, "--samples", SAMPLES, "--seed", 2, "-o", cls.folder / layout)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def at(self, layout):
        root = self.folder / layout
        return ("--protocol", root / "protocol.json", "--data", root)

    def copy(self, layout):
        root = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.folder / layout, root, dirs_exist_ok=True)
        return root

    def changed(self, layout, change):
        root = self.copy(layout)
        protocol = json.loads((root / "protocol.json").read_text())
        change(protocol)
        (root / "protocol.json").write_text(json.dumps(protocol))
        return root

    def report(self, root, *more, code=0):
        out = Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        text = assay("run", "--protocol", root / "protocol.json", "--data", root, "--oracle", "-o", out, "--json",
                     "--quiet", *more, code=code)
        return json.loads(text), out

    def test_the_oracle_reaches_the_ceiling(self):
        for layout, (metric, reached) in CEILINGS.items():
            with self.subTest(layout=layout):
                report, _ = self.report(self.folder / layout)
                self.assertTrue(reached(report["metrics"][metric]["value"]), report["metrics"][metric])
                self.assertEqual(report["protocol"]["name"], f"{layout}-synthetic")
                self.assertEqual(report["coverage"]["expected"], SAMPLES)

    def test_doctor_and_prompts(self):
        for layout in CEILINGS:
            with self.subTest(layout=layout):
                said = assay("doctor", *self.at(layout))
                self.assertIn("5 of 5 samples", said)
                self.assertNotIn("error", said)
                file = self.folder / f"{layout}.jsonl"
                assay("prompts", *self.at(layout), "-o", file)
                lines = [json.loads(line) for line in file.read_text().splitlines()]
                self.assertEqual(len(lines), SAMPLES)
                self.assertTrue(all(line["prompts"] and Path(line["image"]).exists() for line in lines))
        self.assertIn("the ", (self.folder / "folder-referring.jsonl").read_text())
        self.assertIn("house", (self.folder / "folder-semantic.jsonl").read_text())

    def test_truth_as_an_answer(self):
        for layout, (folder, codec) in NATIVE.items():
            with self.subTest(layout=layout):
                out = self.folder / f"{layout}-native"
                text = assay("score", *self.at(layout), "--predictions", self.folder / layout / folder,
                             "--format", codec, "-o", out, "--json", "--quiet")
                metric, reached = CEILINGS[layout]
                self.assertTrue(reached(json.loads(text)["metrics"][metric]["value"]))

    def test_fewer_samples_than_expected_are_partial(self):
        root = self.changed("folder-depth", lambda protocol: protocol.update(expected_count=9))
        (root / "assay-synthetic.json").unlink()
        report, _ = self.report(root)
        self.assertEqual(report["label"][0], f"partial {SAMPLES}/9")
        root = self.changed("folder-depth", lambda protocol: protocol.pop("expected_count"))
        (root / "assay-synthetic.json").unlink()
        report, _ = self.report(root)
        self.assertTrue(report["dataset"]["complete"])

    def test_what_numbers_depend_on_is_in_the_hash(self):
        whole, out = self.report(self.folder / "folder-semantic")

        def licence(protocol):
            protocol["folder"]["licence"] = "somebody else's"

        def classes(protocol):
            protocol["folder"]["classes"][0]["name"] = "ground"

        same, _ = self.report(self.changed("folder-semantic", licence))
        other, _ = self.report(self.changed("folder-semantic", classes))
        self.assertEqual(same["protocol"]["hash"], whole["protocol"]["hash"])
        self.assertNotEqual(other["protocol"]["hash"], whole["protocol"]["hash"])
        again = json.loads(assay("report", out, "--json"))
        self.assertEqual({**again, "run_info": 0}, {**whole, "run_info": 0})

    def shuffled(self, root):
        """The referring tree's masks, each as the answer to the sample behind it."""
        masks = sorted(root.glob("masks/*/*.png"))
        answers = Path(tempfile.mkdtemp(dir=self.folder))
        for mask, other in zip(masks, masks[1:] + masks[:1]):
            to = answers / mask.relative_to(root / "masks")
            to.parent.mkdir(exist_ok=True)
            shutil.copy(other, to)
        return answers

    def scored(self, root, answers, *more, out=None, code=0):
        out = out or Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        text = assay("score", "--protocol", root / "protocol.json", "--data", root, "--predictions", answers,
                     "--format", "mask-png", "-o", out, "--json", "--quiet", *more, code=code)
        return json.loads(text)

    def weather(self, root):
        with open(root / "samples.csv", newline="") as table:
            return {row["key"]: row["weather"] for row in csv.DictReader(table)}

    def test_a_slice_is_a_run_over_its_samples(self):
        root = self.copy("folder-referring")
        answers = self.shuffled(root)
        weather = self.weather(root)
        whole = self.scored(root, answers)
        slices = whole["slices"]["weather"]
        self.assertEqual(set(slices), {"rain", "sun"})
        for value, of_slice in slices.items():
            keys = [key for key, now in weather.items() if now == value]
            samples = self.folder / f"{value}.txt"
            samples.write_text("".join(f"{key}\n" for key in keys))
            alone = self.scored(root, answers, "--samples", samples)
            self.assertEqual(of_slice["expected"], len(keys))
            self.assertEqual(of_slice["scored"], len(keys))
            self.assertEqual(of_slice["metrics"],
                             {name: metric["value"] for name, metric in alone["metrics"].items()})
        self.assertNotEqual(slices["rain"]["metrics"]["cIoU"], slices["sun"]["metrics"]["cIoU"])

    def test_a_slice_without_every_answer_has_no_number(self):
        root = self.copy("folder-referring")
        answers = self.shuffled(root)
        key = next(key for key, now in self.weather(root).items() if now == "rain")
        (answers / f"{key}.png").unlink()
        out = self.folder / "incomplete"
        report = self.scored(root, answers, out=out, code=COVERAGE)
        rain, sun = (report["slices"]["weather"][value] for value in ("rain", "sun"))
        self.assertEqual(rain["scored"], rain["expected"] - 1)
        self.assertTrue(all(value is None for value in rain["metrics"].values()))
        self.assertIsNotNone(sun["metrics"]["gIoU"])
        self.assertIsNone(report["metrics"]["gIoU"]["value"])
        worst = self.scored(root, answers, "--allow-missing", out=out)
        self.assertIsNotNone(worst["slices"]["weather"]["rain"]["metrics"]["gIoU"])
        self.assertEqual(worst["slices"]["weather"]["sun"], sun)

    def test_records_follow_the_table_of_slices(self):
        root = self.copy("folder-referring")
        answers = self.shuffled(root)
        out = self.folder / "followed"
        before = self.scored(root, answers, out=out)
        table = root / "samples.csv"
        head, first, *others = table.read_text().splitlines()
        table.write_text("\n".join([head, first.rsplit(",", 1)[0] + ",", *others]) + "\n")
        after = self.scored(root, answers, out=out)
        counts = [sum(one["expected"] for one in report["slices"]["weather"].values()) for report in (before, after)]
        self.assertEqual(counts, [SAMPLES, SAMPLES - 1])
        self.assertEqual(after["metrics"], before["metrics"])

        def no_slices(protocol):
            del protocol["folder"]["slices"]

        without = self.scored(self.changed("folder-referring", no_slices), answers)
        self.assertEqual(without["protocol"]["hash"], before["protocol"]["hash"])
        self.assertNotIn("slices", without)

    def test_slices_that_are_none(self):
        def twice(protocol):
            protocol["folder"]["slices"] *= 2

        root = self.changed("folder-referring", twice)
        done = run("doctor", "--protocol", root / "protocol.json", "--data", root)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("/folder/slices", done.stderr)
        root = self.copy("folder-referring")
        keys = [f"room_00/{index:04}" for index in range(257)]
        mask = next(root.glob("masks/*/*.png"))
        for key in keys[1:]:
            shutil.copy(mask, root / "masks" / f"{key}.png")

        def doctor(*rows, encoding="utf-8"):
            (root / "samples.csv").write_text("\n".join(rows), encoding=encoding)
            done = run("doctor", "--protocol", root / "protocol.json", "--data", root)
            return done.returncode, done.stdout + done.stderr

        head = "key,image,expression,weather"
        rows = [f"{key},{keys[0]},it,{key}" for key in keys]
        self.assertEqual(doctor(head, *rows[:-1])[0], 0)
        for said, text in (
            ("'weather' has 257 values", doctor(head, *rows)),
            ("two columns 'weather'", doctor(head + ",weather", *(row + ",sun" for row in rows[:3]))),
            ("row 2 is not UTF-8", doctor(head, f"{keys[0]},{keys[0]},it,ne\u00e9", encoding="latin-1")),
        ):
            self.assertEqual(text[0], NO_DATA, text[1])
            self.assertIn(said, text[1])

    def test_odd_values_of_slices_keep_the_tables_whole(self):
        root = self.copy("folder-referring")
        table = root / "samples.csv"
        head, *rows = table.read_text().splitlines()
        odd = ["a|b", '"two\nlines"', "<b>", "x" * 300, ""]
        table.write_text("\n".join([head, *(row.rsplit(",", 1)[0] + "," + value for row, value in zip(rows, odd))]))
        report, out = self.report(root)
        self.assertEqual(set(report["slices"]["weather"]), {"a|b", "two\nlines", "<b>", "x" * 300})
        lines = (out / "report.md").read_text().split("## Slices by weather")[1].split("\n\n")[1].splitlines()
        self.assertEqual(len(lines), 2 + len(odd))
        self.assertTrue(all(line.replace("\\|", "").count("|") == 5 for line in lines), lines)
        self.assertTrue(any("(in none)" in line for line in lines))
        self.assertFalse(any("<b>" in line or len(line) > 100 for line in lines))

    def test_a_headline_that_is_no_metric(self):
        root = self.changed("folder-referring", lambda protocol: protocol.update(headline=["gIuO"]))
        done = run("doctor", "--protocol", root / "protocol.json", "--data", root)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("gIoU", done.stderr)

    def test_what_is_wrong_is_told_with_its_place(self):
        def fault(layout, change, code):
            root = self.changed(layout, change)
            return run("doctor", "--protocol", root / "protocol.json", "--data", root), code

        def format_of(protocol):
            protocol["folder"]["truth_format"] = "tiff"

        def pattern(protocol):
            protocol["folder"]["truth"] = "nowhere/*/*.npy"

        def policy(protocol):
            protocol["policy"] = "official"

        def classes(protocol):
            protocol["folder"]["classes"].pop()

        for layout, change, code, words in (
            ("folder-depth", format_of, USAGE, "/folder/truth_format"),
            ("folder-depth", pattern, NO_DATA, "nowhere/*/*.npy"),
            ("folder-semantic", policy, USAGE, "/policy"),
            ("folder-semantic", classes, NO_DATA, "is no class"),
        ):
            with self.subTest(words=words):
                done, expected = fault(layout, change, code)
                self.assertEqual(done.returncode, expected, done.stderr)
                self.assertIn(words, done.stdout + done.stderr)

    def test_a_protocol_file_that_is_not_there(self):
        done = run("doctor", "--protocol", self.folder / "none.json", "--data", self.folder)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("none.json", done.stderr)


if __name__ == "__main__":
    if not PROGRAM.exists():
        print(f"SKIPPED: {PROGRAM} is not built")
        sys.exit(77)
    unittest.main()
