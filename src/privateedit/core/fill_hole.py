"""Regime `hole`: the masked area came back, so the original fills it and continues what is around it."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import composite, distance_outside, membrane, smoothstep
from privateedit.core.completion import completed
from privateedit.core.drawn_over import drawn_over, left_over
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.material import carried_on
from privateedit.core.matte import Matte
from privateedit.core.observed_matte import far_from_person, seen_through
from privateedit.core.patch import Patch
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced_size, resized, single
from privateedit.core.survival import replaced_backdrop

_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain
_RIM = 3.0  # pixels
_SAME = 8.0  # levels
_HALF, _LOOK = 0.06, 400  # of the way from new to old, and pixels at which that is asked
_ALL, _MOST, _RING_PIXELS = 0.98, 0.8, 60  # shares of a ring around the hole; and fewer tell nothing
_SOME = 0.05  # of a replaced backdrop, below which nothing is put behind anybody


def into_hole(patch: Patch, look: Look) -> Pixels:
    """Return the window with its hole filled by the graded original; uint8, exact outside hole and rim.

    In front of a replaced backdrop only the person is put back, and the new backdrop goes on behind. Where a
    plain new backdrop surrounds the whole hole, its person was taken out of the picture, and a face would
    float: the backdrop is closed instead.
    """
    graded = look.apply(patch.original)
    if _nobody_left(patch, graded):
        return _without(patch)
    drawing = drawn_over(patch.edited, patch.hole, patch.size)
    stray = left_over(patch.edited, graded, patch.hole, patch.size)
    shown = patch.visible & (distance_outside(stray) > _RIM if stray.any() else ~stray)
    if drawing is not None:
        shown &= ~drawing.reach
    inside, trusted, scraps = _inside(patch, look, graded, shown)
    hole = _with_rim(patch, inside) | (distance_outside(stray) <= 1 if stray.any() else stray)
    filled = membrane(inside, patch.edited, hole, trusted, 0.18 * patch.size)
    if drawing is not None:
        filled = drawing.over(filled)
    weight = np.maximum(hole.astype(np.float32), scraps)
    return composite(np.rint(patch.edited).astype(np.uint8), filled, weight)


def _nobody_left(patch: Patch, graded: Floats) -> bool:
    """Whether all around the hole is one plain thing that the photo does not show: no neck, no hair."""
    away = distance_outside(patch.hole)
    ring = patch.visible & (away > _RIM) & (away <= _RIM + max(4.0, 0.08 * patch.size))
    if np.count_nonzero(ring) < _RING_PIXELS:
        return False
    seen, own = patch.edited[ring], graded[ring]
    rows, columns = np.nonzero(ring)
    design = np.column_stack([rows, columns, np.ones(rows.size)]).astype(np.float64)
    plane, *_ = np.linalg.lstsq(design, seen.astype(np.float64), rcond=None)
    plain = np.abs(seen - design @ plane).max(1) < 2 * _SAME
    another = np.abs(seen - own).max(1) > 3 * _SAME
    return bool(plain.mean() > _ALL and another.mean() > _MOST)


def _without(patch: Patch) -> Pixels:
    """Return the window with the backdrop closed over the hole."""
    away = distance_outside(patch.hole)
    covered = away <= _RIM
    closed = completed(patch.edited, (away > _RIM) & (away <= 0.5 * patch.size) & patch.visible, covered)
    return composite(np.rint(patch.edited).astype(np.uint8), closed, covered.astype(np.float32))


def _inside(patch: Patch, look: Look, graded: Floats, shown: Hidden) -> tuple[Floats, Hidden, Floats]:
    """Return what belongs into the hole, the visible pixels that it must meet, and where it covers scraps."""
    # Pixels beside the hole may hold some of the fill.
    clear = shown & (distance_outside(patch.hole) > _RIM)
    replaced = _replaced(patch, graded, clear & (patch.matte.alpha < _BACKDROP))
    whole = replaced.max() <= _SOME
    matte = patch.matte if whole else seen_through(patch, graded, clear, replaced)
    carried = carried_on(graded, patch.edited, patch.hole, clear, matte.alpha, patch.size)
    if whole:
        return carried, shown, np.zeros(shown.shape, np.float32)
    backdrop = clear & (replaced > 0.5) & (matte.alpha < 0.02) & ~_left_standing(patch, graded)
    backdrop &= ~_half_old(patch, graded, backdrop)
    standing = _before_backdrop(patch, matte, look, graded, backdrop) + (carried - graded)
    inside = np.asarray(carried + replaced[..., None] * (standing - carried), np.float32)
    scraps = _scraps(patch, standing, backdrop) * (replaced > 0.5)
    return inside, shown & ((replaced < _SOME) | (matte.alpha > _PERSON)), scraps


def _left_standing(patch: Patch, graded: Floats) -> Hidden:
    """Return where scraps of the old background came back, and what lies close to them."""
    reach = max(1, round(0.02 * patch.size))
    same = np.abs(cv2.blur(graded - patch.edited, (3, 3))).max(2) < _SAME
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
    """Return 0…1 where scraps of the old background touch the hole: what is put back would run into them.

    They fade out where a rim ends at the latest, and are none where anybody may be near.
    """
    if not backdrop.any():
        return np.zeros(patch.hole.shape, np.float32)
    reach = np.clip(0.03 * patch.size, 8, 24)
    apart = cv2.blur(np.abs(behind - patch.edited).max(2), (3, 3))
    close = smoothstep((reach - distance_outside(patch.hole)) / (0.5 * reach))
    return np.asarray(close * smoothstep((apart - _SAME) / _SAME) * far_from_person(patch), np.float32)


def _replaced(patch: Patch, graded: Floats, backdrop: Hidden) -> Floats:
    """Return where the background next to the hole is another one than in the photo, 0…1."""
    if np.count_nonzero(backdrop) < 0.01 * np.count_nonzero(patch.hole) + 20:
        return np.zeros(patch.hole.shape, np.float32)
    return replaced_backdrop(graded, patch.edited, backdrop, patch.size)


def _before_backdrop(patch: Patch, matte: Matte, look: Look, graded: Floats, backdrop: Hidden) -> Floats:
    """Return the person in front of the new background, continued into the hole from around it."""
    if not backdrop.any():
        return graded
    near = distance_outside(patch.hole) <= 30
    behind = completed(patch.edited, backdrop, near & ~backdrop & (matte.alpha < 0.995))
    alpha = matte.alpha[..., None]
    pure = np.where(alpha >= 0.99, graded, look.apply(_own_colors(patch.original, matte)))
    return np.asarray(behind + alpha * (pure - behind), np.float32)


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
    distance = distance_outside(patch.hole)
    reach = int(np.clip(0.03 * patch.size, 8, 24))
    apart = np.abs(inside - patch.edited).mean(2)
    # Texture hides a rim that a plain backdrop shows, so each is asked for itself.
    person = patch.matte.alpha > _PERSON
    widths = [_rim_width(apart, patch.visible & part, distance, reach) for part in (person, ~person)]
    width = max(widths)
    # One pixel more than needed costs nothing; one too few leaves a dashed line.
    return np.asarray(distance <= (width + 1 if width else 0))


def _rim_width(apart: Floats, usable: Hidden, distance: Floats, reach: int) -> int:
    rings = [usable & (distance > step) & (distance <= step + 1) for step in range(reach)]
    if sum(np.count_nonzero(ring) for ring in rings) < 12 * reach:
        return 0
    profile = [float(np.quantile(apart[ring], 0.9)) if ring.any() else 0.0 for ring in rings]
    settled = 1.15 * float(np.median(profile[reach // 2 :])) + 3.0
    return next((step for step in range(reach) if max(profile[step : step + 2]) <= settled), 0)
