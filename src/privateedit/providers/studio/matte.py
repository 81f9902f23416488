"""Who is person and who is background in a picture whose face is missing."""

from __future__ import annotations

import numpy as np

from privateedit.core.matte import Matte, sharpened
from privateedit.core.ports import PersonSegmenter
from privateedit.core.pull_push import Floats
from privateedit.core.scale import reduced, reduced_mask, single
from privateedit.core.silhouette import silhouette
from privateedit.providers.studio.hole import Scene
from privateedit.providers.studio.mannequin import stand_ins

_LOOK = 512


def person_matte(scene: Scene, segmenter: PersonSegmenter) -> Matte:
    """Return a `Matte` that depends on visible pixels only."""
    return sharpened(scene.smooth, _first_guess(scene, segmenter), scene.hidden, scene.unknown)


def _first_guess(scene: Scene, segmenter: PersonSegmenter) -> Floats:
    """Return a coarse float32 matte of the scene at the size a segmenter is shown."""
    picture, hidden = reduced(scene.smooth, _LOOK), reduced_mask(scene.hidden, _LOOK)
    if not hidden.any():
        return single(np.clip(np.nan_to_num(segmenter.segment(picture)), 0, 1))
    return silhouette(*stand_ins(picture, hidden), segmenter)
