#!/usr/bin/env python3
"""configs/schemas/report.schema.json and the reports the program writes.

Usage: report_schema_test.py PROGRAM [unittest arguments]

Properties:
  - the schema is valid JSON Schema (draft 2020-12)
  - reports of every task follow it: the oracle, answers in each format, every shipped
    protocol, a selection, below the coverage floor (values withheld, bounds given), with
    --allow-missing, and the report made again from the run folder alone
  - what must not be in a report is refused: NaN, a missing field, a field nobody knows,
    an outcome or metric that does not exist, a value beside bounds, metrics of another task,
    Boundary IoU without a width of the boundary and the other way round
"""

import copy
import json
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("SKIPPED: no Python module jsonschema (Debian: python3-jsonschema)")
    sys.exit(77)

ROOT = Path(__file__).resolve().parent.parent.parent
SCHEMA = json.loads((ROOT / "configs/schemas/report.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
PROGRAM = Path()
NO_DATA, UNCOVERED = 3, 4
TREES = {
    "cityscapes": "cityscapes", "grefcoco-unc": "grefcoco", "kitti": "kitti", "nyu": "nyu-bts",
    "reasonseg": "reasonseg", "refcoco+-unc": "refcocoplus", "refcoco-unc": "refcoco",
    "moge-nyu": "moge", "diode": "diode", "diode-indoor": "diode-indoor", "diode-outdoor": "diode-outdoor",
    "eth3d": "eth3d", "ibims": "ibims-mat", "nuscenes": "nuscenes", "scannet": "scannet", "sintel": "sintel", "vkitti": "vkitti",
    "diode-indoor-normals": "diode-indoor-normals", "ibims-normals": "ibims-normals",
    "ibims-normals-marigold": "ibims-normals-marigold", "nyu-normals-marigold": "nyu-normals-marigold",
    "scannet-normals-marigold": "scannet-normals-marigold",
    "nyu-normals": "nyu-normals", "oasis-normals": "oasis-normals", "sintel-normals": "sintel-normals", "scannet-normals": "scannet-normals",
    "vkitti-normals": "vkitti-normals", "refcocog-google": "refcocog", "refcocog-umd": "refcocog", "saco-gold": "saco",
}


def layout_of(dataset):
    """Where no tree is chosen above, the layout is called as its dataset."""
    return TREES.get(dataset, dataset)


def refuse_constant(text):
    raise ValueError(f"{text} is not JSON")


def read(text):
    """Python's reader takes NaN and Infinity, which JSON does not have."""
    return json.loads(text, parse_constant=refuse_constant)


def findings(report):
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(report)]


def assay(*arguments, code=0):
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode != code:
        raise AssertionError(f"{arguments}: exit {done.returncode}, not {code}\n{done.stderr}")
    return done.stdout


class Reports(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        assay("synth", "--layout", "all", "--samples", 2, "--seed", 5, "-o", cls.folder / "data")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def data(self, tree):
        return self.folder / "data" / tree

    def report(self, protocol, tree, *arguments, code=0):
        run = Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        printed = assay(
            *("run", "--protocol", protocol, "--data", self.data(tree), "-o", run),
            *("--json", "--quiet", *arguments),
            code=code,
        )
        text = (run / "report.json").read_text()
        self.assertEqual(read(printed), read(text))
        return read(text), run

    def truth_as_answers(self, leave_out=0):
        """Truth label files as answers, the last `leave_out` of them missing."""
        folder = self.folder / f"answers{leave_out}"
        folder.mkdir(exist_ok=True)
        labels = sorted(self.data("cityscapes").rglob("*_gtFine_labelIds.png"))
        for file in labels[: len(labels) - leave_out]:
            shutil.copy(file, folder)
        return "--predictions", folder, "--format", "label-ids"

    def follows(self, report):
        self.assertEqual(findings(report), [])

    def refused(self, report, place):
        found = findings(report)
        self.assertTrue(found, "the schema accepts it")
        self.assertIn(place, " ".join(found))


class EveryReportFollowsTheSchema(Reports):
    def test_the_schema_is_a_schema(self):
        Draft202012Validator.check_schema(SCHEMA)

    def test_the_oracle_of_every_shipped_protocol(self):
        protocols = json.loads(assay("list", "protocols", "--json"))["protocols"]
        self.assertGreater(len(protocols), 5)
        for protocol in protocols:
            with self.subTest(protocol=protocol["name"]):
                report, _ = self.report(protocol["name"], layout_of(protocol["dataset"]), "--oracle")
                self.follows(report)
                coverage = report["coverage"]
                half = protocol["name"].endswith(("-long", "-short"))
                self.assertEqual(coverage["scored"] + coverage["empty"], 1 if half else 2)

    def test_slices_of_ones_own_data(self):
        root = self.data("folder-referring")
        for arguments, code in (("--oracle",), 0), (("--predictions", self.folder, "--format", "mask-png"), UNCOVERED):
            report, _ = self.report(root / "protocol.json", "folder-referring", *arguments, code=code)
            self.follows(report)
            self.assertEqual(set(report["slices"]), {"weather"})
        values = report["slices"]["weather"]
        for place, change in (
            ("$.slices", lambda slices: slices.clear()),
            ("expected", lambda slices: next(iter(slices["weather"].values())).update(expected=0)),
            ("unheard_of", lambda slices: next(iter(slices["weather"].values())).update(unheard_of=1)),
        ):
            changed = copy.deepcopy(report)
            change(changed["slices"])
            self.refused(changed, place)
        self.assertTrue(all(value is None for one in values.values() for value in one["metrics"].values()))

    def test_a_model_that_is_asked(self):
        command = f"command:{sys.executable} {ROOT / 'scripts/examples/command_model.py'}"
        report, _ = self.report("cityscapes-val", "cityscapes", "--model", command)
        self.follows(report)
        model = report["run_info"]["model"]
        self.assertEqual((model["images"], model["workers"]), (1, "1"))  # and a warm-up
        del model["identity"]
        self.refused(report, "identity")

    def test_every_alignment_and_silog(self):
        for name in ["median_ratio", "lsq_affine_disparity_from_depth", "moge_disparity"]:
            with self.subTest(align=name):
                self.follows(self.report(f"nyu-depth@bts+align={name}", "nyu-bts", "--oracle")[0])
        silogs = {"a": ("SILog", "x100"), "b": ("SILog_b", "x100"), "c": ("SILog_c", "ln"), "d": ("SILog_d", "log10")}
        for letter, (metric, unit) in silogs.items():
            with self.subTest(silog=letter):
                report, _ = self.report(
                    "nyu-depth", "nyu-bts", "--oracle", "--set", f"silog={letter}"
                )
                self.follows(report)
                self.assertEqual(report["metrics"][metric]["unit"], unit)

    def test_settings_that_no_shipped_protocol_has_together(self):
        box = ["crop=explicit", "crop_box.row_begin=8", "crop_box.row_end=64", "crop_box.col_begin=8", "crop_box.col_end=90"]
        for settings in [box, ["mae=true", "sqrel=g^2"], ["undefined_pred=drop", "boundary=moge"]]:
            with self.subTest(settings=settings):
                given = [word for setting in settings for word in ("--set", setting)]
                self.follows(self.report("nyu-depth", "nyu-bts", "--oracle", *given)[0])

    def test_boundary_iou_of_the_evaluators_that_know_classes_only(self):
        for name in ["cityscapes-val@mmseg", "cityscapes-val@detectron2"]:
            with self.subTest(protocol=name):
                report, _ = self.report(
                    name, "cityscapes", "--oracle", "--set", "boundary_ratio=0.02"
                )
                self.follows(report)
                self.assertIn("boundary_IoU", report["metrics"])

    def test_a_selection_names_itself(self):
        report, _ = self.report("kitti-depth", "kitti", "--oracle", "--limit", 1)
        self.follows(report)
        self.assertEqual(report["dataset"]["selection"], {"limit": 1})
        drawn, _ = self.report("saco-gold-food", "saco", "--oracle", "--subset", 1, "--seed", 4)
        self.follows(drawn)
        self.assertEqual(len(drawn["dataset"]["keys"]), 1)
        self.assertRegex(drawn["label"][1], "^subset-1 seed 4 #")
        keys = self.folder / "keys.txt"
        keys.write_text("modelstadt/modelstadt_000000_000019\n")
        listed, _ = self.report("cityscapes-val", "cityscapes", "--oracle", "--samples", keys)
        self.follows(listed)

    def test_suites(self):
        schema = json.loads((ROOT / "configs/schemas/suite.schema.json").read_text())
        Draft202012Validator.check_schema(schema)
        run = Path(tempfile.mkdtemp(dir=self.folder)) / "run"
        command = ("run", "--suite", "saco-gold", "-o", run, "--oracle", "--quiet", "--json")
        whole = read(assay(*command, "--data", self.data("saco")))
        bare = read(assay(*command, "--data", self.data("kitti"), "--fresh", code=NO_DATA))
        for report in (whole, bare):
            self.assertEqual([e.message for e in Draft202012Validator(schema).iter_errors(report)], [])
        self.assertEqual(len(bare["flaws"]), 7)
        variants = ("run", "--protocol", "kitti-depth", "--all-variants", *command[3:])
        side_by_side = read(assay(*variants, "--data", self.data("kitti"), "--fresh"))
        self.assertEqual([e.message for e in Draft202012Validator(schema).iter_errors(side_by_side)], [])
        self.assertTrue(side_by_side["spread"] and side_by_side["left_out"])

    def test_folders_of_ones_own(self):
        for task in ("depth", "instances", "normals", "referring", "semantic"):
            with self.subTest(task=task):
                root = self.data(f"folder-{task}")
                report, _ = self.report(root / "protocol.json", f"folder-{task}", "--oracle")
                self.follows(report)

    def test_votes(self):
        schema = json.loads((ROOT / "configs/schemas/winrate.schema.json").read_text())
        Draft202012Validator.check_schema(schema)
        votes = self.folder / "votes.csv"
        votes.write_text("a,b,vote,category\nx,y,x,add\ny,x,tie,\ny,z,a,add\nz,x,tie,add\n")
        for more in ((), ("--ties", "drop")):
            report = read(assay("winrate", votes, "--json", *more))
            self.assertEqual([e.message for e in Draft202012Validator(schema).iter_errors(report)], [])

    def test_saved_answers(self):
        report, _ = self.report("cityscapes-val", "cityscapes", *self.truth_as_answers())
        self.follows(report)
        self.assertEqual(report["answer"]["source"], "saved")

    def test_below_the_floor_values_are_withheld_and_bounded(self):
        report, _ = self.report(
            "cityscapes-val", "cityscapes", *self.truth_as_answers(1), code=UNCOVERED
        )
        self.follows(report)
        self.assertEqual(report["errors"], {"find/missing": 1})
        for name, metric in report["metrics"].items():
            self.assertIsNone(metric["value"], name)
            self.assertIn("bounds", metric, name)

    def test_depth_below_the_floor(self):
        folder = self.folder / "no_depth"
        folder.mkdir()
        (folder / "unrelated.npy").write_bytes(b"")
        saved = ("--predictions", folder, "--format", "npy")
        report, _ = self.report("nyu-depth", "nyu-bts", *saved, code=UNCOVERED)
        self.follows(report)
        self.assertIn("bounds", report["metrics"]["delta1"])

    def test_normals_below_the_floor(self):
        folder = self.folder / "no_normals"
        folder.mkdir()
        (folder / "unrelated.png").write_bytes(b"")
        report, _ = self.report("nyu-normals", "nyu-normals", "--predictions", folder, code=UNCOVERED)
        self.follows(report)
        self.assertEqual(report["metrics"]["mean"]["bounds"], {"worst": 180.0, "best": 0.0})
        self.assertEqual(report["metrics"]["within_5"]["bounds"], {"worst": 0.0, "best": 1.0})

    def test_normals_by_every_setting(self):
        for setting in ["angle=acos_f32", "angle=dot_raw_truth", "aggregate=per_image_mean",
                        "per_image_decimals=4", "median=lower", "gt_norm.max=1.5",
                        "within_end=inclusive", "undefined_pred=zero_as_90", "empty_image=nan_poison"]:
            with self.subTest(setting=setting):
                report, _ = self.report("nyu-normals", "nyu-normals", "--oracle", "--set", setting)
                self.follows(report)

    def test_allow_missing_gives_values_and_says_so(self):
        report, run = self.report(
            "cityscapes-val", "cityscapes", *self.truth_as_answers(1), "--allow-missing"
        )
        self.follows(report)
        self.assertIn("1 unscored counted as worst", report["label"])
        self.assertIsNotNone(report["metrics"]["mIoU"]["value"])
        self.assertEqual(read(assay("report", run, "--json")), report)


class WhatIsNoReportIsRefused(Reports):
    def setUp(self):
        report, _ = self.report("cityscapes-val", "cityscapes", *self.truth_as_answers())
        self.follows(report)
        self.semantic = copy.deepcopy(report)

    def test_nan_is_no_json_and_no_text_stands_for_it(self):
        self.semantic["metrics"]["mIoU"]["value"] = float("nan")
        with self.assertRaisesRegex(ValueError, "NaN is not JSON"):
            read(json.dumps(self.semantic))
        self.semantic["metrics"]["mIoU"]["value"] = "NaN"
        self.refused(self.semantic, "metrics.mIoU.value")

    def test_any_missing_field(self):
        for name in self.semantic:
            with self.subTest(field=name):
                report = copy.deepcopy(self.semantic)
                del report[name]
                self.refused(report, f"'{name}' is a required property")
        for name in FIXED_SHAPES:
            for inner in self.semantic[name]:
                with self.subTest(field=f"{name}.{inner}"):
                    report = copy.deepcopy(self.semantic)
                    del report[name][inner]
                    self.refused(report, f"'{inner}' is a required property")

    def test_a_field_nobody_knows(self):
        for name in ["", *FIXED_SHAPES]:
            with self.subTest(inside=name):
                report = copy.deepcopy(self.semantic)
                (report[name] if name else report)["unheard_of"] = 1
                self.refused(report, "unheard_of")

    def test_an_outcome_that_does_not_exist(self):
        self.semantic["coverage"]["skipped"] = 0
        self.refused(self.semantic, "skipped")

    def test_an_error_without_a_stage(self):
        self.semantic["errors"] = {"missing": 1}
        self.refused(self.semantic, "errors")

    def test_a_value_beside_bounds(self):
        metric = self.semantic["metrics"]["mIoU"]
        metric["bounds"] = {"worst": 0.0, "best": 1.0}
        self.refused(self.semantic, "metrics.mIoU.value")
        metric["value"] = None
        self.follows(self.semantic)

    def test_metrics_of_another_task(self):
        self.semantic["protocol"]["task"] = "depth"
        self.refused(self.semantic, "metrics")

    def test_boundary_iou_without_a_ratio_and_a_ratio_without_boundary_iou(self):
        report, _ = self.report("cityscapes-val@boundary", "cityscapes", "--oracle")
        self.follows(report)
        without = copy.deepcopy(report)
        del without["metrics"]["boundary_IoU"]
        self.refused(without, "'boundary_IoU' is a required property")
        report["protocol"]["settings"]["boundary_ratio"] = 0
        self.refused(report, "metrics.boundary_IoU")

    def test_two_silogs_at_once(self):
        report, _ = self.report("nyu-depth", "nyu-bts", "--oracle")
        report["metrics"]["SILog"] = {**report["metrics"]["SILog_b"]}
        self.refused(report, "metrics")

    def test_another_version_hash_or_direction(self):
        for change in [
            lambda r: r.update(schema_version=2),
            lambda r: r["protocol"].update(hash="85d024f3"),
            lambda r: r["metrics"]["mIoU"].update(better="lower"),
            lambda r: r["label"].append("full"),
            lambda r: r["coverage"].update(scored=-1),
        ]:
            report = copy.deepcopy(self.semantic)
            change(report)
            self.refused(report, "$")


FIXED_SHAPES = ["protocol", "dataset", "coverage", "metrics", "breakdown", "provenance", "run_info"]

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: report_schema_test.py PROGRAM [unittest arguments]")
    PROGRAM = Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
