"""What the studio can do: one `Preset` each, with the words that ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """Which part of the work a preset does. A picture takes one of each kind, but several grades."""

    BACKGROUND = "background"
    FRAME = "frame"
    DRAWING = "drawing"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Preset:
    """One thing the studio does, and the words people use for it.

    Words are lower case, with hyphens as spaces and in one spelling ("grey", "color"), as `understand`
    normalizes a prompt.

    Attributes:
        name: what a person types; also what `UnknownInstruction.offers` lists.
        description: one line for a menu.
        kind: which part of the work it does.
        words: phrases that ask for it wherever they stand.
        beside_backdrop: phrases that ask for it only next to a word for the background.
        otherwise: phrases that ask for it unless they say more ("white studio backdrop" does).
    """

    name: str
    description: str
    kind: Kind
    words: tuple[str, ...] = ()
    beside_backdrop: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


_ALL = (
    Preset(
        "backdrop-grey",
        "A neutral grey studio backdrop with soft light falling off to the edges.",
        Kind.BACKGROUND,
        words=("grey screen",),
        beside_backdrop=("grey", "light grey", "neutral grey", "mid grey", "medium grey", "grey gradient"),
        otherwise=tuple(
            f"{word} {ground}"
            for word in ("studio", "photo studio", "neutral", "plain", "professional")
            for ground in ("backdrop", "background")
        ),
    ),
    Preset(
        "backdrop-white",
        "A bright white studio backdrop.",
        Kind.BACKGROUND,
        words=("white screen",),
        beside_backdrop=("white", "pure white", "bright white", "all white"),
    ),
    Preset(
        "backdrop-navy",
        "A deep navy blue studio backdrop.",
        Kind.BACKGROUND,
        beside_backdrop=("navy", "navy blue", "dark blue", "deep blue", "dark navy", "dark navy blue"),
    ),
    Preset(
        "backdrop-warm",
        "A warm gradient backdrop, from cream to sand.",
        Kind.BACKGROUND,
        beside_backdrop=("warm", "warm gradient", "warm toned", "warm beige", "beige", "sand", "warm color"),
    ),
    Preset(
        "blur-background",
        "The background out of focus, as behind a fast lens.",
        Kind.BACKGROUND,
        words=("bokeh", "portrait mode", "shallow depth of field", "depth of field", "blurred backdrop"),
        beside_backdrop=(
            *("blur", "blurred", "blurry", "blurring", "blurred out", "blur out", "bokeh", "defocused"),
            *("defocus", "out of focus", "unfocused", "soft focus", "smooth blurred", "softly blurred"),
        ),
    ),
    Preset(
        "black-and-white",
        "Black and white with a little contrast.",
        Kind.GRADE,
        words=(
            *("black and white", "black n white", "b and w", "b w", "bw", "monochrome", "monochromatic"),
            *("greyscale", "grey scale", "remove color", "remove the color", "remove all color"),
            *("without color", "no color", "no colors", "remove the colors", "desaturate", "desaturated"),
        ),
    ),
    Preset(
        "warm",
        "Warmer colors, as in late afternoon light.",
        Kind.GRADE,
        words=(
            "warm",
            "warmer",
            "warmth",
            "warm up",
            "warm it up",
            "golden hour",
            "warm light",
            "warm lighting",
        ),
    ),
    Preset(
        "cool",
        "Cooler colors, as in the shade.",
        Kind.GRADE,
        words=(
            *("cool tone", "cool tones", "cool toned", "cool color", "cool colors", "cool grade"),
            *("cool grading", "cool color grade", "cool filter", "cool temperature", "cool light"),
            *("cooler", "cold tones", "cold colors", "colder", "bluish", "cool it down"),
        ),
    ),
    Preset(
        "film",
        "A film look: lifted blacks, soft contrast, muted color, fine grain.",
        Kind.GRADE,
        words=(
            *("film", "film look", "film grain", "film stock", "analog film", "analogue film", "analog"),
            *("analogue", "35mm", "35 mm film", "vintage film", "vintage", "cinematic", "filmic"),
        ),
    ),
    Preset(
        "pencil-sketch",
        "A pencil drawing on paper.",
        Kind.DRAWING,
        words=(
            *("pencil", "pencil sketch", "pencil drawing", "sketch", "sketched", "graphite"),
            *("graphite drawing", "graphite sketch", "hand drawn sketch", "drawing in pencil"),
        ),
    ),
    Preset(
        "watercolor",
        "A watercolor painting on rough paper.",
        Kind.DRAWING,
        words=(
            *("watercolor", "watercolors", "water color", "water colors", "watercolor painting"),
            *("water color painting", "aquarelle"),
        ),
    ),
    Preset(
        "headshot",
        "A portrait crop on a grey backdrop with a gentle grade, for a profile page.",
        Kind.FRAME,
        words=(
            *("headshot", "head shot", "linkedin", "linkedin headshot", "linkedin profile", "cv headshot"),
            *("profile picture", "profile photo", "profile pic", "corporate portrait", "business portrait"),
        ),
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _ALL})
"""Every preset by name, in the order a menu shows them; read-only."""


def preset_names() -> tuple[str, ...]:
    """Return the names of all presets, in menu order."""
    return tuple(PRESETS)
