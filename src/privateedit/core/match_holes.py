"""Which hole that came back is whose: masks look alike, so what is around them decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from privateedit.core.align import Alignment
from privateedit.core.assignment import matched
from privateedit.core.comparison import BY_PERSON, Comparison
from privateedit.core.face import Box
from privateedit.core.region import Region
from privateedit.core.register_drawn import ENOUGH
from privateedit.core.register_hole import HoleSearch
from privateedit.core.register_scene import Guess
from privateedit.core.register_surroundings import Surroundings
from privateedit.core.similarity import Matrix, compose, scale_of, transform

_CLEAR = 0.004  # a hole's residual below which no better guess of the frame is looked for
_SAME_PLACE, _VERY_PLACE = 0.1, 0.025  # of a region's size
_OWN_PLACE, _OWN_EVIDENCE = 0.008, 0.85
"""How near a photo's own hole lies to where the frame puts it, or how much around it is what was sent.

Of 116 pictures of others from one studio session, whose holes `match_holes` took in 15 cases, 1 passes; of
38 simulated edits of one's own, a new background and other clothes included, all do. Measured once, by hand.
"""
_SAME_HOLE = 0.3  # of the smaller size: centers nearer than this are one hole
_SURE, _CLEARLY = 0.75, 0.25  # agreement that needs no second look; more evidence for somebody else
_COMPANY = 8  # regions among which a hole's owner is looked for


def match_holes(comparison: Comparison, regions: Sequence[Region]) -> tuple[Alignment | None, ...]:
    """Return for every region where its own hole came back, or None; no hole is given to two regions.

    Raises:
        CannotAlign: the picture came back mirrored.
    """
    found = [_hole(region, comparison) for region in regions]
    likely = [
        hole if hole is not None and _likely(region, hole, comparison) else None
        for region, hole in zip(regions, found, strict=True)
    ]
    own = [_own(index, regions, likely, comparison) for index in range(len(regions))]
    single = _one_to_one(regions, own)
    for region, hole in zip(regions, single, strict=True):
        if hole is not None:
            _around(region, comparison).refuse_mirrored(comparison.looked_at, hole.matrix)
    return tuple(single)


def is_own(region: Region, hole: Alignment, comparison: Comparison) -> bool:
    """Tell whether a hole is the photo's own for certain: another one may lie in about the same place."""
    if any(_agrees(hole.matrix, guess.matrix, region, _OWN_PLACE) for guess in comparison.frames):
        return True
    if comparison.certain:
        return True  # the scene is the one that was sent
    evidence = _around(region, comparison).sighted(comparison.looked_at, hole.matrix).evidence
    return evidence >= _OWN_EVIDENCE or _by_person(region, hole, comparison)


def _hole(region: Region, comparison: Comparison) -> Alignment | None:
    search = HoleSearch(region, comparison.masked, comparison.looked_at)
    plain = search.aligned(comparison.frames)
    if plain is not None and plain.residual < _CLEAR and _is_plain(plain, region, comparison):
        return plain
    if plain is None:
        comparison.look_ahead(region.faces)
    found = [plain]
    if comparison.features is not None:
        found.append(search.aligned([comparison.features]))
    if all(each is None for each in found):
        found.append(_where_person_is(search, region, comparison))
    if comparison.certain:
        # A hole that moved against the scene it was cut from is another hole: masked otherwise, say.
        found = [
            each
            for each in found
            if each is not None and _agrees(each.matrix, comparison.best_frame.matrix, region, _SAME_PLACE)
        ]
    return min(
        (each for each in found if each is not None), key=lambda alignment: alignment.residual, default=None
    )


def _where_person_is(search: HoleSearch, region: Region, comparison: Comparison) -> Alignment | None:
    """Return the hole where the visible person puts it, if nobody is drawn there instead.

    A new backdrop leads the scene's features astray, and may be as dark as the hole.
    """
    if not region.faces:
        return None
    drawn = matched(comparison.faces, comparison.found, comparison.best_frame.matrix)
    if any(face.id in drawn for face in region.faces):
        return None
    person = comparison.around_person(_box(region))
    if person is None:
        return None
    looks = [person.sighted(comparison.looked_at, guess.matrix) for guess in comparison.frames]
    best = max(looks, key=lambda each: each.evidence)
    return search.aligned([Guess(best.matrix, 1)]) if best.evidence >= BY_PERSON else None


def _likely(region: Region, hole: Alignment, comparison: Comparison) -> bool:
    """Whether a hole lies in the very place where the frame puts it, or has its surroundings with it.

    Some dark patch of about the right shape is found in many pictures, and in every other masked portrait.
    """
    if any(_agrees(hole.matrix, guess.matrix, region, _VERY_PLACE) for guess in comparison.frames):
        return True  # features, which take long to find, need not be asked
    guess = comparison.features
    if guess is not None and _agrees(hole.matrix, guess.matrix, region, _VERY_PLACE):
        return True
    evidence = _around(region, comparison).sighted(comparison.looked_at, hole.matrix).evidence
    return evidence >= ENOUGH or _by_person(region, hole, comparison)


def _by_person(region: Region, hole: Alignment, comparison: Comparison) -> bool:
    """Whether the person around a hole is the one that was sent, in whatever scene.

    Raises:
        CannotAlign: but left for right.
    """
    person = comparison.around_person(_box(region))
    if person is None or person.sighted_nearby(comparison.looked_at, hole.matrix).evidence < BY_PERSON:
        return False
    person.refuse_mirrored(comparison.looked_at, hole.matrix)
    return True


def _own(
    index: int, regions: Sequence[Region], holes: Sequence[Alignment | None], comparison: Comparison
) -> Alignment | None:
    """Return the region's hole unless the surroundings of another region are clearly there: people moved."""
    region, hole = regions[index], holes[index]
    if hole is None or not 1 < len(regions) <= _COMPANY:
        return hole
    if _around(region, comparison).agreement(comparison.looked_at, hole.matrix) >= _SURE:
        return hole
    evidence = _around(region, comparison).sighted(comparison.looked_at, hole.matrix).evidence
    for other in regions:
        if other is region:
            continue
        there = _instead(hole.matrix, region, other)
        theirs = _around(other, comparison).sighted(comparison.looked_at, there).evidence
        if theirs >= max(ENOUGH, evidence + _CLEARLY):
            return None
    return hole


def _instead(matrix: Matrix, region: Region, other: Region) -> Matrix:
    """Return the transform that puts `other` where `matrix` puts `region`."""
    ratio = region.size / other.size
    (x, y), (u, v) = _center(region), _center(other)
    return compose(matrix, np.array([[ratio, 0.0, x - ratio * u], [0.0, ratio, y - ratio * v]]))


def _one_to_one(regions: Sequence[Region], holes: Sequence[Alignment | None]) -> list[Alignment | None]:
    """Keep, of regions that claim one hole, the one that fits it best."""
    kept: list[Alignment | None] = [None] * len(regions)
    claims = [(hole.residual, index, hole) for index, hole in enumerate(holes) if hole is not None]
    taken: list[tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], float]] = []
    for _, index, hole in sorted(claims, key=lambda claim: claim[:2]):
        region = regions[index]
        center = transform(hole.matrix, np.array([_center(region)]))[0]
        size = region.size * hole.scale
        if all(np.linalg.norm(center - other) > _SAME_HOLE * min(size, big) for other, big in taken):
            kept[index] = hole
            taken.append((center, size))
    return kept


def _center(region: Region) -> tuple[float, float]:
    rows, columns = region.window
    return (columns.start + columns.stop) / 2, (rows.start + rows.stop) / 2


def _around(region: Region, comparison: Comparison) -> Surroundings:
    return comparison.around(_box(region))


def _box(region: Region) -> Box:
    rows, columns = region.window
    return Box(columns.start, rows.start, columns.stop, rows.stop)


def _is_plain(alignment: Alignment, region: Region, comparison: Comparison) -> bool:
    """Whether the hole lies where one of the plain guesses of the frame puts it."""
    return any(_agrees(alignment.matrix, guess.matrix, region, _SAME_PLACE) for guess in comparison.frames)


def _agrees(matrix: Matrix, frame: Matrix, region: Region, share: float) -> bool:
    """Whether two transforms put the region's corners in the same place, within a share of its size."""
    rows, columns = region.window
    corners = np.array([[x, y] for x in (columns.start, columns.stop) for y in (rows.start, rows.stop)])
    apart = np.linalg.norm(transform(matrix, corners) - transform(frame, corners), axis=1)
    return float(apart.max()) < share * region.size * scale_of(frame)
