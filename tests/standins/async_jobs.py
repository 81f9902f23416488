"""What stand-ins of services with jobs share: jobs, pictures inside JSON, and what spoils them."""

from __future__ import annotations

import base64
import binascii
import re

import cv2
import numpy as np
from tests.standins.pictures import encoded, opened
from tests.standins.server import StandIn

_DATA_URI = re.compile(r"data:(image/(?:png|jpeg|webp));base64,")
_KINDS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class WrongPicture(Exception):
    """Why a text is not the picture it should be."""


class JobStandIn(StandIn):
    """A service that takes a job, is asked for it, and then has the picture.

    `looks` is how often a job is not done yet; `ending` replaces what is said of it at the end.
    """

    looks = 2

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ending = None
        self.moderated = False
        self.drawn: dict[str, bytes] = {}
        self.looked: dict[str, int] = {}
        self.stopped: list[str] = []
        self.masks: list[np.ndarray] = []

    def carries(self, asked):
        return asked.method == "POST" and len(asked.body) > 0

    def refuse(self, asked):
        self.moderated = True
        return self.answer(asked)

    def started(self, picture, mask=None, size=None):
        """Draw, and return the name of the job."""
        hidden = None if mask is None else mask > 127
        if mask is not None:
            self.masks.append(mask)
        drawn = self.redraw(picture, hidden)
        if size is not None and size != drawn.shape[1::-1]:
            drawn = cv2.resize(np.ascontiguousarray(drawn), size, interpolation=cv2.INTER_AREA)
        name = f"job-{len(self.drawn) + 1}"
        self.drawn[name], self.looked[name] = encoded(drawn, compress_level=1), 0
        return name

    def done(self, name):
        """Count a look at a job, and tell whether it is done."""
        self.looked[name] += 1
        return self.looked[name] > self.looks


def plain_picture(text):
    """Return the pixels of plain base64 in the standard alphabet.

    Raises:
        WrongPicture: it is something else, such as a data URI.
    """
    if not isinstance(text, str) or text.startswith("data:"):
        raise WrongPicture("no plain base64")
    return _pixels(text, None)


def inline_picture(text):
    """Return the pixels of a data URI, which must say what it holds.

    Raises:
        WrongPicture: it is something else.
    """
    said = _DATA_URI.match(text) if isinstance(text, str) else None
    if said is None:
        raise WrongPicture("no data URI")
    return _pixels(text[said.end() :], said[1])


def mask_of(picture, image):
    """Return a one-channel mask of a picture's size, black and white only.

    Raises:
        WrongPicture: it is something else.
    """
    if picture.ndim != 2 or picture.shape != image.shape[:2] or set(np.unique(picture)) - {0, 255}:
        raise WrongPicture("the mask is not black and white of the picture's size")
    return picture


def image_of(picture):
    """Return a picture that has three channels.

    Raises:
        WrongPicture: it has others.
    """
    if picture.ndim != 3 or picture.shape[2] != 3:
        raise WrongPicture("the picture is not RGB")
    return picture


def _pixels(text, media_type):
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise WrongPicture("no base64 in the standard alphabet") from None
    try:
        picture = opened(data)
    except OSError:
        raise WrongPicture("no picture") from None
    if media_type is not None and _KINDS.get(picture.format) != media_type:
        raise WrongPicture("the picture is not what it says it is")
    return np.asarray(picture)
