"""Where a person is in a picture whose face is missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.scale import single

MARGINS = (0.0, 0.3, 0.6)
"""Of the picture's size, around it."""


def silhouette(
    with_head: Pixels,
    with_hole: Pixels,
    segmenter: PersonSegmenter,
    margins: Sequence[float] = MARGINS,
) -> Floats:
    """Return a coarse float32 H×W matte in [0, 1]: the median of what a segmenter says to several views.

    A segmenter trained on selfies wants to see a head. Measured on 19 portraits with the face hidden, the
    overlap with the matte of the open picture was 0.76 for a smoothly filled hole, 0.88 for a drawn
    mannequin, and 0.91 for the median over stand-ins and over framings wider than the picture.

    Args:
        with_head: H×W×3 uint8 RGB with a head drawn where the face was.
        with_hole: the same with a dark hole there.
        segmenter: tells person from background.
        margins: the framings, as shares of the picture's size around it.
    """
    views = [_asked(segmenter, with_head, margin) for margin in margins]
    views.append(_asked(segmenter, with_hole, 0.0))
    return single(np.median(np.stack(views), axis=0))


def _asked(segmenter: PersonSegmenter, picture: Pixels, margin: float) -> Floats:
    """Return the segmenter's float32 matte of `picture`, shown within a border of `margin` of its size."""
    height, width = picture.shape[:2]
    top, side = round(margin * height), round(margin * width * 2 / 3)
    wide = picture
    if margin:
        wide = np.pad(picture, ((top, 0), (side, side), (0, 0)), mode="edge")
    matte = np.asarray(segmenter.segment(np.ascontiguousarray(wide)), np.float32)
    matte = matte[top : top + height, side : side + width]
    return single(np.clip(np.nan_to_num(matte), 0, 1))
