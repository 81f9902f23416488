"""Where the open photo shows somebody: what a new backdrop leaves as it was."""

from __future__ import annotations

import cv2
import numpy as np

from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.scale import reduced
from privateedit.core.similarity import Matrix, compose, scaling, warp_area

_SEGMENTED = 512  # pixels along the longer side
_OUTLINE = 1 / 64  # of a grid: how far beyond the person its outline may lie


def person_in(pixels: Pixels, segmenter: PersonSegmenter) -> Hidden:
    """Return where a picture shows somebody, h×w bool in a reduced size."""
    return np.asarray(segmenter.segment(reduced(pixels, _SEGMENTED)) > 0.5)


def on_grid(person: Hidden, shape: tuple[int, ...], to_grid: Matrix, window: tuple[slice, slice]) -> Hidden:
    """Return where a grid shows somebody, the outline included.

    Args:
        person: h×w bool, the photo in any size.
        shape: of the photo.
        to_grid: 2×3, photo to grid.
        window: rows and columns of the grid.
    """
    in_photo = scaling(shape[1] / person.shape[1], shape[0] / person.shape[0])
    seen = warp_area(person, compose(to_grid, in_photo), window).astype(np.uint8)
    reach = round(_OUTLINE * (window[0].stop - window[0].start))
    return np.asarray(cv2.dilate(seen, np.ones((2 * reach + 1,) * 2, np.uint8))).astype(bool)
