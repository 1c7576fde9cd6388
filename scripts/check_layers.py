#!/usr/bin/env python3
"""Holds the tracked sources against the layer picture (README.md).

  scripts/check_layers.py [--root DIR]

Checked, each with a table below:
  arrows     which folder may include which, and which library which file
  headers    no LibTorch, TBB, full nlohmann/json, OpenCV or SQLite in them
  streams    only eval/cli prints, exits or aborts
  addresses  no path of one machine, no host of a package registry, in any text
  CMake      every tracked .cc is listed in a CMakeLists.txt; no GLOB

Prints "file:line: problem" for each finding; exits 1 when there is one, 2 when it cannot look.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path, PurePosixPath
from typing import NamedTuple

# The picture: folder -> the folders it may include besides itself. The longest folder that holds a
# file is its layer, so datasets/synthetic belongs to datasets.
ARROWS = {
    "metrics": (),
    "datasets/io": ("metrics",),
    "datasets": ("datasets/io", "metrics"),
    "model": ("datasets/io", "metrics"),
    "model/torch": ("model", "datasets/io", "metrics"),
    "model/external": ("model", "datasets/io", "metrics"),
    "eval": ("datasets", "model", "datasets/io", "metrics"),
    "eval/cli": (
        "eval",
        "datasets",
        "model",
        "model/torch",
        "model/external",
        "datasets/io",
        "metrics",
    ),
}


class Library(NamedTuple):
    name: str
    headers: str  # regular expression the included name starts with
    homes: tuple  # folders (with what is below) or files that may include it
    in_headers: bool


SOURCES = ("datasets", "model", "eval")
LARGE_JSON = (
    "datasets/io",
    "datasets/nuscenes_tables.cc",
    "datasets/saco_file.cc",
    "datasets/saco_truth.cc",
    "model/coco_answers.cc",
    "model/coco_entries.cc",
)
LIBRARIES = (
    Library("LibTorch", r"(torch|ATen|c10|caffe2)/", ("model/torch",), False),
    Library("the dynamic loader", r"dlfcn\.h", ("model/torch/load_runner.cc",), False),
    Library("TBB", r"(oneapi/)?tbb(/|\.h)", ("eval/pipeline.cc",), False),
    Library("OpenCV", r"opencv", ("datasets/io",), False),
    Library("SQLite", r"sqlite3", ("eval",), False),
    Library("nlohmann/json_fwd.hpp", r"nlohmann/json_fwd\.hpp", SOURCES, True),
    Library("full nlohmann/json", r"nlohmann/", SOURCES, False),
    Library("fmt", r"fmt/", SOURCES, False),
    Library("matio", r"matio", ("datasets/io", "datasets/synthetic"), False),
    Library("HDF5", r"hdf5", ("datasets/io", "datasets/synthetic"), False),
    Library("OpenEXR", r"OpenEXR/|Imath/", ("datasets/io",), False),
    Library("libzip", r"zip\.h", ("datasets/io",), False),
    Library("libdeflate", r"libdeflate", ("datasets/io",), False),
    Library("simdjson", r"simdjson\.h", LARGE_JSON, False),
    Library("libcsv", r"csv\.h$", ("datasets/io/csv.cc",), False),
    Library("Boost.Math", r"boost/math/", ("eval/winrate.cc",), False),
    Library("OpenSSL", r"openssl/", ("datasets/io",), False),
    Library("Boost.Program_options", r"boost/program_options", ("eval/cli",), True),
    Library("the system", r"(sys/\w+|unistd|fcntl|spawn|signal|poll|malloc)\.h$", SOURCES, False),
    Library("processor intrinsics", r"([a-z]?mmintrin|immintrin|arm_neon)\.h$", ("metrics", *SOURCES), False),
)

# C++20, without the C compatibility headers.
STANDARD_HEADERS = frozenset(
    """algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono
    cinttypes climits clocale cmath compare complex concepts condition_variable coroutine csetjmp csignal
    cstdarg cstddef cstdint cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution
    filesystem format forward_list fstream functional future initializer_list iomanip ios iosfwd iostream
    istream iterator latch limits list locale map memory memory_resource mutex new numbers numeric optional
    ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex source_location span
    sstream stack stdexcept stop_token streambuf string string_view strstream syncstream system_error thread
    tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
    version""".split()
)

# What a library must leave to eval/cli. The std:: in front is optional where C has the name too.
STREAMS = (
    (r"std\s*::\s*(cout|cerr|clog|wcout|wcerr|print|println)\b", "prints"),
    (r"\b(v?printf|v?fprintf|puts|putchar|perror)\s*\(", "prints"),
    (r"\bfmt\s*::\s*print(ln)?\b", "prints"),
    (r"\b(stdout|stderr)\b", "touches a standard stream"),
    (r"(?<![\w.>])(exit|_exit|_Exit|quick_exit|abort|terminate)\s*\(", "ends the process"),
)
STREAM_HOME = "eval/cli"
# Forks: the copies have no caller to return to.
ENDS_COPIES = "model/external/child_process.cc"

# Written so that this file does not match itself.
ADDRESSES = (
    (r"(?<![\w.)}])/(wor[k]|roo[t]|far[m])/", "a path of one machine"),
    (r"(?<![\w.)}])/(hom[e]|User[s])/\w", "a path of one machine"),
    (
        r"\b(pypi\.org|files\.pythonhosted|deb\.debian\.org|registry\.npmjs|download\.pytorch\.org)",
        "the host of a package registry",
    ),
)

TOKEN = re.compile(
    r"""(?P<separator>(?<=[0-9a-fA-F])'(?=[0-9a-fA-F]))
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<text>R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+')""",
    re.DOTALL | re.VERBOSE,
)
# A pattern whose last part has a wildcard lists files; looking a folder up (…/python3*/torch) is fine.
GLOB = re.compile(r"\bGLOB(_RECURSE)?\b[^)]*[*?][^/\s)]*[\s)]")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.MULTILINE)


class Finding(NamedTuple):
    path: str
    line: int
    problem: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.problem}"


def strip(source, keep_text):
    """Blanks comments (and string and character literals unless keep_text), keeping line numbers."""

    def blank(match):
        if match["separator"] or (keep_text and match["text"]):
            return match[0]
        return " " + "\n" * match[0].count("\n")

    return TOKEN.sub(blank, source)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def within(path, home):
    return path == home or path.startswith(home + "/")


def layer_of(path):
    homes = [layer for layer in ARROWS if path.startswith(layer + "/")]
    return max(homes, key=len) if homes else None


def library_problem(path, name):
    if name in STANDARD_HEADERS:
        return None
    library = next((row for row in LIBRARIES if re.match(row.headers, name)), None)
    if library is None:
        return f"<{name}>: neither standard nor in the table LIBRARIES of scripts/check_layers.py"
    if not any(within(path, home) for home in library.homes):
        return f"<{name}>: {library.name} may be included by {', '.join(library.homes)} only"
    if path.endswith(".h") and not library.in_headers:
        return f"<{name}>: headers never include {library.name}"
    return None


def include_problem(path, layer, quote, name, tracked):
    if quote == "<":
        return library_problem(path, name)
    if name not in tracked:
        return f'"{name}" is no tracked file; name it from the root of the repository'
    target = layer_of(name)
    allowed = ARROWS[layer]
    if target == layer or target in allowed:
        return None
    may = ", ".join(allowed) if allowed else "nothing but the standard library"
    return f'"{name}": no arrow from {layer} to {target or name}; {layer} may include {may}'


def check_includes(path, source, tracked):
    layer = layer_of(path)
    code = strip(source, keep_text=True)
    for match in INCLUDE.finditer(code):
        problem = include_problem(path, layer, match[1], match[2], tracked)
        if problem:
            yield Finding(path, line_of(code, match.start(1)), problem)


def check_streams(path, source):
    if within(path, STREAM_HOME):
        return
    code = strip(source, keep_text=False)
    for pattern, what in STREAMS:
        if what == "ends the process" and path == ENDS_COPIES:
            continue
        for match in re.finditer(pattern, code):
            problem = f"'{match[0].strip()}' {what}: only {STREAM_HOME} does; return or throw instead"
            yield Finding(path, line_of(code, match.start()), problem)


def check_addresses(path, text):
    for pattern, what in ADDRESSES:
        for match in re.finditer(pattern, text):
            line = line_of(text, match.start())
            yield Finding(path, line, f"'{match[0]}' is {what}: none belongs in the repository")


def listed_sources(path, text):
    """(file, line) for every .cc that this CMakeLists.txt names, relative to the root."""
    folder = PurePosixPath(path).parent
    for number, line in enumerate(text.splitlines(), 1):
        for token in re.findall(r'[^\s()"*]+\.cc\b', line.split("#")[0]):
            token = token.replace("${CMAKE_CURRENT_SOURCE_DIR}/", "")
            if token.startswith("${PROJECT_SOURCE_DIR}/"):
                yield token.removeprefix("${PROJECT_SOURCE_DIR}/"), number
            elif "$" not in token:
                yield normal(folder / token), number


def normal(path):
    parts = []
    for part in path.parts:
        if part == ".." and parts:
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def check_cmake(texts):
    listed = set()
    for path, text in texts.items():
        if not path.endswith(("CMakeLists.txt", ".cmake")):
            continue
        code = re.sub(r"#[^\n]*", "", text)
        for match in GLOB.finditer(code):
            yield Finding(path, line_of(code, match.start()), "GLOB: list the sources by name")
        for source, line in listed_sources(path, text):
            listed.add(source)
            if source not in texts:
                yield Finding(path, line, f"{source} is listed and is no tracked file")
    for path in texts:
        if path.endswith(".cc") and path not in listed:
            yield Finding(path, 1, "no CMakeLists.txt lists this file")


def check(texts):
    """Findings for {path: text}, sorted by file and line."""
    findings = list(check_cmake(texts))
    for path, text in texts.items():
        findings += check_addresses(path, text)
        if path.endswith((".h", ".cc")) and layer_of(path):
            findings += check_includes(path, text, texts)
            findings += check_streams(path, text)
    return sorted(findings)


def tracked_files(root):
    """Paths below root: what git tracks, or every file where root is no checkout."""
    if (root / ".git").exists():
        listing = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-z"], check=True, capture_output=True
        ).stdout.decode()
        names = [name for name in listing.split("\0") if name]
    else:
        names = [file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()]
    return [name for name in sorted(names) if (root / name).is_file()]


def read_texts(root):
    texts = {}
    for name in tracked_files(root):
        data = (root / name).read_bytes()
        if b"\0" not in data[:8192]:
            texts[name] = data.decode("utf-8", errors="replace")
    return texts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parent.parent)
    root = parser.parse_args().root
    try:
        texts = read_texts(root)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"check_layers: cannot list the files of {root}: {error}", file=sys.stderr)
        return 2
    findings = check(texts)
    for finding in findings:
        print(finding)
    sources = sum(path.endswith((".h", ".cc")) for path in texts)
    print(f"check_layers: {len(findings)} findings in {len(texts)} files ({sources} of C++)")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
