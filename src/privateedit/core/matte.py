"""Who is person and who is background, to the hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.guided import guided_coefficients
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced, reduced_mask, resized, single

_WORK = 1400


@dataclass(frozen=True, eq=False, slots=True)
class Matte:
    """Person and background, apart.

    Attributes:
        alpha: float32 H×W in [0, 1] at the picture's size, 1 where only the person is seen.
        person: uint8 h×w×3, a reduced picture of the person's colors, continued past the outline.
        background: uint8 h×w×3, the same for the background.
        found: whether there is a person at all.
    """

    alpha: Floats
    person: Pixels
    background: Pixels
    found: bool


def sharpened(
    pixels: Pixels, guess: Floats, anchor: Hidden, unknown: Hidden | None = None, scale: float = 1.0
) -> Matte:
    """Return the matte that a coarse guess becomes when it follows the edges of the picture.

    Args:
        pixels: H×W×3 RGB.
        guess: float32 matte of any size, as segmenters give it.
        anchor: bool H×W; of several separate persons or scraps, those that touch it are kept in any case.
        unknown: bool H×W pixels that show nothing of the scene; they have no influence.
        scale: size of the person's edges relative to those of a portrait that fills the picture.
    """
    blank = np.zeros(pixels.shape[:2], np.bool_) if unknown is None else unknown
    work, missing = reduced(pixels, _WORK), reduced_mask(blank, _WORK)
    visible = (~missing).astype(np.float32)
    picture = work.astype(np.float32)
    near = reduced_mask(anchor, _WORK)
    sure = _near_outline(resized(guess, work.shape), near, scale)
    alpha = _projected(picture, visible, sure, scale)
    coefficients = guided_coefficients(
        single(picture / 255), alpha, visible, radius=_pixels(work, 0.006 * scale), floor=2e-5
    )
    small = _applied(coefficients, work)
    person, background = _colors(picture, visible, small)
    return Matte(_applied(coefficients, pixels), person, background, bool((sure > 0.5).any()))


def _near_outline(guess: Floats, anchor: Hidden, scale: float) -> Floats:
    """Return `guess` made sure everywhere but near its outline: hair reaches so far, a flag behind does not.

    Small islands are nobody: kept are parts that touch the anchor or are a tenth of the largest.
    """
    person = (guess > 0.5).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(person)
    if count == 1:
        return np.zeros_like(guess)
    areas = np.asarray(boxes)[:, cv2.CC_STAT_AREA]
    kept = areas >= 0.1 * areas[1:].max()
    kept[np.unique(np.asarray(labels)[anchor])] = True
    kept[0] = False
    outline = kept[np.asarray(labels)]
    reach = _pixels(guess, 0.02 * scale)
    inner, outer = _eroded(outline, reach), 1 - _eroded(~outline, reach)
    # A matte that hesitates shows as a ghost of the old background: make up its mind, softly.
    steep = np.clip((guess - 0.2) / 0.6, 0, 1)
    return single(np.clip(steep * steep * (3 - 2 * steep), inner, outer))


def _projected(picture: Floats, visible: Floats, guess: Floats, scale: float) -> Floats:
    """Return an alpha that explains each unsure color as a mix of the sure colors nearby.

    Where person and background differ, a color's place on the line between them says more than a
    256-pixel matte does; where they do not, or the color lies off that line, the guess stays.
    """
    reach = _pixels(picture, 0.014 * scale)
    sure_person = _eroded(guess > 0.9, reach) * visible
    sure_background = _eroded(guess < 0.1, reach) * visible
    if not sure_person.any() or not sure_background.any():
        return guess
    person, background = pull_push(picture, sure_person), pull_push(picture, sure_background)
    line = person - background
    length = np.einsum("ijk,ijk->ij", line, line)
    place = np.einsum("ijk,ijk->ij", picture - background, line) / np.maximum(length, 1)
    place = np.clip(place, 0, 1)
    off = picture - background - place[..., None] * line
    misfit = np.einsum("ijk,ijk->ij", off, off)
    trust = length / (length + 40.0**2) * np.exp(-misfit / (2 * 40.0**2))
    alpha = guess + 0.85 * trust * (place - guess)
    alpha[sure_person > 0] = 1
    alpha[sure_background > 0] = 0
    return single(alpha)


def _applied(coefficients: Floats, pixels: Pixels) -> Floats:
    """Return the matte of `pixels`: the linear model that guided filtering found, at any size.

    Fast guided filter, He and Sun, arXiv:1505.00996: only the coefficients are low-resolution.
    """
    alpha = resized(np.ascontiguousarray(coefficients[..., 3]), pixels.shape).copy()
    for channel in range(3):
        plane = np.ascontiguousarray(coefficients[..., channel])
        alpha += resized(plane, pixels.shape) * (pixels[..., channel] * np.float32(1 / 255))
    # The ends are cut, so that sure pixels are exactly 0 or 1 and keep their exact colors.
    return single(np.clip((alpha - 0.09) / 0.82, 0, 1))


def _colors(picture: Floats, visible: Floats, alpha: Floats) -> tuple[Pixels, Pixels]:
    """Return the colors of person and background by themselves, uint8, without each other's share."""
    sure = [np.where(part > 0.97, visible, 0).astype(np.float32) for part in (alpha, 1 - alpha)]
    pictures = []
    for weights in sure:
        known = weights if weights.any() else visible
        spread = pull_push(picture, known if known.any() else np.ones_like(visible))
        pictures.append(np.clip(np.rint(spread), 0, 255).astype(np.uint8))
    return pictures[0], pictures[1]


def _eroded(mask: Hidden, reach: int) -> NDArray[np.float32]:
    """Return `mask` as 0 and 1, `reach` pixels smaller except along the frame."""
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    eroded = cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(1,))
    return np.asarray(eroded, np.float32)


def _pixels(picture: NDArray[Any], share: float) -> int:
    """Return `share` of the longer side, in whole pixels, at least 1."""
    return max(1, round(share * float(max(picture.shape))))
