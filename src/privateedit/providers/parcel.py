"""`Parcel`: the sealed payloads and the masks drawn for them, all that a request can be filled with."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Sequence
from functools import cached_property

import numpy as np
from PIL import Image

from privateedit.core.mask import Hidden
from privateedit.core.payload import Payload
from privateedit.errors import Refused, RequestRejected
from privateedit.providers.plan import Outline, Picture, Polarity, Wrap

_ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}


class Parcel:
    """Sealed payloads on their way out: the one to edit, and those beside it.

    Args:
        payload: the picture to edit.
        beside: further pictures, each a PNG.
        where: bool H×W of the payload's size, True where a person wants the edit; None anywhere.

    Raises:
        Refused: one is no payload, is not sealed, or its bytes are not those that were sealed; or the region
            has another size.
    """

    def __init__(self, payload: Payload, beside: Sequence[Payload] = (), where: Hidden | None = None) -> None:
        self._pictures = (payload, *beside)
        for each in self._pictures:
            _require_sealed(each)
        if any(each.media_type != "image/png" for each in beside):
            raise Refused("A further picture must be a PNG.")
        if where is not None and where.shape != payload.hidden.shape:
            raise Refused("The region to edit has another size than the picture.")
        self._payload, self._where = payload, where
        self._masks: dict[Polarity, bytes] = {}

    @property
    def digests(self) -> frozenset[str]:
        """Hex SHA-256 of every picture that may leave: the payloads', and the masks drawn so far."""
        drawn = {hashlib.sha256(mask).hexdigest() for mask in self._masks.values()}
        return frozenset({*(each.sha256 for each in self._pictures), *drawn})

    @cached_property
    def mark(self) -> str:
        """24 hex digits that follow from the payload alone."""
        return self._payload.sha256[:24]

    def data(self, place: Picture | Outline) -> bytes:
        """Return the bytes of the picture that belongs in a place.

        Raises:
            Refused: there is no picture of that number.
            RequestRejected: a mask would mark nothing.
        """
        return self.mask(place.polarity) if isinstance(place, Outline) else self._numbered(place).data

    def file(self, place: Picture | Outline) -> tuple[str, str]:
        """Return file name and media type; the name is the same for everybody and every picture."""
        if isinstance(place, Outline):
            return "mask.png", "image/png"
        media_type = self._numbered(place).media_type
        return f"image.{_ENDINGS[media_type]}", media_type

    def text(self, place: Picture | Outline) -> str:
        """Return the picture as base64 or as a data URI."""
        encoded = base64.b64encode(self.data(place)).decode("ascii")
        return f"data:{self.file(place)[1]};base64,{encoded}" if place.wrap is Wrap.DATA_URI else encoded

    def mask(self, polarity: Polarity) -> bytes:
        """Return a PNG mask, drawn on a blank canvas from the outline and the region to edit alone.

        White on black (one channel), or black that is transparent or opaque, marks what is to be edited: what
        is hidden and the region; or, where what is hidden stays, the region, or all, without it. So the part
        under the outline is even, and tells nothing of the region. Where nothing is hidden and no region was
        given, all is marked. Nothing of the picture lies under the transparent part.

        Raises:
            RequestRejected: all of the region is hidden, and what is hidden is to stay.
        """
        if polarity not in self._masks:
            self._masks[polarity] = _png(self._marked(polarity), polarity)
        return self._masks[polarity]

    def _marked(self, polarity: Polarity) -> Hidden:
        hidden, where = self._payload.hidden, self._where
        if not polarity.keeps_hidden:
            if where is None:
                return hidden if hidden.any() else ~hidden
            return hidden | where
        if where is None:
            return ~hidden
        if not (where & ~hidden).any():
            raise RequestRejected("All of the region to edit is hidden, so nothing of it can be drawn anew.")
        return where & ~hidden

    def _numbered(self, place: Picture) -> Payload:
        if not 0 <= place.number < len(self._pictures):
            raise Refused("A picture was asked for that is not there.")
        return self._pictures[place.number]


def _require_sealed(payload: Payload) -> None:
    if type(payload) is not Payload:
        raise Refused("Only a sealed payload may leave.")
    if not payload.sealed:
        raise Refused("The face shows through the mask of this picture; it is never sent to a service.")
    if hashlib.sha256(payload.data).hexdigest() != payload.sha256:
        raise Refused("The picture is not the one that was sealed.")


def _png(marked: Hidden, polarity: Polarity) -> bytes:
    levels = np.where(marked, 255, 0).astype(np.uint8)
    if polarity in {Polarity.TRANSPARENT, Polarity.OPAQUE}:
        canvas = np.zeros((*marked.shape, 4), np.uint8)
        canvas[..., 3] = levels if polarity is Polarity.OPAQUE else 255 - levels
        drawn = Image.fromarray(canvas)
    else:
        drawn = Image.fromarray(levels)
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()
