"""What image models do to groups: leave somebody out, swap two people, add one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np

from privateedit.audit.restore_scenarios import Crowd
from privateedit.audit.simulated_stranger import Stranger
from privateedit.core.blend import distance_outside, smoothstep
from privateedit.core.face import Face
from privateedit.core.mask import Hidden
from privateedit.core.matte import sharpened
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats, pull_push
from privateedit.core.scale import reduced, single
from privateedit.core.similarity import Matrix, inverse, warp

_LOOK = 512
_APART = 1.3  # face widths between the middles of people who can be told apart


@dataclass(frozen=True, eq=False, slots=True)
class Regrouped:
    """A picture after its people were changed.

    Attributes:
        canvas: H×W×3 float32 levels.
        moves: for each face that is still there, where it went within the picture.
    """

    canvas: Floats
    moves: Mapping[int, Matrix]


def regrouped(
    crowd: Crowd,
    canvas: Floats,
    alpha: Floats,
    faces: Sequence[Face],
    extra: Stranger,
    segmenter: PersonSegmenter,
    random: np.random.Generator,
) -> Regrouped | None:
    """Return the picture with its people changed, or None where there is no room for that change."""
    stay = {face.id: np.eye(2, 3) for face in faces}
    if crowd is Crowd.KEPT:
        return Regrouped(canvas, stay)
    if crowd is Crowd.DROPPED:
        gone = faces[int(random.integers(len(faces)))]
        stay.pop(gone.id)
        return Regrouped(_without(canvas, alpha, gone, [each for each in faces if each is not gone]), stay)
    if crowd is Crowd.SWAPPED:
        pair = _swappable(faces)
        return None if pair is None else _swapped(canvas, *pair, stay)
    place = _room(canvas.shape, faces, random)
    return None if place is None else Regrouped(_added(canvas, extra, place, segmenter), stay)


def _without(canvas: Floats, alpha: Floats, gone: Face, others: Sequence[Face]) -> Floats:
    """Return the picture with one person painted over by what lies behind."""
    box = gone.box
    person = _around(gone, canvas.shape, across=1.3, above=0.9, below=2.6)
    for other in others:
        nearer = _around(other, canvas.shape, across=0.75, above=0.75, below=0.9)
        person &= ~nearer
    known = (alpha < 0.1) & ~person
    behind = pull_push(canvas, single(known if known.any() else ~person))
    weight = single(1 - smoothstep(distance_outside(person) / max(2.0, 0.1 * box.width)))
    return single(canvas + weight[..., None] * (behind - canvas))


def _around(face: Face, shape: tuple[int, ...], *, across: float, above: float, below: float) -> Hidden:
    """Return an ellipse about a face, its reaches from the middle in face widths and heights."""
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    x, y = face.box.center
    down = rows - y
    reach = np.where(down < 0, above, below) * face.box.height
    return np.asarray(((columns - x) / (across * face.box.width)) ** 2 + (down / reach) ** 2 <= 1)


def _swappable(faces: Sequence[Face]) -> tuple[Face, Face] | None:
    """Return the two people most alike in size who do not overlap."""
    pairs = [
        (abs(float(np.log(one.box.width / two.box.width))), one, two)
        for one, two in combinations(faces, 2)
        if abs(one.box.center[0] - two.box.center[0]) > _APART * 1.4 * max(one.box.width, two.box.width)
    ]
    return min(pairs, key=lambda pair: pair[0])[1:] if pairs else None


def _swapped(canvas: Floats, one: Face, two: Face, stay: Mapping[int, Matrix]) -> Regrouped:
    """Return the picture with head and shoulders of two people in each other's place."""
    there = _onto(one, two)
    moves = {**stay, one.id: there, two.id: inverse(there)}
    result = canvas.copy()
    frame = (slice(0, canvas.shape[0]), slice(0, canvas.shape[1]))
    for mover, host in ((one, two), (two, one)):
        area = _around(host, canvas.shape, across=0.85, above=1.0, below=1.2)
        weight = single(1 - smoothstep(distance_outside(area) / max(2.0, 0.15 * host.box.width)))
        carried = warp(canvas, moves[mover.id], frame, beyond=cv2.BORDER_REFLECT_101)  # type: ignore[arg-type]
        result = single(result + weight[..., None] * (carried - result))
    return Regrouped(result, moves)


def _onto(one: Face, two: Face) -> Matrix:
    """Return the move that lays one face's box on another's."""
    scale = float(np.sqrt(two.box.width * two.box.height / (one.box.width * one.box.height)))
    shift = np.array(two.box.center) - scale * np.array(one.box.center)
    return np.column_stack([scale * np.eye(2), shift])


def _room(
    shape: tuple[int, ...], faces: Sequence[Face], random: np.random.Generator
) -> tuple[float, float, float] | None:
    """Return a place (x, y, face width) for one more person beside the others."""
    width = float(np.median([face.box.width for face in faces]))
    y = float(np.median([face.box.center[1] for face in faces]))
    places = [
        x
        for x in np.arange(0.8 * width, shape[1] - 0.8 * width, 0.25 * width)
        if all(
            abs(x - face.box.center[0]) > _APART * (width + face.box.width) / 2
            or abs(y - face.box.center[1]) > 2 * face.box.height
            for face in faces
        )
    ]
    return (float(random.choice(places)), y, width) if places else None


def _added(
    canvas: Floats, extra: Stranger, place: tuple[float, float, float], segmenter: PersonSegmenter
) -> Floats:
    """Return the picture with one more head and shoulders in front of it."""
    x, y, width = place
    box, pixels = extra.face.box, extra.photo.pixels
    scale = width / box.width
    matrix = np.column_stack([scale * np.eye(2), np.array([x, y]) - scale * np.array(box.center)])
    anchor = _around(extra.face, pixels.shape, across=0.4, above=0.4, below=0.4)
    alpha = sharpened(pixels, segmenter.segment(reduced(pixels, _LOOK)), anchor).alpha
    alpha = single(alpha * _around(extra.face, pixels.shape, across=1.3, above=1.2, below=1.5))
    frame = (slice(0, canvas.shape[0]), slice(0, canvas.shape[1]))
    figure = warp(pixels, matrix, frame).astype(np.float32)
    weight = warp(np.rint(255 * alpha).astype(np.uint8), matrix, frame, beyond=cv2.BORDER_CONSTANT)
    soft = cv2.GaussianBlur(weight.astype(np.float32) / 255, (0, 0), max(1.0, 0.01 * width))
    return single(canvas + soft[..., None] * (figure - canvas))
