"""Pixels of a class into objects. TorchScript only.

Pixels that touch belong together, unless what they vote for, the middle of their object, says
otherwise: objects that touch meet at several points. Pieces that vote for one point are one object,
cut in two by what stands before it.
"""

from typing import List

import torch

# The votes of an object scatter the more the larger it is: they are taken within so many pixels
# of where most of them meet, or so much of the square root of their number.
NEAR = 3.0
SPREAD = 0.6
# A piece is split as long as more than this share of it voted for no object yet.
LEFT = 0.35
# Pieces whose middles are so near, again in square roots of pixels, are one object.
JOIN = 0.5
SMALLEST = 10  # pixels; fewer are no object
MOST_IN_PIECE = 6


def pieces(mask: torch.Tensor) -> torch.Tensor:
    """bool [h, w] -> int64 [h, w], a number for each set of touching pixels (8 neighbours); 0 outside."""
    labels = torch.arange(1, mask.numel() + 1, device=mask.device).view(mask.shape).float() * mask
    changed = True
    while changed:
        grown = torch.nn.functional.max_pool2d(labels.view(1, 1, mask.size(0), mask.size(1)), 3, 1, 1)
        grown = grown.view(mask.shape) * mask
        changed = not torch.equal(grown, labels)
        labels = grown
    return labels.long()


def meeting_point(votes: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """votes [n, 2] -> [2], the middle of the 5 x 5 cells of a pixel that hold most of them."""
    cells = votes.round().long()
    flat = cells[:, 0].clamp(0, height - 1) * width + cells[:, 1].clamp(0, width - 1)
    counts = torch.bincount(flat, minlength=height * width).float().view(1, 1, height, width)
    heat = torch.nn.functional.avg_pool2d(counts, 5, stride=1, padding=2)
    best = int(heat.argmax())
    return torch.tensor([float(best // width), float(best % width)])


def distances(votes: torch.Tensor, middle: torch.Tensor) -> torch.Tensor:
    return (votes - middle).pow(2).sum(1).sqrt()


def reach(away: torch.Tensor, radius: float, near: float, spread: float) -> float:
    """How far the votes of an object may lie from where they meet, from those within `radius`."""
    return max(near, spread * float(away.le(radius).sum()) ** 0.5)


def middles_of(
    votes: torch.Tensor, height: int, width: int, near: float, spread: float, left: float, most: int
) -> List[torch.Tensor]:
    """Where the votes of one piece meet; the point of most of them first."""
    middles: List[torch.Tensor] = []
    free = votes
    for _ in range(most):
        middle = meeting_point(free, height, width)
        middles.append(middle)
        away = distances(free, middle)
        # Not a loop: TorchScript without its optimiser loses `away` in one inside another.
        radius = reach(away, near, near, spread)
        radius = reach(away, radius, near, spread)
        free = free[away > reach(away, radius, near, spread)]
        if free.size(0) <= left * votes.size(0):
            break
    return middles


def known_as(
    middle: torch.Tensor, pixels: int, middles: List[torch.Tensor], sizes: List[int], join: float
) -> int:
    """The number of the object that has the middle already; 0 for none."""
    for i, other in enumerate(middles):
        within = join * float(max(pixels, sizes[i])) ** 0.5
        if float((middle - other).pow(2).sum().sqrt()) <= within:
            return i + 1
    return 0


def group(
    mask: torch.Tensor,
    offsets: torch.Tensor,
    near: float = NEAR,
    spread: float = SPREAD,
    left: float = LEFT,
    join: float = JOIN,
    smallest: int = SMALLEST,
    most: int = MOST_IN_PIECE,
) -> torch.Tensor:
    """mask bool [h, w], offsets [2, h, w] in pixels -> int64 [h, w], 0 or the number of an object."""
    height, width = mask.size(0), mask.size(1)
    numbers = torch.zeros([height, width], dtype=torch.int64)
    labels = pieces(mask)
    middles: List[torch.Tensor] = []
    sizes: List[int] = []
    counts = torch.bincount(labels.flatten())
    counts[0] = 0
    large = (counts >= smallest).nonzero().flatten()
    for position in range(large.size(0)):
        pixels = (labels == large[position]).nonzero()
        rows, columns = pixels[:, 0], pixels[:, 1]
        votes = pixels.float() + torch.stack([offsets[0][rows, columns], offsets[1][rows, columns]], 1)
        own = middles_of(votes, height, width, near, spread, left, most)
        away = torch.stack([distances(votes, middle) for middle in own], 1)
        nearest = away.argmin(1)
        for i, middle in enumerate(own):
            members = pixels[nearest == i]
            if members.size(0) < smallest:
                continue
            number = known_as(middle, members.size(0), middles, sizes, join)
            if number == 0:
                middles.append(middle)
                sizes.append(members.size(0))
                number = len(middles)
            numbers[members[:, 0], members[:, 1]] = number
    return numbers
