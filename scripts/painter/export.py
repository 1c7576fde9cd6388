#!/usr/bin/env python3
"""Writes the trained painter as one TorchScript file, with its hash and its sidecar.

    export.py FOLDER

writes FOLDER/painter.pt again with the same weights, after a change of what is compiled into it
(prompts, painting, grouping), and adds a line to its training.log.
"""

import hashlib
import io
import json
import os
import pathlib
import sys
from collections.abc import Callable

import torch
from network import Network
from painter import Painter

MOST_BYTES = 3_000_000
REVISION = "2"  # raised with every file that is committed


def with_fixed_hashes() -> None:
    """Starts the script again without random hashes: TorchScript writes sets in their order."""
    if os.environ.get("PYTHONHASHSEED") == "0":
        return
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, "PYTHONHASHSEED": "0"})


def write_model(network: Network, folder: pathlib.Path, say: Callable[[str], None]) -> None:
    # Through memory: saved by name, the archive would hold the name of the file.
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(Painter(network).eval()), buffer)
    content = buffer.getvalue()
    if len(content) > MOST_BYTES:
        raise SystemExit(f"painter.pt would have {len(content)} bytes; allowed: {MOST_BYTES}")
    digest = hashlib.sha256(content).hexdigest()
    (folder / "painter.pt").write_bytes(content)
    (folder / "painter.pt.sha256").write_text(f"{digest}  painter.pt\n")
    (folder / "painter.json").write_text(json.dumps({"name": "painter", "revision": REVISION}, indent=2) + "\n")
    say(f"painter.pt: {len(content)} bytes, sha256:{digest}")


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    with_fixed_hashes()
    folder = pathlib.Path(sys.argv[1])
    log = folder / "training.log"
    network = Network()
    trained = torch.jit.load(str(folder / "painter.pt")).network.state_dict()
    network.load_state_dict(trained)
    lines = [*log.read_text().splitlines(), "written again with the same weights"]
    write_model(network.eval(), folder, lines.append)
    log.write_text("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
