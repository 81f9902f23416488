"""Put the original faces back: grade, fill, blend, and leave every other pixel as the editor made it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.fill_hole import into_hole
from privateedit.core.grade import Grade
from privateedit.core.look import Look, learn_colors, learn_fine
from privateedit.core.overlap import overlap_of
from privateedit.core.patch import patch_of, window_of
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.replace_face import over_stranger
from privateedit.core.report import PlacementReport, Report
from privateedit.core.restored import Restored
from privateedit.core.scale import reduced
from privateedit.core.similarity import compose, inverse, scaling, transform
from privateedit.errors import CannotAlign

_WIDE_SIDE, _NEAR_SIDE, _FINE_SIDE = 192, 256, 512
_AROUND = 1.2
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
        patch = patch_of(photo, masked.mask.hidden, canvas, placement, segmenter)
        grade = _look(photo, masked, person, edited, placement, patch)
        if placement.alignment.regime == "face":
            canvas[patch.window] = over_stranger(patch, grade, placement.faces[0], placement.alignment)
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
    facts = (alignment.regime, alignment.residual, alignment.scale, alignment.rotation, not grade.is_plain)
    return [PlacementReport(identity, *facts) for identity in (ids or [None])]


def _look(photo, masked, person, edited, placement, patch):
    rows, columns = window_of(placement, edited.shape, _AROUND)
    face = placement.faces[0] if placement.faces else None
    everything = (slice(0, edited.shape[0]), slice(0, edited.shape[1]))
    wide, near = (
        overlap_of(photo, masked, edited, person, placement.frame, face, window, longest)
        for window, longest in ((everything, _WIDE_SIDE), ((rows, columns), _NEAR_SIDE))
    )
    top, left = patch.window[0].start, patch.window[1].start
    y, x = (float(np.mean(each)) for each in np.nonzero(patch.hole))
    to_plane = compose(
        scaling(1 / patch.size, 1 / patch.size), np.array([[1.0, 0.0, -left - x], [0.0, 1.0, -top - y]])
    )
    grade, light = learn_colors(wide, near, to_plane)
    tile = _tile(near, edited.shape)
    fine = overlap_of(photo, masked, edited, person, placement.frame, face, tile, _FINE_SIDE)
    return Look(patch.window, grade, light, learn_fine(fine, grade, light))


def _tile(near, shape):
    """Return the full-resolution window near the face that shows most."""
    lum = near.before @ np.float32([0.299, 0.587, 0.114])
    detail = np.abs(lum - cv2.GaussianBlur(lum, (0, 0), 2.0))
    worth = np.where(near.visible, np.minimum(detail, 8.0) * (0.3 + near.person) + 0.3, 0.0).astype(
        np.float32
    )
    side = _FINE_SIDE * near.from_picture[0, 0]
    k = int(max(3, min(side, min(worth.shape))))
    score = cv2.boxFilter(worth, -1, (k, k), normalize=False, borderType=cv2.BORDER_CONSTANT)
    row, col = np.unravel_index(int(score.argmax()), score.shape)
    x, y = transform(inverse(near.from_picture), np.array([[col + 0.5, row + 0.5]]))[0]

    def around(middle, limit):
        low = int(np.clip(middle - _FINE_SIDE / 2, 0, max(limit - _FINE_SIDE, 0)))
        return slice(low, min(low + _FINE_SIDE, limit))

    return around(y, shape[0]), around(x, shape[1])
