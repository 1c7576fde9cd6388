"""A small encoder and decoder with one head for each thing that a pixel can be asked for."""

import torch
from torch import nn
from vocabulary import CLASSES, COLOURS, KINDS, OBJECTS, STRIDE

WIDTHS = [8, 24, 48, 64, 80]  # channels at 1, 1/2, 1/4, 1/8 and 1/16 of the working size
HEAD = 16
GROUPS = 8  # of channels that are normalised together, image by image
TYPICAL_LOG_M = 2.0  # where depth starts
# Offsets are learned in units of so many pixels.
OFFSET_UNIT = 16.0


def where_channels(height: int, width: int, device: torch.device) -> torch.Tensor:
    """[6, h, w]: where a pixel is, in units of the frame's height from its centre.

    Far things on level ground have depth ~ 1 / v, walls ~ 1 / u: hence the logarithms.
    """
    rows = torch.arange(height, device=device).float() + 0.5
    columns = torch.arange(width, device=device).float() + 0.5
    v = (rows / height - 0.5).view(height, 1).expand(height, width)
    u = ((columns - 0.5 * width) / height).view(1, width).expand(height, width)
    shape = torch.full_like(u, width / height).log()
    return torch.stack([u, v, (u.abs() + 0.02).log(), (v.abs() + 0.02).log(), shape, torch.ones_like(u)])


class Block(nn.Module):
    """Two convolutions beside the identity; the second starts at zero."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.second(torch.relu(self.norm(self.first(x)))))


class Down(nn.Module):
    def __init__(self, before: int, after: int, blocks: int) -> None:
        super().__init__()
        self.shrink = nn.Conv2d(before, after, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(GROUPS, after)
        self.blocks = nn.Sequential(*[Block(after) for _ in range(blocks)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks(torch.relu(self.norm(self.shrink(x))))


class Up(nn.Module):
    """The coarser features, doubled in size, joined with the finer ones."""

    def __init__(self, coarse: int, fine: int, after: int, normalised: bool = True) -> None:
        super().__init__()
        self.narrow = nn.Conv2d(coarse, after, 1)
        self.join = nn.Conv2d(after + fine, after, 3, padding=1)
        self.norm = nn.GroupNorm(GROUPS, after) if normalised else nn.Identity()

    def forward(self, coarse: torch.Tensor, fine: torch.Tensor) -> torch.Tensor:
        size = [fine.size(2), fine.size(3)]
        grown = nn.functional.interpolate(self.narrow(coarse), size, mode="bilinear", align_corners=False)
        return torch.relu(self.norm(self.join(torch.cat([grown, fine], 1))))


class Head(nn.Module):
    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.hidden = nn.Conv2d(HEAD + 3, HEAD, 1)
        self.out = nn.Conv2d(HEAD, outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.relu(self.hidden(x)))


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.stride: int = STRIDE
        self.stem = nn.Conv2d(3 + 6, a, 3, padding=1)
        self.down2 = Down(a, b, 1)
        self.down4 = Down(b, c, 2)
        self.down8 = Down(c, d, 2)
        self.down16 = Down(d, e, 2)
        self.scene = nn.Linear(e, e)
        self.up8 = Up(e, d, d)
        self.up4 = Up(d, c, c)
        self.up2 = Up(c, b, b)
        # Here what a colour is must not depend on the rest of the image.
        self.up1 = Up(b, a, HEAD, normalised=False)
        self.classes = Head(len(CLASSES) + 1)
        self.objects = Head(len(OBJECTS) + 1)
        self.offsets = Head(2)
        self.colours = Head(len(COLOURS) + 1)
        self.kinds = Head(len(KINDS) + 1)
        self.depth = Head(1)
        nn.init.constant_(self.depth.out.bias, TYPICAL_LOG_M)
        self.normals = Head(3)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """float [N, 3, h, w] in 0..255 -> [N, HEAD + 3, h, w]; the last three are the pixel's own colour."""
        height, width = images.size(2), images.size(3)
        where = where_channels(height, width, images.device).unsqueeze(0).expand(images.size(0), 6, height, width)
        colour = images / 127.5 - 1
        x = torch.cat([colour, where], 1)
        pad = [0, (self.stride - width % self.stride) % self.stride, 0, (self.stride - height % self.stride) % self.stride]
        x1 = torch.relu(self.stem(nn.functional.pad(x, pad, mode="replicate")))
        x2 = self.down2(x1)
        x4 = self.down4(x2)
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x16 = torch.relu(x16 + self.scene(x16.mean([2, 3])).unsqueeze(2).unsqueeze(3))
        x = self.up4(self.up8(x16, x8), x4)
        return torch.cat([self.up1(self.up2(x, x2), x1)[:, :, :height, :width], colour], 1)
