"""The scripted model: prompts read, the network asked, answers painted in Vision Banana's colours.

forward(images uint8[N,3,H,W], prompts List[str]) -> uint8[N,3,h,w], RGB; h and w are H and W
times a whole number, so that an answer fits the frame whatever the fit. Images are answered one
by one: an answer does not depend on what else is in the batch.
"""

from typing import List

import torch
from asking import background_of, expression_of, mapping_of, named_in, phrase_of, task_of
from frames import working_size
from grouping import group
from network import OFFSET_UNIT, Network
from torch import nn
from vocabulary import CLASSES, COLOURS, FARTHEST_M, KINDS, NEAREST_M, OBJECTS

# Answers have about so many pixels, as those of image generators have more than their input:
# objects of a few pixels outlive the decoder's erosion.
ANSWER_PIXELS = 320000.0
LARGEST_GROWTH = 4
REFERENT = [255, 255, 0]
CORNERS = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1], [1, 1, 1]]
APART = 60.0  # in RGB, of an object's colour from the background


def growth_of(height: int, width: int, pixels: float = ANSWER_PIXELS, largest: int = LARGEST_GROWTH) -> int:
    """How many times as large as the frame the answer is."""
    return max(1, min(largest, int((pixels / (height * width)) ** 0.5)))


def grow(values: torch.Tensor, height: int, width: int, smooth: bool) -> torch.Tensor:
    """[c, h, w] -> [c, height, width]."""
    mode = "bilinear" if smooth else "nearest"
    return torch.nn.functional.interpolate(values.unsqueeze(0), [height, width], mode=mode)[0]


def paint_depth(metres: torch.Tensor, corners: torch.Tensor) -> torch.Tensor:
    """[h, w] -> uint8 [3, h, w]: f = 1 - (1 + d/10)^-2 along black-red-…-white."""
    s = 7 * (1 - (1 + metres.double() / 10).pow(-2))
    edge = s.floor().clamp(0, 6).long()
    t = (s - edge).unsqueeze(2)
    colour = corners[edge] + t * (corners[edge + 1] - corners[edge])
    return (255 * colour + 0.5).floor().to(torch.uint8).permute(2, 0, 1)


def paint_normals(normals: torch.Tensor) -> torch.Tensor:
    """[3, h, w], x right, y up, z to the viewer -> uint8: R is (1 - x) / 2, G and B (1 + y, z) / 2."""
    unit = torch.nn.functional.normalize(normals, dim=0)
    flipped = torch.stack([-unit[0], unit[1], unit[2]])
    return (255 * (1 + flipped) / 2 + 0.5).floor().clamp(0, 255).to(torch.uint8)


def separated(background: List[int], apart: float = APART) -> torch.Tensor:
    """uint8 [n, 3]: the corners, edge middles and face middles of the RGB cube away from the background."""
    colours: List[List[int]] = []
    for r in [255, 0, 128]:
        for g in [0, 255, 128]:
            for b in [255, 0, 128]:
                away = (r - background[0]) ** 2 + (g - background[1]) ** 2 + (b - background[2]) ** 2
                if float(away) > apart**2:
                    colours.append([r, g, b])
    return torch.tensor(colours, dtype=torch.uint8)


def isin(values: torch.Tensor, positions: List[int], shift: int) -> torch.Tensor:
    """Where `values` is one of the positions, counted from `shift`."""
    wanted = torch.tensor(positions, dtype=torch.int64, device=values.device) + shift
    return torch.isin(values, wanted)


class Painter(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.classes: List[str] = CLASSES
        self.objects: List[str] = OBJECTS
        self.colours: List[str] = COLOURS
        self.kinds: List[str] = KINDS
        self.nearest_m: float = NEAREST_M
        self.farthest_m: float = FARTHEST_M
        self.offset_unit: float = OFFSET_UNIT
        self.register_buffer("corners", torch.tensor(CORNERS, dtype=torch.float64))
        self.register_buffer("referent", torch.tensor(REFERENT, dtype=torch.uint8))

    def semantic(self, x: torch.Tensor, prompt: str) -> torch.Tensor:
        """The likeliest of the classes that the prompt gives colours to; with a background, all else is that."""
        colours = mapping_of(prompt)
        known: List[int] = []
        others: List[int] = []
        palette: List[List[int]] = []
        for i, name in enumerate(self.classes):
            if name in colours:
                known.append(i)
                palette.append(colours[name])
            else:
                others.append(i)
        if len(known) == 0:
            raise RuntimeError("the painter knows none of the classes in the prompt")
        if "background" in colours:
            others.append(len(self.classes))  # none of the classes
            known.extend(others)
            palette.extend([colours["background"]] * len(others))
        best = self.network.classes(x)[0, known].argmax(0)
        return torch.tensor(palette, dtype=torch.uint8, device=x.device)[best].permute(2, 0, 1)

    def referred(self, x: torch.Tensor, prompt: str) -> torch.Tensor:
        """bool [h, w]: what has a colour that the words name; else a kind; else every shape, or what is of
        a class they name. A colour decides alone: it is learned far better than a kind."""
        words = expression_of(prompt)
        colours = named_in(words, self.colours)
        kinds = named_in(words, self.kinds)
        if len(colours) > 0:
            return isin(self.network.colours(x)[0].argmax(0), colours, 1)
        if len(kinds) > 0:
            return isin(self.network.kinds(x)[0].argmax(0), kinds, 1)
        if len(named_in(words, ["shape"])) > 0:
            return self.network.colours(x)[0].argmax(0) > 0
        return isin(self.network.classes(x)[0].argmax(0), named_in(words, self.classes), 0)

    def instances(self, x: torch.Tensor, prompt: str) -> torch.Tensor:
        background = background_of(prompt)
        best = self.network.objects(x)[0].argmax(0)
        mask = isin(best, named_in(phrase_of(prompt), self.objects), 1)
        # A few small steps after one another: not for a GPU.
        offsets = self.network.offsets(x)[0] * self.offset_unit
        numbers = group(mask.cpu(), offsets.cpu())
        colours = separated(background)
        at = (numbers - 1).clamp(min=0) % colours.size(0)
        empty = torch.tensor(background, dtype=torch.uint8)
        painted = torch.where((numbers > 0).unsqueeze(2), colours[at], empty)
        return painted.permute(2, 0, 1).to(x.device)

    def paint(self, image: torch.Tensor, prompt: str, height: int, width: int) -> torch.Tensor:
        """uint8 [3, H, W] -> uint8 [3, height, width]."""
        task = task_of(prompt)
        if task == "":
            raise RuntimeError("the painter does not understand the prompt: " + prompt)
        size = working_size(image.size(1), image.size(2))
        shrunk = torch.nn.functional.interpolate(image.unsqueeze(0).float(), [size[0], size[1]], mode="area")
        smooth = size[0] != image.size(1) or size[1] != image.size(2)
        x = self.network.features(shrunk.round())
        # Depth and normals of a frame that was shrunk are painted after they have grown smoothly.
        if task == "depth":
            metres = self.network.depth(x)[0].exp().clamp(self.nearest_m, self.farthest_m)
            if smooth:
                metres = grow(metres, height, width, True)
            painted = paint_depth(metres[0], self.corners)
        elif task == "normals":
            normals = self.network.normals(x)[0]
            painted = paint_normals(grow(normals, height, width, True) if smooth else normals)
        elif task == "semantic":
            painted = self.semantic(x, prompt)
        elif task == "instances":
            painted = self.instances(x, prompt)
        else:
            painted = self.referred(x, prompt).unsqueeze(0).to(torch.uint8) * self.referent.view(3, 1, 1)
        return grow(painted, height, width, False)

    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        height, width = images.size(2), images.size(3)
        growth = growth_of(height, width)
        answers: List[torch.Tensor] = []
        for i in range(len(prompts)):
            answers.append(self.paint(images[i], prompts[i], growth * height, growth * width))
        return torch.stack(answers)
