"""Hide pixels: at native size, with a hard edge, by paint that knows nothing of the photo.

`see_through` is the one exception: it lets the photo shine through the fill, hides nothing, and what it makes
is marked exposed for ever.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from privateedit.core.guide import Guide
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo, Pixels, chosen, frozen_pixels, full, put
from privateedit.core.ports import Entropy
from privateedit.errors import InputError, Refused

RGB = tuple[int, int, int]

_MIXED = object()
_ENOUGH_PIXELS = 8  # from so many on, true noise is never drawn twice
_RIM = 0.10  # of a guide's half height, over which it fades into the fill
_NAMED: dict[str, RGB] = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "gray": (128, 128, 128),
    "white": (255, 255, 255),
}


@dataclass(frozen=True, slots=True)
class Fill:
    """What hidden pixels become: one color, or noise from the system's generator (`color` is None)."""

    color: RGB | None = (0, 0, 0)

    @classmethod
    def parse(cls, text: str) -> Fill:
        """Read ``black``, ``grey``, ``white``, ``noise`` or ``#rrggbb``.

        Raises:
            InputError: the text is none of these.
        """
        word = text.strip().lower()
        if word == "noise":
            return cls(None)
        if word in _NAMED:
            return cls(_NAMED[word])
        if re.fullmatch(r"#[0-9a-f]{6}", word):
            red, green, blue = bytes.fromhex(word[1:])
            return cls((red, green, blue))
        raise InputError("The fill must be black, grey, white, noise or #rrggbb.")

    @property
    def text(self) -> str:
        """The text that `parse` reads back as this fill."""
        if self.color is None:
            return "noise"
        names = {color: name for name, color in reversed(_NAMED.items())}
        return names.get(self.color, "#" + bytes(self.color).hex())


@dataclass(frozen=True, eq=False, slots=True)
class Paint:
    """The hidden pixels' new values, fixed before the photo is looked at.

    `values` is 3 uint8 for a plain fill, or N×3 for the N hidden pixels in row order. `guided` tells that a
    mannequin shows in it. Only `mixed` makes one, and it never sees the photo.

    Raises:
        Refused: it was not made by `mixed`.
    """

    fill: Fill
    values: Pixels = field(repr=False)
    guided: bool = False
    mixed_here: object = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.mixed_here is not _MIXED:
            raise Refused(
                "Paint is mixed from a fill, a guide and the system's generator, never from pixels."
            )

    @classmethod
    def mixed(
        cls, fill: Fill, mask: Mask, entropy: Entropy, guides: Sequence[Guide] = (), opacity: float = 1.0
    ) -> Paint:
        """Draw the paint for `mask` from the fill, the guides and the system's generator alone.

        `opacity` is how much of the fill is seen over the guides: 1 hides them, 0 shows them in full.
        """
        if not guides or opacity >= 1:
            return cls(fill, _plain(fill, mask, entropy), False, _MIXED)
        rows, columns = mask.bounds
        hidden = mask.hidden[rows, columns]
        below = np.zeros((*hidden.shape, 3), np.uint8)
        below[hidden] = _plain(fill, mask, entropy)
        drawn = below.copy()
        share, depth = np.zeros(hidden.shape, np.float32), _depth(mask)
        for guide in guides:
            placed = guide.moved(-columns.start, -rows.start)
            placed.draw(drawn)
            near = placed.window(hidden.shape)
            fading = np.clip(depth[near] / max(_RIM * guide.half_height, 1.0), 0, 1)
            share[near] = np.maximum(share[near], fading)
        weight = (share[hidden] * np.float32(1 - opacity))[:, None]
        values = below[hidden] + weight * (drawn[hidden].astype(np.float32) - below[hidden])
        return cls(fill, np.clip(np.rint(values), 0, 255).astype(np.uint8), True, _MIXED)


def _plain(fill: Fill, mask: Mask, entropy: Entropy) -> Pixels:
    if fill.color is not None:
        return np.array(fill.color, np.uint8)
    count = int(np.count_nonzero(mask.hidden))
    drawn = entropy(3 * count)
    values = np.frombuffer(drawn, np.uint8).reshape(count, 3)
    # Noise that was seeded from the photo would tell it: it comes again when it is drawn again.
    if count >= _ENOUGH_PIXELS and entropy(3 * count) == drawn:
        raise Refused("The noise repeats itself, so it does not come from the system's generator.")
    return values


def _depth(mask: Mask) -> NDArray[np.float32]:
    """Return, for the window of `mask.bounds`, how many pixels lie between a pixel and the mask's outline.

    Guides fade by it, so that the outline shows only fill: a hole that comes back is found by that outline.
    """
    rows, columns = mask.bounds
    # One pixel more on every side: there the mask ends, unless the frame does.
    top, left = min(rows.start, 1), min(columns.start, 1)
    window = (slice(rows.start - top, rows.stop + 1), slice(columns.start - left, columns.stop + 1))
    inside = mask.hidden[window].astype(np.uint8)
    depth = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_5)
    size = (rows.stop - rows.start, columns.stop - columns.start)
    return np.asarray(depth[top : top + size[0], left : left + size[1]] - 2, np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class Backdrop:
    """An area outside the faces that is replaced by one color before anything leaves.

    It hides as the mask does: the area's own pixels are gone and every send proves it.
    """

    area: Mask
    color: RGB = (128, 128, 128)


@dataclass(frozen=True, eq=False)
class MaskedPhoto:
    """A photo whose hidden pixels are a function of mask and paint only; H×W×3 uint8 sRGB, read-only.

    `mask` hides the faces; `backdrop`, where there is one, hides more. `exposure` is the share of the photo
    that shines through the mask: 0, or the picture is *exposed*.

    Raises:
        Refused: a hidden pixel holds anything but the paint, and the picture is not marked exposed.
    """

    pixels: Pixels = field(repr=False)
    mask: Mask
    paint: Paint
    backdrop: Backdrop | None = None
    exposure: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen_pixels(self.pixels))
        if self.pixels.shape[:2] != self.mask.hidden.shape:
            raise InputError("The mask and the picture differ in size.")
        if not 0 <= self.exposure <= 1:
            raise InputError("The exposure must be between 0 and 1.")
        if not self.exposed:
            _require(self.pixels, self.mask, self.paint.values)
        if self.backdrop is not None:
            behind = Mask(self.backdrop.area.hidden & ~self.mask.hidden)
            _require(self.pixels, behind, np.array(self.backdrop.color, np.uint8))

    @property
    def exposed(self) -> bool:
        """Whether the photo shines through."""
        return self.exposure > 0

    @cached_property
    def concealed(self) -> Mask:
        """Everything that is hidden: the faces and the backdrop."""
        return self.mask if self.backdrop is None else self.mask.union(self.backdrop.area)


def _require(pixels: Pixels, mask: Mask, values: Pixels) -> None:
    found = chosen(pixels[mask.bounds], mask.hidden[mask.bounds])
    try:
        expected = full(values, len(found))
    except ValueError as error:  # no values that these pixels could have
        raise Refused("A hidden pixel does not hold the fill.") from error
    if not np.array_equal(found, expected):
        raise Refused("A hidden pixel does not hold the fill.")


def conceal(photo: Photo, mask: Mask, paint: Paint, backdrop: Backdrop | None = None) -> MaskedPhoto:
    """Return the photo with every hidden pixel replaced by the paint, and no other pixel touched.

    Works at native size with a hard edge: feathering or resizing first would mix hidden pixels into visible
    ones. The mask lies over the backdrop.

    Raises:
        InputError: mask and photo differ in size.
    """
    _require_same_size(photo, mask)
    pixels = photo.pixels.copy()
    if backdrop is not None:
        _require_same_size(photo, backdrop.area)
        put(pixels, backdrop.area.hidden, np.array(backdrop.color, np.uint8))
    put(pixels[mask.bounds], mask.hidden[mask.bounds], paint.values)
    pixels.flags.writeable = False
    return MaskedPhoto(pixels, mask, paint, backdrop)


def see_through(photo: Photo, mask: Mask, paint: Paint, opacity: float) -> MaskedPhoto:
    """Return the photo with the paint laid over it at `opacity`, marked exposed: this hides nothing.

    What shines through comes back by stretching the contrast (`core.exposure` measures how well).

    Raises:
        InputError: mask and photo differ in size, or `opacity` is not in [0, 1).
    """
    _require_same_size(photo, mask)
    if not 0 <= opacity < 1:
        raise InputError("A see-through mask needs an opacity below 1.")
    pixels = photo.pixels.copy()
    rows, columns = mask.bounds
    hidden = mask.hidden[rows, columns]
    below = pixels[rows, columns][hidden].astype(np.float32)
    over = np.broadcast_to(paint.values, below.shape).astype(np.float32)
    pixels[rows, columns][hidden] = np.rint(below + np.float32(opacity) * (over - below)).astype(np.uint8)
    pixels.flags.writeable = False
    return MaskedPhoto(pixels, mask, paint, exposure=1 - opacity)


def _require_same_size(photo: Photo, mask: Mask) -> None:
    if mask.hidden.shape != photo.pixels.shape[:2]:
        raise InputError(
            f"The mask is {mask.width}×{mask.height} but the photo is {photo.width}×{photo.height}."
        )
