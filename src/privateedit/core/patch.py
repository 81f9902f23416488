"""`Patch`: one window of the edited picture beside what the original shows there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from privateedit.core.blend import depth_of
from privateedit.core.mask import Hidden
from privateedit.core.matte import Matte, sharpened
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import Placement
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced, reduced_size, resized, single
from privateedit.core.similarity import Matrix, inverse, transform, warp, warp_area

_CONTEXT = 0.4  # of a region's extent: how far around it the blend looks
_WIDE = 1.2  # the same for a second look at who is a person
_LOOK = 512
_LEVEL = 1e-12  # slope of a row that runs along an edge of the photo
_HAIR = 1.6  # a head fills more of a close-up than of the portrait that the matte expects
Window = tuple[slice, slice]


@dataclass(frozen=True, eq=False, slots=True)
class Patch:
    """A window of the edited picture and the original warped into it.

    Attributes:
        window: rows and columns of the edited picture.
        edited: H×W×3 float32 levels as returned.
        original: H×W×3 float32 levels of the photo, in the same geometry.
        hole: where this placement's region lies.
        visible: what the photo shows and no mask hid.
        find_matte: finds the matte, once; it takes long, and not everyone needs it.
        size: side of a square of the hole's area, in pixels of the edited picture.
    """

    window: Window
    edited: Floats
    original: Floats
    hole: Hidden
    visible: Hidden
    find_matte: Callable[[], Matte]
    size: float

    @property
    def matte(self) -> Matte:
        """Person and background of the original; found when it is first asked for."""
        return self.find_matte()


def window_of(placement: Placement, shape: tuple[int, ...], context: float = _CONTEXT) -> Window:
    """Return the rows and columns of the edited picture around a placement; empty when it lies outside."""
    rows, columns = placement.region.window
    corners = np.array(
        [[x, y] for x in (columns.start, columns.stop) for y in (rows.start, rows.stop)], np.float64
    )
    placed = transform(placement.alignment.matrix, corners)
    margin = context * float((placed.max(0) - placed.min(0)).max()) + 8
    limit = (shape[1], shape[0])
    low = np.clip(np.floor(placed.min(0) - margin), 0, limit).astype(int)
    high = np.clip(np.ceil(placed.max(0) + margin), low, limit).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def patch_of(
    photo: Photo, hidden: Hidden, edited: Pixels, placement: Placement, segmenter: PersonSegmenter
) -> Patch:
    """Cut the window out of the edited picture and warp the original into it.

    Of a region that hides several faces, each placed by itself, every face gets the part nearest to it. A
    face that goes over a drawn one is no figure before a background: its matte is empty.
    """
    matrix = placement.alignment.matrix
    window = window_of(placement, edited.shape)
    original = warp(photo.pixels, matrix, window)
    own = np.zeros_like(hidden)
    own[placement.region.window] = _own_part(placement)
    hole = warp_area(own, matrix, window)
    return Patch(
        window=window,
        edited=edited[window].astype(np.float32),
        original=original.astype(np.float32),
        hole=hole,
        visible=inside_photo(photo, matrix, window) & ~warp_area(hidden, matrix, window),
        find_matte=cache(lambda: _matte(photo, original, hole, window, placement, edited.shape, segmenter)),
        size=placement.region.size * placement.alignment.scale,
    )


def inside_photo(photo: Photo, matrix: Matrix, window: Window) -> Hidden:
    """Return the pixels of the target window whose origin lies within the photo."""
    rows, columns = window
    across, down = np.arange(columns.start, columns.stop) + 0.5, np.arange(rows.start, rows.stop) + 0.5
    back = inverse(matrix)
    if not down.size or not across.size:
        return np.ones((down.size, across.size), np.bool_)
    # A parallelogram lies within the photo where its corners do.
    corners = transform(back, np.array([[x, y] for x in across[[0, -1]] for y in down[[0, -1]]]))
    if (corners > 0).all() and (corners < (photo.width, photo.height)).all():
        return np.ones((down.size, across.size), np.bool_)
    # In every row it is one span.
    first, last = np.full(down.size, -np.inf), np.full(down.size, np.inf)
    for axis, limit in enumerate((photo.width, photo.height)):
        slope, rest = back[axis, 0], back[axis, 1] * down + back[axis, 2]
        if abs(slope) < _LEVEL:
            first[(rest <= 0) | (rest >= limit)] = np.inf
            continue
        ends = np.sort([-rest / slope, (limit - rest) / slope], axis=0)
        first, last = np.maximum(first, ends[0]), np.minimum(last, ends[1])
    return np.asarray((across > first[:, None]) & (across < last[:, None]))


def _own_part(placement: Placement) -> Hidden:
    """Return the pixels of the region, in its window, that are this placement's to change."""
    region = placement.region
    if len(placement.faces) != 1 or len(region.faces) < 2:
        return region.hidden
    rows, columns = region.window
    x = np.arange(columns.start, columns.stop)[None, :] + 0.5
    y = np.arange(rows.start, rows.stop)[:, None] + 0.5
    nearest, own = np.full(region.hidden.shape, np.inf), np.zeros(region.hidden.shape)
    for face in region.faces:
        (left, top), box = face.box.center, face.box
        away = np.hypot((x - left) / box.width, (y - top) / box.height)
        if face.id == placement.faces[0].id:
            own = away
        else:
            nearest = np.minimum(nearest, away)
    return np.asarray(region.hidden & (own < nearest))


def _matte(
    photo: Photo,
    original: Pixels,
    hole: Hidden,
    window: Window,
    placement: Placement,
    shape: tuple[int, ...],
    segmenter: PersonSegmenter,
) -> Matte:
    if placement.alignment.regime == "face":
        return Matte(np.zeros(hole.shape, np.float32), original, original, found=False)
    guess = _person_guess(photo, original, window, placement, shape, segmenter)
    return sharpened(original, guess, _middle(hole), scale=_HAIR)


def _person_guess(
    photo: Photo,
    original: Pixels,
    window: Window,
    placement: Placement,
    shape: tuple[int, ...],
    segmenter: PersonSegmenter,
) -> Floats:
    """Return a coarse float32 matte of the window, reduced: the mean of a close look and a wide one.

    Close up the network sees detail; from farther away it sees what belongs to whom.
    """
    size = reduced_size(original.shape, 2 * _LOOK)  # networks see no more
    close = resized(segmenter.segment(reduced(original, _LOOK)), size)
    around = window_of(placement, shape, _WIDE)
    wide = warp(photo.pixels, placement.alignment.matrix, around)
    zoom = np.array(size) / original.shape[:2]
    large = np.ceil(wide.shape[:2] * zoom).astype(int)
    far = resized(segmenter.segment(reduced(wide, _LOOK)), tuple(large))
    first = np.array([window[0].start - around[0].start, window[1].start - around[1].start]) * zoom
    top, left = np.minimum(np.rint(first).astype(int), large - size)
    return single((close + far[top : top + size[0], left : left + size[1]]) / 2)


def _middle(hole: Hidden) -> Hidden:
    """Return the inner part of the hole, which surely is the person."""
    depth = depth_of(hole)
    return np.asarray(depth > 0.6 * depth.max())
