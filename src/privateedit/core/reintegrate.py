"""Put the original faces back: grade, fill, blend, and leave every other pixel as the editor made it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.fill_hole import into_hole
from privateedit.core.harmonize import Grade, learn_grade
from privateedit.core.mask import Hidden
from privateedit.core.patch import inside_photo, patch_of, window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.replace_face import over_stranger
from privateedit.core.report import PlacementReport, Report
from privateedit.core.restored import Restored
from privateedit.core.scale import reduced, reduced_size, resized
from privateedit.core.similarity import Matrix, compose, scaling, warp, warp_area
from privateedit.errors import CannotAlign

_GRADE_SIDE = 192  # pixels on which the grade is learned
_LOOK = 512
_PERSON, _BACKDROP = 0.85, 0.10  # matte values that count as certain


def reintegrate(
    photo: Photo,
    masked: MaskedPhoto,
    edited: Pixels,
    placements: Sequence[Placement],
    segmenter: PersonSegmenter,
) -> Restored:
    """Return `edited` with the original regions of `photo` in their places, as `masked` hid them.

    A replaced backdrop is not put back: it stays as the editor left it. Pixels outside the blended areas
    are those of `edited`, bit for bit.

    Raises:
        CannotAlign: a face would lie outside the edited picture.
    """
    canvas = edited.copy()
    reports: list[PlacementReport] = []
    person = segmenter.segment(reduced(photo.pixels, _LOOK))
    for placement in placements:
        if not _within(placement, edited.shape):
            raise CannotAlign("A hidden face lies outside the edited picture; it was cropped away.")
        grade = _grade(photo, masked.concealed.hidden, person, edited, placement.frame)
        patch = patch_of(photo, masked.mask.hidden, canvas, placement, segmenter)
        if placement.alignment.regime == "face":
            canvas[patch.window] = over_stranger(
                patch, grade, placement.faces[0], placement.alignment, placement.drawn
            )
        else:
            canvas[patch.window] = into_hole(patch, grade)
        reports += _reports(placement, grade)
    canvas.flags.writeable = False
    reports.sort(key=lambda each: (each.id is None, each.id or 0))
    return Restored(canvas, Report(tuple(reports)))


def _within(placement: Placement, shape: tuple[int, ...]) -> bool:
    rows, columns = window_of(placement, shape, context=0.0)
    return bool(rows.stop > rows.start and columns.stop > columns.start)


def _reports(placement: Placement, grade: Grade) -> list[PlacementReport]:
    alignment = placement.alignment
    ids: list[int | None] = [face.id for face in placement.faces]
    facts = (alignment.regime, alignment.residual, alignment.scale, alignment.rotation, not grade.is_identity)
    return [PlacementReport(identity, *facts) for identity in (ids or [None])]


def _grade(photo: Photo, hidden: Hidden, person: Floats, edited: Pixels, frame: Matrix) -> Grade:
    """Learn the grade on a small version of the whole frame, from pixels both pictures show."""
    size = reduced_size(edited.shape, _GRADE_SIDE)
    window = (slice(0, size[0]), slice(0, size[1]))
    to_small = compose(scaling(size[1] / edited.shape[1], size[0] / edited.shape[0]), frame)
    visible = ~warp_area(hidden, to_small, window) & inside_photo(photo, to_small, window)
    visible = cv2.erode(visible.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    people = (resized(person, photo.pixels.shape) * 255).astype(np.uint8)
    matte = warp(people, to_small, window).astype(np.float32) / 255.0
    sources = {
        "person": visible & (matte > _PERSON),
        "surroundings": visible & (matte < _BACKDROP),
        "everything": visible,
    }
    before = warp(photo.pixels, to_small, window)
    return learn_grade(_soft(before), _soft(reduced(edited, _GRADE_SIDE)), sources)


def _soft(pixels: Pixels) -> Floats:
    """Registration is never perfect at edges: compare smooth parts."""
    return np.asarray(cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 1.2), np.float32)
