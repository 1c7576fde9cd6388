"""Writes the trained painter as one TorchScript file, and what a user must know beside it."""

import hashlib
import io
import json
import pathlib
from collections.abc import Callable

import torch
from network import Network
from painter import Painter

MOST_BYTES = 3_000_000
REVISION = "1"  # raised with every file that is committed


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
