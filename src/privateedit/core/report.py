"""What happened, as facts a person or a program can read."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.core.align import Regime

_HOW = {
    "hole": "was put back into the hole that came back",
    "face": "replaced the face the editor drew",
    "scene": "was placed by its surroundings",
}
_NOBODY = "No face was hidden, so none was put back."


@dataclass(frozen=True, slots=True)
class PlacementReport:
    """How one face (or, with `id` None, one hand-painted region) was put back.

    Attributes:
        id: the face's number.
        regime: by what it was aligned.
        residual: misfit as a fraction of the face's own size.
        scale: linear magnification from photo to result.
        rotation: degrees clockwise.
        graded: whether it got the picture's change of light and color.
        pose_difference: degrees between the head in the photo and the one that was drawn; None without one.
        seam: median CIEDE2000 across the outline in the result, of the hole or of what was replaced of a
            drawn face; None where it cannot be measured.
        seam_before: the same at the same outline in the untouched photo.
        harmonized: how strongly it was harmonized, 0 to 1.
        style: what it was fitted to, a drawing or a graded picture; None for a photo like the original.
        distance_before: a recognizer's distance from the face that was drawn to the person; None without a
            recognizer, and where no face was drawn.
        distance_after: the same for the result.
        guessed: whether the recognizer takes the face that was drawn for the person.
        gone: the editor took this bystander out and only the hole came back; it was closed.
    """

    id: int | None
    regime: Regime
    residual: float
    scale: float
    rotation: float
    graded: bool
    pose_difference: float | None = None
    seam: float | None = None
    seam_before: float | None = None
    harmonized: float = 0.0
    style: str | None = None
    distance_before: float | None = None
    distance_after: float | None = None
    guessed: bool = False
    gone: bool = False

    def sentence(self) -> str:
        """Say it in one plain sentence; a second one tells that the service guessed who it is."""
        who = "A region painted by hand" if self.id is None else f"Face {self.id}"
        if self.gone:
            return f"{who} was not put back: the editor took the person out. The hole was closed."
        facts = ", ".join(self._measured())
        said = f"{who} {_HOW[self.regime]} ({facts})."
        return f"{said}\n{self._guess(who)}" if self.guessed else said

    def _measured(self) -> list[str]:
        facts = [f"misfit {self.residual:.3f}", f"{self.scale:.3f}×", f"{self.rotation:+.1f}°"]
        if self.pose_difference is not None:
            facts.append(f"head turned by {self.pose_difference:.0f}°")
        facts.append("graded like the picture" if self.graded else "with its own colors")
        if self.style is not None:
            facts.append(f"fitted to a {self.style}")
        if self.seam is not None:
            photo = "" if self.seam_before is None else f", {self.seam_before:.1f} in the photo"
            facts.append(f"seam ΔE {self.seam:.1f}{photo}")
        if self.distance_after is not None:
            drawn = "" if self.distance_before is None else f", {self.distance_before:.2f} before"
            facts.append(f"identity distance {self.distance_after:.2f}{drawn}")
        return facts

    def _guess(self, who: str) -> str:
        return (
            f"The service guessed you: a recognizer takes the face it drew for {who.lower()} for the person "
            "in the photo. What was visible told it, or it knows the person from elsewhere; hide more next "
            "time, with coverage head or trust none."
        )


@dataclass(frozen=True, slots=True)
class Report:
    """One line per face and region, in order.

    Attributes:
        placements: how each was put back.
        resized: what was done to the size of what came back, as a sentence; None when it was left alone.
        nobody: no face was found and nothing was hidden, so there was nothing to put back.
    """

    placements: tuple[PlacementReport, ...]
    resized: str | None = None
    nobody: bool = False

    @property
    def faces(self) -> tuple[PlacementReport, ...]:
        """Those that are faces."""
        return tuple(each for each in self.placements if each.id is not None)

    def text(self) -> str:
        """The whole report as plain sentences."""
        sentences = [_NOBODY] if self.nobody else [placement.sentence() for placement in self.placements]
        return "\n".join([*sentences, *([] if self.resized is None else [self.resized])])
