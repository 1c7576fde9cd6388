"""The trees that the painter learns from: which layouts, how many scenes, how often."""

import dataclasses
import pathlib
import subprocess
from collections.abc import Callable, Iterator

import read_geometry
import read_labels
import torch
from frames import Sample, to_tensors
from vocabulary import OBJECTS

# Far from the seeds of tests and of `assay demo`: every scene of those is unseen.
SEED = 770001


@dataclasses.dataclass(frozen=True)
class Tree:
    layout: str
    samples: int  # as `assay synth` counts them
    share: float  # of the training steps, relative to the others
    read: Callable[[pathlib.Path], Iterator[Sample]]
    annotated: tuple[int, ...] = ()  # outputs of the object head that the truth marks


EVERY_OBJECT = tuple(range(1, len(OBJECTS) + 1))
TREES = [
    Tree("cityscapes", 400, 4.0, read_labels.cityscapes, EVERY_OBJECT),
    Tree("saco", 1200, 3.0, read_labels.saco, tuple(sorted(read_labels.SACO_PHRASES.values()))),
    Tree("refcoco", 300, 3.0, read_labels.refcoco),
    Tree("diode-indoor", 150, 1.0, read_geometry.diode_depth),
    Tree("diode-outdoor", 150, 1.0, read_geometry.diode_depth),
    Tree("nyu-marigold", 200, 1.0, read_geometry.nyu),
    Tree("kitti", 80, 1.2, read_geometry.kitti),
    Tree("sintel", 150, 0.5, read_geometry.sintel),
    Tree("vkitti", 60, 0.8, read_geometry.vkitti),
    Tree("eth3d", 200, 1.0, read_geometry.eth3d),
    Tree("ibims-raw", 150, 0.7, read_geometry.ibims),
    Tree("scannet", 150, 0.7, read_geometry.scannet),
    Tree("nuscenes", 120, 0.7, read_geometry.nuscenes),
    Tree("diode-indoor-normals", 200, 1.0, read_geometry.diode_normals),
    Tree("scannet-normals", 200, 1.2, read_geometry.dsine),
    Tree("oasis-normals", 200, 0.8, read_geometry.dsine),
    Tree("vkitti-normals", 200, 0.8, read_geometry.dsine),
]


def write_tree(assay: pathlib.Path, tree: Tree, samples: int, folder: pathlib.Path) -> pathlib.Path:
    """Writes it unless it is there already."""
    root = folder / tree.layout
    if not (root / "assay-synthetic.json").exists():
        subprocess.run(
            [assay, "synth", "--layout", tree.layout, "--samples", str(samples), "--seed", str(SEED), "-o", root],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return root


def load_tree(tree: Tree, root: pathlib.Path) -> dict[str, torch.Tensor]:
    """All samples stacked, by map."""
    samples = [to_tensors(sample) for sample in tree.read(root)]
    return {name: torch.stack([sample[name] for sample in samples]) for name in samples[0]}
