"""OpenAI's masks: a picture that is transparent where a photo may change."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from privateedit.codec.containers import kind_of, parser_for
from privateedit.codec.decode import Opened, one_error
from privateedit.codec.limits import DEFAULT_LIMITS, Limits
from privateedit.codec.orientation import as_stored
from privateedit.codec.strictness import STRICT_AND_QUIET
from privateedit.core.mask import Mask
from privateedit.errors import InputError, UnreadablePhoto


def edit_region(data: bytes, photo: Opened, *, limits: Limits = DEFAULT_LIMITS) -> Mask:
    """Return where a mask is wholly transparent: bool H×W of the upright photo.

    Only transparency counts; what lies under it is never looked at. A mask drawn for the photo as it is
    stored, before its orientation is applied, is turned with it.

    Raises:
        UnreadablePhoto: the bytes are no picture that can be opened safely.
        InputError: it has no transparency, is opaque throughout, or has another size than the photo.
    """
    limits.check_bytes(len(data), "The mask")
    parser = parser_for(data)
    if parser is None:
        raise UnreadablePhoto(f"The mask is {kind_of(data)}.")
    with one_error("The mask"), STRICT_AND_QUIET, parser(io.BytesIO(data)) as image:
        limits.check_pixels(*image.size, "The mask")
        if not image.has_transparency_data:
            raise InputError("The mask must be transparent where the photo may change.")
        clear = _clear(image)
    region = _upright(clear, photo)
    if not region.any():
        raise InputError("The mask is opaque throughout, so nothing could be edited.")
    return Mask(region)


def _clear(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    full = image if "A" in image.getbands() else image.convert("RGBA")
    return np.asarray(np.asarray(full.getchannel("A")) == 0)


def _upright(
    clear: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], photo: Opened
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    shape = (photo.photo.height, photo.photo.width)
    if clear.shape == shape:
        return clear
    upright = np.zeros(shape, np.uint8)
    stored = as_stored(upright, photo.orientation)
    if stored.shape != clear.shape:
        raise InputError("The mask must have the size of the image.")
    stored[...] = clear
    return np.asarray(upright > 0)
