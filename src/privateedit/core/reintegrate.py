"""Put the original faces back: grade, fill, blend, and leave every other pixel as the editor made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from privateedit.core.blend import composite, distance_outside, feathered, membrane, multi_band
from privateedit.core.cover import Coverage, outline
from privateedit.core.face import Face
from privateedit.core.harmonize import Grade, learn_grade
from privateedit.core.mask import Hidden
from privateedit.core.matte import Plane, refined, smoothstep, spread
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.report import PlacementReport, Report
from privateedit.core.restored import Restored
from privateedit.core.similarity import Matrix, compose, inverse, scaling, transform, warp, warp_area

_GRADE_SIDE = 192  # pixels on which the grade is learned
_CONTEXT = 0.4  # of a region's size: how far around it the blend looks
_REPLACED = 20.0  # levels: a backdrop that differs by more was replaced
_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain
_MATTE_SIDE = 900


@dataclass(frozen=True, eq=False, slots=True)
class _Patch:
    """One window of the edited picture and what the original shows there, in float levels."""

    edited: Plane
    original: Plane
    hole: Hidden
    visible: Hidden
    matte: Plane
    size: float


def reintegrate(
    photo: Photo,
    hidden: Hidden,
    edited: Pixels,
    placements: Sequence[Placement],
    segmenter: PersonSegmenter,
) -> Restored:
    """Return `edited` with the original regions in their places.

    Pixels outside the blended areas are those of `edited`, bit for bit.
    """
    canvas = edited.copy()
    reports: list[PlacementReport] = []
    person = segmenter.segment(photo.pixels)
    for placement in placements:
        grade = _grade(photo, hidden, person, edited, placement.frame)
        window = _window(placement, edited.shape[:2])
        if window[0].stop > window[0].start and window[1].stop > window[1].start:
            patch = _patch(photo, hidden, canvas, placement, window, segmenter)
            drawn = placement.alignment.regime == "face"
            blend = _over_stranger if drawn else _into_hole
            canvas[window] = blend(patch, grade, placement, window)
        reports += _reports(placement, grade)
    canvas.flags.writeable = False
    return Restored(canvas, Report(tuple(reports)))


def _reports(placement: Placement, grade: Grade) -> list[PlacementReport]:
    alignment = placement.alignment
    ids: list[int | None] = [face.id for face in placement.faces]
    return [
        PlacementReport(
            identity,
            alignment.regime,
            alignment.residual,
            alignment.scale,
            alignment.rotation,
            not grade.is_identity,
        )
        for identity in (ids or [None])
    ]


def _grade(photo: Photo, hidden: Hidden, person: Plane, edited: Pixels, matrix: Matrix) -> Grade:
    """Learn the grade on a small version of the whole frame, from pixels both pictures show."""
    height, width = edited.shape[:2]
    ratio = min(1.0, _GRADE_SIDE / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    frame = (slice(0, size[1]), slice(0, size[0]))
    to_small = compose(scaling(size[0] / width, size[1] / height), matrix)
    after = np.asarray(cv2.resize(edited, size, interpolation=cv2.INTER_AREA), np.float32)
    before = warp(photo.pixels, to_small, frame).astype(np.float32)
    visible = ~warp_area(hidden, to_small, frame) & _inside(photo, to_small, frame)
    # Registration is never perfect at edges: compare smooth parts.
    before = np.asarray(cv2.GaussianBlur(before, (0, 0), 1.2), np.float32)
    after = np.asarray(cv2.GaussianBlur(after, (0, 0), 1.2), np.float32)
    visible = cv2.erode(visible.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    matte = warp((person * 255).astype(np.uint8), to_small, frame).astype(np.float32) / 255.0
    sources = {
        "person": visible * (matte > _PERSON),
        "surroundings": visible * (matte < _BACKDROP),
        "everything": visible,
    }
    return learn_grade(before, after, sources)


def _inside(photo: Photo, matrix: Matrix, window: tuple[slice, slice]) -> Hidden:
    """Pixels of the target window whose origin lies within the photo."""
    rows, columns = window
    x, y = np.meshgrid(np.arange(columns.start, columns.stop) + 0.5, np.arange(rows.start, rows.stop) + 0.5)
    back = inverse(matrix)
    u = back[0, 0] * x + back[0, 1] * y + back[0, 2]
    v = back[1, 0] * x + back[1, 1] * y + back[1, 2]
    return np.asarray((u > 0) & (v > 0) & (u < photo.width) & (v < photo.height))


def _window(placement: Placement, shape: tuple[int, ...]) -> tuple[slice, slice]:
    rows, columns = placement.region.window
    corners = np.array(
        [[x, y] for x in (columns.start, columns.stop) for y in (rows.start, rows.stop)], np.float64
    )
    placed = transform(placement.alignment.matrix, corners)
    margin = _CONTEXT * float((placed.max(0) - placed.min(0)).max()) + 8
    limit = (shape[1], shape[0])
    low = np.clip(np.floor(placed.min(0) - margin), 0, limit).astype(int)
    high = np.clip(np.ceil(placed.max(0) + margin), low, limit).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def _patch(
    photo: Photo,
    hidden: Hidden,
    edited: Pixels,
    placement: Placement,
    window: tuple[slice, slice],
    segmenter: PersonSegmenter,
) -> _Patch:
    matrix = placement.alignment.matrix
    original = warp(photo.pixels, matrix, window)
    any_hole = warp_area(hidden, matrix, window)
    own = np.zeros_like(hidden)
    own[placement.region.window] = placement.region.hidden
    hole = warp_area(own, matrix, window)
    return _Patch(
        edited=edited[window].astype(np.float32),
        original=original.astype(np.float32),
        hole=hole,
        visible=_inside(photo, matrix, window) & ~any_hole,
        matte=_person_matte(original, segmenter),
        size=placement.region.size * placement.alignment.scale,
    )


def _person_matte(original: Pixels, segmenter: PersonSegmenter) -> Plane:
    """Segment the close-up, where the network's few pixels show most, and sharpen at picture edges."""
    height, width = original.shape[:2]
    ratio = min(1.0, _MATTE_SIDE / max(height, width))
    size = (max(1, round(width * ratio)), max(1, round(height * ratio)))
    small = np.asarray(cv2.resize(original, size, interpolation=cv2.INTER_AREA), np.uint8)
    matte = refined(segmenter.segment(small), small, radius=max(2, round(max(size) / 60)))
    # A matte is never quite 0 or 1; certain pixels should be.
    matte = smoothstep((matte - 0.08) / 0.84)
    return np.asarray(cv2.resize(matte, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _into_hole(patch: _Patch, grade: Grade, placement: Placement, window: tuple[slice, slice]) -> Pixels:
    person = grade.apply(patch.original)
    inside = person
    backdrop = patch.visible & (patch.matte < _BACKDROP)
    if _was_replaced(patch, person, backdrop):
        inside = _before_backdrop(patch, grade, backdrop)
    hole = _with_rim(patch, inside)
    trusted = patch.visible & (patch.matte > _PERSON)
    filled = membrane(inside, patch.edited, hole, trusted, 0.18 * patch.size)
    return composite(np.rint(patch.edited).astype(np.uint8), filled, hole.astype(np.float32))


def _was_replaced(patch: _Patch, person: Plane, backdrop: Hidden) -> bool:
    """Whether the background next to the hole is another one than in the photo."""
    if np.count_nonzero(backdrop) < 0.01 * np.count_nonzero(patch.hole) + 20:
        return False
    apart = np.abs(person - patch.edited).mean(2)[backdrop]
    return float(np.median(apart)) > _REPLACED


def _before_backdrop(patch: _Patch, grade: Grade, backdrop: Hidden) -> Plane:
    """Return the person in front of the new background, continued into the hole from around it."""
    behind = spread(patch.edited, backdrop.astype(np.float32))
    certain = (patch.matte > 0.95).astype(np.float32)
    # Soft edge pixels hold some old background; the person's color comes from certain pixels beside them.
    pure = spread(patch.original, certain)
    person = grade.apply(np.where((patch.matte > 0.95)[..., None], patch.original, pure))
    return np.asarray(behind + patch.matte[..., None] * (person - behind), np.float32)


def _with_rim(patch: _Patch, inside: Plane) -> Hidden:
    """Return the hole widened by the rim that resampling and compression mixed with the fill.

    The rim ends where nine tenths of the pixels differ from the original no more than farther out.
    """
    distance = distance_outside(patch.hole)
    reach = int(np.clip(0.03 * patch.size, 8, 24))
    apart = np.abs(inside - patch.edited).mean(2)
    # Texture hides a rim that a plain backdrop shows, so each is asked for itself.
    person = patch.matte > _PERSON
    widths = [_rim_width(apart, patch.visible & part, distance, reach) for part in (person, ~person)]
    width = max(widths)
    # One pixel more than needed costs nothing; one too few leaves a dashed line.
    return np.asarray(distance <= (width + 1 if width else 0))


def _rim_width(apart: Plane, usable: Hidden, distance: Plane, reach: int) -> int:
    rings = [usable & (distance > step) & (distance <= step + 1) for step in range(reach)]
    if sum(np.count_nonzero(ring) for ring in rings) < 12 * reach:
        return 0
    profile = [float(np.quantile(apart[ring], 0.9)) if ring.any() else 0.0 for ring in rings]
    settled = 1.15 * float(np.median(profile[reach // 2 :])) + 3.0
    return next((step for step in range(reach) if max(profile[step : step + 2]) <= settled), 0)


def _over_stranger(patch: _Patch, grade: Grade, placement: Placement, window: tuple[slice, slice]) -> Pixels:
    (face,) = placement.faces
    oval = _oval(face, placement.alignment.matrix, patch.hole.shape, window)
    extent = float(np.sqrt(np.count_nonzero(oval) + 1.0))
    ring = 0.10 * extent
    core = _shrunk(oval & patch.hole, 0.6 * ring)
    middle = _grown(core, 0.5 * ring) & patch.hole
    levels = int(np.clip(np.log2(max(ring, 2.0)) - 1, 1, 6))
    person = grade.apply(patch.original)
    blended = multi_band(patch.edited, person, middle.astype(np.float32), levels)
    alpha = feathered(middle, patch.hole, 0.5 * ring)
    return composite(np.rint(patch.edited).astype(np.uint8), blended, alpha)


def _oval(face: Face, matrix: Matrix, shape: tuple[int, ...], window: tuple[slice, slice]) -> Hidden:
    """Return the face inside its silhouette: the hull of the mesh, or the inner coverage without one."""
    points = face.mesh if face.mesh is not None else outline(face, Coverage.INNER).boundary()
    placed = transform(matrix, points) - (window[1].start, window[0].start)
    hull = cv2.convexHull(placed.astype(np.float32))
    drawn = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(drawn, np.rint(hull * 16 - 8).astype(np.int32), 1, shift=4)
    return drawn.astype(bool)


def _shrunk(area: Hidden, pixels: float) -> Hidden:
    padded = cv2.copyMakeBorder(area.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    depth = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    return np.asarray(depth > pixels)


def _grown(area: Hidden, pixels: float) -> Hidden:
    return np.asarray(distance_outside(area) <= pixels)
