"""`Parcel`: the sealed payload and the masks drawn from it, all that a request can be filled with."""

from __future__ import annotations

import base64
import hashlib
import io
from functools import cached_property

import numpy as np
from PIL import Image

from privateedit.core.payload import Payload
from privateedit.errors import Refused
from privateedit.providers.plan import Outline, Picture, Polarity, Wrap

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class Parcel:
    """A sealed payload on its way out.

    Raises:
        Refused: it is no payload, is not sealed, or its bytes are not those that were sealed.
    """

    def __init__(self, payload: Payload) -> None:
        if type(payload) is not Payload:
            raise Refused("Only a sealed payload may leave.")
        if not payload.sealed:
            raise Refused("The face shows through the mask of this picture; it is never sent to a service.")
        if hashlib.sha256(payload.data).hexdigest() != payload.sha256:
            raise Refused("The picture is not the one that was sealed.")
        self._payload = payload
        self._masks: dict[Polarity, bytes] = {}

    @property
    def digests(self) -> frozenset[str]:
        """Hex SHA-256 of every picture that may leave: the payload's, and the masks drawn so far."""
        drawn = {hashlib.sha256(mask).hexdigest() for mask in self._masks.values()}
        return frozenset({self._payload.sha256, *drawn})

    @cached_property
    def mark(self) -> str:
        """24 hex digits that follow from the payload alone."""
        return self._payload.sha256[:24]

    def data(self, place: Picture | Outline) -> bytes:
        """Return the bytes of the picture that belongs in a place."""
        return self._payload.data if isinstance(place, Picture) else self.mask(place.polarity)

    def file(self, place: Picture | Outline) -> tuple[str, str]:
        """Return file name and media type; the name is the same for everybody."""
        if isinstance(place, Outline):
            return "mask.png", "image/png"
        return f"image.{_ENDINGS[self._payload.media_type]}", self._payload.media_type

    def text(self, place: Picture | Outline) -> str:
        """Return the picture as base64 or as a data URI."""
        encoded = base64.b64encode(self.data(place)).decode("ascii")
        return f"data:{self.file(place)[1]};base64,{encoded}" if place.wrap is Wrap.DATA_URI else encoded

    def mask(self, polarity: Polarity) -> bytes:
        """Return a PNG mask, drawn on a blank canvas from the outline alone.

        White on black (one channel) marks what is hidden, or black on white; or black that is transparent
        there. Nothing of the picture lies under the transparent part.
        """
        if polarity not in self._masks:
            self._masks[polarity] = _png(self._payload.hidden, polarity)
        return self._masks[polarity]


def _png(hidden: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], polarity: Polarity) -> bytes:
    edited = np.where(hidden, 255, 0).astype(np.uint8)
    if polarity is Polarity.WHITE:
        drawn = Image.fromarray(edited)
    elif polarity is Polarity.BLACK:
        drawn = Image.fromarray(255 - edited)
    else:
        canvas = np.zeros((*hidden.shape, 4), np.uint8)
        canvas[..., 3] = 255 - edited
        drawn = Image.fromarray(canvas)
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()
