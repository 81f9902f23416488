"""Regimes `face` and `scene`: which drawn face stands for which hidden one, and whether it really does.

A face alone proves nothing: any portrait has one. What was visible around the hidden face must be there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from privateedit.core.align import Alignment, between, moved
from privateedit.core.assignment import cheapest, matched
from privateedit.core.comparison import BY_PERSON, Comparison
from privateedit.core.face import Face
from privateedit.core.register_face import (
    MAX_RESIDUAL,
    MAX_TURN,
    align_to_face,
    compared,
    fit_to_face,
    in_words,
    pose_difference,
)
from privateedit.core.register_surroundings import Sighting, Surroundings
from privateedit.core.similarity import Matrix
from privateedit.errors import CannotAlign

ENOUGH = 0.52
"""Evidence (see `Sighting`) that tells an edit from another picture.

Of 147 pairs of strangers' portraits none has more, of 75 from one studio 1 in 40, most of those in the same
shirt; of edits that keep something of hair or shoulders 9 in 10, of pencil drawings 3 in 4.
"""

_STRAYED = 1.0, 1.5, 0.03  # more evidence asked for each face width, unit of log scale and degree off
_ALLOWED = 0.04, 0.03, 2.0  # how far strangers' faces stray in any case
_SURE = 0.75
_LOOKED_FOR = 3.5  # how far from the frame a drawn face may stray and still be looked for there
_IN_FRAME = 1.5  # how much farther than from surroundings landmarks may stray from the scene
_AGAINST_SCENE = 0.9  # evidence for somebody who moved while the scene stayed
_FIVE_POINTS = 1.6  # how much farther five points stray than a mesh
_NOT_MIRRORED = 0.7  # agreement that no mirror image of a face has
_CLEARLY = 0.25  # more evidence for another face, before it is taken instead
_SEEN, _WELL_SEEN = 0.015, 0.05  # mean weight of what is visible: too little to miss it, and enough to go by
_CROWD = 8  # faces among which a doubtful one is looked for
_ALIKE = 0.12, 0.12, 6.0  # how far landmarks may stray from the surroundings and still mean the same place
_ODD = 0.3, 0.4  # the same for a cartoon's: face widths, logarithm of scale
_TURNED = 12.0  # degrees
_BY_SURROUNDINGS = 0.9  # weight of strong evidence against the landmarks of a stranger


@dataclass(frozen=True, eq=False)
class Pair:
    """A hidden face and the drawn one that may stand for it, told by all around or by the `person` alone."""

    face: Face
    drawn: Face
    comparison: Comparison
    person: Surroundings | None = None

    @cached_property
    def landmarks(self) -> Matrix:
        """Where the landmarks put the hidden face."""
        return fit_to_face(self.face, self.drawn)[0]

    @property
    def around(self) -> Surroundings:
        """What was sent around the hidden face, as far as it counts."""
        return self.person or self.comparison.around(self.face.box)

    @cached_property
    def sighting(self) -> Sighting:
        """Where the surroundings put it, looked for where the landmarks and the frame say."""
        edited, looks = self.comparison.looked_at, []
        by_frame = self.comparison.best_frame.matrix
        if _near(self.landmarks, by_frame, self.face, _LOOKED_FOR):
            looks.append(self.around.sighted(edited, by_frame))
            if looks[0].evidence >= _SURE:
                return looks[0]
        looks.append(self.around.sighted(edited, self.landmarks))
        # Of a person alone there is so little that a coarse look may settle on another likeness beside it.
        if self.person is not None:
            looks.append(self.around.sighted_nearby(edited, self.landmarks))
        return max(looks, key=lambda each: each.evidence)

    @cached_property
    def agrees(self) -> bool:
        """Whether landmarks and surroundings mean the same place."""
        meshes = self.face.mesh is not None and self.drawn.mesh is not None
        return _near(self.landmarks, self.sighting.matrix, self.face, 1.0 if meshes else _FIVE_POINTS)

    @property
    def evidence(self) -> float:
        """How much of the surroundings is there, 0 when they are somewhere else."""
        return self.sighting.evidence if self.agrees else 0.0

    @property
    def needed(self) -> float:
        """How much must be there: the more, the farther the face strayed from where the frame puts it."""
        if self.person is not None:
            return BY_PERSON
        if self.comparison.certain:
            return ENOUGH if self.in_frame else _AGAINST_SCENE
        off = np.abs(moved(self.landmarks, self.comparison.best_frame.matrix, self.face))
        return min(_SURE, ENOUGH + float(np.maximum(off - _ALLOWED, 0) @ _STRAYED))

    @property
    def in_frame(self) -> bool:
        """Whether it lies where the visible features of the scene put it."""
        features = self.comparison.features
        return features is not None and _near(self.landmarks, features.matrix, self.face, _IN_FRAME)

    @property
    def closeness(self) -> float:
        """How nearly landmarks and surroundings mean the same place: 1 when they do, down to 0.

        Beyond that, it falls gradually where the scene's features confirm the surroundings: a degree more or
        less of a stranger's tilt must not decide whether all of it, or none, becomes the face's own.
        """
        features = self.comparison.features
        if self.agrees:
            return 1.0
        if features is None or not _near(features.matrix, self.sighting.matrix, self.face):
            return 0.0
        off = np.abs(moved(self.landmarks, self.sighting.matrix, self.face)) / np.array(_ALIKE)
        return float(np.clip((_IN_FRAME - off.max()) / (_IN_FRAME - 1), 0, 1))

    def proven(self, *, alone: bool) -> bool:
        """Whether this is an edit of what was sent; `alone` when there is nobody to mistake it for."""
        if self.evidence >= self.needed or self.in_frame:
            return True
        nowhere_near = self.needed >= ENOUGH + 0.05
        hardly_visible = self.around.visible < _SEEN
        return alone and hardly_visible and not nowhere_near

    @property
    def odd(self) -> bool:
        """Whether a face is drawn there, turned alike, with other proportions or in a size of its own.

        Cartoons have such faces. Where everything around is what was sent, that says where the face belongs.
        """
        _, residual = fit_to_face(self.face, self.drawn)
        away, grown, _ = moved(self.landmarks, self.sighting.matrix, self.face)
        return (
            (residual > MAX_RESIDUAL or not (self.agrees or self.in_frame))
            and pose_difference(self.face, self.drawn) <= MAX_TURN
            and away < _ODD[0]
            and abs(grown) < _ODD[1]
        )


def align_drawn(comparison: Comparison, faces: Sequence[Face]) -> dict[int, tuple[Alignment, Face]]:
    """Return alignment and drawn face for every hidden face, by its id.

    Raises:
        CannotAlign: one of them has no drawn face that fits, or none that can be told to be its own.
    """
    if not faces:
        return {}
    pairs = _paired(comparison, faces)
    for face in faces:
        if face.id not in pairs:
            raise CannotAlign(
                f"Face {face.id} has no place in the edited picture: neither the masked area nor a face came "
                'back there; ask the service to keep the "same pose and framing", and restore with the '
                "options that masked it."
            )
    alone = len(comparison.faces) == 1 and len(comparison.found) == 1
    return {identity: (_aligned(pair, alone=alone), pair.drawn) for identity, pair in pairs.items()}


def _paired(comparison: Comparison, faces: Sequence[Face]) -> dict[int, Pair]:
    """Pair by position and size, then let surroundings decide what those leave in doubt."""
    found = comparison.found
    guess = comparison.best_frame.matrix
    by_place = matched(comparison.faces, found, guess, certain=comparison.certain)
    pairs = {face.id: Pair(face, by_place[face.id], comparison) for face in faces if face.id in by_place}
    if len(comparison.faces) == 1 and len(found) == 1:
        return pairs
    sure = {identity for identity, pair in pairs.items() if pair.evidence >= max(_SURE, pair.needed)}
    taken = {by_place[identity].id for identity in by_place if identity in sure}
    doubtful = [face for face in faces if face.id not in sure]
    free = [other for other in found if other.id not in taken]
    if not doubtful or not free or max(len(doubtful), len(free)) > _CROWD:
        return pairs
    again = _by_surroundings(comparison, doubtful, free, pairs)
    return {**{identity: pairs[identity] for identity in sure}, **again}


def _by_surroundings(
    comparison: Comparison, faces: Sequence[Face], free: Sequence[Face], before: dict[int, Pair]
) -> dict[int, Pair]:
    options = [[Pair(face, other, comparison) for other in free] for face in faces]
    costs = np.full((len(faces), len(free) + len(faces)), -ENOUGH)
    for row, face in enumerate(faces):
        for column, pair in enumerate(options[row]):
            own = face.id in before and before[face.id].drawn.id == free[column].id
            evidence = before[face.id].evidence if own else pair.evidence
            costs[row, column] = -(evidence + (max(_CLEARLY, ENOUGH) if own else 0.0))
    taken = cheapest(costs)
    chosen = {}
    for row, column in enumerate(taken):
        if column < len(free):
            pair = options[row][column]
            same = before.get(faces[row].id)
            chosen[faces[row].id] = same if same is not None and same.drawn.id == pair.drawn.id else pair
    return chosen


def _aligned(pair: Pair, *, alone: bool) -> Alignment:
    _refuse_mirrored(pair)
    if pair.sighting.evidence >= _SURE and pair.odd:
        turn = pose_difference(pair.face, pair.drawn)
        return Alignment(pair.sighting.matrix, "scene", 1 - min(1.0, pair.sighting.agreement), turn)
    if not pair.proven(alone=alone):
        pair = _by_person(pair)
    by_face = align_to_face(pair.face, pair.drawn, pair.comparison.best_frame.matrix)
    # Landmarks of a head held or turned otherwise tell tilt and size badly; a scene that stayed tells both.
    turned = pair.in_frame and pose_difference(pair.face, pair.drawn) > _TURNED
    most = 1.0 if turned and not pair.agrees else _BY_SURROUNDINGS * pair.closeness
    evidence = pair.sighting.evidence
    share = most * float(np.clip((evidence - ENOUGH) / (_SURE - ENOUGH), 0, 1))
    # Little that is visible places a face worse than its landmarks do.
    share *= min(1.0, pair.around.visible / _WELL_SEEN)
    matrix = between(by_face.matrix, pair.sighting.matrix, pair.face, share)
    return Alignment(matrix, "face", by_face.residual, by_face.pose_difference)


def _by_person(pair: Pair) -> Pair:
    """Return the pair as the visible person tells it, whatever stands behind now.

    Raises:
        CannotAlign: that does not prove it either.
    """
    person = pair.comparison.around_person(pair.face.box)
    told = None if person is None else replace(pair, person=person)
    if told is None or told.evidence < told.needed:
        raise _unproven(pair)
    _refuse_mirrored(told)
    return told


def _unproven(pair: Pair) -> CannotAlign:
    matrix, residual = fit_to_face(pair.face, pair.drawn)
    alignment = Alignment(matrix, "face", residual)
    heads = compared(alignment, pair.face, pair.drawn, pair.comparison.best_frame.matrix)
    return CannotAlign(
        f"What came back around face {pair.face.id} is not what was sent (agreement {pair.evidence:.2f} of "
        f"the {pair.needed:.2f} needed; {in_words(heads)}): it may be another picture, or another person; "
        'ask the service to keep the "same pose and framing".',
        measured={**heads, "agreement": pair.evidence, "agreement_needed": pair.needed},
    )


def _refuse_mirrored(pair: Pair) -> None:
    """A stranger may look straight at the camera in a picture that came back left for right."""
    if pair.in_frame or pair.sighting.agreement > _NOT_MIRRORED:
        return
    pair.around.refuse_mirrored(pair.comparison.looked_at, pair.landmarks)


def _near(first: Matrix, second: Matrix, face: Face, factor: float = 1.0) -> bool:
    return bool((np.abs(moved(first, second, face)) < factor * np.array(_ALIKE)).all())
