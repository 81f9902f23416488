"""Replace the background before anything leaves: what is not the person becomes one color.

Who is person is read from the masked picture alone, with a mannequin drawn into its holes so that a segmenter
sees heads. The edge is kept coarse: it follows the body, not the hair.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from privateedit.core.conceal import RGB, Backdrop, MaskedPhoto
from privateedit.core.guide import Guide
from privateedit.core.mask import Hidden, Mask
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.scale import reduced, resized
from privateedit.errors import Refused

_LOOK = 512  # pixels the segmenter is shown
_PERSON = 0.5
_SMOOTH = 0.012  # of the longer side; hair and fingers end at this scale
_SCRAP = 0.1  # of the largest person: smaller islands are nobody


def backdrop_behind(
    masked: MaskedPhoto, guides: Sequence[Guide], segmenter: PersonSegmenter, color: RGB
) -> Backdrop:
    """Return the area to replace: everything that is neither person nor mask.

    Raises:
        Refused: no person can be told from the background.
    """
    shown = masked.pixels.copy()
    _draw_heads(shown, masked, guides)
    small = reduced(shown, _LOOK)
    person = _smooth_person(segmenter.segment(small) > _PERSON)
    hidden = masked.mask.hidden
    whole = resized(person.astype(np.float32), hidden.shape) > 0.5
    if not whole.any():
        raise Refused("No person can be told from the background, so the background cannot be replaced.")
    return Backdrop(Mask(~whole & ~hidden), color)


def _draw_heads(pixels: Pixels, masked: MaskedPhoto, guides: Sequence[Guide]) -> None:
    rows, columns = masked.mask.bounds
    part = pixels[rows, columns]
    drawn = part.copy()
    for guide in guides:
        guide.moved(-columns.start, -rows.start).draw(drawn)
    inside = masked.mask.hidden[rows, columns]
    part[inside] = drawn[inside]


def _smooth_person(person: Hidden) -> Hidden:
    reach = max(1, round(_SMOOTH * max(person.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    opened = cv2.morphologyEx(
        person.astype(np.uint8), cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_REPLICATE
    )
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(opened)
    areas = np.asarray(boxes)[1:count, cv2.CC_STAT_AREA]
    if not areas.size:
        return np.zeros_like(person)
    kept = np.concatenate([[False], areas >= _SCRAP * areas.max()])
    return np.asarray(kept[np.asarray(labels)], np.bool_)
