"""Find the faces under a mask that is remembered, by looking at what it hides and not at the whole photo."""

from __future__ import annotations

import numpy as np

from privateedit.core.concealment import Concealment
from privateedit.core.cover import cover
from privateedit.core.face import Face, in_order
from privateedit.core.mask import Mask
from privateedit.core.nearby import around
from privateedit.core.photo import Photo
from privateedit.core.ports import FaceDetector
from privateedit.core.region import Region, regions
from privateedit.core.scale import glimpse, reduced_size
from privateedit.core.similarity import carried, compose, scaling

LARGE = 2_000_000
"""Pixels of a photo from which on a look at all of it takes several times as long."""

VIEW = 512
"""Pixels of the longer side at which a place is looked at."""

_FEW = 2  # places to look at before it takes as long again
_CONTEXT = 0.5  # of a region's extent, around it: a detector wants to see hair and shoulders
_EXPLAINED = 0.85  # share of what either mask hides that both hide; one face of two explains half


def faces_under(
    photo: Photo, concealment: Concealment, mask: Mask, detector: FaceDetector
) -> tuple[Face, ...] | None:
    """Return the faces of a photo of which all were hidden by `mask`, as `concealment` has it.

    They are where a look at the whole photo finds them, to a small share of their size. None where that is
    not known: what this finds does not explain the mask, which may hide what was painted by hand, or faces
    that were found late; faces were chosen by number; a figure was drawn from them, which must come out the
    same; or the photo is small.
    """
    chosen = concealment.only is not None or concealment.exclude or concealment.opacity < 1
    if photo.width * photo.height < LARGE or chosen or concealment.backdrop is not None:
        return None
    places = regions(mask, ())
    if not 0 < len(places) <= _FEW:
        return None
    faces = in_order(face for place in places for face in _faces_in(photo, place, detector))
    found = cover(photo.width, photo.height, faces, concealment.coverage, concealment.grow, concealment.shape)
    return faces if _alike(found, mask) else None


def _faces_in(photo: Photo, place: Region, detector: FaceDetector) -> list[Face]:
    """Return the faces that lie under one region, in the photo's coordinates."""
    rows, columns = place.window
    margin = round(_CONTEXT * max(rows.stop - rows.start, columns.stop - columns.start))
    top, left = max(rows.start - margin, 0), max(columns.start - margin, 0)
    whole = photo.pixels[top : rows.stop + margin, left : columns.stop + margin]
    height, width = reduced_size(whole.shape, VIEW)
    view, each = glimpse(whole, width, height)
    to_photo = compose(np.array([[1.0, 0.0, left], [0.0, 1.0, top]]), scaling(*each))
    faces = (carried(face, to_photo) for face in detector.detect(view))
    return [face for face in faces if _under(face, place)]


def _under(face: Face, place: Region) -> bool:
    rows, columns = place.window
    x, y = (int(each) for each in face.box.center)
    if not (rows.start <= y < rows.stop and columns.start <= x < columns.stop):
        return False
    return bool(place.hidden[y - rows.start, x - columns.start])


def _alike(found: Mask, mask: Mask) -> bool:
    box = around(found.hidden | mask.hidden, 0)
    one, other = found.hidden[box], mask.hidden[box]
    return bool(np.count_nonzero(one & other) > _EXPLAINED * np.count_nonzero(one | other))
