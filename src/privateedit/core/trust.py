"""How far an editing service is trusted, as three bundles of settings. All three are sealed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from privateedit.core.conceal import RGB, Fill
from privateedit.core.cover import Coverage, Shape


class Trust(StrEnum):
    """How far the service is trusted."""

    NONE = "none"
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one degree of trust sets; every part can still be chosen by itself.

    Attributes:
        explanation: who it is for and what it costs, in one or two sentences.
        coverage, grow, shape, fill, opacity: see `Concealment`.
        backdrop: the color that replaces the background before anything leaves; None keeps it.
    """

    explanation: str
    coverage: Coverage
    grow: float = 0.0
    shape: Shape = Shape.SUPERELLIPSE
    fill: Fill = Fill()
    opacity: float = 1.0
    backdrop: RGB | None = None


BACKDROP: RGB = (190, 190, 190)
"""A light grey, unlike the black of the mask."""

BUNDLES: Mapping[Trust, Bundle] = MappingProxyType(
    {
        Trust.NONE: Bundle(
            "For a service you do not trust at all, or one that has other photos of the person. Hides the "
            "head with a wide margin and replaces the background by plain grey; an instruction that names "
            "somebody is refused. The editor sees clothes and pose only, and the old background does not "
            "come back.",
            Coverage.HEAD,
            grow=0.1,
            backdrop=BACKDROP,
        ),
        Trust.LOW: Bundle(
            "The default. Hides the face from forehead to jaw in opaque black; hair, clothes and place stay, "
            "and they can tell who somebody is to those who know them.",
            Coverage.FACE,
        ),
        Trust.HIGH: Bundle(
            "For an editor that does better when it sees where a head is. Hides as much of the face as low, "
            "and draws a mannequin's head in its place, made from pose, place and size alone.",
            Coverage.FACE,
            fill=Fill((128, 128, 128)),
            opacity=0.0,
        ),
    }
)
