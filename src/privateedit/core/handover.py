"""`Handover`: how a photo was last given to a person, who may send it anywhere. It holds no pixel of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from privateedit.core.mask import Mask
from privateedit.core.record import SETTINGS
from privateedit.errors import InputError

_AS_RECORDED = (
    "trust", "coverage", "grow", "shape", "fill", "opacity", "under", "tone", "format", "max_side",
)  # fmt: skip
_COLOR = re.compile(r"#[0-9a-f]{6}")
_MOST_IDS = 4096


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value < 2**31


def _are_ids(value: object) -> bool:
    return isinstance(value, tuple) and len(value) <= _MOST_IDS and all(_is_whole(each, 0) for each in value)


def _is_canvas(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(_is_whole(each, 1) for each in value)


CHOICES: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {
        **{name: SETTINGS[name] for name in _AS_RECORDED},
        "backdrop": lambda value: (
            value is None or (isinstance(value, str) and _COLOR.fullmatch(value) is not None)
        ),
        "only": lambda value: value is None or _are_ids(value),
        "exclude": _are_ids,
        "canvas": lambda value: value is None or _is_canvas(value),
        "expose_face": lambda value: isinstance(value, bool),
        "allow_no_face": lambda value: isinstance(value, bool),
    }
)
"""Every choice that is remembered, with the check of its value; there is no room for free text."""


@dataclass(frozen=True, eq=False, slots=True)
class Handover:
    """What it takes to mask a photo again exactly as it was handed over.

    Attributes:
        choices: a value for each of `CHOICES`; a list is taken as a tuple.
        mask: what the paint hid, painted areas and what earlier uploads added included.
        area: what a replaced background hid; None where it was kept.
        brush: the part of `mask` that was painted by hand; None where nothing was.

    Raises:
        InputError: a choice is missing, unknown or of another kind, or the sizes differ. The message repeats
            no value.
    """

    choices: Mapping[str, Any]
    mask: Mask
    area: Mask | None = None
    brush: Mask | None = None

    def __post_init__(self) -> None:
        said = {
            name: tuple(value) if isinstance(value, list) else value for name, value in self.choices.items()
        }
        if said.keys() != CHOICES.keys() or not all(CHOICES[name](value) for name, value in said.items()):
            raise InputError("How a photo was handed over cannot be written down.")
        object.__setattr__(self, "choices", MappingProxyType(said))
        if any(each.hidden.shape != self.mask.hidden.shape for each in self.planes.values()):
            raise InputError("The masks of a photo that was handed over differ in size.")

    @property
    def planes(self) -> Mapping[str, Mask]:
        """The masks there are, by their names, `mask` first."""
        named = {"mask": self.mask, "area": self.area, "brush": self.brush}
        return {name: plane for name, plane in named.items() if plane is not None}
