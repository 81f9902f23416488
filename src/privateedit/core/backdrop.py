"""Replace the background before anything leaves: what is not the person becomes one color.

Who is person is read from the masked picture alone, with a mannequin drawn into its holes so that a segmenter
sees heads. The edge is kept coarse: it follows the body, not the hair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from privateedit.core.conceal import RGB, Backdrop, MaskedPhoto
from privateedit.core.guide import Guide
from privateedit.core.mask import Hidden, Mask
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced, reduced_mask, resized
from privateedit.core.silhouette import silhouette
from privateedit.errors import Refused

_LOOK = 512  # pixels the segmenter is shown
_PERSON = 0.5
_SMOOTH = 0.012  # of the longer side; hair and fingers end at this scale
_TONE = "tan"  # a grey head is nobody to a segmenter
_BODIES, _SMALLEST = 12, 24  # looked at by themselves, largest first; pixels
_CLOSE_UP = 0.5  # hidden share of a picture that shows a head and nobody's body
_SCRAP = 0.1  # of the largest person: smaller islands are nobody


def backdrop_behind(
    masked: MaskedPhoto, guides: Sequence[Guide], segmenter: PersonSegmenter, color: RGB
) -> Backdrop:
    """Return the area to replace: everything that is neither person nor mask. In a close-up, all of it.

    Raises:
        Refused: no person can be told from the background.
    """
    hidden = masked.mask.hidden
    guess = _people(masked, guides, segmenter)
    person = _smooth_person(guess > _PERSON)
    whole = resized(person.astype(np.float32), hidden.shape) > 0.5
    if not whole.any() and masked.mask.fraction < _CLOSE_UP:
        raise Refused(
            "No person can be told from the background, so the background cannot be replaced; "
            "--backdrop keep leaves it."
        )
    return Backdrop(Mask(~whole & ~hidden), color)


def _people(masked: MaskedPhoto, guides: Sequence[Guide], segmenter: PersonSegmenter) -> Floats:
    """Return a coarse matte of everybody: the whole picture, and each body by itself.

    A segmenter trained on selfies sees little of people who are small in the picture.
    """
    with_head, with_hole = _views(masked, guides)
    matte = silhouette(with_head, with_hole, segmenter)
    ratio = with_head.shape[1] / masked.pixels.shape[1]
    placed = sorted((guide.scaled(ratio) for guide in guides), key=lambda each: -each.half_height)
    for guide in placed[:_BODIES]:
        body = _body(guide, matte.shape)
        parts = [np.ascontiguousarray(picture[body]) for picture in (with_head, with_hole)]
        if min(parts[0].shape[:2]) >= _SMALLEST and parts[0].shape != with_head.shape:
            matte[body] = np.maximum(matte[body], silhouette(parts[0], parts[1], segmenter))
    return matte


def _body(guide: Guide, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Return the rows and columns in which the body below a head lies, cut at the frame."""
    x, y, half = guide.x, guide.y, guide.half_height
    rows = slice(max(0, round(y - 2.2 * half)), max(0, min(shape[0], round(y + 7 * half))))
    columns = slice(max(0, round(x - 4.2 * half)), max(0, min(shape[1], round(x + 4.2 * half))))
    return rows, columns


def _views(masked: MaskedPhoto, guides: Sequence[Guide]) -> tuple[Pixels, Pixels]:
    """Return the reduced picture with heads before continued surroundings, and the same with dark holes."""
    picture = reduced(masked.pixels, _LOOK)
    hole = reduced_mask(masked.mask.hidden, _LOOK)
    behind = pull_push(picture.astype(np.float32), (~hole).astype(np.float32))
    drawn = np.where(hole[..., None], np.clip(np.rint(behind), 0, 255).astype(np.uint8), picture)
    for guide in guides:
        placed = guide.scaled(picture.shape[1] / masked.pixels.shape[1])
        replace(placed, tone=_TONE).draw(drawn)
    with_head = np.where(hole[..., None], drawn, picture)
    return with_head, np.where(hole[..., None], np.uint8(0), picture)


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
