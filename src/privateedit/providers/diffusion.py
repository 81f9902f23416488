"""What all Stable Diffusion editors share: sizes, which part is redrawn, and the dials that a person sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from privateedit.core.framing import Framing
from privateedit.providers.plan import Outline, Wrap
from privateedit.providers.sizes import Grid
from privateedit.providers.typed_options import SEED, Kind, Number, Whole, Word, marked, typed

SIZES = Grid(step=8, least=512 * 512, most=1024 * 1024, edge=2048, ratio=4.0)
"""Sizes near those the models were trained on; both sides are multiples of 8, a latent's pixel."""


class Area(StrEnum):
    """Which part of the picture an inpainting model may redraw."""

    AROUND = "around"
    MASK = "mask"
    ALL = "all"


OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "area": "what is redrawn: around (all but the masked part), mask (only the masked part) or all",
        "denoise": "how freely it is redrawn, above 0 and up to 1",
        "steps": "number of denoising steps",
        "guidance": "how closely the words are followed",
        "seed": "a whole number; the same one draws the same picture",
        "negative": "words for what should not appear",
    }
)


_KINDS: Mapping[str, Kind] = {
    "area": Word(tuple(Area)),
    "denoise": Number(0.01, 1.0),
    "steps": Whole(1, 500),
    "guidance": Number(0.0, 100.0),
    "seed": SEED,
}


@dataclass(frozen=True, slots=True)
class Dials:
    """What a person set, or what is usual. `repr` shows no words.

    Attributes:
        area: what is redrawn.
        denoise: in (0, 1].
        steps: from 1 to 500.
        guidance: from 0 to 100.
        seed: from 0 to 2³²−1; None leaves it to the model.
        negative: what should not appear.
    """

    area: Area = Area.AROUND
    denoise: float = 0.75
    steps: int = 30
    guidance: float = 7.0
    seed: int | None = None
    negative: str = field(default="", repr=False)

    def set_by(self, options: Mapping[str, str]) -> Dials:
        """Return these dials with those changed that `options` name; other options are left alone.

        Raises:
            InputError: a value cannot be used; the message names the option and never its value.
        """
        said: dict[str, Any] = dict(
            typed({name: options[name].strip() for name in _KINDS if name in options}, _KINDS, "")
        )
        if "area" in said:
            said["area"] = Area(said["area"])
        return replace(self, negative=options.get("negative", self.negative), **said)

    def outline(self, wrap: Wrap) -> Outline | None:
        """Return the mask in which white marks what is redrawn; None where all of it is."""
        if self.area is Area.ALL:
            return None
        return Outline(marked({"area": self.area}), wrap)


def diffusion_frame(width: int, height: int, wanted: Framing) -> Framing:
    """Return a PNG of about a million pixels at most, both sides multiples of 8.

    Raises:
        InputError: no such size holds the photo.
    """
    return SIZES.fitted(Framing("png", wanted.max_side), width, height)
