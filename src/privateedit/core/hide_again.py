"""From a hand-over to what is remembered of it, and from that to the same masked picture."""

from __future__ import annotations

from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage, Shape
from privateedit.core.framing import Framing
from privateedit.core.handover import Handover
from privateedit.core.hide import hide_exactly
from privateedit.core.mask import Mask
from privateedit.core.painted import painted
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo
from privateedit.core.prepared import Concealed, Prepared
from privateedit.core.trust import Trust


def handover_of(prepared: Prepared) -> Handover:
    """Return all it takes to mask the photo again as `prepared` has it: choices and outlines, no pixel."""
    photo, masked = prepared.concealed.photo, prepared.concealed.masked
    chosen = prepared.concealment
    choices = {
        "trust": str(chosen.trust),
        "coverage": str(chosen.coverage),
        "grow": float(chosen.grow),
        "shape": str(chosen.shape),
        "fill": chosen.fill.text,
        "opacity": float(chosen.opacity),
        "under": str(chosen.under),
        "tone": chosen.tone,
        "format": chosen.framing.image_format,
        "max_side": chosen.framing.max_side,
        "backdrop": None if chosen.backdrop is None else "#" + bytes(chosen.backdrop).hex(),
        "only": chosen.only,
        "exclude": chosen.exclude,
        "canvas": chosen.framing.canvas,
        "expose_face": chosen.expose_face,
        "allow_no_face": chosen.allow_no_face,
    }
    area = None if masked.backdrop is None else masked.backdrop.area
    return Handover(choices, masked.mask, area, _brush(photo, chosen))


def hide_again(photo: Photo, handover: Handover, parts: Parts) -> tuple[Concealed, Framing]:
    """Hide what was hidden when the photo was handed over, and tell in which frame it left.

    Pixels are the same, but for noise, which is drawn anew. This is for restoring: no ledger is asked, so
    nothing of it may be sealed.

    Raises:
        NoFaceFound, InputError: the faces that were chosen are not found any more.
        Refused: see `hide`.
    """
    concealment = _concealment(handover)
    concealed = hide_exactly(photo, concealment, handover.mask, handover.area, parts)
    return concealed, concealment.framing


def _brush(photo: Photo, chosen: Concealment) -> Mask | None:
    if not chosen.areas:
        return chosen.extra
    drawn = painted(photo.width, photo.height, chosen.areas)
    return drawn if chosen.extra is None else drawn.union(chosen.extra)


def _concealment(handover: Handover) -> Concealment:
    said = handover.choices
    return Concealment(
        trust=Trust(said["trust"]),
        coverage=Coverage(said["coverage"]),
        grow=said["grow"],
        shape=Shape(said["shape"]),
        fill=Fill.parse(said["fill"]),
        opacity=said["opacity"],
        under=Under(said["under"]),
        tone=said["tone"],
        backdrop=None if said["backdrop"] is None else Fill.parse(said["backdrop"]).color,
        only=said["only"],
        exclude=said["exclude"],
        extra=handover.brush,
        framing=Framing(said["format"], said["max_side"], said["canvas"]),
        expose_face=said["expose_face"],
        allow_no_face=said["allow_no_face"],
    )
