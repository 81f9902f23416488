"""What the stand-ins of Stable Diffusion servers share: masks read strictly, and redrawing as they do it."""

from __future__ import annotations

import base64
import binascii

import numpy as np
from tests.standins.pictures import opened, pixels


def plain_base64(text):
    """Return the bytes of strict base64 in the usual alphabet, without a prefix; None for anything else."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None


def white_mask(data, size):
    """Return bool H×W where a one-channel PNG is white, or words on what is wrong with it."""
    picture = opened(data)
    if picture.format != "PNG" or picture.mode != "L":
        return f"the mask is {picture.mode}, not one channel"
    if picture.size != size:
        return "the mask has another size"
    levels = np.asarray(picture)
    if set(np.unique(levels)) - {0, 255}:
        return "the mask is not black and white"
    return levels > 127


def inpainted(redraw, picture, marked):
    """Return the picture drawn anew where it is marked, and as it was elsewhere."""
    picture = pixels(picture) if isinstance(picture, bytes) else picture
    drawn = np.asarray(redraw(picture, marked))
    if marked is None or drawn.shape != picture.shape:
        return drawn
    return np.where(marked[..., None], drawn, picture)
