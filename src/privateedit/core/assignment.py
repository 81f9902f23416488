"""Which face of the edited picture stands for which hidden one: one to one, the best for all together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from privateedit.core.face import Face
from privateedit.core.similarity import Matrix, fit, rotation_of, scale_of, transform

_REACH = 1.5  # face widths between where a face should be and where it is
_LEAVE = 1.6  # what leaving a face unpaired costs
_SIZES = 0.5  # what a difference of size costs, per factor of e
_MOVED = 0.25  # how much better, for every face, an arrangement must be than the frame left alone
_LARGEST = 6  # faces that arrangements are guessed from
_ROLL, _ZOOM, _SIZE = 30.0, 2.5, 0.4  # degrees, factor, logarithm: what a frame may have done


def matched(
    faces: Sequence[Face], found: Sequence[Face], guess: Matrix, *, certain: bool = False
) -> dict[int, Face]:
    """Pair photo faces with faces of the edited picture one to one, so that all together fit best.

    `guess` maps photo to edited coordinates roughly. A pair needs centers within 1.5 face widths; a single
    face on both sides is paired wherever it is, and several also by how they stand to each other, unless the
    scene makes the guess `certain`.

    Returns:
        The found face by the id of the photo's face.
    """
    if certain:
        return _assigned(faces, found, guess)[0]
    if len(faces) == 1 and len(found) == 1:
        return {faces[0].id: found[0]}
    plain, cost = _assigned(faces, found, guess)
    arranged = [_assigned(faces, found, each) for each in _arrangements(faces, found, guess)]
    best, least = min(arranged, key=lambda pair: pair[1], default=(plain, cost))
    # Two faces fit two others exactly whoever they are: that alone does not move the frame.
    return best if least + _MOVED * len(faces) < cost else plain


def _assigned(faces: Sequence[Face], found: Sequence[Face], guess: Matrix) -> tuple[dict[int, Face], float]:
    """Return the cheapest pairs under a guess, and what they cost with everybody left out."""
    if not faces or not found:
        return {}, _LEAVE * len(faces)
    zoom = scale_of(guess)
    centers = transform(guess, np.array([face.box.center for face in faces]))
    widths = zoom * np.array([_longest(face) for face in faces])
    apart = np.linalg.norm(centers[:, None] - np.array([other.box.center for other in found])[None], axis=2)
    apart /= widths[:, None]
    sizes = np.abs(np.log(np.array([_longest(other) for other in found])[None] / widths[:, None]))
    costs = np.where(apart < _REACH, apart + _SIZES * sizes, 2 * _LEAVE)
    # A column for each face that is left out makes that a choice like any other.
    choices = np.hstack([costs, np.full((len(faces), len(faces)), _LEAVE)])
    taken = cheapest(choices)
    pairs = {faces[row].id: found[column] for row, column in enumerate(taken) if column < len(found)}
    return pairs, float(choices[np.arange(len(faces)), taken].sum())


def cheapest(costs: NDArray[np.float64]) -> list[int]:
    """Return for every row a column of its own, so that the costs (rows ≤ columns) sum to the least.

    The Hungarian method with shortest augmenting paths (Kuhn, 1955; Jonker and Volgenant, 1987).
    """
    rows, columns = costs.shape
    row_price, column_price = np.zeros(rows), np.zeros(columns)
    owner = np.full(columns, -1)
    for row in range(rows):
        least, came_from = np.full(columns, np.inf), np.full(columns, -1)
        done = np.zeros(columns, np.bool_)
        current, at = row, -1
        while True:
            if at >= 0:
                done[at] = True
            reduced = costs[current] - row_price[current] - column_price
            better = ~done & (reduced < least)
            least[better], came_from[better] = reduced[better], at
            following = int(np.where(done, np.inf, least).argmin())
            step = least[following]
            row_price[row] += step
            row_price[owner[done]] += step
            column_price[done] -= step
            least[~done] -= step
            at = following
            if owner[at] < 0:
                break
            current = int(owner[at])
        while at >= 0:
            before = int(came_from[at])
            owner[at] = row if before < 0 else owner[before]
            at = before
    taken = [0] * rows
    for column, own in enumerate(owner):
        if own >= 0:
            taken[own] = column
    return taken


def _arrangements(faces: Sequence[Face], found: Sequence[Face], guess: Matrix) -> Iterator[Matrix]:
    """Yield frames under which two faces of the photo become two of the edited picture."""
    own, others = (sorted(each, key=_longest, reverse=True)[:_LARGEST] for each in (faces, found))
    for first, second in permutations(own, 2):
        if first.id > second.id:
            continue
        source = np.array([first.box.center, second.box.center])
        if np.ptp(source, axis=0).max() < 1:
            continue
        for pair in permutations(others, 2):
            frame = fit(source, np.array([each.box.center for each in pair]), np.ones(2))
            if _plausible(frame, guess, (first, second), pair):
                yield frame


def _plausible(frame: Matrix, guess: Matrix, own: tuple[Face, Face], others: tuple[Face, ...]) -> bool:
    """Whether a service may have moved the frame so: hardly turned, and faces as large as it makes them."""
    zoom = scale_of(frame)
    if abs(rotation_of(frame)) > _ROLL or not 1 / _ZOOM < zoom / scale_of(guess) < _ZOOM:
        return False
    sizes = [_longest(other) / (zoom * _longest(face)) for face, other in zip(own, others, strict=True)]
    return bool(np.abs(np.log(sizes)).max() < _SIZE)


def _longest(face: Face) -> float:
    return max(face.box.width, face.box.height)
