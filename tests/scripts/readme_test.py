"""What README.md and its neighbours say, held against the program.

Properties:
  - the worked example runs as printed, ends with 0 at every line, and prints what it shows
  - every `assay COMMAND` named in a document is in `assay --help`, every command there is in README.md,
    and every option written after a command is in that command's --help
  - every relative link and every path of the checkout named in a document exists
  - every protocol, codec and exit code of README.md's tables is one of the program's
  - the rows of the demo's table that are no model's are among those that `assay demo` prints, in their
    order, and the number of the other datasets is right
  - results/sample is what the program writes today

ASSAY_PROGRAM names the program; without it build/release/assay is taken. Needs no LibTorch.
"""

import fnmatch
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = Path(os.environ.get("ASSAY_PROGRAM", ROOT / "build" / "release" / "assay"))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "results/README.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Paths of the checkout in backticks; build/ and what a run makes are not in it.
FOLDERS = ("configs/", "datasets/", "eval/", "metrics/", "model/", "results/sample/", "scripts/", "tests/", ".ci/")


def text_of(document):
    return (ROOT / document).read_text(encoding="utf-8")


def assay(*arguments, cwd=None):
    done = subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"assay {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def console_steps(markdown):
    """(command, the output shown below it) of every console block, in order."""
    steps = []
    for language, body in FENCE.findall(markdown):
        if language != "console":
            continue
        for line in body.splitlines():
            if line.startswith("$ "):
                steps.append((line[2:], []))
            elif steps:
                steps[-1][1].append(line)
            else:
                raise AssertionError(f"a console block opens with output: {line}")
    return steps


def shell_scripts(markdown):
    """sh blocks with a line that calls assay: whole scripts."""
    return [
        body
        for language, body in FENCE.findall(markdown)
        if language == "sh" and re.search(r"^assay ", body, re.MULTILINE)
    ]


def commands_of_help():
    return set(re.findall(r"^  ([a-z]+)  ", assay("--help"), re.MULTILINE))


def mentions(markdown):
    """(command, rest of the line or code span) of every `assay COMMAND …` that stands as code."""
    code = re.findall(r"`([^`\n]+)`", FENCE.sub("", markdown))
    code += [line for line in markdown.splitlines() if line.startswith("    ")]
    code += [command for command, _ in console_steps(markdown)]
    code += [line for script in shell_scripts(markdown) for line in script.splitlines()]
    found = []
    for piece in code:
        found += re.findall(r"(?:^|[\s/])assay ([a-z]+)([^#]*)", piece)
    return found


def table_rows(markdown, first_heading):
    """Cells of the rows of the table whose first heading is the given one."""
    lines = iter(markdown.splitlines())
    for line in lines:
        if line.startswith(f"| {first_heading} |"):
            next(lines)
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


class WorkedExample(unittest.TestCase):
    def run_in(self, folder, command):
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"}
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command], cwd=folder, env=environment, capture_output=True, text=True
        )

    def test_every_line_ends_with_0_and_prints_what_is_shown(self):
        steps = console_steps(text_of("README.md"))
        self.assertTrue(any(command.startswith("assay score ") for command, _ in steps))
        with tempfile.TemporaryDirectory() as folder:
            for command, shown in steps:
                done = self.run_in(folder, command)
                with self.subTest(command=command):
                    self.assertEqual(done.returncode, 0, done.stderr)
                    if shown:
                        self.assertEqual(done.stdout.splitlines(), shown)

    def test_every_script_ends_with_0(self):
        for document in DOCUMENTS:
            with tempfile.TemporaryDirectory() as folder:
                for script in shell_scripts(text_of(document)):
                    done = self.run_in(folder, script)
                    self.assertEqual(done.returncode, 0, f"{document}:\n{script}\n{done.stderr}")


class Names(unittest.TestCase):
    def test_every_command_named_in_a_document_is_in_the_help(self):
        known = commands_of_help()
        for document in DOCUMENTS:
            for command, _ in mentions(text_of(document)):
                self.assertIn(command, known, document)

    def test_every_command_of_the_help_is_in_the_readme(self):
        known = commands_of_help()
        self.assertTrue(known)
        self.assertEqual({command for command, _ in mentions(text_of("README.md"))}, known)

    def test_every_option_written_after_a_command_is_one_of_its_options(self):
        known = {command: assay(command, "--help") for command in commands_of_help()}
        for document in DOCUMENTS:
            for command, rest in mentions(text_of(document)):
                for option in re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", rest):
                    with self.subTest(document=document, command=command, option=option):
                        spelled = rf"(?<![\w-]){re.escape(option)}(?![\w-])"
                        self.assertRegex(known[command], spelled)

    def test_every_protocol_of_the_table_exists_and_the_other_way_round(self):
        named = set()
        for _, protocols, _ in table_rows(text_of("README.md"), "benchmark"):
            base = None
            for text in re.findall(r"`([^`]+)`", protocols):
                if text.startswith("@"):
                    named |= {base + variant for variant in text.split()}
                else:
                    base = text
                    named.add(base)
        listed = json.loads(assay("list", "protocols", "--json"))["protocols"]
        self.assertEqual(named, {row["name"] for row in listed})

    def test_only_the_protocols_called_verified_are(self):
        listed = json.loads(assay("list", "protocols", "--json"))["protocols"]
        sentence = re.search(r"Today (.*?)\s(?:is|are)\sverified\.", text_of("README.md"), re.DOTALL)
        named = set()
        for excepted, pattern in re.findall(r"(\(not\s)?`([^`]+)`", sentence.group(1)):
            matching = set(fnmatch.filter([row["name"] for row in listed], pattern))
            self.assertTrue(matching, pattern)
            named = named - matching if excepted else named | matching
        self.assertEqual(named, {row["name"] for row in listed if row["verified"]})

    def test_every_format_of_the_table_exists_and_the_other_way_round(self):
        named = set()
        for formats, _, _ in table_rows(text_of("README.md"), "`--format`"):
            named |= set(re.findall(r"`([^`]+)`", formats))
        listed = set(re.findall(r"^  (\S+)  ", assay("list", "codecs"), re.MULTILINE))
        self.assertEqual(named, listed)

    def test_the_exit_codes_are_those_of_the_program(self):
        header = text_of("eval/cli/commands.h")
        body = re.search(r"enum ExitCode[^{]*\{(.*?)\}", header, re.DOTALL).group(1)
        declared = {int(value) for value in re.findall(r"= (\d+)", body)}
        sources = "".join(path.read_text() for path in (ROOT / "eval/cli").glob("*.cc"))
        unused = {
            int(value)
            for name, value in re.findall(r"(k\w+) = (\d+)", body)
            if not re.search(rf"\b{name}\b", sources)
        }
        written = {int(row[0]) for row in table_rows(text_of("README.md"), "code")}
        self.assertEqual(written, declared - unused)


class Paths(unittest.TestCase):
    def test_every_relative_link_exists(self):
        found = 0
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
                if re.match(r"[a-z]+:|#", target):
                    continue
                found += 1
                path = (ROOT / document).parent / target.partition("#")[0]
                self.assertTrue(path.exists(), f"{document}: {target}")
        self.assertGreater(found, 0)

    def test_every_path_of_the_checkout_exists(self):
        for document in DOCUMENTS:
            named = re.findall(r"`([^`\s<>…]+)`", FENCE.sub("", text_of(document)))
            named += re.findall(r"^ {4}(scripts/\w[\w.]*|\.ci/\w+)", text_of(document), re.MULTILINE)
            for path in named:
                if path.startswith(FOLDERS):
                    self.assertTrue(any(ROOT.glob(path.rstrip("/"))), f"{document}: {path}")


class DemoTable(unittest.TestCase):
    def test_the_rows_without_a_model_are_what_the_demo_prints(self):
        """The model's own hang on the processor: painter_scores_test.py holds them to the constants."""
        with tempfile.TemporaryDirectory() as folder:
            printed = assay("demo", "--no-model", "-o", "demo", "--quiet", cwd=folder)
        row = r"^\s*(\S+ #\w+ \(.*?\))\s+(\S+)\s+(\S.*?)\s{2,}(\S+ scored.*?)\s*$"
        expected = [list(cells) for cells in re.findall(row, printed, re.MULTILINE)]
        self.assertTrue(expected, printed)
        written = [row for row in table_rows(text_of("README.md"), "protocol") if row[1] != "model"]
        self.assertEqual(written, [row for row in expected if row in written])
        more = re.search(r"and the same rows for (\d+) more datasets", text_of("README.md"))
        self.assertIsNotNone(more)
        named = [{row[0].split(" ")[0] for row in rows} for rows in (expected, written)]
        self.assertEqual(int(more[1]), len(named[0] - named[1]))


class Sample(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            assay("synth", "--layout", "nyu-mat", "--samples", "4", "--seed", "1", "-o", "nyu", cwd=folder)
            assay("run", "-p", "nyu-depth", "-d", "nyu", "--oracle", "-o", "run", "--quiet", cwd=folder)
            cls.json_text = (Path(folder) / "run" / "report.json").read_text()
            cls.markdown = (Path(folder) / "run" / "report.md").read_text()

    def assert_same(self, sample, today, where):
        """Equal; reals to 1e-12, because another processor's maths library may round the last bit otherwise."""
        self.assertIs(type(sample), type(today), where)
        if isinstance(sample, dict):
            self.assertEqual(list(sample), list(today), where)
            for key, value in sample.items():
                self.assert_same(value, today[key], f"{where}/{key}")
        elif isinstance(sample, list):
            self.assertEqual(len(sample), len(today), where)
            for index, value in enumerate(sample):
                self.assert_same(value, today[index], f"{where}/{index}")
        elif isinstance(sample, float):
            self.assertTrue(math.isclose(sample, today, rel_tol=1e-12), f"{where}: {sample} and {today}")
        else:
            self.assertEqual(sample, today, where)

    def test_the_json_is_what_the_program_writes_less_run_info(self):
        today = json.loads(self.json_text)
        self.assertIn("run_info", today)
        del today["run_info"]
        self.assert_same(json.loads(text_of("results/sample/report.json")), today, "")

    def test_the_markdown_is_what_the_program_writes(self):
        self.assertEqual(text_of("results/sample/report.md"), self.markdown)


if __name__ == "__main__":
    if "ASSAY_PROGRAM" not in os.environ and not PROGRAM.exists():
        print(f"skipped: there is no {PROGRAM}; build it, or set ASSAY_PROGRAM")
        sys.exit(77)
    unittest.main()
