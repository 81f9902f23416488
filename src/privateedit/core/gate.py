"""The do-no-harm gate: harmonization only as far as neither seam nor likeness gets worse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from privateedit.core.look import Look
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.pull_push import Floats

STRENGTHS = (1.0, 0.75, 0.5, 0.25, 0.0)
"""What is tried, in this order."""

Identity = Callable[[NDArray[np.uint8]], float]
"""From the composed H×W×3 window to a recognizer's distance of the face in it from the original."""


@dataclass(frozen=True, eq=False, slots=True)
class Trial:
    """What a look makes of a placement, at a reduced size.

    Attributes:
        compose: from a look to the composed window, H×W×3 uint8.
        original: H×W×3 levels of the photo in the window.
        area: bool H×W, what was hidden; its outline is the seam.
        identity: a recognizer's judgment, if there is one.
    """

    compose: Callable[[Look], Pixels]
    original: Floats
    area: Hidden
    identity: Identity | None = None


def strength_of(look: Look, trial: Trial) -> float:
    """Return the largest strength at which `look` does no harm; 0 always does none."""
    return 0.0 if look.is_plain else 1.0
