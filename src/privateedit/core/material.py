"""Clothes and hair that the editor changed beside a hole, carried on into it as far as they reach."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.channels import largest_difference
from privateedit.core.completion import completed
from privateedit.core.guided import guided_coefficients
from privateedit.core.mask import Hidden
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced_size, resized, single

_LOOK = 260  # pixels at which materials are told apart
_PERSON = 0.97  # matte value that is certain
_CHANGED, _KEPT = 22.0, 10.0  # levels between the photo and what came back
_AROUND = 0.45  # of the hole's size: how far beside it materials are learned
_FACE = 0.20  # of the hole's size: deeper inside is the face, which keeps its color
_COLOR, _PLACE = 14.0, 0.16  # levels and share of the hole's size in which pixels are alike
_SAMPLES = 400
_FEW = 40  # reduced pixels; fewer teach nothing
_LIKE_ANY = 0.003  # of a sample: what resembles nothing keeps its color
_REDRAWN = 22.0  # levels of misfit: the material has another texture, and is continued instead
_PRIOR = 15.0**2  # variance that a color map must be taught by


@dataclass(frozen=True, eq=False, slots=True)
class _Small:
    """The patch at a reduced size."""

    graded: Floats
    edited: Floats
    changed: Hidden
    kept: Hidden
    hole: Hidden
    size: float


def carried_on(
    graded: Floats, edited: Floats, hole: Hidden, clear: Hidden, alpha: Floats, size: float
) -> Floats:
    """Return `graded` with changed materials carried on into the hole; unchanged where nothing was changed.

    A pixel of the hole belongs to a changed material when it looks more like changed pixels beside the hole
    than like kept ones or the face, and hangs together with them. It takes the material's new color, or,
    where the material has a new texture, that texture.

    Args:
        graded: H×W×3 levels of the photo in the edited picture's look and geometry.
        edited: H×W×3 levels as returned.
        hole: bool H×W.
        clear: bool H×W, visible pixels without any of the hole's fill.
        alpha: float32 H×W, the person's matte; the background has no materials.
        size: of the hole, in pixels.
    """
    person = clear & (alpha > _PERSON)
    small = _small(graded, edited, hole, person, size)
    if np.count_nonzero(small.changed) < _FEW:
        return graded
    share = _share(small)
    if not (share[small.hole] > 0.5).any():
        return graded
    weight = _followed(share, small.graded, graded) * alpha
    before, after = small.graded[small.changed], small.edited[small.changed]
    slope, offset = _color_map(before, after)
    misfit = float(np.median(np.abs(before @ slope + offset - after).max(1)))
    if misfit > _REDRAWN:
        known = person & (resized(single(small.changed), hole.shape) > 0.9)
        wanted = (weight > 0) & hole
        new = completed(edited, known, wanted)
    else:
        new = np.clip(graded @ slope + offset, 0, 255)
    return np.asarray(graded + weight[..., None] * (new - graded), np.float32)


def _small(graded: Floats, edited: Floats, hole: Hidden, person: Hidden, size: float) -> _Small:
    height, width = reduced_size(hole.shape, _LOOK)
    ratio = width / hole.shape[1]
    seen = _sized(single(person), height, width) > 0.99
    shown = _sized(single(hole), height, width) > 0.5
    before, after = (_sized(each, height, width) for each in (graded, edited))
    seen &= distance_outside(shown) <= _AROUND * size * ratio
    # Edges that moved a little are no other material.
    change = largest_difference(single(cv2.blur(before, (3, 3))), single(cv2.blur(after, (3, 3))))
    square = np.ones((3, 3), np.uint8)
    changed = cv2.morphologyEx((seen & (change > _CHANGED)).astype(np.uint8), cv2.MORPH_OPEN, square) > 0
    return _Small(before, after, changed, seen & (change < _KEPT), shown, size * ratio)


def _share(small: _Small) -> Floats:
    """Return 0…1 for each pixel of the hole and beside it: how much it belongs to what was changed."""
    depth = distance_outside(~small.hole)
    features = _features(small)
    face = small.hole & (depth > _FACE * small.size)
    rows, columns = np.nonzero(small.hole & ~face)
    asked = features[rows, columns]
    like_changed = _density(asked, features[small.changed])
    like_kept = _density(asked, features[small.kept]) + _density(asked, features[face], nearness=0.5)
    share = np.zeros(small.hole.shape, np.float32)
    share[rows, columns] = like_changed / (like_changed + like_kept + _LIKE_ANY)
    # What hangs together with the changed pixels outside belongs to them, across a rim that tells nothing.
    beside = cv2.dilate(single(small.changed), np.ones((11, 11), np.uint8)) > 0
    parts = np.where(small.hole, share > 0.5, beside)
    labels = np.asarray(cv2.connectedComponents(parts.astype(np.uint8))[1])
    joined = np.isin(labels, np.unique(labels[small.changed]))
    return single(np.where(small.hole, share, 1) * joined)


def _features(small: _Small) -> Floats:
    down, across = np.indices(small.hole.shape, np.float32)
    place = np.stack([down, across], axis=-1) / (_PLACE * small.size)
    return single(np.concatenate([cv2.blur(small.graded, (3, 3)) / _COLOR, place], axis=-1))


def _density(asked: Floats, samples: Floats, nearness: float = 1.0) -> Floats:
    """Return how many of the samples each asked pixel is like, as a share of all."""
    if not len(samples):
        return np.zeros(len(asked), np.float32)
    scale = np.array([1, 1, 1, nearness, nearness], np.float32)
    some, mine = samples[:: max(1, len(samples) // _SAMPLES)] * scale, asked * scale
    like = mine @ some.T
    like -= single((mine**2).sum(1) / 2)[:, None]
    like -= single((some**2).sum(1) / 2)
    return single(np.exp(np.minimum(like, 0, out=like), out=like).mean(1))


def _followed(share: Floats, small: Floats, full: Floats) -> Floats:
    """Return the share at full size, along the edges of the picture."""
    decided = smoothstep((share - 0.3) / 0.4)
    lines = guided_coefficients(single(small / 255), decided, np.ones_like(share), radius=3, floor=4e-4)
    weight = resized(np.ascontiguousarray(lines[..., 3]), full.shape).copy()
    for channel in range(3):
        weight += single(
            resized(np.ascontiguousarray(lines[..., channel]), full.shape) * full[..., channel] / 255
        )
    reach = single(cv2.dilate(decided, np.ones((5, 5), np.uint8)))
    return single(np.clip((weight - 0.1) / 0.8, 0, 1) * (resized(reach, full.shape) > 0.05))


def _color_map(before: Floats, after: Floats) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return slope 3×3 and offset 3 of the map that explains the change; shading stays where it can."""
    middle, target = np.median(before, axis=0), np.median(after, axis=0)
    x, y = (before - middle).astype(np.float64), (after - target).astype(np.float64)
    prior = np.eye(3)
    change = np.linalg.solve(x.T @ x / len(x) + _PRIOR * np.eye(3), x.T @ (y - x @ prior) / len(x))
    slope = prior + change
    return single(slope), single(target - middle @ slope)


def _sized(plane: Floats, height: int, width: int) -> Floats:
    return single(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))
