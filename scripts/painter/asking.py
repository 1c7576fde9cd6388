"""What a prompt asks for. These functions are compiled into the model: TorchScript only."""

from typing import Dict, List


def task_of(prompt: str) -> str:
    """semantic, referring, instances, depth, normals, or "" for none of them."""
    words = prompt.lower()
    if "instance segmentation" in words:
        return "instances"
    if "segmentation masks" in words and " is represented by " in words:
        return "referring"
    if "semantic segmentation" in words and "color mapping" in words:
        return "semantic"
    if "surface normal" in words:
        return "normals"
    if "depth" in words:
        return "depth"
    return ""


def between(text: str, before: str, after: str) -> str:
    """What stands behind the first `before` and in front of the `after` that follows; "" for none."""
    start = text.find(before)
    if start < 0:
        return ""
    rest = text[start + len(before) :]
    end = rest.find(after)
    return rest[:end] if end >= 0 else ""


def colour_of(numbers: str) -> List[int]:
    """ "128, 0, 128" -> [128, 0, 128]; [] where it is no colour."""
    colour: List[int] = []
    for number in numbers.split(","):
        digits = number.strip()
        if len(digits) == 0 or not digits.isdigit():
            return []
        colour.append(int(digits))
    if len(colour) != 3 or max(colour) > 255:
        return []
    return colour


def mapping_of(prompt: str) -> Dict[str, List[int]]:
    """Every "name": <r, g, b> of a semantic prompt."""
    colours: Dict[str, List[int]] = {}
    for part in prompt.split(">"):
        at = part.rfind("<")
        if at < 0:
            continue
        names = part[:at].split('"')
        colour = colour_of(part[at + 1 :])
        if len(names) >= 3 and len(colour) == 3:
            colours[names[len(names) - 2]] = colour
    return colours


def expression_of(prompt: str) -> str:
    """The words of a referring prompt: "red box" of "… The red box is represented by …"."""
    return between(prompt, "The background is black color. The ", " is represented by ").lower()


def phrase_of(prompt: str) -> str:
    """The words of an instance prompt: "person" of "… Each person is colored differently. …"."""
    return between(prompt, "Each ", " is colored differently").lower()


def background_of(prompt: str) -> List[int]:
    """The background of an instance prompt, black where it states none."""
    colour = colour_of(between(prompt, "RGB(", ")"))
    return colour if len(colour) == 3 else [0, 0, 0]


def named_in(words: str, names: List[str]) -> List[int]:
    """Positions of the names that occur as words: "car" does not occur in "carpet"."""
    spaced = " "
    for letter in words:
        spaced += letter if letter.isalnum() else " "
    spaced += " "
    found: List[int] = []
    for i, name in enumerate(names):
        if " " + name + " " in spaced or " " + name + "s " in spaced:
            found.append(i)
    return found
