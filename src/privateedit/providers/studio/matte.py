"""Who is person and who is background in a picture whose face is missing."""

from __future__ import annotations

import numpy as np

from privateedit.core.matte import Matte, sharpened
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced, reduced_mask, single
from privateedit.core.silhouette import silhouette
from privateedit.providers.studio.crown import with_crown
from privateedit.providers.studio.hole import Scene
from privateedit.providers.studio.mannequin import stand_ins

_LOOK = 512
_MARGINS = (0.0, 0.3, 0.45, 0.6)
"""Framings of which the median is taken, with that of a dark hole: close up, a segmenter sees no person."""


def person_matte(scene: Scene, segmenter: PersonSegmenter) -> Matte:
    """Return a `Matte` that depends on visible pixels only."""
    return sharpened(scene.smooth, _first_guess(scene, segmenter), scene.hidden, scene.unknown)


def _first_guess(scene: Scene, segmenter: PersonSegmenter) -> Floats:
    """Return a coarse float32 matte of the scene at the size a segmenter is shown."""
    picture, hidden = reduced(scene.smooth, _LOOK), reduced_mask(scene.hidden, _LOOK)
    if not hidden.any():
        return single(np.clip(np.nan_to_num(segmenter.segment(picture)), 0, 1))
    guess = silhouette(*stand_ins(picture, hidden), segmenter, _MARGINS)
    return with_crown(guess, picture, hidden)
