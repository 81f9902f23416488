"""What is asked of an editor and what comes back from it."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.core.photo import Pixels, frozen_pixels
from privateedit.errors import InputError


@dataclass(frozen=True, slots=True)
class Instruction:
    """What to do with the picture: words, or the name of a preset. `repr` never shows the words.

    Raises:
        InputError: both or neither were given, or the words are blank.
    """

    prompt: str | None = None
    preset: str | None = None

    def __post_init__(self) -> None:
        if (self.prompt is None) == (self.preset is None):
            raise InputError("Say what to do with a prompt or a preset: exactly one of them.")
        if not (self.prompt or self.preset or "").strip():
            raise InputError("The instruction is empty.")
        if any("\ud800" <= each <= "\udfff" for each in self.prompt or ""):
            raise InputError("The prompt holds characters that are none.")

    def __repr__(self) -> str:
        return f"Instruction(preset={self.preset!r})" if self.preset else "Instruction(prompt=…)"


@dataclass(frozen=True, eq=False, slots=True)
class EditResult:
    """The picture an editor returned, already decoded within limits: H×W×3 uint8 sRGB, read-only.

    Raises:
        InputError: the array is not H×W×3 uint8.
    """

    pixels: Pixels
    provider: str

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
        return f"EditResult({self.width}×{self.height} from {self.provider})"
