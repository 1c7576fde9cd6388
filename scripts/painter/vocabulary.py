"""The words and numbers that the painter's training and its scripted module share."""

# What a pixel of a street can be, by the names that prompts use (Cityscapes, trainId order).
CLASSES = [
    "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign",
    "vegetation", "terrain", "sky", "person", "rider", "car", "truck", "bus", "train", "motorcycle",
    "bicycle",
]
NOTHING = len(CLASSES)  # one more output: none of these
# Cityscapes label ids in the same order.
LABEL_IDS = [7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]

# What can be counted: output i + 1 of the object head, output 0 is "no object".
OBJECTS = ["person", "rider", "car", "bus", "bicycle"]
OBJECT_LABEL_IDS = [24, 25, 26, 28, 33]

# What a referring expression can name: output i + 1 of two heads, output 0 is the background.
COLOURS = ["blue", "green", "purple", "red", "white", "yellow"]
KINDS = ["box", "hexagon", "triangle"]

UNKNOWN = -1  # of a class, object, colour or kind: the truth does not say

# The network sees frames of at most so many pixels, sides padded to a multiple of STRIDE.
MOST_PIXELS = 36000
STRIDE = 16

# Depth is learned as log metres between these; the sky is as far as the far end.
NEAREST_M = 0.3
FARTHEST_M = 300.0
