"""The models that every front end shares, one of each: a network keeps what it worked with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from privateedit.errors import WeightsMissing
from privateedit.vision import network, weights
from privateedit.vision.centerface import CenterFace
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.landmarks import FaceMesh
from privateedit.vision.payload_search import VisibleFaceSearcher
from privateedit.vision.segment import SelfieSegmenter


@dataclass(frozen=True, slots=True)
class Models:
    """What finds faces, what looks again in a masked picture, and what tells person from background."""

    detector: MultiScaleDetector
    searcher: VisibleFaceSearcher
    segmenter: SelfieSegmenter

    @classmethod
    def new(cls) -> Models:
        """Return models that share their networks; each loads when first needed."""
        center_face, mesh = CenterFace(), FaceMesh()
        detector, searcher = MultiScaleDetector(center_face, mesh), VisibleFaceSearcher(center_face, mesh)
        return cls(detector, searcher, SelfieSegmenter())

    def get_ready(self) -> None:
        """Load what finds faces now; what is wrong with a network is told where it is used."""
        with suppress(WeightsMissing):
            self.detector.get_ready()


def prepare() -> None:
    """Import all that loading a network needs, so that a thread which loads one imports nothing."""
    weights.manifest()
    network.import_runtime()


@cache
def shared() -> Models:
    """Return the models of this process, always the same."""
    return Models.new()
