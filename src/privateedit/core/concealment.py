"""`Concealment`: what to hide and how, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from privateedit.core.conceal import RGB, Fill
from privateedit.core.cover import Coverage, Shape
from privateedit.core.face import Points
from privateedit.core.framing import Framing
from privateedit.core.guide import TONES
from privateedit.core.mask import Mask
from privateedit.core.trust import Trust
from privateedit.errors import InputError

Plain = str | float | bool | None


class Under(StrEnum):
    """What shows through a mask that is not opaque."""

    GUIDE = "guide"
    FACE = "face"


@dataclass(frozen=True, slots=True)
class Concealment:
    """What to hide and how.

    Attributes:
        trust: how far the service is trusted; decides whether a name in the instruction warns or refuses.
        coverage: how far the mask reaches around each face.
        grow: by how much more, as a fraction of its size.
        shape: one smooth superellipse a face, or a contour that follows it.
        fill: what hidden pixels become.
        opacity: 1 shows the fill alone, 0 shows what is `under` it in full.
        under: a mannequin drawn from place, size and pose, or, exposed, the face itself.
        tone: the mannequin's skin, by name.
        backdrop: the color that replaces the background; None keeps the background.
        only: ids of the faces to hide; None hides all, an empty tuple none but `extra` and `areas`.
        exclude: ids of faces to leave visible; taken away from `only`.
        extra: a mask painted by hand, hidden as well.
        areas: polygons (N×2, pixels of the upright photo), hidden as well.
        framing: file format and size of what leaves.
        expose_face: leave is given to send a face that shows through.
        allow_smaller_mask: leave is given to show more of this photo than an earlier upload did.
        allow_no_face: leave is given to send a photo in which no face is found, with nothing hidden.

    Raises:
        InputError: `opacity` is not in [0, 1], the tone does not exist, or a see-through face is asked for
            where nobody is trusted, beside another background, or beside areas drawn by hand.
    """

    trust: Trust = Trust.LOW
    coverage: Coverage = Coverage.FACE
    grow: float = 0.0
    shape: Shape = Shape.SUPERELLIPSE
    fill: Fill = Fill()
    opacity: float = 1.0
    under: Under = Under.GUIDE
    tone: str = "grey"
    backdrop: RGB | None = None
    only: tuple[int, ...] | None = None
    exclude: tuple[int, ...] = ()
    extra: Mask | None = None
    areas: tuple[Points, ...] = ()
    framing: Framing = Framing()
    expose_face: bool = False
    allow_smaller_mask: bool = False
    allow_no_face: bool = False

    def __post_init__(self) -> None:
        for name, kind in (("trust", Trust), ("coverage", Coverage), ("shape", Shape), ("under", Under)):
            try:
                object.__setattr__(self, name, kind(getattr(self, name)))
            except ValueError:
                raise InputError(f"The {name} must be one of: {', '.join(kind)}.") from None
        if not 0 <= self.opacity <= 1:
            raise InputError("The opacity must be between 0 and 1.")
        if self.tone not in TONES:
            raise InputError(f"The tone of the guide must be one of: {', '.join(TONES)}.")
        if self.under is Under.FACE and self.trust is Trust.NONE:
            raise InputError("A service that is not trusted at all never gets a see-through mask.")
        if self.exposes and self.backdrop is not None:
            raise InputError("Under a see-through mask the background cannot be replaced.")
        if self.exposes and (self.extra is not None or self.areas):
            raise InputError("Under a see-through mask nothing can be hidden by hand: it would show too.")

    @property
    def exposes(self) -> bool:
        """Whether the face itself shows through."""
        return self.under is Under.FACE and self.opacity < 1

    def settings(self) -> dict[str, Plain]:
        """Return the settings as plain values for reports and the journal: no masks, no places, no ids."""
        return {
            "trust": str(self.trust),
            "coverage": str(self.coverage),
            "grow": float(self.grow),
            "shape": str(self.shape),
            "fill": self.fill.text,
            "opacity": float(self.opacity),
            "under": str(self.under),
            "tone": self.tone,
            "backdrop": self.backdrop is not None,
            "extra": self.extra is not None or bool(self.areas),
            "format": self.framing.image_format,
            "max_side": self.framing.max_side,
        }
