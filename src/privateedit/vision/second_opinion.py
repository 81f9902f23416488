"""A closer look at one weak sighting: enlarged and upright, by the detector and by the mesh network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from privateedit.core.face import Box, Face, Pose
from privateedit.core.photo import Pixels
from privateedit.vision.candidate import Candidate, is_known
from privateedit.vision.centerface import CenterFace
from privateedit.vision.crop import across_of, crop_matrix, roll_of, sampled
from privateedit.vision.landmarks import FaceMesh, Mesh

_SIDE = 96
_REACH = 2.2  # the crop's side in sides of the candidate: with hair and shoulders a face is easier to tell
_HOPELESS = 0.35  # evidence that no mesh makes up for
_MESH_SURE = 0.5
_MESH_WEIGHT = 0.3  # it takes a dog for a face too


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a closer look says.

    Attributes:
        evidence: the sighting's score plus that of the detector in the crop (0–1) plus 0.3 times the mesh
            network's confidence, 0 to 2.3. Faceless pictures rarely reach 1.
        score: the better of the two detector scores.
        mesh: the mesh, if it was asked.
    """

    evidence: float
    score: float
    mesh: Mesh | None


class SecondOpinion:
    """Asks two networks about one candidate, the slower one only when it can matter."""

    def __init__(self, center_face: CenterFace, mesh: FaceMesh) -> None:
        self._center_face = center_face
        self._mesh = mesh

    def on(self, pixels: Pixels, candidate: Candidate) -> Opinion:
        """Return the opinion on a candidate of an RGB picture."""
        crop_score = self._in_crop(pixels, candidate)
        evidence, score = candidate.score + crop_score, max(candidate.score, crop_score)
        if evidence < _HOPELESS:
            return Opinion(evidence, score, None)
        mesh = self._mesh.fit(pixels, candidate.points, refine=False)
        if fits(candidate, mesh):
            evidence += _MESH_WEIGHT * mesh.confidence
        return Opinion(evidence, score, mesh)

    def _in_crop(self, pixels: Pixels, candidate: Candidate) -> float:
        center, side = np.array(candidate.box.center), _REACH * candidate.size
        crop = sampled(pixels, crop_matrix(center, across_of(candidate.points), side, _SIDE), _SIDE)
        half = np.array([candidate.box.width, candidate.box.height]) * (0.5 * _SIDE / side)
        if candidate.turns % 2:
            half = half[::-1]
        box = Box(*(float(value) for value in (*(_SIDE / 2 - half), *(_SIDE / 2 + half))))
        there = Candidate(box, 1.0, candidate.points)
        seen = self._center_face.find(crop, _SIDE, 0.05)
        return max((each.score for each in seen if is_known(each, [there])), default=0.0)


def fits(candidate: Candidate, mesh: Mesh) -> bool:
    """Whether a mesh lies where the candidate is; one that slid away or collapsed must not place a mask."""
    low, high = mesh.points.min(0), mesh.points.max(0)
    center = (low + high) / 2
    box = candidate.box
    off = np.abs(center - np.array(box.center)) / (box.width, box.height)
    size = float((high - low).max()) / candidate.size
    return bool(off.max() < 0.4 and 0.4 < size < 1.8)


def face_from(candidate: Candidate, mesh: Mesh | None) -> Face:
    """Return the face of a candidate, with its mesh where that can be trusted, else its five points."""
    if mesh is not None and mesh.confidence >= _MESH_SURE and fits(candidate, mesh):
        return Face(0, candidate.box, candidate.score, mesh.points, mesh.pose)
    return Face(0, candidate.box, candidate.score, candidate.points, Pose(roll=roll_of(candidate.points)))
