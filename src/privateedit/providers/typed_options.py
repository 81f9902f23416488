"""Options that a person set as text, as the numbers and words that a service takes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from privateedit.errors import InputError
from privateedit.providers.plan import Polarity

Typed = str | int | float | bool


class Kind(Protocol):
    """What an option can be."""

    def read(self, text: str) -> Typed | None:
        """Return the value, or None if the text is none."""

    def __str__(self) -> str:
        """Say what it can be."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, text: str) -> int | None:
        """Return the number."""
        number = int(text) if text.isascii() and text.isdecimal() and len(text) <= 12 else -1
        return number if self.least <= number <= self.most else None

    def __str__(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds."""

    least: float
    most: float

    def read(self, text: str) -> float | None:
        """Return the number."""
        try:
            number = float(text)
        except ValueError:
            return None
        return number if math.isfinite(number) and self.least <= number <= self.most else None

    def __str__(self) -> str:
        return f"a number from {self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class Word:
    """One of some words."""

    words: tuple[str, ...]

    def read(self, text: str) -> str | None:
        """Return the word."""
        return text if text in self.words else None

    def __str__(self) -> str:
        return f"one of {', '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class YesNo:
    """True or false."""

    def read(self, text: str) -> bool | None:
        """Return which."""
        return {"true": True, "false": False}.get(text.lower())

    def __str__(self) -> str:
        return "true or false"


SEED = Whole(0, 2**32 - 1)


AREA = Word(("around", "mask"))
"""Which part an inpainting model redraws: all around what is masked, or that alone."""


def marked(options: Mapping[str, str]) -> Polarity:
    """Return what the mask marks white: all around what is hidden, or by the option `area` that alone."""
    return Polarity.WHITE if options.get("area") == "mask" else Polarity.BLACK


def typed(options: Mapping[str, str], kinds: Mapping[str, Kind], model: str) -> dict[str, Typed]:
    """Return the options as a model takes them.

    Raises:
        InputError: the model has no such option, or a value is none.
    """
    values: dict[str, Typed] = {}
    for name, text in options.items():
        if name not in kinds:
            known = ", ".join(kinds) or "none"
            raise InputError(f"The model {model} has no option {name!r}; it has: {known}.")
        value = kinds[name].read(text)
        if value is None:
            raise InputError(f"The option {name} takes {kinds[name]}.")
        values[name] = value
    return values
