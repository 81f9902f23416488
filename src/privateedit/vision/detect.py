"""Face detection: several scales of one detector, a second opinion, and a mesh for each face found.

Missing a face sends it away; a false alarm only masks too much. So every pass has a low threshold, and a
candidate is dropped only when a single pass saw it weakly and the mesh network also denies it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.face import Face, in_order
from privateedit.core.photo import Pixels
from privateedit.vision.blazeface import BlazeFace
from privateedit.vision.candidate import Candidate, is_known, strongest
from privateedit.vision.centerface import CenterFace
from privateedit.vision.landmarks import FaceMesh, Mesh

_WEAK = 0.35  # the threshold of every pass
_SURE = 0.6  # a score that needs no second opinion
_MESH_SURE = 0.5
_COARSE, _NORMAL, _FINE = 320, 640, 1280


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A candidate and how many independent passes saw it."""

    candidate: Candidate
    passes: int


class MultiScaleDetector:
    """Implements `FaceDetector`: CenterFace at up to three scales joined with BlazeFace, then the mesh.

    Finds faces from about 16 pixels in a photo of up to 1280 pixels, and from about 1.5 % of the long side
    in larger ones. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._center_face = CenterFace()
        self._blaze_face = BlazeFace()
        self._mesh = FaceMesh()

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        """Return every face in an RGB picture, numbered left to right, in its pixel coordinates."""
        faces = []
        for sighting in _joined(self._passes(pixels)):
            mesh = self._mesh.fit(pixels, sighting.candidate.points)
            if _is_face(sighting, mesh):
                faces.append(_face(sighting.candidate, mesh))
        return in_order(faces)

    def _passes(self, pixels: Pixels) -> list[list[Candidate]]:
        # One reduction by area serves every pass of a large photo; each pass then resizes a small picture.
        seen = _reduced(pixels, 2 * _FINE)
        ratio = (pixels.shape[1] / seen.shape[1], pixels.shape[0] / seen.shape[0])
        sides = [_COARSE, _NORMAL] + ([_FINE] if max(pixels.shape[:2]) > _NORMAL else [])
        found = [self._center_face.find(seen, side, _WEAK) for side in sides]
        found.append(self._blaze_face.find(seen, _WEAK))
        return [[candidate.scaled(*ratio) for candidate in each] for each in found]


def _reduced(pixels: Pixels, long_side: int) -> Pixels:
    height, width = pixels.shape[:2]
    # Integer factors keep INTER_AREA on its fast path.
    factor = max(height, width) // long_side
    if factor < 2:
        return pixels
    size = (max(1, width // factor), max(1, height // factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _joined(passes: list[list[Candidate]]) -> list[_Sighting]:
    everything = strongest(candidate for found in passes for candidate in found)
    return [
        _Sighting(candidate, sum(is_known(candidate, found) for found in passes)) for candidate in everything
    ]


def _is_face(sighting: _Sighting, mesh: Mesh) -> bool:
    return sighting.passes > 1 or sighting.candidate.score >= _SURE or mesh.confidence >= _MESH_SURE


def _face(candidate: Candidate, mesh: Mesh) -> Face:
    if mesh.confidence >= _MESH_SURE and _fits(candidate, mesh):
        return Face(0, candidate.box, candidate.score, mesh.points, mesh.pose)
    return Face(0, candidate.box, candidate.score, candidate.points)


def _fits(candidate: Candidate, mesh: Mesh) -> bool:
    """A mesh that slid to another face or collapsed must not place the mask."""
    low, high = mesh.points.min(0), mesh.points.max(0)
    center = (low + high) / 2
    box = candidate.box
    off = np.abs(center - np.array(box.center)) / (box.width, box.height)
    size = float((high - low).max()) / max(box.width, box.height)
    return bool(off.max() < 0.4 and 0.4 < size < 1.8)
