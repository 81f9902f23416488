"""What an audit measures with: the concrete parts behind the ports, chosen in `wiring`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import LandmarkFinder, Recognizer
from privateedit.pipeline import Parts


@dataclass(frozen=True, slots=True)
class Instruments:
    """The parts of the pipeline under audit, and what looks at its pictures.

    Attributes:
        parts: what finds, hides and seals.
        landmarks: finds what the recognizer aligns a face by.
        recognizer: describes a face.
        surroundings: describes a wider view: hair, neck and collar too.
        threshold: the distance below which two descriptions are taken for one person.
        decode: reads the bytes of a payload.
        open_photo: reads a photo's file.
    """

    parts: Parts
    landmarks: LandmarkFinder
    recognizer: Recognizer
    surroundings: Recognizer
    threshold: float
    decode: Callable[[bytes], Pixels]
    open_photo: Callable[[Path], Photo]
