"""Bystanders whom the editor took out: only their hole came back, in the middle of a new backdrop."""

from __future__ import annotations

import numpy as np

from privateedit.core.blend import composite
from privateedit.core.channels import rounded
from privateedit.core.completion import completed
from privateedit.core.look import Look
from privateedit.core.nearby import within
from privateedit.core.patch import Patch
from privateedit.core.photo import Pixels

_RIM = 3.0  # pixels that may hold some of the fill
_RING, _RING_PIXELS = 0.08, 60  # of the hole's size, at least 4 pixels; fewer pixels tell nothing
_SAME = 6.0  # levels
_ALL, _MOST = 0.98, 0.8  # shares of the ring


def taken_out(patch: Patch, look: Look) -> bool:
    """Whether all around the hole is one plain thing that the photo does not show: no neck, no hair.

    `look` is what the photo is given first: a wall that became darker is the same wall.
    """
    ring = patch.visible & within(patch.hole, _RIM + max(4.0, _RING * patch.size)) & ~within(patch.hole, _RIM)
    if np.count_nonzero(ring) < _RING_PIXELS:
        return False
    seen, own = patch.edited[ring], look.apply(patch.original)[ring]
    rows, columns = np.nonzero(ring)
    design = np.column_stack([rows, columns, np.ones(rows.size)]).astype(np.float64)
    plane, *_ = np.linalg.lstsq(design, seen.astype(np.float64), rcond=None)
    plain = np.abs(seen - design @ plane).max(1) < 2 * _SAME
    another = np.abs(seen - own).max(1) > 3 * _SAME
    return bool(plain.mean() > _ALL and another.mean() > _MOST)


def closed_over(patch: Patch) -> Pixels:
    """Return the window with the backdrop closed over the hole; uint8, exact outside the hole's rim."""
    covered = within(patch.hole, _RIM)
    near = within(patch.hole, 0.5 * patch.size) & ~covered & patch.visible
    closed = completed(patch.edited, near, covered)
    return composite(rounded(patch.edited), closed, covered.astype(np.float32))
