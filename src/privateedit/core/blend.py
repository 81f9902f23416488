"""Compositing: seams that cannot be seen, and pixels outside that are not touched."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.channels import rounded
from privateedit.core.mask import Hidden
from privateedit.core.nearby import around as box_around
from privateedit.core.nearby import within
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, single

_OTHER_OBJECT = 40.0  # levels


def membrane(inside: Floats, around: Floats, hole: Hidden, trusted: Hidden, reach: float) -> Floats:
    """Return `inside` shifted so that it meets `around` along the hole's edge.

    The low-frequency difference seen on `trusted` pixels next to the hole is carried inwards and fades over
    `reach` pixels, so the middle keeps its color. Differences beyond 40 levels are taken for another object.
    """
    rows, columns = np.nonzero(trusted & ~hole & within(hole, max(2.0, 0.25 * reach)))
    seen = around[rows, columns] - inside[rows, columns]
    alike = np.abs(seen).max(1) < _OTHER_OBJECT if len(rows) else np.zeros(0, np.bool_)
    if np.count_nonzero(alike) < 8:
        return inside
    near, difference = np.zeros(hole.shape, np.float32), np.zeros_like(inside)
    near[rows[alike], columns[alike]] = 1
    difference[rows[alike], columns[alike]] = seen[alike]
    carried, evidence = _carried(difference, near, reach)
    fade = (1 - smoothstep(depth_of(hole) / max(reach, 1.0))) * evidence
    return np.asarray(inside + carried * fade[..., None], np.float32)


def _carried(difference: Floats, near: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return the difference, 0 but where it is near, spread everywhere; and how near evidence is (0–1).

    It is smooth, so a reduced size loses nothing.
    """
    full = near.shape
    longest = max(16, round(max(full) * min(1.0, 12 / max(reach, 1.0))))
    height, width = reduced_size(full, longest)
    known = _resized(near, width, height)
    weighted = _resized(difference, width, height)
    values = np.asarray(weighted / np.maximum(known, 1e-6)[..., None], np.float32)
    estimate = pull_push(values, np.minimum(known * 4, np.float32(1.0)))
    ratio = width / full[1]
    evidence = np.asarray(cv2.GaussianBlur(known, (0, 0), max(1.0, 0.5 * reach * ratio)), np.float32)
    evidence = np.minimum(evidence / max(float(evidence.max()), 1e-6) * 4, 1.0)
    return _resized(estimate, full[1], full[0]), _resized(evidence, full[1], full[0])


def _resized(plane: Floats, width: int, height: int) -> Floats:
    shrinking = width < plane.shape[1]
    mode = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(plane, (width, height), interpolation=mode), np.float32)


def smoothstep(values: NDArray[np.floating]) -> Floats:
    """Map 0…1 to a curve that leaves 0 and reaches 1 flat; values beyond are clamped."""
    clamped = np.clip(values, 0.0, 1.0)
    rest = 3 - 2 * clamped
    clamped *= clamped
    clamped *= rest
    return np.asarray(clamped, np.float32)


def ring_width(blend: float | None, narrowest: float, usual: float, widest: float) -> float:
    """Return the width of a blend: `narrowest` at 0, `widest` at 1, and `usual` half way and without a wish.

    Widths are felt as ratios, so what lies between is interpolated between their logarithms. Where there is
    no room, none is wider than `widest`.
    """
    if blend is None:
        return usual
    steps = np.log(np.maximum(np.minimum([narrowest, usual, widest], widest), 1e-6))
    return float(np.exp(np.interp(blend, [0.0, 0.5, 1.0], steps)))


def composite(edited: Pixels, blended: Floats, alpha: Floats) -> Pixels:
    """Return uint8 pixels: `blended` weighted by `alpha`, and exactly `edited` where alpha is 0."""
    base = edited.astype(np.float32)
    mixed = single(base + alpha[..., None] * (blended - base))
    return np.where((alpha > 0)[..., None], rounded(mixed), edited)


def depth_of(hole: Hidden, frame: bool = False) -> NDArray[np.float32]:
    """Return each hole pixel's depth in pixels; the frame's border is an edge only if `frame` says so."""
    depth = np.zeros(hole.shape, np.float32)
    box = box_around(hole, 1)  # what is nearest to a pixel inside lies no farther out
    if depth[box].size:
        border = cv2.BORDER_CONSTANT if frame else cv2.BORDER_REPLICATE
        padded = cv2.copyMakeBorder(hole[box].astype(np.uint8), 1, 1, 1, 1, border, value=(0,))
        depth[box] = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    return depth


def distance_outside(area: Hidden) -> Floats:
    """Return each pixel's distance to `area` in pixels, 0 inside."""
    outside = (~area).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
