"""What the network is taught: one loss for each map that a truth may hold."""

import torch
from network import OFFSET_UNIT, Network
from torch.nn import functional
from vocabulary import NEAREST_M, UNKNOWN

WEIGHTS = {"classes": 1.0, "objects": 1.0, "offsets": 0.5, "colours": 1.0, "kinds": 0.5, "depth": 2.0, "normals": 2.0}
# Thin things are few pixels and count as much as the road: pixels are weighted by
# 1 / share^0.5 of their class among all training pixels, at most so much apart.
MOST_APART = 20.0
OBJECT_WEIGHT = 3.0  # of a pixel of an object, beside 1 of the background


def class_weights(counts: torch.Tensor) -> torch.Tensor:
    share = counts.double() / counts.sum().clamp(min=1)
    weights = share.clamp(min=1e-9).rsqrt()
    weights = weights.clamp(max=float(weights[counts > 0].min()) * MOST_APART)
    return (weights / (weights * share).sum()).float()


def labelled(logits: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor | None) -> torch.Tensor:
    return functional.cross_entropy(logits, labels.long(), weights, ignore_index=UNKNOWN)


def object_loss(logits: torch.Tensor, labels: torch.Tensor, annotated: tuple[int, ...]) -> torch.Tensor:
    """Where a pixel is none of the annotated objects, it may still be one of the others."""
    others = [i for i in range(logits.size(1)) if i not in annotated]
    joined = torch.cat([torch.logsumexp(logits[:, others], 1, keepdim=True), logits[:, list(annotated)]], 1)
    position = torch.zeros(logits.size(1), dtype=torch.int64)
    position[list(annotated)] = torch.arange(len(annotated)) + 1
    labels = labels.long()
    moved = torch.where(labels == UNKNOWN, labels, position[labels.clamp(min=0)])
    return labelled(joined, moved, torch.tensor([1.0] + [OBJECT_WEIGHT] * len(annotated)))


def mean_where(values: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    return (values * known).sum() / known.sum().clamp(min=1)


def predict(network: Network, images: torch.Tensor, wanted: set[str]) -> dict[str, torch.Tensor]:
    """The wanted heads' outputs. In bfloat16, at half the time; losses are taken in float32."""
    out: dict[str, torch.Tensor] = {}
    with torch.autocast("cpu", dtype=torch.bfloat16):
        x = network.features(images.float().contiguous(memory_format=torch.channels_last))
        for name, head in network.named_children():
            if name in wanted:
                out[name] = head(x).float()
    return out


def losses(
    network: Network,
    batch: dict[str, torch.Tensor],
    annotated: tuple[int, ...],
    weights: torch.Tensor,
) -> dict[str, torch.Tensor]:
    said = predict(network, batch["image"], set(batch))
    out: dict[str, torch.Tensor] = {}
    if "classes" in batch:
        out["classes"] = labelled(said["classes"], batch["classes"], weights)
    if "objects" in batch:
        out["objects"] = object_loss(said["objects"], batch["objects"], annotated)
    if "offsets" in batch:
        apart = (said["offsets"] - batch["offsets"] / OFFSET_UNIT).abs().sum(1)
        out["offsets"] = mean_where(apart, batch["objects"] > 0)
    if "colours" in batch:
        out["colours"] = labelled(said["colours"], batch["colours"], None)
        out["kinds"] = labelled(said["kinds"], batch["kinds"], None)
    if "depth" in batch:
        metres = batch["depth"]
        apart = (said["depth"][:, 0] - metres.clamp(min=NEAREST_M).log()).abs()
        out["depth"] = mean_where(apart, metres > 0)
    if "normals" in batch:
        normals = functional.normalize(said["normals"], dim=1)
        known = batch["normals"].abs().sum(1) > 0
        out["normals"] = mean_where((normals - batch["normals"]).pow(2).sum(1).add(1e-6).sqrt(), known)
    return out
