#!/usr/bin/env python3
"""Writes a small TorchScript model that paints answers by simple rules.

    make_demo_model.py OUT.pt

It is not trained and knows nothing: it looks at rows, brightness and colour. Its
purpose is to exercise the whole path from prompt to score. Same contract as any
model: forward(images uint8[N,3,H,W], prompts List[str]) -> uint8[N,3,h,w], RGB.

* Another prompt with "segmentation" is searched for "name": <r, g, b>; the classes the
  rules know are painted in these colours.
* A prompt with "instance segmentation" gets what the rules take for the class that its
  words name, in one colour for each third of the image; nothing where they know none.
* A prompt with "is represented by" gets what has the colour that its words name, or
  what is colourful where they name none, in yellow.
* A prompt with "depth" gets a ground plane below a horizon, painted along
  black-red-yellow-green-cyan-blue-violet-white.
* A prompt with "surface normal" gets a floor at the bottom and what faces the camera above it.

Answers are 512 wide with both sides multiples of 16, like those of image
generators, so that the fit between answer and image matters.
"""

import io
import pathlib
import sys
from typing import Dict, List, Tuple

import torch

# The rules know these classes; the number is their index inside the model.
CLASSES = ["road", "sidewalk", "building", "vegetation", "sky", "car"]

# Colours by their names, for what a phrase refers to.
NAMES = ["red", "green", "blue", "yellow"]
NAMED = [[220, 40, 40], [40, 160, 60], [50, 80, 220], [230, 210, 40]]
NEAR = 60.0  # in RGB
PAINTED = [255, 255, 0]
# For the left, middle and right third: well apart from each other and from black.
MARKS = [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


class DemoModel(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.classes: List[str] = CLASSES
        corners = [
            [0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0],
            [0, 1, 1], [0, 0, 1], [1, 0, 1], [1, 1, 1],
        ]
        self.names: List[str] = NAMES
        self.near: float = NEAR
        self.register_buffer("named", torch.tensor(NAMED, dtype=torch.float64))
        self.register_buffer("painted", torch.tensor(PAINTED, dtype=torch.uint8))
        self.register_buffer("marks", torch.tensor(MARKS, dtype=torch.uint8))
        self.register_buffer("corners", torch.tensor(corners, dtype=torch.float64))

    def mapping(self, prompt: str) -> Tuple[Dict[str, List[int]], List[int]]:
        """Every "name": <r, g, b> of the prompt, and the first colour."""
        colors: Dict[str, List[int]] = {}
        first: List[int] = [0, 0, 0]
        for part in prompt.split(">"):
            at = part.rfind("<")
            if at < 0:
                continue
            numbers = part[at + 1 :].split(",")
            names = part[:at].split('"')
            if len(numbers) != 3 or len(names) < 3:
                continue
            color = [int(numbers[0].strip()), int(numbers[1].strip()), int(numbers[2].strip())]
            if len(colors) == 0:
                first = color
            colors[names[len(names) - 2]] = color
        return colors, first

    def classify(self, image: torch.Tensor) -> torch.Tensor:
        """float64[3,h,w] in 0..255 -> index into classes, int64[h,w]."""
        h, w = image.size(1), image.size(2)
        y = ((torch.arange(h, dtype=torch.float64) + 0.5) / h).view(h, 1).expand(h, w)
        x = ((torch.arange(w, dtype=torch.float64) + 0.5) / w).view(1, w).expand(h, w)
        r, g, b = image[0], image[1], image[2]
        brightness = (r + g + b) / 3
        spread = image.amax(0) - image.amin(0)

        found = torch.full([h, w], 2, dtype=torch.int64)
        found = torch.where(y > 0.55, torch.zeros_like(found), found)
        aside = (x < 0.12) | (x > 0.88)
        found = torch.where((y > 0.55) & aside, torch.ones_like(found), found)
        upper = (y < 0.5) & (b >= r) & (brightness > 110)
        found = torch.where(upper, torch.full_like(found, 4), found)
        colorful = (spread > 70) & (y > 0.35) & (y < 0.9)
        found = torch.where(colorful, torch.full_like(found, 5), found)
        green = (g > r + 12) & (g > b + 12)
        return torch.where(green, torch.full_like(found, 3), found)

    def segment(self, image: torch.Tensor, prompt: str) -> torch.Tensor:
        colors, first = self.mapping(prompt)
        table: List[List[int]] = []
        for name in self.classes:
            table.append(colors[name] if name in colors else first)
        painted = torch.tensor(table, dtype=torch.uint8)[self.classify(image)]
        return painted.permute(2, 0, 1)

    def colorful(self, image: torch.Tensor) -> torch.Tensor:
        return image.amax(0) - image.amin(0) > 70

    def refer(self, image: torch.Tensor, prompt: str) -> torch.Tensor:
        """The words are those before "is represented by"."""
        words = prompt.split("is represented by")[0].lower()
        found = self.colorful(image)
        for i in range(len(self.names)):
            if self.names[i] in words:
                away = (image - self.named[i].view(3, 1, 1)).pow(2).sum(0).sqrt()
                found = away < self.near
        return found.unsqueeze(0).to(torch.uint8) * self.painted.view(3, 1, 1)

    def instances(self, image: torch.Tensor, prompt: str) -> torch.Tensor:
        """The words are those between "Each" and "is colored"."""
        words = prompt.split("Each ")[-1].split(" is colored")[0]
        painted = torch.zeros_like(image, dtype=torch.uint8)
        for i in range(len(self.classes)):
            if self.classes[i] in words:
                found = self.classify(image) == i
                thirds = torch.arange(image.size(2)) * 3 // image.size(2)
                marks = self.marks[thirds].t().unsqueeze(1)
                painted = torch.where(found.unsqueeze(0), marks, painted)
        return painted

    def depth(self, image: torch.Tensor) -> torch.Tensor:
        h, w = image.size(1), image.size(2)
        wide = w > 2 * h
        horizon = 0.45 if wide else 0.3
        far = 60.0 if wide else 4.5
        near = 1.5 if wide else 1.2
        y = (torch.arange(h, dtype=torch.float64) + 0.5) / h
        below = (y - horizon) / (1 - horizon)
        metres = near / below.clamp(min=near / far)

        fraction = 1 - (1 + metres / 10).pow(-2)
        s = 7 * fraction
        edge = s.floor().clamp(max=6).to(torch.int64)
        t = (s - edge).unsqueeze(1)
        color = self.corners[edge] + t * (self.corners[edge + 1] - self.corners[edge])
        column = (255 * color + 0.5).floor().to(torch.uint8)
        return column.t().unsqueeze(2).expand(3, h, w)

    def normals(self, image: torch.Tensor) -> torch.Tensor:
        """Painted as R = (1 - x) / 2, G = (1 + y) / 2, B = (1 + z) / 2; x right, y up, z to the viewer."""
        h, w = image.size(1), image.size(2)
        edge = 0.55 if w > 2 * h else 0.8
        y = ((torch.arange(h, dtype=torch.float64) + 0.5) / h).view(h, 1).expand(h, w)
        floor = (y > edge).to(torch.float64)
        parts = torch.stack([torch.full_like(floor, 0.5), (1 + floor) / 2, (2 - floor) / 2])
        return (255 * parts + 0.5).floor().to(torch.uint8)

    def forward(self, images: torch.Tensor, prompts: List[str]) -> torch.Tensor:
        width = 512
        height = max(16, int((width * images.size(2) / images.size(3)) / 16 + 0.5) * 16)
        small = torch.nn.functional.interpolate(images.to(torch.float64), [height, width], mode="nearest")
        answers: List[torch.Tensor] = []
        for i in range(len(prompts)):
            prompt = prompts[i]
            if "instance segmentation" in prompt:
                answers.append(self.instances(small[i], prompt))
            elif "is represented by" in prompt:
                answers.append(self.refer(small[i], prompt))
            elif "segmentation" in prompt:
                answers.append(self.segment(small[i], prompt))
            elif "surface normal" in prompt:
                answers.append(self.normals(small[i]))
            elif "depth" in prompt:
                answers.append(self.depth(small[i]))
            else:
                raise RuntimeError("the demo model paints segmentation, depth and surface normals only")
        return torch.stack(answers)


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    # Through memory: saved by name, the archive would hold the name of the file.
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(DemoModel().eval()), buffer)
    pathlib.Path(sys.argv[1]).write_bytes(buffer.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
