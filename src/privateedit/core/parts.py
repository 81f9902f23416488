"""`Parts`: the concrete things behind the ports, chosen in `wiring`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from privateedit.core.likeness import Likeness
from privateedit.core.ports import (
    Encoder,
    Entropy,
    FaceDetector,
    Handovers,
    Inspector,
    Journal,
    Ledger,
    PayloadSearcher,
    PersonSegmenter,
)


def keep() -> None:
    """Keep for the next photo what earlier stages took."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete parts behind the ports.

    `likeness` tells how alike two faces are; None where no recognizer is installed. `handovers` remembers how
    photos were handed over; None where nothing is to be remembered. `make_room` is called between the stages
    of restoring: each takes much memory, which a process that ends after one photo need not keep.
    """

    detector: FaceDetector
    searcher: PayloadSearcher
    segmenter: PersonSegmenter
    encoder: Encoder
    inspector: Inspector
    entropy: Entropy
    journal: Journal
    ledger: Ledger
    likeness: Likeness | None = None
    handovers: Handovers | None = None
    make_room: Callable[[], None] = keep
