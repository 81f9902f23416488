"""`Finish`: how the original face is fitted to the edited picture, and how large the result is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from privateedit.errors import InputError

MOST_PIXELS = 100_000_000
"""A result may hold as many pixels as a picture that can be opened."""

LEAST_SIDE = 16
"""Pixels; below, nothing can be recognized and nothing is aligned."""

_EXACT = re.compile(r"([0-9]{1,9})\s*[x×]\s*([0-9]{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Size:
    """How large the final picture is: as edited, at the photo's scale, or exactly so many pixels.

    Raises:
        InputError: an exact size has a side under 16 pixels, or more than 100 million pixels.
    """

    kind: Literal["edited", "original", "exact"] = "edited"
    width: int = 0
    height: int = 0

    def __post_init__(self) -> None:
        if self.kind == "exact":
            require_drawable(self.width, self.height)

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read ``edited``, ``original`` or a width and height such as ``2000x1500``.

        Raises:
            InputError: it is none of these, or too small or too large.
        """
        word = text.strip().lower()
        if word in ("edited", "original"):
            return cls("edited" if word == "edited" else "original")
        found = _EXACT.fullmatch(word)
        if found is None:
            raise InputError("The size must be edited, original, or a width and height such as 2000x1500.")
        return cls("exact", int(found[1]), int(found[2]))


EDITED = Size()
"""The size of what came back."""


def require_drawable(width: int, height: int) -> None:
    """Refuse a size that no result may have.

    Raises:
        InputError: a side is under 16 pixels, or there are more than 100 million pixels.
    """
    if min(width, height) < LEAST_SIDE:
        raise InputError(f"A result of {width}×{height} is too small; each side needs {LEAST_SIDE} pixels.")
    if width * height > MOST_PIXELS:
        raise InputError(f"A result of {width}×{height} is too large; {MOST_PIXELS:,} pixels are allowed.")


@dataclass(frozen=True, slots=True)
class Finish:
    """What a person may choose about the result.

    Attributes:
        harmonize: how much of the picture's change of light and color the face gets, from 0 to 1; None leaves
            it to what the pictures say.
        style_match: whether the face follows what the picture became as a whole, however weak harmonization
            is: drawn in a drawing, without colors in black and white, dark in a night.
        size: how large the result is.
        blend: how wide the ring is over which the face goes over into the picture, from 0, a hard seam, to 1,
            the softest that stays within what was hidden; None takes the width that measured best.

    Raises:
        InputError: the strength or the blend is no number from 0 to 1.
    """

    harmonize: float | None = None
    style_match: bool = True
    size: Size = EDITED
    blend: float | None = None

    def __post_init__(self) -> None:
        if self.harmonize is not None and not 0 <= self.harmonize <= 1:
            raise InputError("The strength of harmonization must be auto or a number from 0 to 1.")
        if self.blend is not None and not 0 <= self.blend <= 1:
            raise InputError("The blend must be auto or a number from 0 to 1.")
