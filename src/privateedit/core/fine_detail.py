"""The detail that only the photo has: a result worked out at the edited picture's size, at a larger one.

Aligning, matting and blending see what came back at its own size, where compression and the fill's rim are
as wide as they were made. What the photo knows beyond that is added afterwards, as the finest bands of a
Laplacian pyramid (Burt & Adelson, A Multiresolution Spline, 1983), wherever the result shows the original.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.beside import side_by_side
from privateedit.core.blend import depth_of
from privateedit.core.mask import Hidden
from privateedit.core.patch import Window, window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single
from privateedit.core.similarity import Matrix, compose, inverse, scale_of, scaling, warp, warp_area

_FINE = 2.0  # pixels of the edited picture; what is finer is compared to tell where the original is
_NOISE = 0.1  # variance in levels² that rounding alone makes
_UNLIKE, _LIKE = 0.2, 0.6  # share of the original's fine detail that the result shows
_MOST = 1.25
_CLOSE = 0.03  # of a region's size: how far around the hole a blend may reach
_ROWS = 128  # that are worked on at a time, so that what is between lies in the processor's cache
_FEATHER = 0.02  # of a region's size, over which detail fades out


@dataclass(frozen=True, eq=False, slots=True)
class Draft:
    """A result at the edited picture's size.

    Attributes:
        edited: what came back, H×W×3 uint8.
        restored: the same with the faces in it.
    """

    edited: Pixels
    restored: Pixels


def with_detail(draft: Draft, canvas: Pixels, photo: Photo, placements: Sequence[Placement]) -> Pixels:
    """Return `canvas`, the draft enlarged, with the photo's own detail where the draft shows the photo.

    The result takes `canvas` over, which is written into: large pictures are not copied.

    Where the draft is the original to within a level, the result is the photo's pixels, bit for bit when the
    placement copies by whole pixels. Where the draft is what came back, `canvas` stays as it is.

    Args:
        draft: the result and what came back, at the size of the latter.
        canvas: `draft.restored` enlarged, H×W×3 uint8; the caller gives it away.
        photo: the original.
        placements: where the original goes in `canvas`.
    """
    stretch = scaling(canvas.shape[1] / draft.edited.shape[1], canvas.shape[0] / draft.edited.shape[0])
    given = np.zeros(draft.edited.shape[:2], np.float32)
    for placement in placements:
        _add(canvas, given, draft, photo, placement, stretch)
    canvas.flags.writeable = False  # so that the result takes it over without a copy
    return canvas


def _add(
    result: Pixels, given: Floats, draft: Draft, photo: Photo, placement: Placement, stretch: Matrix
) -> None:
    matrix = placement.alignment.matrix
    large = window_of(placement, result.shape, context=_CLOSE)
    small = _around(large, stretch, given.shape)
    if large[0].stop <= large[0].start or large[1].stop <= large[1].start:
        return
    coarse = warp(photo.pixels, compose(inverse(stretch), matrix), small)
    shown = draft.restored[small]
    share = _share_shown(shown, coarse, _own(draft, placement, small, stretch))
    share = np.clip(share - given[small], 0, None)
    given[small] += share
    same = (np.abs(shown.astype(np.int16) - coarse).max(2) <= 1) & (share > 0.95)
    same = cv2.erode(same.astype(np.uint8), np.ones((5, 5), np.uint8), borderValue=0) > 0
    onto = compose(stretch, np.array([[1.0, 0.0, small[1].start], [0.0, 1.0, small[0].start]]))
    fine, far = warp(photo.pixels, matrix, large), warp(coarse, onto, large)
    spread, exact = single(warp(share, onto, large)), warp_area(same, onto, large)
    target = result[large]

    def detailed(rows: slice) -> Pixels:
        return _detailed(target[rows], fine[rows], far[rows], spread[rows], exact[rows])

    strips = [slice(top, top + _ROWS) for top in range(0, len(target), _ROWS)]
    for rows, made in zip(strips, side_by_side(detailed, strips), strict=True):
        target[rows] = made


def _detailed(shown: Pixels, fine: Pixels, coarse: Pixels, share: Floats, same: Hidden) -> Pixels:
    """Return a few rows with a `share` of what only `fine` has, and exactly that where it is the `same`."""
    missing = cv2.subtract(fine, coarse, dtype=cv2.CV_32F)
    missing = cv2.multiply(missing, cv2.merge([np.maximum(share, 0)] * 3), dst=missing)
    added = cv2.add(shown, missing, dtype=cv2.CV_8U)
    return np.asarray(cv2.copyTo(fine, same.view(np.uint8), added), np.uint8)


def _around(large: Window, stretch: Matrix, shape: tuple[int, ...]) -> Window:
    """Return the window of the edited picture that holds `large`, with room for the kernel."""
    rows, columns = (
        slice(
            max(0, int(side.start / zoom) - 8),
            min(limit, int(np.ceil(side.stop / zoom)) + 8),
        )
        for side, zoom, limit in zip(large, (stretch[1, 1], stretch[0, 0]), shape, strict=True)
    )
    return rows, columns


def _own(draft: Draft, placement: Placement, small: Window, stretch: Matrix) -> Floats:
    """Return 1 where this placement may have changed the picture, fading to 0 towards what was left alone."""
    matrix = compose(inverse(stretch), placement.alignment.matrix)
    rows, columns = placement.region.window
    region = compose(matrix, np.array([[1.0, 0.0, columns.start], [0.0, 1.0, rows.start]]))
    hole = warp_area(placement.region.hidden, region, small)
    size = placement.region.size * scale_of(matrix)
    near = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5) <= _CLOSE * size
    changed = (draft.edited[small] != draft.restored[small]).any(2)
    # A pixel that came out as it was by chance is part of the blend all the same.
    closed = cv2.morphologyEx(changed.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    blended = (closed > 0) & near
    depth = depth_of(blended)
    return single(np.clip(depth / max(2.0, _FEATHER * size), 0, 1))


def _share_shown(shown: Pixels, coarse: Pixels, own: Floats) -> Floats:
    """Return how much of the original's fine detail the draft shows: a local regression of brightness."""
    there, here = (_fine(each) for each in (coarse, shown))
    around = max(_FINE, 0.01 * float(np.sqrt(np.count_nonzero(own) + 1)))
    together = cv2.GaussianBlur(there * here, (0, 0), around)
    alone = cv2.GaussianBlur(there * there, (0, 0), around)
    gain = np.clip(together / (alone + _NOISE), 0, _MOST)
    trust = np.clip((gain - _UNLIKE) / (_LIKE - _UNLIKE), 0, 1)
    return single(own * trust * gain)


def _fine(pixels: Pixels) -> Floats:
    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return single(gray - cv2.GaussianBlur(gray, (0, 0), _FINE))
