"""Who is person and who is background in a picture whose face is missing."""

from __future__ import annotations

import numpy as np

from privateedit.core.matte import Matte, sharpened
from privateedit.core.photo import Pixels
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced, reduced_mask, single
from privateedit.providers.studio.hole import Scene
from privateedit.providers.studio.mannequin import stand_ins

_LOOK = 512


def person_matte(scene: Scene, segmenter: PersonSegmenter) -> Matte:
    """Return a `Matte` that depends on visible pixels only."""
    return sharpened(scene.smooth, _first_guess(scene, segmenter), scene.hidden, scene.unknown)


def _first_guess(scene: Scene, segmenter: PersonSegmenter) -> Floats:
    """Return a coarse float32 matte: the median of what the segmenter says to several stand-ins.

    A segmenter trained on selfies wants to see a head. Measured on 19 portraits with the face hidden, the
    overlap with the matte of the open picture was 0.76 for a smoothly filled hole, 0.88 for a drawn
    mannequin, and 0.91 for the median over stand-ins and over framings wider than the picture.
    """
    picture, hidden = reduced(scene.smooth, _LOOK), reduced_mask(scene.hidden, _LOOK)
    if not hidden.any():
        return _asked(segmenter, picture, 0.0)
    drawn, dark = stand_ins(picture, hidden)
    views = [_asked(segmenter, drawn, margin) for margin in (0.0, 0.3, 0.6)]
    views.append(_asked(segmenter, dark, 0.0))
    return single(np.median(np.stack(views), axis=0))


def _asked(segmenter: PersonSegmenter, picture: Pixels, margin: float) -> Floats:
    """Return the segmenter's float32 matte of `picture`, shown within a border of `margin` of its size."""
    height, width = picture.shape[:2]
    top, side = round(margin * height), round(margin * width * 2 / 3)
    wide = picture
    if margin:
        wide = np.pad(picture, ((top, 0), (side, side), (0, 0)), mode="edge")
    matte = np.asarray(segmenter.segment(np.ascontiguousarray(wide)), np.float32)
    matte = matte[top : top + height, side : side + width]
    return single(np.clip(np.nan_to_num(matte), 0, 1))
