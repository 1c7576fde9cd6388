"""scripts/check_layers.py against small trees, each with one thing wrong.

Properties:
  - a tree that follows the picture has no finding, and the script says so with exit 0
  - every missing arrow between two layers is found, and no present one
  - libraries stay where the table puts them, and out of headers
  - printing and exiting are found outside eval/cli only, and not in comments or strings
  - machine paths and registry hosts are found in any text file
  - a source that no CMakeLists.txt lists, a listed one that is absent, and GLOB are found
  - findings carry file and line
"""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "scripts" / "check_layers.py"
sys.path.insert(0, str(SCRIPT.parent))
import check_layers  # noqa: E402

# One header per layer, so that an include has something to name.
HEADERS = {
    "metrics": "metrics/sum.h",
    "datasets/io": "datasets/io/file.h",
    "datasets": "datasets/dataset.h",
    "model": "model/codec.h",
    "model/torch": "model/torch/runner.h",
    "model/external": "model/external/child.h",
    "eval": "eval/tasks.h",
    "eval/cli": "eval/cli/commands.h",
}


def tree(files):
    """A clean tree with these files besides."""
    return {**{path: "#pragma once\n" for path in HEADERS.values()}, **files}


def problems(files):
    return [str(finding) for finding in check_layers.check(tree(files))]


def source_problems(path, text):
    """Findings for one more source, which its folder's CMakeLists.txt lists."""
    listing = f"add_library(x STATIC {Path(path).name})\n"
    return problems({path: text, f"{Path(path).parent.as_posix()}/CMakeLists.txt": listing})


class Arrows(unittest.TestCase):
    def test_a_clean_tree_has_no_finding(self):
        self.assertEqual(problems({}), [])

    def test_an_include_is_allowed_exactly_where_the_picture_has_an_arrow(self):
        below = {
            "metrics": set(),
            "datasets/io": {"metrics"},
            "datasets": {"metrics", "datasets/io"},
            "model": {"metrics", "datasets/io"},
            "model/torch": {"metrics", "datasets/io", "model"},
            "model/external": {"metrics", "datasets/io", "model"},
            "eval": {"metrics", "datasets/io", "datasets", "model"},
            "eval/cli": set(HEADERS),
        }
        for layer in HEADERS:
            for target, header in HEADERS.items():
                found = source_problems(f"{layer}/probe.cc", f'\n#include "{header}"\n')
                with self.subTest(layer=layer, target=target):
                    if target == layer or target in below[layer]:
                        self.assertEqual(found, [])
                    else:
                        self.assertEqual(len(found), 1)
                        self.assertIn(f"{layer}/probe.cc:2:", found[0])
                        self.assertIn(f"no arrow from {layer} to {target}", found[0])

    def test_a_folder_below_a_layer_belongs_to_it(self):
        found = source_problems("datasets/synthetic/world.cc", '#include "model/codec.h"\n')
        self.assertIn("no arrow from datasets to model", found[0])

    def test_an_include_that_names_no_tracked_file_is_found(self):
        self.assertIn("no tracked file", source_problems("model/a.cc", '#include "codec.h"\n')[0])

    def test_nothing_in_a_layer_includes_the_tests(self):
        files = {"tests/support/naive.h": "", "metrics/a.h": '#include "tests/support/naive.h"\n'}
        self.assertIn("no arrow from metrics to tests/support/naive.h", problems(files)[0])

    def test_an_include_in_a_comment_does_not_count(self):
        text = '/*\n#include "eval/tasks.h"\n*/\n// #include "eval/tasks.h"\n'
        self.assertEqual(source_problems("metrics/a.cc", text), [])


class Libraries(unittest.TestCase):
    def test_each_library_is_found_outside_its_home_and_not_inside(self):
        cases = [
            ("torch/script.h", "model/torch/a.cc", "model/a.cc"),
            ("tbb/parallel_pipeline.h", "eval/pipeline.cc", "eval/report.cc"),
            ("oneapi/tbb/task_arena.h", "eval/pipeline.cc", "datasets/a.cc"),
            ("opencv2/imgcodecs.hpp", "datasets/io/a.cc", "datasets/a.cc"),
            ("sqlite3.h", "eval/a.cc", "datasets/a.cc"),
            ("nlohmann/json.hpp", "model/a.cc", "metrics/a.cc"),
            ("matio.h", "datasets/io/a.cc", "datasets/a.cc"),
            ("matio.h", "datasets/synthetic/a.cc", "eval/a.cc"),
            ("boost/program_options.hpp", "eval/cli/a.cc", "eval/a.cc"),
            ("unistd.h", "eval/a.cc", "metrics/a.cc"),
            ("vector", "metrics/a.cc", None),
        ]
        for header, home, elsewhere in cases:
            with self.subTest(header=header):
                self.assertEqual(source_problems(home, f"#include <{header}>\n"), [])
                if elsewhere:
                    found = source_problems(elsewhere, f"#include <{header}>\n")
                    self.assertEqual(len(found), 1)
                    self.assertIn(f"{elsewhere}:1: <{header}>", found[0])

    def test_heavy_headers_are_found_in_headers_even_at_home(self):
        for path, header in [
            ("model/torch/a.h", "torch/script.h"),
            ("datasets/io/a.h", "opencv2/core.hpp"),
            ("eval/a.h", "sqlite3.h"),
            ("eval/a.h", "tbb/parallel_pipeline.h"),
            ("eval/a.h", "nlohmann/json.hpp"),
        ]:
            with self.subTest(header=header):
                self.assertEqual(len(problems({path: f"#include <{header}>\n"})), 1)

    def test_the_forward_declarations_of_json_may_stand_in_headers(self):
        self.assertEqual(problems({"eval/a.h": "#include <nlohmann/json_fwd.hpp>\n"}), [])

    def test_an_unknown_library_is_found(self):
        found = source_problems("eval/a.cc", "#include <curl/curl.h>\n")
        self.assertIn("table LIBRARIES", found[0])


class Streams(unittest.TestCase):
    SPEAKING = [
        'std::cout << "x";',
        "std :: cerr << 1;",
        'printf("x");',
        'std::fprintf(stderr, "x");',
        'fmt::print("x");',
        "exit(1);",
        "std::exit(1);",
        "abort();",
        "std::terminate();",
    ]

    def test_printing_and_exiting_are_found_outside_the_command_line_layer(self):
        for text in self.SPEAKING:
            with self.subTest(text=text):
                self.assertIn("datasets/a.h:3:", problems({"datasets/a.h": f"\n\n{text}\n"})[0])
                self.assertEqual(problems({"eval/cli/a.h": text}), [])

    def test_formatting_into_memory_comments_and_strings_are_no_findings(self):
        quiet = """std::snprintf(buffer, size, "%d", 1'000);
            // std::cout << "in a comment"
            const char* a = "exit(1)"; const char* b = R"(std::cerr)"; char c = '"';
            on_exit_code(3); task.abort(); fmt::format("x"); std::vprint_to(x);
            /* abort(); */ int at_exit = 1;"""
        self.assertEqual(problems({"eval/a.h": quiet}), [])

    def test_a_forked_copy_may_end_itself_and_not_print(self):
        home = "model/external/child_process.cc"
        listed = {"model/external/CMakeLists.txt": "child_process.cc"}
        self.assertEqual(problems({home: "::_exit(1);", **listed}), [])
        self.assertEqual(len(problems({home: "std::cerr << 1;", **listed})), 1)
        self.assertEqual(len(problems({"model/external/a.h": "::_exit(1);"})), 1)

    def test_code_after_a_digit_separator_is_still_seen(self):
        self.assertEqual(len(problems({"eval/a.h": "int a = 1'000; exit(1);\n"})), 1)


class Addresses(unittest.TestCase):
    def test_machine_paths_and_registry_hosts_are_found_in_any_text(self):
        bad = ["/" + "work/x", "/" + "root/x", "/" + "home/me", "/" + "Users/me"]
        bad += ["https://py" + "pi.org/simple", "registry.npm" + "js.org", "deb.deb" + "ian.org"]
        for text in bad:
            with self.subTest(text=text):
                self.assertIn("README.md:2:", problems({"README.md": f"a\nsee {text}\n"})[0])

    def test_folders_of_the_repository_that_sound_alike_are_no_findings(self):
        text = "frame" + "work/x ./" + "work/x ${DIR}/" + "root/x ~/" + "homework"
        self.assertEqual(problems({"README.md": text}), [])


class CMake(unittest.TestCase):
    def test_a_source_that_nothing_lists_is_found(self):
        self.assertEqual(
            problems({"eval/lost.cc": ""}), ["eval/lost.cc:1: no CMakeLists.txt lists this file"]
        )

    def test_a_listed_source_that_is_absent_is_found(self):
        found = problems({"eval/CMakeLists.txt": "add_library(e\n  gone.cc)\n"})
        self.assertEqual(
            found, ["eval/CMakeLists.txt:2: eval/gone.cc is listed and is no tracked file"]
        )

    def test_sources_may_be_listed_from_another_folder(self):
        for name in ("../support/a.cc", "${PROJECT_SOURCE_DIR}/tests/support/a.cc"):
            listing = {"tests/eval/CMakeLists.txt": f"add_executable(t {name})\n"}
            with self.subTest(name=name):
                self.assertEqual(problems({"tests/support/a.cc": "", **listing}), [])

    def test_glob_over_files_is_found_and_not_over_folders_or_in_comments(self):
        for call in ("GLOB a *.cc", "GLOB_RECURSE a\n  x/*.h\n", 'GLOB a "*"', "GLOB a x/b?.cc y"):
            with self.subTest(call=call):
                self.assertIn("GLOB", problems({"CMakeLists.txt": f"file({call})\n"})[0])
        folder = 'file(GLOB a "lib/python3*/torch")\nset(x *)\n'
        self.assertEqual(problems({"FindTorch.cmake": folder}), [])
        self.assertEqual(problems({"CMakeLists.txt": "# no GLOB here\n"}), [])


class Program(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for path, text in tree(files).items():
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            return subprocess.run(
                [sys.executable, str(SCRIPT), "--root", folder], capture_output=True, text=True
            )

    def test_a_clean_tree_ends_with_0(self):
        done = self.run_on({})
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_a_finding_is_printed_with_file_and_line_and_ends_with_1(self):
        done = self.run_on({"metrics/a.h": '\n#include "eval/tasks.h"\n'})
        self.assertEqual(done.returncode, 1)
        self.assertIn("metrics/a.h:2: ", done.stdout)


if __name__ == "__main__":
    unittest.main()
