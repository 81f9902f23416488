"""Public-domain portraits in a folder, and instruments for `bench restore` that need no dlib."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from functools import cache
from typing import ClassVar

import numpy as np
import skimage.data
from matplotlib import cbook
from PIL import Image
from tests.doubles.audit import BoxLandmarks, CountingRecognizer
from tests.doubles.ports import NothingMissed

from privateedit import wiring
from privateedit.audit.restore_cases import RestoreInstruments
from privateedit.codec import open_file
from privateedit.core.likeness import Likeness
from privateedit.vision.recognize import SAME_PERSON


class Remembered:
    """The real detector, asked once about each picture of a whole test run."""

    known: ClassVar[dict] = {}

    def detect(self, pixels):
        key = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest()
        if key not in self.known:
            self.known[key] = wiring.parts().detector.detect(pixels)
        return self.known[key]


def fast_parts(likeness):
    return replace(wiring.parts(), detector=Remembered(), searcher=NothingMissed(), likeness=likeness)


def opened(path):
    return open_file(path).photo


def recognizing():
    """Can be named from another process."""
    return RestoreInstruments(fast_parts(Likeness(BoxLandmarks(), CountingRecognizer(), SAME_PERSON)), opened)


def likeness_of_colors(likeness):
    """Whether that is the one of `recognizing`, which says the same of a picture every time."""
    return likeness is not None and isinstance(likeness.recognizer, CountingRecognizer)


def unrecognizing():
    return RestoreInstruments(fast_parts(None), opened)


def write_portraits(folder):
    """Two portraits, one of them in a subfolder, one picture without a face and one broken file."""
    (folder / "more").mkdir(parents=True)
    for name, data in _portraits().items():
        (folder / name).write_bytes(data)
    (folder / "broken.png").write_bytes(b"broken")
    return folder


@cache
def _portraits():
    """Packed once in a test run, for all the folders that are made of them."""
    with Image.open(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)) as image:
        hopper = image.convert("RGB")
    return {
        "astronaut.png": _packed(Image.fromarray(skimage.data.astronaut())),
        "more/hopper.png": _packed(hopper),
        "grey.png": _packed(Image.fromarray(np.full((80, 100, 3), 120, np.uint8))),
    }


def _packed(image):
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()
