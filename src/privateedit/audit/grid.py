"""The settings that a benchmark measures, by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage
from privateedit.core.trust import BUNDLES, Trust


class Kind(StrEnum):
    """What a case is for."""

    PRESET = "preset"
    SETTING = "setting"
    EXPOSED = "exposed"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class Case:
    """One way to hide faces, under measurement."""

    name: str
    kind: Kind
    concealment: Concealment

    @property
    def key(self) -> str:
        """A text that is the same for the same settings, and differs when any of them does."""
        return json.dumps({"name": self.name, **self.concealment.settings()}, sort_keys=True)


def preset(trust: Trust) -> Case:
    """Return the case of a degree of trust."""
    bundle = BUNDLES[trust]
    concealment = Concealment(
        trust=trust,
        coverage=bundle.coverage,
        grow=bundle.grow,
        shape=bundle.shape,
        fill=bundle.fill,
        opacity=bundle.opacity,
        backdrop=bundle.backdrop,
    )
    return Case(str(trust), Kind.PRESET, concealment)


def _setting(name: str, concealment: Concealment) -> Case:
    return Case(name, Kind.SETTING, concealment)


def _see_through(opacity: float, fill: str = "black") -> Case:
    concealment = Concealment(opacity=opacity, under=Under.FACE, fill=Fill.parse(fill), expose_face=True)
    return Case(f"see-through {fill} {opacity:g}", Kind.EXPOSED, concealment)


CONTEXT = Case("context only", Kind.BASELINE, Concealment(coverage=Coverage.HEAD, grow=0.5))
"""Head and hair removed altogether: what clothes and place tell without any of the person's head."""

_COVERAGES = tuple(_setting(f"{coverage} black", Concealment(coverage=coverage)) for coverage in Coverage)
QUICK: tuple[Case, ...] = (
    *(preset(trust) for trust in Trust),
    _setting("eyes black", Concealment(coverage=Coverage.EYES)),
    _see_through(0.95),
    CONTEXT,
)
"""A small grid for a first look: the presets, two settings that must fail, and the baseline."""

DEFAULT: tuple[Case, ...] = (
    *(preset(trust) for trust in Trust),
    *(case for case in _COVERAGES if case.concealment.coverage is not Coverage.FACE),
    _setting("face black grow 0.2", Concealment(grow=0.2)),
    _setting("face noise", Concealment(fill=Fill(None))),
    _setting("head noise", Concealment(coverage=Coverage.HEAD, fill=Fill(None))),
    _setting("face guide 0.5", Concealment(opacity=0.5)),
    _setting("head guide 0", Concealment(coverage=Coverage.HEAD, opacity=0.0)),
    _see_through(0.5),
    _see_through(0.9),
    _see_through(0.95),
    _see_through(0.98),
    _see_through(0.8, "noise"),
    CONTEXT,
)
"""Coverage × fill × opacity × what is under it, without combinations that give the same picture."""

GRIDS: Mapping[str, tuple[Case, ...]] = MappingProxyType({"quick": QUICK, "default": DEFAULT})
"""Every grid by name."""
