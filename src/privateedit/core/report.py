"""What happened, as facts a person or a program can read."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.core.align import Regime


@dataclass(frozen=True, slots=True)
class PlacementReport:
    """How one face (or, with `id` None, one hand-painted region) was put back."""

    id: int | None
    regime: Regime
    residual: float
    scale: float
    rotation: float
    graded: bool

    def sentence(self) -> str:
        """Say it in one plain sentence."""
        who = "A region painted by hand" if self.id is None else f"Face {self.id}"
        how = {
            "hole": "was put back into the hole that came back",
            "face": "replaced the face the editor drew",
            "scene": "was placed by its surroundings",
        }[self.regime]
        color = ", graded like the picture" if self.graded else ", with its own colors"
        return f"{who} {how} (misfit {self.residual:.3f}, {self.scale:.3f}×, {self.rotation:+.1f}°{color})."


@dataclass(frozen=True, slots=True)
class Report:
    """One line per face and region, in order."""

    placements: tuple[PlacementReport, ...]

    @property
    def faces(self) -> tuple[PlacementReport, ...]:
        """Those that are faces."""
        return tuple(each for each in self.placements if each.id is not None)

    def text(self) -> str:
        """The whole report as plain sentences."""
        return "\n".join(placement.sentence() for placement in self.placements)
