"""Hand-overs with ordinary values, any of which a test may change, and a memory of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from privateedit.core.handover import Handover
from privateedit.core.mask import Mask
from privateedit.errors import JournalUnwritable

ORDINARY_CHOICES = {
    "trust": "low",
    "coverage": "face",
    "grow": 0.1,
    "shape": "superellipse",
    "fill": "#102030",
    "opacity": 0.25,
    "under": "guide",
    "tone": "tan",
    "format": "png",
    "max_side": None,
    "backdrop": "#bebebe",
    "only": None,
    "exclude": (1,),
    "canvas": (640, 480),
    "expose_face": False,
    "allow_no_face": False,
}


def an_outline(seed=1, height=5, width=7):
    return Mask(np.random.default_rng(seed).random((height, width)) < 0.5)


def a_handover(mask=None, area=None, brush=None, **choices):
    return Handover({**ORDINARY_CHOICES, **choices}, mask or an_outline(), area, brush)


@dataclass
class MemoryOfHandovers:
    """Remembers for as long as it lives; refuses to when `broken`."""

    broken: bool = False
    known: dict[bytes, Handover] = field(default_factory=dict)

    def remember(self, photo, handover):
        if self.broken:
            raise JournalUnwritable("The disk is full.")
        self.known[photo.pixels.tobytes()] = handover

    def recall(self, photo):
        return self.known.get(photo.pixels.tobytes())
