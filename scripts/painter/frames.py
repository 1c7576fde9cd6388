"""A training sample, and bringing it to the size that the network works at."""

import dataclasses

import numpy as np
import torch
from vocabulary import MOST_PIXELS


@dataclasses.dataclass
class Sample:
    """An image and what its truth says of it; None: nothing. All maps have the image's size."""

    image: np.ndarray  # uint8 [H, W, 3]
    classes: np.ndarray | None = None  # int64 [H, W], vocabulary.CLASSES, NOTHING or UNKNOWN
    objects: np.ndarray | None = None  # int64 [H, W], 0 or 1 + vocabulary.OBJECTS, or UNKNOWN
    numbers: np.ndarray | None = None  # int64 [H, W], which object; 0 where there is none
    colours: np.ndarray | None = None  # int64 [H, W], 0 or 1 + vocabulary.COLOURS, or UNKNOWN
    kinds: np.ndarray | None = None  # int64 [H, W], 0 or 1 + vocabulary.KINDS, or UNKNOWN
    depth: np.ndarray | None = None  # float32 [H, W], metres along z; 0 unknown
    normals: np.ndarray | None = None  # float32 [H, W, 3], x right, y up, z to the viewer; 0 unknown


def working_size(height: int, width: int, most: int = MOST_PIXELS) -> tuple[int, int]:
    """The frame's own size, or as many pixels of its shape as the network takes."""
    scale = min(1.0, (most / (height * width)) ** 0.5)
    return max(1, int(height * scale + 0.5)), max(1, int(width * scale + 0.5))


def shrink_image(image: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """[N, 3, H, W] -> [N, 3, h, w]; every pixel is the mean of what it covers."""
    if image.shape[-2:] == size:
        return image
    return torch.nn.functional.interpolate(image, size, mode="area")


def shrink_map(values: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The value at the centre of every new pixel: labels, metres and normals are not mixed."""
    rows = ((np.arange(size[0]) + 0.5) * values.shape[0] / size[0]).astype(np.int64)
    columns = ((np.arange(size[1]) + 0.5) * values.shape[1] / size[1]).astype(np.int64)
    return values[rows][:, columns]


def offsets_to_centres(numbers: np.ndarray) -> np.ndarray:
    """float32 [2, h, w]: rows and columns from a pixel of an object to the object's mean pixel."""
    offsets = np.zeros((2, *numbers.shape), np.float32)
    for number in np.unique(numbers[numbers > 0]):
        rows, columns = np.nonzero(numbers == number)
        offsets[0, rows, columns] = rows.mean() - rows
        offsets[1, rows, columns] = columns.mean() - columns
    return offsets


def to_tensors(sample: Sample) -> dict[str, torch.Tensor]:
    """At the working size, by name; without what the sample does not know."""
    size = working_size(*sample.image.shape[:2])
    image = torch.from_numpy(sample.image.copy()).permute(2, 0, 1).float().unsqueeze(0)
    out = {"image": shrink_image(image, size)[0].round().to(torch.uint8)}
    for name in ("classes", "objects", "colours", "kinds"):
        values = getattr(sample, name)
        if values is not None:
            out[name] = torch.from_numpy(shrink_map(values, size).astype(np.int8))
    if sample.numbers is not None:
        numbers = shrink_map(sample.numbers, size)
        out["offsets"] = torch.from_numpy(offsets_to_centres(numbers))
    if sample.depth is not None:
        out["depth"] = torch.from_numpy(shrink_map(sample.depth, size).astype(np.float32))
    if sample.normals is not None:
        normals = shrink_map(sample.normals, size).astype(np.float32)
        out["normals"] = torch.from_numpy(normals.transpose(2, 0, 1).copy())
    return out


