#!/usr/bin/env python3
"""Trains the painter, assay's bundled model, on synthetic worlds.

    train.py --assay build/release/assay --trees DIR -o OUT [--steps N] [--smoke]

Writes the trees into DIR unless they are there, and into OUT painter.pt, its sha-256, its
sidecar painter.json and training.log. Fixed seeds and a fixed number of steps: the same machine, libraries and
threads give the same file, byte for byte. --smoke trains for seconds on a few scenes: the file works,
the answers are poor.
"""

import argparse
import dataclasses
import math
import os
import pathlib
import platform
import sys
import time

import numpy as np
import torch
from export import with_fixed_hashes, write_model
from learning import WEIGHTS, class_weights, losses
from network import Network
from trees import SEED, TREES, load_tree, write_tree
from vocabulary import CLASSES, UNKNOWN

STEPS = 3200
BATCH = 5
RATE = 3e-3
WARM = 100  # steps until the full rate; from there it falls as a cosine to 1 %
DECAY = 1e-4
LARGEST_GRADIENT = 1.0
SMOKE_STEPS = 12
SMOKE_SAMPLES = 4


@dataclasses.dataclass
class Log:
    path: pathlib.Path
    lines: list[str] = dataclasses.field(default_factory=list)

    def say(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)
        self.lines.append(line)
        self.path.write_text("\n".join(self.lines) + "\n")


def cpu_seconds() -> float:
    """Of this process and of the programs it ran."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def rate_at(step: int, steps: int) -> float:
    warm = min(WARM, steps // 10 + 1)
    if step < warm:
        return RATE * (step + 1) / warm
    return RATE * (0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))))


def counts_of_classes(labels: torch.Tensor) -> torch.Tensor:
    known = labels[labels != UNKNOWN].long()
    return torch.bincount(known, minlength=len(CLASSES) + 1)


def train(network: Network, stacks: list[dict[str, torch.Tensor]], steps: int, log: Log) -> None:
    """Each step takes one tree by its share and a batch of its samples."""
    generator = torch.Generator().manual_seed(SEED)
    shares = torch.tensor([tree.share for tree in TREES])
    with_classes = [stack["classes"] for stack in stacks if "classes" in stack]
    weights = class_weights(sum(counts_of_classes(labels) for labels in with_classes))
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    means: dict[str, list[float]] = {}
    for step in range(steps):
        chosen = int(torch.multinomial(shares, 1, generator=generator))
        stack = stacks[chosen]
        picked = torch.randint(len(stack["image"]), (BATCH,), generator=generator)
        batch = {name: values[picked] for name, values in stack.items()}
        found = losses(network, batch, TREES[chosen].annotated, weights)
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, steps)
        optimizer.zero_grad(set_to_none=True)
        sum(WEIGHTS[name] * value for name, value in found.items()).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        for name, value in found.items():
            means.setdefault(name, []).append(float(value.detach()))
        if (step + 1) % 100 == 0 or step + 1 == steps:
            shown = "  ".join(f"{name} {np.mean(values):.4f}" for name, values in sorted(means.items()))
            log.say(f"step {step + 1:5d}  {shown}")
            means.clear()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--trees", type=pathlib.Path, required=True, help="where the synthetic trees are or go")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--smoke", action="store_true", help="a few steps on a few scenes")
    given = parser.parse_args()
    with_fixed_hashes()
    steps = SMOKE_STEPS if given.smoke else given.steps
    given.output.mkdir(parents=True, exist_ok=True)
    log = Log(given.output / "training.log")

    torch.manual_seed(SEED)
    torch.set_num_threads(given.threads)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    begun, used = time.monotonic(), cpu_seconds()
    stacks = []
    for tree in TREES:
        root = write_tree(given.assay, tree, SMOKE_SAMPLES if given.smoke else tree.samples, given.trees)
        stacks.append(load_tree(tree, root))
        height, width = stacks[-1]["image"].shape[2:]
        maps = " ".join(sorted(set(stacks[-1]) - {"image"}))
        log.say(f"{tree.layout:22} {len(stacks[-1]['image']):4d} frames {width}x{height}  share {tree.share}  {maps}")
    network = Network().to(memory_format=torch.channels_last)
    parameters = sum(p.numel() for p in network.parameters())
    log.say(f"trees of seed {SEED}; {parameters} parameters; {steps} steps of {BATCH} frames, AdamW, rate {RATE}")
    log.say(f"torch {torch.__version__}, numpy {np.__version__}, Python {platform.python_version()}, "
            f"{given.threads} threads, bfloat16 forward and backward, {torch.backends.cpu.get_cpu_capability()}")
    log.say(f"reading the trees: {time.monotonic() - begun:.0f} s, {cpu_seconds() - used:.0f} CPU s")
    begun, used = time.monotonic(), cpu_seconds()
    train(network, stacks, steps, log)
    log.say(f"training: {time.monotonic() - begun:.0f} s, {cpu_seconds() - used:.0f} CPU s")
    write_model(network.eval(), given.output, log.say)
    return 0


if __name__ == "__main__":
    sys.exit(main())
