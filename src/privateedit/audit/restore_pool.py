"""The photos of a folder that a restore benchmark can use, and who can stand in for whom."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from privateedit.audit.people import ENDINGS
from privateedit.audit.simulated_stranger import OVAL, STABLE, Stranger, placed_by
from privateedit.core.face import Face, Points, Pose
from privateedit.core.photo import Photo
from privateedit.core.ports import FaceDetector
from privateedit.core.scale import reduced
from privateedit.core.similarity import transform
from privateedit.errors import InputError

_SMALLEST = 40.0  # pixels across a face; smaller ones tell nothing
_SAME_POSE, _OTHER_POSE = 12.0, 27.0  # degrees
_SHAPE = 0.09  # RMS misfit of stable points, in eye distances, up to which a stranger fits
_CHOICE = 3  # of the best fitting strangers, one is drawn
FEWEST_VISIBLE = 0.15
"""Share of a photo that must stay visible."""
MOST_FACES = 8
"""In crowds, who is who cannot be told by looking at a contact sheet."""


@dataclass(frozen=True, eq=False, slots=True)
class Portrait:
    """A photo of one face that can stand in for others.

    Attributes:
        path: its file.
        mirrored: the picture is used the other way round.
        mesh: landmarks, in pixels of the reduced picture.
        pose: of the head.
    """

    path: Path
    mirrored: bool
    mesh: Points
    pose: Pose

    @property
    def home(self) -> Path:
        """The folder, which may be that of one person."""
        return self.path.parent


def photos_in(folder: Path) -> tuple[Path, ...]:
    """Return every picture file in `folder` and below, sorted by name.

    Raises:
        InputError: it is no folder, cannot be read, or holds no picture.
    """
    try:
        if not folder.is_dir():
            raise InputError(f"{folder.name} is not a folder.")
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and _is_photo(path))
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(f"The folder cannot be read ({reason}).") from error
    if not paths:
        raise InputError(f"{folder.name} holds no picture.")
    return tuple(paths)


def _is_photo(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and not path.name.startswith(".")


def small(photo: Photo, max_side: int, *, mirrored: bool = False) -> Photo:
    """Return the photo at the size that is measured."""
    pixels = reduced(photo.pixels, max_side)
    return Photo(np.ascontiguousarray(pixels[:, ::-1]) if mirrored else pixels)


def portraits_of(path: Path, photo: Photo, max_side: int, detector: FaceDetector) -> list[Portrait]:
    """Return the photo as a stand-in, both ways round, if it shows exactly one large enough face."""
    found = []
    for mirrored in (False, True):
        faces = detector.detect(small(photo, max_side, mirrored=mirrored).pixels)
        if len(faces) == 1 and faces[0].mesh is not None and faces[0].box.width >= _SMALLEST:
            found.append(Portrait(path, mirrored, faces[0].mesh, faces[0].pose))
    return found


def stranger_of(portrait: Portrait, photo: Photo, max_side: int) -> Stranger:
    """Return a stand-in with its picture."""
    picture = small(photo, max_side, mirrored=portrait.mirrored)
    low, high = portrait.mesh.min(0), portrait.mesh.max(0)
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Stranger(picture, Face(0, box, 1.0, portrait.mesh, portrait.pose))  # type: ignore[arg-type]


def usable(faces: Sequence[Face]) -> str | None:
    """Return why these faces cannot be measured, or None."""
    if not faces:
        return "no face was found"
    if len(faces) > MOST_FACES:
        return "it shows too many faces"
    if any(face.mesh is None for face in faces):
        return "a face has no landmarks"
    if min(face.box.width for face in faces) < _SMALLEST:
        return "a face is too small"
    return None


def alike(
    face: Face, path: Path, pool: Sequence[Portrait], root: Path, random: np.random.Generator
) -> Portrait | None:
    """Return somebody else in nearly the same pose, one of the best fitting; None if there is nobody."""
    offers = sorted(
        (
            (misfit(face, each), index)
            for index, each in enumerate(pool)
            if somebody_else(each, path, root) and turned(face.pose, each.pose) <= _SAME_POSE
        ),
    )
    offers = [offer for offer in offers if offer[0] <= _SHAPE][:_CHOICE]
    return pool[offers[int(random.integers(len(offers)))][1]] if offers else None


def turned_away(
    face: Face, path: Path, pool: Sequence[Portrait], root: Path, random: np.random.Generator
) -> Portrait | None:
    """Return somebody else who looks clearly another way; None if there is nobody."""
    others = [
        each
        for each in pool
        if somebody_else(each, path, root) and turned(face.pose, each.pose) >= _OTHER_POSE
    ]
    return others[int(random.integers(len(others)))] if others else None


def anybody(path: Path, pool: Sequence[Portrait], root: Path, random: np.random.Generator) -> Portrait | None:
    """Return somebody else."""
    others = [each for each in pool if somebody_else(each, path, root) and not each.mirrored]
    return others[int(random.integers(len(others)))] if others else None


def somebody_else(portrait: Portrait, path: Path, root: Path) -> bool:
    """Whether a photo shows another person: photos of one subfolder may all be of one person."""
    return portrait.path != path and (portrait.home != path.parent or path.parent == root)


def turned(one: Pose, two: Pose) -> float:
    """Return by how many degrees two heads look apart, up and down or sideways."""
    return math.hypot(one.yaw - two.yaw, one.pitch - two.pitch)


def misfit(face: Face, portrait: Portrait) -> float:
    """Return how badly a stand-in fits, in eye distances: eyes and nose, and a little the outline."""
    other = Face(0, face.box, 1.0, portrait.mesh, portrait.pose)
    matrix = placed_by(other, face)
    mesh = np.asarray(face.mesh)
    eyes = float(np.linalg.norm(mesh[33] - mesh[263]))
    parts = []
    for points, weight in ((list(STABLE), 1.0), (list(OVAL), 0.25)):
        apart = transform(matrix, portrait.mesh[points]) - mesh[points]
        parts.append(weight * float(np.sqrt((apart**2).sum(1).mean())))
    return math.hypot(*parts) / eyes
