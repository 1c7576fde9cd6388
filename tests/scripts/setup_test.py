"""scripts/setup with stand-ins for the system's tools, in a temporary folder.

Properties:
  - what is installed is not installed again: no apt-get, no pip, on a machine that is set up
  - only missing Debian packages are installed, after one update
  - without root, sudo is used; without either the message names the packages, and nothing runs
  - LibTorch: from the wheel, or given and checked, or not at all
  - the clang tools come with --dev only, in the pinned versions
  - a failing tool fails the script, with a message that says what to do
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SETUP = ROOT / "scripts" / "setup"

# Stand-ins: each notes its call in $LOG. $INSTALLED holds Debian packages, $WHEELS "name==version".
TOOLS = {
    "dpkg-query": 'for name; do :; done; grep -qx -- "$name" "$INSTALLED" && printf installed',
    "apt-get": 'echo "apt-get $*" >>"$LOG"; exit "${APT_STATUS:-0}"',
    "sudo": 'echo sudo >>"$LOG"; [ "$1" = -n ] && exit "${SUDO_STATUS:-0}"; exec "$@"',
    "id": 'echo "${USER_ID:-0}"',
    "uname": "echo x86_64",
}
PYTHON = r"""
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "venv" >>"$LOG"
elif [ "$1 $2 $3" = "-m pip install" ]; then
  for name; do :; done
  echo "pip $name" >>"$LOG"; echo "$name" >>"$WHEELS"; exit "${PIP_STATUS:-0}"
elif [ "$1" = "-" ]; then
  [ -n "$SITE" ] && PYTHONPATH="$SITE" exec "$REAL_PYTHON" "$@"
  cat >/dev/null; sed -n "s/^$2==//p" "$WHEELS"
fi
"""


class Setup(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        (self.root / "scripts").mkdir()
        (self.root / "bin").mkdir()
        shutil.copy(SETUP, self.root / "scripts" / "setup")
        for name, body in {**TOOLS, "python3": PYTHON}.items():
            self.tool(self.root / "bin" / name, body)
        for name in ("bash", "env", "dirname", "cat", "sed", "grep", "wc", "mkdir", "cp"):
            (self.root / "bin" / name).symlink_to(shutil.which(name))
        self.log = self.root / "log"
        self.wheels = self.root / "wheels"
        self.installed = self.root / "installed"
        self.log.write_text("")
        self.wheels.write_text("")
        self.installed.write_text("\n".join(self.packages()) + "\n")

    @staticmethod
    def tool(path, body):
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    @staticmethod
    def packages():
        table = re.search(r"cat <<'END'\n(.*?)END\n", SETUP.read_text(), re.DOTALL)[1]
        return [line.split()[0] for line in table.splitlines()]

    def run_setup(self, *arguments, **environment):
        done = subprocess.run(
            [str(self.root / "bin" / "bash"), "scripts/setup", *arguments],
            cwd=self.root,
            env={
                "PATH": str(self.root / "bin"),
                "LOG": str(self.log),
                "WHEELS": str(self.wheels),
                "INSTALLED": str(self.installed),
                **environment,
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stderr

    def calls(self):
        return self.log.read_text().splitlines()

    def remove_packages(self, *names):
        kept = [name for name in self.packages() if name not in names]
        self.installed.write_text("\n".join(kept) + "\n")

    def test_a_second_run_installs_nothing(self):
        self.assertEqual(self.run_setup("--dev")[0], 0)
        self.assertEqual(self.calls()[0], "venv")
        self.log.write_text("")
        status, text = self.run_setup("--dev")
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("torch 2.13.0: already in .venv", text)

    def test_a_wheel_with_a_build_suffix_is_the_same_version(self):
        self.run_setup()
        self.log.write_text("")
        for name, version in (("torch", "2.13.0+cpu"), ("numpy", "2.4.6"), ("pillow", "13.0.0")):
            metadata = self.root / "site" / f"{name}-{version}.dist-info" / "METADATA"
            metadata.parent.mkdir(parents=True)
            metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        self.wheels.write_text("")
        site = {"SITE": str(self.root / "site"), "REAL_PYTHON": sys.executable}
        status, text = self.run_setup(**site)
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("already in .venv", text)

    def test_only_the_missing_packages_are_installed_after_one_update(self):
        self.remove_packages("ccache", "libzip-dev")
        self.assertEqual(self.run_setup(ASSAY_TORCH="OFF")[0], 0)
        self.assertEqual(
            self.calls(),
            ["apt-get update", "apt-get install --yes --no-install-recommends ccache libzip-dev"],
        )

    def test_sudo_is_used_by_a_user_who_has_it(self):
        self.remove_packages("ccache")
        self.assertEqual(self.run_setup(ASSAY_TORCH="OFF", USER_ID="1000")[0], 0)
        self.assertEqual(self.calls()[:3], ["sudo", "sudo", "apt-get update"])

    def test_without_root_and_sudo_the_message_names_the_packages(self):
        self.remove_packages("ccache", "git")
        status, text = self.run_setup(ASSAY_TORCH="OFF", USER_ID="1000", SUDO_STATUS="1")
        self.assertEqual(status, 2)
        self.assertIn("apt-get install git ccache", text)
        self.assertEqual(self.calls(), ["sudo"])
        (self.root / "bin" / "sudo").unlink()
        self.log.write_text("")
        status, text = self.run_setup(ASSAY_TORCH="OFF", USER_ID="1000")
        self.assertEqual((status, self.calls()), (2, []))
        self.assertIn("ask an administrator", text)

    def test_a_failing_apt_get_stops_before_the_rest(self):
        self.remove_packages("ccache")
        status, text = self.run_setup(APT_STATUS="100")
        self.assertEqual((status, self.calls()), (2, ["apt-get update"]))
        self.assertIn("apt-get update failed", text)

    def test_a_system_without_dpkg_is_told_what_the_build_needs(self):
        (self.root / "bin" / "dpkg-query").unlink()
        status, text = self.run_setup(ASSAY_TORCH="OFF")
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("libdeflate-dev", text)

    def test_libtorch_comes_from_the_pinned_wheel(self):
        status, text = self.run_setup()
        wheels = ["pip torch==2.13.0", "pip numpy==2.4.6", "pip pillow==13.0.0"]
        self.assertEqual((status, self.calls()), (0, ["venv", *wheels]))
        self.assertIn("PIP_INDEX_URL", text)

    def test_without_torch_nothing_is_fetched(self):
        status, text = self.run_setup(ASSAY_TORCH="OFF")
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("LibTorch: not wanted", text)

    def test_a_given_libtorch_is_used_and_checked(self):
        (self.root / "torch" / "include").mkdir(parents=True)
        for name in ("LIBTORCH", "LIBTORCH_ROOT"):
            status, text = self.run_setup(**{name: str(self.root / "torch")})
            self.assertEqual((status, self.calls()), (2, []))
            self.assertIn("lib/libtorch.so", text)
        (self.root / "torch" / "lib").mkdir()
        (self.root / "torch" / "lib" / "libtorch.so").write_text("")
        status, text = self.run_setup(LIBTORCH=str(self.root / "torch"))
        self.assertEqual((status, self.calls()), (0, []))
        self.assertIn("using the one given", text)

    def test_the_clang_tools_come_with_dev_only(self):
        self.run_setup("--dev", ASSAY_TORCH="OFF")
        self.assertEqual(
            self.calls(), ["venv", "pip clang-format==23.1.3", "pip clang-tidy==23.1.4"]
        )

    def test_another_version_of_a_clang_tool_is_replaced(self):
        self.run_setup("--dev", ASSAY_TORCH="OFF")
        self.log.write_text("")
        self.wheels.write_text("clang-format==14.0.0\nclang-tidy==23.1.4\n")
        self.run_setup("--dev", ASSAY_TORCH="OFF")
        self.assertEqual(self.calls(), ["pip clang-format==23.1.3"])

    def test_a_failing_pip_says_what_to_do(self):
        status, text = self.run_setup(PIP_STATUS="1")
        self.assertEqual(status, 2)
        self.assertIn("PYTHON=/usr/bin/python3", text)

    def test_an_unknown_argument_is_refused(self):
        status, text = self.run_setup("--devel")
        self.assertEqual((status, self.calls()), (2, []))
        self.assertIn("unknown argument '--devel'", text)


if __name__ == "__main__":
    unittest.main()
