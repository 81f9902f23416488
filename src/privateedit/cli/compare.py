"""`--compare`: original, sent, returned and final side by side, for a person's own eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privateedit.core.edit import EditResult
    from privateedit.core.photo import Photo, Pixels
    from privateedit.core.restored import Restored

_SIDE = 1000  # pixels, the longest side of a panel
_GAP = 12
_LABEL = 34  # rows above each panel
_PAPER, _INK = 255, 60


def side_by_side(photo: Photo, sent: Pixels, returned: EditResult, restored: Restored) -> Pixels:
    """Return the four stages in one row, H×W×3 uint8, equally high, none with a side above 1000 pixels.

    It shows the original face, so it is made only for a file that was asked for.
    """
    return _row(
        [
            ("original", photo.pixels),
            ("sent", sent),
            ("returned", returned.pixels),
            ("final", restored.pixels),
        ]
    )


def _row(stages: Sequence[tuple[str, Pixels]]) -> Pixels:
    import numpy as np

    height = _height([pixels for _, pixels in stages])
    panels = [_panel(name, pixels, height) for name, pixels in stages]
    gap = np.full((height + _LABEL, _GAP, 3), _PAPER, np.uint8)
    pieces = [gap]
    for panel in panels:
        pieces += [panel, gap]
    row = np.concatenate(pieces, axis=1)
    foot = np.full((_GAP, row.shape[1], 3), _PAPER, np.uint8)
    return np.concatenate([row, foot])


def _height(pictures: Sequence[Pixels]) -> int:
    """Return a height at which every picture has room, and none is enlarged but to match a larger one."""
    widest = max(pixels.shape[1] / pixels.shape[0] for pixels in pictures)
    tallest = max(pixels.shape[0] for pixels in pictures)
    return int(max(1, min(_SIDE, _SIDE / widest, tallest)))


def _panel(name: str, pixels: Pixels, height: int) -> Pixels:
    import cv2
    import numpy as np

    width = max(1, round(pixels.shape[1] * height / pixels.shape[0]))
    smaller = height < pixels.shape[0]
    shown = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    label = np.full((_LABEL, width, 3), _PAPER, np.uint8)
    place, font = (1, _LABEL - 11), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(label, name, place, font, 0.6, (_INK,) * 3, 1, cv2.LINE_AA)
    return np.concatenate([label, np.asarray(shown, np.uint8)])
