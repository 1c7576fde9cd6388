"""The scripts' own command lines.

Properties:
  - every script is executable, and the shell ones parse
  - --help explains, and touches nothing
  - an argument or a preset that does not exist is refused by name, before any work
  - scripts/bench says what is missing instead of measuring something else
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SHELL = ["build", "demo", "format", "setup", "test", "tidy"]
ALL = [*SHELL, "bench", "check_layers.py"]


def run(script, *arguments, **environment):
    done = subprocess.run(
        [ROOT / "scripts" / script, *arguments],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


class CommandLines(unittest.TestCase):
    def test_every_script_is_executable_and_the_shell_ones_parse(self):
        for script in ALL:
            self.assertTrue(os.access(ROOT / "scripts" / script, os.X_OK), script)
        for script in [*(f"scripts/{name}" for name in SHELL), ".ci/run"]:
            done = subprocess.run(["bash", "-n", ROOT / script], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stderr), (0, ""), script)

    def test_help_names_the_script_and_its_arguments(self):
        for script, word in [
            ("setup", "--dev"),
            ("test", "--preset"),
            ("bench", "--frames"),
            ("check_layers.py", "--root"),
        ]:
            status, output, _ = run(script, "--help")
            with self.subTest(script=script):
                self.assertEqual(status, 0)
                self.assertIn(script, output)
                self.assertIn(word, output)

    def test_what_does_not_exist_is_refused_by_name_before_any_work(self):
        for script, arguments, word in [
            ("setup", ["--devel"], "--devel"),
            ("build", ["debug"], "'debug'"),
            ("test", ["--preset", "debug"], "'debug'"),
            ("test", ["--preset"], "--preset needs a name"),
            ("format", ["--fix"], "usage"),
            ("bench", ["kernel"], "kernels, commands, expressions, rooms, normals, scans, phrases"),
            ("bench", ["--frames", "0"], "positive"),
        ]:
            status, output, errors = run(script, *arguments)
            with self.subTest(script=script, arguments=arguments):
                self.assertEqual((status, output), (2, ""))
                self.assertIn(word, errors)
                self.assertNotIn("setup:", errors.replace("setup: error", ""))

    def test_the_bench_says_what_is_missing(self):
        with tempfile.TemporaryDirectory() as folder:
            status, _, errors = run("bench", "--no-build", "--preset", folder)
        self.assertEqual(status, 1)
        self.assertIn("no *_bench program", errors)
        self.assertIn("street_tree does not exist; build it with scripts/build", errors)


if __name__ == "__main__":
    unittest.main()
