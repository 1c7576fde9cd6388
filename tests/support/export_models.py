"""Writes one small network in both forms, and what Python gives for each.

    export_models.py FOLDER

painter.pt (TorchScript), painter.pt2 (AOTInductor), their sidecar painter.json, images.raw (eight
of 64 x 48), prompts.json, and <form>.<batch>.raw for batches of 1, 3 and 8 on one thread. Done
once for a version of this file and of torch; a second process waits for the first.

All its weights are whole eighths and all sums stay below 2^24, so that every order of adding gives
the same float32: its answers cannot depend on the batch.
"""

import fcntl
import hashlib
import json
import pathlib
import sys
from typing import List

import torch

WIDTH, HEIGHT, PROMPT_BYTES = 64, 48, 1500
BATCHES = (1, 3, 8)


class Painter(torch.nn.Module):
    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(20)
        self.first = torch.nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False)
        self.second = torch.nn.Conv2d(8, 3, 3, padding=1, bias=False)
        for layer in (self.first, self.second):
            whole = torch.randint(-8, 9, layer.weight.shape, generator=generator)
            layer.weight = torch.nn.Parameter(whole / 8, requires_grad=False)

    def paint(self, images: torch.Tensor, shift: torch.Tensor) -> torch.Tensor:
        painted = self.second(torch.relu(self.first(images.to(torch.float32))))
        painted = torch.floor(painted / 8) + shift.view(-1, 1, 1, 1)
        return torch.remainder(painted, 256).to(torch.uint8)


class Script(Painter):
    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        sums: List[float] = []
        for prompt in prompts:
            total = 0
            for character in prompt:
                total += ord(character)
            sums.append(float(total % 256))
        return self.paint(images, torch.tensor(sums, dtype=torch.float32))


class Package(Painter):
    def forward(self, images: torch.Tensor, prompt_utf8: torch.Tensor) -> torch.Tensor:
        return self.paint(images, torch.remainder(prompt_utf8.to(torch.int64).sum(1), 256).to(torch.float32))


def inputs():
    count = max(BATCHES)
    images = torch.arange(count * HEIGHT * WIDTH * 3, dtype=torch.int64)
    images = ((images * 7919) // 13 % 256).to(torch.uint8).view(count, HEIGHT, WIDTH, 3)
    return images, [f"paint number {i} " + "so " * i for i in range(count)]


def as_bytes(prompts):
    padded = torch.zeros(len(prompts), PROMPT_BYTES, dtype=torch.uint8)
    for row, prompt in zip(padded, prompts):
        row[: len(prompt)] = torch.tensor(list(prompt.encode()), dtype=torch.uint8)
    return padded


def write_package(path):
    count = torch.export.Dim("N", min=1, max=64)
    example = (torch.zeros(2, 3, HEIGHT, WIDTH, dtype=torch.uint8), torch.zeros(2, PROMPT_BYTES, dtype=torch.uint8))
    program = torch.export.export(Package(), example, dynamic_shapes=({0: count}, {0: count}))
    # What is fast to compile; the test is of the runner.
    settings = {"cpp.simdlen": 0, "aot_inductor.precompile_headers": False}
    torch._inductor.aoti_compile_and_package(program, package_path=str(path), inductor_configs=settings)


def write_answers(folder, form, ask):
    images, prompts = inputs()
    for batch in BATCHES:
        parts = []
        for at in range(0, len(prompts), batch):
            some = images[at : at + batch].permute(0, 3, 1, 2).contiguous()
            parts.append(ask(some, prompts[at : at + batch]))
        answer = torch.cat(parts).permute(0, 2, 3, 1).contiguous()
        (folder / f"{form}.{batch}.raw").write_bytes(bytes(answer.numpy()))


def write_all(folder):
    torch.set_num_threads(1)
    images, prompts = inputs()
    (folder / "images.raw").write_bytes(bytes(images.numpy()))
    (folder / "prompts.json").write_text(json.dumps(prompts))
    sidecar = {
        "name": "painter",
        "revision": "1",
        "input_size": [WIDTH, HEIGHT],
        "fit": "stretch",
        "static": ["H", "W", "L"],
        "prompt_bytes": PROMPT_BYTES,
    }
    (folder / "painter.json").write_text(json.dumps(sidecar))
    torch.jit.script(Script()).save(str(folder / "painter.pt"))
    script = torch.jit.load(str(folder / "painter.pt"))
    with torch.inference_mode():
        write_answers(folder, "pt", script)
        write_package(folder / "painter.pt2")
        package = torch._inductor.aoti_load_package(str(folder / "painter.pt2"))
        write_answers(folder, "pt2", lambda some, asked: package(some, as_bytes(asked)))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest() + " " + torch.__version__
    done = folder / "done"
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != wanted:
            done.unlink(missing_ok=True)
            write_all(folder)
            done.write_text(wanted)


main()
