"""Pixels of a class into objects: every pixel votes for the middle of its object. TorchScript only."""

import torch

# The votes of an object scatter the more the larger it is: they are taken within so many
# pixels of where most of them meet, or so much of the square root of their number.
NEAR = 2.5
SPREAD = 0.4
SMALLEST = 6  # pixels; fewer are no object
MOST_OBJECTS = 24


def meeting_point(votes: torch.Tensor, height: int, width: int) -> torch.Tensor:
    """votes [n, 2] -> [2], the middle of the 3 x 3 cells of a pixel that hold most of them."""
    cells = votes.round().long()
    flat = cells[:, 0].clamp(0, height - 1) * width + cells[:, 1].clamp(0, width - 1)
    counts = torch.bincount(flat, minlength=height * width).float().view(1, 1, height, width)
    heat = torch.nn.functional.avg_pool2d(counts, 3, stride=1, padding=1)
    best = int(heat.argmax())
    return torch.tensor([float(best // width), float(best % width)])


def reach(away: torch.Tensor, radius: float, near: float, spread: float) -> float:
    """How far the votes of an object may lie from where they meet, from those within `radius`."""
    return max(near, spread * float(away.le(radius).sum()) ** 0.5)


def group(
    mask: torch.Tensor,
    offsets: torch.Tensor,
    near: float = NEAR,
    spread: float = SPREAD,
    smallest: int = SMALLEST,
    most: int = MOST_OBJECTS,
) -> torch.Tensor:
    """mask bool [h, w], offsets [2, h, w] in pixels -> int64 [h, w], 0 or the number of an object."""
    height, width = mask.size(0), mask.size(1)
    pixels = mask.nonzero()
    votes = pixels.float() + torch.stack([offsets[0][mask], offsets[1][mask]], 1)
    owner = torch.zeros(votes.size(0), dtype=torch.int64)
    found = 0
    for _ in range(most):
        left = (owner == 0).nonzero().squeeze(1)
        if left.size(0) < smallest:
            break
        away = (votes[left] - meeting_point(votes[left], height, width)).pow(2).sum(1).sqrt()
        # Not a loop: TorchScript without its optimiser loses `away` in one inside another.
        radius = reach(away, near, near, spread)
        radius = reach(away, radius, near, spread)
        members = left[away <= reach(away, radius, near, spread)]
        if members.size(0) < smallest:
            break
        found += 1
        owner[members] = found
    numbers = torch.zeros([height, width], dtype=torch.int64)
    numbers[pixels[:, 0], pixels[:, 1]] = owner
    return numbers
