"""Records with ordinary values, any of which a test may change, and a state with a clock that can be set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np

from privateedit.core.photo import Photo
from privateedit.core.record import Intent, Outcome, Result
from privateedit.errors import Sent
from privateedit.records import State

ORDINARY_FACTS = {
    "provider": "studio",
    "local": True,
    "payload": "0123456789abcdef" * 4,
    "size": 1234,
    "media_type": "image/png",
    "width": 64,
    "height": 48,
    "sealed": True,
    "photo": "f" * 64,
    "faces": 2,
    "hidden": 1,
    "visible": (1,),
    "settings": {"coverage": "face", "grow": 0.25, "fill": "black", "opacity": 1.0},
}


def an_intent(**changes):
    return Intent(**{**ORDINARY_FACTS, **changes})


def an_outcome(result=Result.RETURNED, sent=Sent.NO, **facts):
    return Outcome(result, sent, **facts)


def a_state(folder, seed=1):
    """A state whose clock ticks a second at every look and whose generator repeats."""
    ticks = count()
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    random = np.random.default_rng(seed)
    return State(folder, lambda: start + timedelta(seconds=next(ticks)), random.bytes)


def a_photo(seed=1, height=20, width=30):
    return Photo(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))
