"""Regime `hole`: the masked area came back, so the original fills it and continues what is around it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.blend import composite, depth_of, distance_outside, membrane, ring_width, smoothstep
from privateedit.core.channels import largest, rounded
from privateedit.core.completion import completed
from privateedit.core.drawn_over import drawn_over, left_over
from privateedit.core.kept_backdrop import kept_backdrop
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.material import carried_on
from privateedit.core.matte import Matte
from privateedit.core.nearby import around, within
from privateedit.core.observed_matte import cut_off, far_from_person, seen_through
from privateedit.core.patch import Patch
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, resized, single
from privateedit.core.survival import replaced_backdrop

_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain
_RIM = 3.0  # pixels
_SAME = 8.0  # levels
_HALF, _LOOK = 0.06, 400  # of the way from new to old, and pixels at which that is asked
_REACH, _HARD = 0.18, 0.04  # of a hole's size, over which colors meet: usually, and with the hardest blend
_SOFT = 0.9  # of its depth, with the softest: its middle keeps its colors
_SOME = 0.05  # of a replaced backdrop, below which nothing is put behind anybody


def into_hole(patch: Patch, look: Look, blend: float | None = None) -> Pixels:
    """Return the window with its hole filled by the graded original; uint8, exact outside hole and rim.

    In front of a replaced backdrop only the person is put back, and the new backdrop goes on behind. `blend`
    says over how wide a ring inside the outline colors meet, from 0 to 1; None is as wide as usual.
    """
    if not patch.hole.any():
        return rounded(patch.edited)
    graded = look.apply(patch.original)
    drawing = drawn_over(patch.edited, patch.hole, patch.size)
    stray = left_over(patch.edited, graded, patch.hole, patch.size)
    shown = patch.visible & ~within(stray, _RIM)
    if drawing is not None:
        shown &= ~drawing.reach
    inside, trusted, scraps = _inside(patch, look, graded, shown)
    hole = _with_rim(patch, inside) | within(stray, 1)
    reach = _ring(patch, blend)
    done = rounded(patch.edited)
    filled = membrane(inside, patch.edited, hole, trusted, reach)
    weight = np.maximum(hole.astype(np.float32), scraps)
    box = around(weight > 0, 1)
    filled = filled[box] if drawing is None else drawing.cut(box).over(filled[box])
    done[box] = composite(done[box], filled, weight[box])
    return done


def _ring(patch: Patch, blend: float | None) -> float:
    """Return the pixels inwards from the outline over which colors meet."""
    usual = _REACH * patch.size
    if blend is None:
        return usual
    return ring_width(blend, _HARD * patch.size, usual, _SOFT * float(depth_of(patch.hole).max()))


def _inside(patch: Patch, look: Look, graded: Floats, shown: Hidden) -> tuple[Floats, Hidden, Floats]:
    """Return what belongs into the hole, the visible pixels that it must meet, and where it covers scraps."""
    # Pixels beside the hole may hold some of the fill.
    clear = shown & ~within(patch.hole, _RIM)
    replaced = _replaced(patch, graded, clear & (patch.matte.alpha < _BACKDROP))
    whole = replaced.max() <= _SOME
    lost = np.zeros_like(clear) if whole else cut_off(patch, graded, clear, replaced, _reach(patch))
    clear, shown = clear & ~within(lost, 2 * _RIM), shown & ~within(lost, _RIM)
    matte = patch.matte if whole else seen_through(patch, graded, clear, replaced)
    carried = carried_on(graded, patch.edited, patch.hole, clear, matte.alpha, patch.size)
    if whole:
        return carried, shown, np.zeros(shown.shape, np.float32)
    backdrop = clear & (replaced > 0.5) & (matte.alpha < 0.02) & ~_left_standing(patch, graded)
    backdrop &= ~_half_old(patch, graded, backdrop)
    behind, standing = _before_backdrop(patch, matte, look, graded, backdrop)
    standing = standing + (carried - graded)
    scraps = single(_scraps(patch, standing, backdrop) * (replaced > 0.5))
    beside = clear & (matte.alpha < 0.5) & (scraps == 0)
    kept = kept_backdrop(graded, behind, patch.edited, beside, patch.hole, patch.size, 1 - replaced)
    inside = single(standing + kept[..., None] * (carried - standing))
    covers = np.maximum(scraps, _again(patch, lost))
    return inside, shown & ((replaced < _SOME) | (matte.alpha > _PERSON)), covers


def _again(patch: Patch, lost: Hidden) -> Floats:
    """Return 0…1 where what was cut off is put back beyond the hole, no farther than a rim reaches."""
    if not lost.any():
        return np.zeros(lost.shape, np.float32)
    reach = _reach(patch)
    close = smoothstep((reach - distance_outside(patch.hole)) / (0.5 * reach))
    return single(close * smoothstep(1 - distance_outside(lost) / max(0.02 * patch.size, 2)))


def _reach(patch: Patch) -> float:
    """Return how far beyond the hole pixels may change."""
    return float(np.clip(0.03 * patch.size, 8, 24))


def _left_standing(patch: Patch, graded: Floats) -> Hidden:
    """Return where scraps of the old background came back, and what lies close to them."""
    reach = max(1, round(0.02 * patch.size))
    same = largest(np.abs(cv2.blur(graded - patch.edited, (3, 3)))) < _SAME
    scraps = cv2.morphologyEx(same.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.dilate(scraps, np.ones((2 * reach + 1,) * 2, np.uint8)) > 0)


def _half_old(patch: Patch, graded: Floats, backdrop: Hidden) -> Hidden:
    """Return where, close to the hole, the backdrop lies between the new one farther out and the old one."""
    height, width = reduced_size(patch.hole.shape, _LOOK)
    away = distance_outside(patch.hole)
    reach = 2 * np.clip(0.03 * patch.size, 8, 24)
    clean = backdrop & (away > reach)
    if not clean.any():
        return np.zeros_like(backdrop)
    known = _small(single(clean), height, width)
    seen = _small(single(patch.edited * clean[..., None]), height, width)
    new = pull_push(single(seen / np.maximum(known, 1e-6)[..., None]), known)
    before, after = (_small(each, height, width) for each in (graded, patch.edited))
    line, apart = before - new, after - new
    length = np.maximum(np.einsum("ijk,ijk->ij", line, line), 1)
    along = np.einsum("ijk,ijk->ij", apart, line) / length
    off = np.abs(apart - along[..., None] * line).max(2)
    half = (along > _HALF) & (along * np.sqrt(length) > _SAME) & (off < _SAME)
    wide = cv2.dilate(half.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.asarray((resized(wide, backdrop.shape) > 0.1) & (away <= reach))


def _scraps(patch: Patch, behind: Floats, backdrop: Hidden) -> Floats:
    """Return 0…1 where thin scraps of the old background touch the hole: what is put back would meet them.

    They end where a rim ends at the latest; a larger rest, cut there, would show. There are none where
    anybody may be near.
    """
    if not backdrop.any():
        return np.zeros(patch.hole.shape, np.float32)
    reach = np.clip(0.03 * patch.size, 8, 24)
    apart = cv2.blur(np.abs(behind - patch.edited).max(2), (3, 3))
    away = distance_outside(patch.hole)
    rests = (apart > _SAME) & (away > 0) & (away <= 2 * reach)
    labels = np.asarray(cv2.connectedComponents(rests.astype(np.uint8))[1])
    small = ~np.isin(labels, np.unique(labels[rests & (away > reach)]))
    close = smoothstep((reach - away) / (0.5 * reach))
    return single(close * smoothstep((apart - _SAME) / _SAME) * (far_from_person(patch) & small))


def _replaced(patch: Patch, graded: Floats, backdrop: Hidden) -> Floats:
    """Return where the background next to the hole is another one than in the photo, 0…1."""
    if np.count_nonzero(backdrop) < 0.01 * np.count_nonzero(patch.hole) + 20:
        return np.zeros(patch.hole.shape, np.float32)
    return replaced_backdrop(graded, patch.edited, backdrop, patch.size)


def _before_backdrop(
    patch: Patch, matte: Matte, look: Look, graded: Floats, backdrop: Hidden
) -> tuple[Floats, Floats]:
    """Return the new background, continued into the hole from around it, and the person in front of it."""
    if not backdrop.any():
        return graded, graded
    near = within(patch.hole, 30)
    behind = completed(patch.edited, backdrop, near & ~backdrop & (matte.alpha < 0.995))
    alpha = matte.alpha[..., None]
    pure = np.where(alpha >= 0.99, graded, look.apply(_own_colors(patch.original, matte)))
    return behind, single(behind + alpha * (pure - behind))


def _own_colors(original: Floats, matte: Matte) -> Floats:
    """Return the person's own colors: soft edge pixels hold some of the old background.

    Blurred estimates plus the residual, as in Forte, Approximate Fast Foreground Colour Estimation,
    ICIP 2021.
    """
    size = original.shape[1::-1]
    person, behind = (
        np.asarray(cv2.resize(each, size, interpolation=cv2.INTER_LINEAR), np.float32)
        for each in (matte.person, matte.background)
    )
    alpha = matte.alpha[..., None]
    rest = original - alpha * person - (1 - alpha) * behind
    return np.asarray(np.clip(person + alpha * rest, 0, 255), np.float32)


def _small(plane: Floats, height: int, width: int) -> Floats:
    return single(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA))


def _with_rim(patch: Patch, inside: Floats) -> Hidden:
    """Return the hole widened by the rim that resampling and compression mixed with the fill.

    The rim ends where nine tenths of the pixels differ from the original no more than farther out.
    """
    reach = int(np.clip(0.03 * patch.size, 8, 24))
    box = around(patch.hole, reach + 1)
    distance = distance_outside(patch.hole[box])
    beside = np.nonzero((distance > 0) & (distance <= reach) & patch.visible[box])
    step = np.ceil(distance[beside]).astype(int) - 1
    apart = np.abs(inside[box][beside] - patch.edited[box][beside]).mean(1)
    # Texture hides a rim that a plain backdrop shows, so each is asked for itself.
    person = patch.matte.alpha[box][beside] > _PERSON
    width = max(_rim_width(apart[part], step[part], reach) for part in (person, ~person))
    # One pixel more than needed costs nothing; one too few leaves a dashed line.
    rim = patch.hole.copy()
    rim[box] = distance <= (width + 1 if width else 0)
    return rim


def _rim_width(apart: Floats, steps: NDArray[np.int_], reach: int) -> int:
    """Return where the rim ends, from how far pixels in rings of one pixel's width are from the original."""
    if len(steps) < 12 * reach:
        return 0
    rings = [apart[steps == step] for step in range(reach)]
    profile = [float(np.quantile(ring, 0.9)) if ring.size else 0.0 for ring in rings]
    settled = 1.15 * float(np.median(profile[reach // 2 :])) + 3.0
    return next((step for step in range(reach) if max(profile[step : step + 2]) <= settled), 0)
