"""Who is person and who is background, to the hair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.closed_form import closed_form
from privateedit.core.guided import guided_coefficients
from privateedit.core.layers import layers
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced, reduced_mask, reduced_size, resized, single

_SOLVE = 560  # pixels at which the matte is solved; its lines are applied at any size
_FLOOR = 3e-5  # variance of colors in 0…1 that are not told apart
_COLORS = 280  # pixels for the colors of person and background, which are smooth
_CERTAIN = 0.9  # of a guess whose color stands for the person
_SURE, _UNSURE = 10.0, 0.02  # weight of the guess far from its outline, and near it


@dataclass(frozen=True, eq=False, slots=True)
class Matte:
    """Person and background, apart.

    Attributes:
        alpha: float32 H×W in [0, 1] at the picture's size, 1 where only the person is seen.
        person: uint8 h×w×3, a reduced picture of the person's colors, continued past the outline.
        background: uint8 h×w×3, the same for the background.
        found: whether there is a person at all.
        guess: float32 h×w, reduced: the first guess that the matte was solved from.
    """

    alpha: Floats
    person: Pixels
    background: Pixels
    found: bool
    guess: Floats | None = None


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
    work, missing = reduced(pixels, _SOLVE), reduced_mask(blank, _SOLVE)
    visible = (~missing).astype(np.float32)
    picture = work.astype(np.float32)
    coarse = resized(guess, work.shape)
    likely = _near_outline(coarse, reduced_mask(anchor, _SOLVE), scale)
    if missing.any() and not missing.all():
        picture = _continued(picture, visible, likely)
    trust = trust_in(likely, scale)
    # Where the guess hesitates, the picture's edges decide, also far inside.
    trust[likely > 0.5] *= (np.clip((np.abs(2 * coarse - 1) - 0.5) / 0.4, 0, 1) ** 2)[likely > 0.5]
    trust = single(np.where(missing, np.maximum(0.1 * trust, _UNSURE), np.maximum(trust, _UNSURE)))
    alpha = closed_form(single(picture / 255), likely, trust, radius=2, floor=_FLOOR)
    return _matte_of(pixels, picture, visible, alpha, likely)


def _continued(picture: Floats, visible: Floats, likely: Floats) -> Floats:
    """Return the picture with hidden parts continued: the person from the person, the rest from the rest.

    Continued from all around it would look like the background where the person is, and take hair beside it.
    """
    person, rest = visible * (likely > _CERTAIN), visible * (likely < 1 - _CERTAIN)
    whole = pull_push(picture, visible)
    front = pull_push(picture, person) if person.any() else whole
    behind = pull_push(picture, rest) if rest.any() else whole
    mixed = behind + likely[..., None] * (front - behind)
    return single(np.where(visible[..., None] > 0, picture, mixed))


def resolved(matte: Matte, pixels: Pixels, prior: Floats, trust: Floats) -> Matte:
    """Return the matte solved again from other evidence: `prior` and `trust` of `solved_size`."""
    picture = reduced(pixels, _SOLVE).astype(np.float32)
    alpha = closed_form(single(picture / 255), prior, trust, radius=2, floor=_FLOOR)
    return _matte_of(pixels, picture, np.ones_like(alpha), alpha, matte.guess)


def solved_size(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return the height and width at which a matte of a picture of `shape` is solved."""
    return reduced_size(shape, _SOLVE)


def trust_in(guess: Floats, scale: float) -> Floats:
    """Return how much a guess is worth against the picture's edges: much where it is sure, else little."""
    inner = _eroded(guess > 0.9, _pixels(guess, 0.010 * scale))
    outer = _eroded(guess < 0.1, _pixels(guess, 0.014 * scale))
    return np.where(inner + outer > 0, np.float32(_SURE), np.float32(_UNSURE))


def _matte_of(pixels: Pixels, picture: Floats, visible: Floats, alpha: Floats, guess: Floats | None) -> Matte:
    coefficients = guided_coefficients(single(picture / 255), alpha, visible, radius=2, floor=2e-5)
    person, background = layers(picture, _applied(coefficients, _rounded(picture)), _COLORS)
    found = bool((alpha > 0.5).any())
    return Matte(_applied(coefficients, pixels), _rounded(person), _rounded(background), found, guess)


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
    steep = np.clip((guess - 0.3) / 0.4, 0, 1)
    return single(np.clip(steep * steep * (3 - 2 * steep), inner, outer))


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


def _rounded(levels: Floats) -> Pixels:
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _eroded(mask: Hidden, reach: int) -> NDArray[np.float32]:
    """Return `mask` as 0 and 1, `reach` pixels smaller except along the frame."""
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    eroded = cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(1,))
    return np.asarray(eroded, np.float32)


def _pixels(picture: NDArray[Any], share: float) -> int:
    """Return `share` of the longer side, in whole pixels, at least 1."""
    return max(1, round(share * float(max(picture.shape))))
