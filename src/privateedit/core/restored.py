"""`Restored`: the edited picture with the original faces in it, and the report on how."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.core.photo import Pixels, frozen_pixels
from privateedit.core.report import Report


@dataclass(frozen=True, eq=False, slots=True)
class Restored:
    """The final picture: H×W×3 uint8 sRGB, read-only, with its report."""

    pixels: Pixels
    report: Report

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", frozen_pixels(self.pixels))

    @property
    def width(self) -> int:
        """Columns."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.pixels.shape[0])

    def __repr__(self) -> str:
        return f"Restored({self.width}×{self.height})"
