"""The bundled model on scenes it has not seen: what it is worth, by assay's own scores.

Properties, on trees of another seed than the one it learned from and the one of `assay demo`:
  - every sample of every protocol of the demo has a valid answer
  - every headline is better than that of the best constant answer, and no better than the oracle's

Skips where the program runs no models. ASSAY_PROGRAM names the program.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
SEED = 31337
SAMPLES = 8


def headlines(report):
    """name -> how good: larger is better."""
    names = report["protocol"]["settings"]["headline"]
    metrics = {name: report["metrics"][name] for name in names}
    return {name: row["value"] if row["better"] == "higher" else -row["value"] for name, row in metrics.items()}


class Scores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [PROGRAM, "demo", "--seed", str(SEED), "--samples", str(SAMPLES), "--json", "--quiet", "-o", folder],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        cls.by_protocol = {}
        for run in json.loads(done.stdout)["runs"]:
            answers = run["answers"] if run["answers"] in ("model", "oracle") else "constant"
            cls.by_protocol.setdefault(run["report"]["protocol"]["name"], {})[answers] = run["report"]
        if any("model" not in reports for reports in cls.by_protocol.values()):
            raise unittest.SkipTest("this build runs no models")

    def test_the_scenes_are_not_those_it_learned_from(self):
        source = (ROOT / "scripts/painter/trees.py").read_text()
        learned = int(re.search(r"^SEED = (\d+)$", source, re.MULTILINE).group(1))
        self.assertNotIn(learned, (SEED, 1))  # 1: the default of `assay demo`

    def test_every_sample_is_answered(self):
        for name, reports in self.by_protocol.items():
            coverage = reports["model"]["coverage"]
            self.assertEqual(coverage["scored"] + coverage["empty"], coverage["expected"], name)

    def test_every_headline_beats_the_constant(self):
        for name, reports in self.by_protocol.items():
            constant, model, oracle = (headlines(reports[key]) for key in ("constant", "model", "oracle"))
            for metric, value in model.items():
                with self.subTest(protocol=name, metric=metric):
                    self.assertGreater(value, constant[metric])
                    self.assertLessEqual(value, oracle[metric])


if __name__ == "__main__":
    if not PROGRAM.exists():
        print(f"skipped: {PROGRAM} is not built")
        sys.exit(77)
    unittest.main()
