"""Regime `hole`: the masked area came back, so the original fills it and continues what is around it."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.blend import composite, distance_outside, membrane
from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.patch import Patch
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push

_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain
_RIM = 3.0  # pixels
_REPLACED = 6.0  # levels: a backdrop that still differs by more once graded was replaced


def into_hole(patch: Patch, look: Look) -> Pixels:
    """Return the window with its hole filled by the graded original; uint8, exact outside hole and rim.

    In front of a replaced backdrop only the person is put back, and the new backdrop goes on behind.
    """
    person = look.apply(patch.original)
    inside, trusted = person, patch.visible
    # Pixels beside the hole may hold some of the fill.
    clear = patch.visible & (distance_outside(patch.hole) > _RIM)
    backdrop = clear & (patch.matte.alpha < _BACKDROP)
    if _was_replaced(patch, person, backdrop):
        inside = _before_backdrop(patch, look, person, backdrop)
        trusted = patch.visible & (patch.matte.alpha > _PERSON)
    hole = _with_rim(patch, inside)
    filled = membrane(inside, patch.edited, hole, trusted, 0.18 * patch.size)
    return composite(np.rint(patch.edited).astype(np.uint8), filled, hole.astype(np.float32))


def _was_replaced(patch: Patch, person: Floats, backdrop: Hidden) -> bool:
    """Whether the background next to the hole is another one than in the photo."""
    if np.count_nonzero(backdrop) < 0.01 * np.count_nonzero(patch.hole) + 20:
        return False
    # Grain and compression average out; another backdrop does not.
    apart = cv2.blur(person - patch.edited, (2 * max(1, round(0.01 * patch.size)) + 1,) * 2)
    return float(np.quantile(np.abs(apart).max(2)[backdrop], 0.6)) > _REPLACED


def _before_backdrop(patch: Patch, look: Look, person: Floats, backdrop: Hidden) -> Floats:
    """Return the person in front of the new background, continued into the hole from around it."""
    behind = pull_push(patch.edited, backdrop.astype(np.float32))
    # Soft edge pixels hold some old background; the person's own color is what the matte found beside them.
    own = cv2.resize(patch.matte.person, patch.hole.shape[::-1], interpolation=cv2.INTER_LINEAR)
    alpha = patch.matte.alpha[..., None]
    pure = np.where(alpha >= 0.99, person, look.apply(np.asarray(own, np.float32)))
    return np.asarray(behind + alpha * (pure - behind), np.float32)


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
