"""While settings move: the masked picture at screen size, and what it would tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from privateedit import pipeline
from privateedit.audit.attacks import ATTACKS
from privateedit.audit.instruments import Instruments
from privateedit.audit.photo_audit import (
    SAME_PLACE,
    SEARCH,
    SEARCH_EXPLANATION,
    Compared,
    PhotoAudit,
    audit_photo,
    compared,
    is_new,
    observed_from,
    scaled,
    window_of,
)
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.exposure import psnr
from privateedit.core.face import Box
from privateedit.core.hide import hide_before
from privateedit.core.mask import Mask
from privateedit.core.photo import Pixels
from privateedit.core.prepared import Prepared
from privateedit.errors import Refused
from privateedit.server.page.open_photo import OpenPhoto, View

METER = 800
"""The longest side, in pixels, of what the leak meter looks at while settings move."""

_LIKE_THE_PHOTO = 30.0  # decibels


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attack got out of one face; `told` says whether it tells who it is."""

    name: str
    explanation: str
    told: bool
    distance: float | None
    psnr: float


@dataclass(frozen=True, slots=True)
class Told:
    """What a masked picture tells of one face. `threshold` is None without a recognizer."""

    id: int
    hidden: bool
    threshold: float | None
    attempts: tuple[Attempt, ...]

    @property
    def told(self) -> bool:
        """Whether any attack tells who it is."""
        return any(each.told for each in self.attempts)


@dataclass(frozen=True, slots=True)
class Leaks:
    """What a masked picture tells.

    Attributes:
        recognizer: whether faces were compared by a recognizer (the extra `audit`).
        found: how many faces a detector finds in it that nobody knew of.
        faces: one entry a face.
    """

    recognizer: bool
    found: int
    faces: tuple[Told, ...]

    @property
    def tells(self) -> bool:
        """Whether it tells who somebody is, or shows a face that nobody knew of."""
        return bool(self.found) or any(face.told for face in self.faces)


def sketched(view: View, concealment: Concealment) -> Pixels:
    """Return the masked picture at the size of a view: what will be sent looks like it, and is made anew.

    What is background is told once for the same hidden faces, since that takes longer than anybody waits.

    Raises:
        PrivateEditError: as `pipeline.hide` does.
    """
    if concealment.backdrop is None:
        return pipeline.hide(view.photo, concealment, view.parts).masked.pixels
    whose = (concealment.only, concealment.exclude)
    if whose not in view.backgrounds:
        view.backgrounds[whose] = _background(view, concealment)
    return hide_before(view.photo, concealment, view.backgrounds[whose], view.parts).masked.pixels


def _background(view: View, concealment: Concealment) -> Mask:
    """Return what is background while each hidden face is covered and no more.

    What the cover hides is the person then, also where another setting hides less.
    """
    tight = replace(concealment, coverage=Coverage.FACE, grow=0.0, opacity=1.0)
    masked = pipeline.hide(view.photo, tight, view.parts).masked
    if masked.backdrop is None:
        raise Refused("The background cannot be told.")
    return masked.backdrop.area


def leaks_of_sketch(
    photo: OpenPhoto, concealment_at: Callable[[View], Concealment], instruments: Instruments
) -> Leaks:
    """Attack the photo as it would be masked, at a size that is quick to look through.

    Raises:
        PrivateEditError: as `pipeline.mask` does.
    """
    view = photo.view(METER)
    return leaks_of(pipeline.mask(view.photo, concealment_at(view), view.parts), instruments)


def leaks_of(prepared: Prepared, instruments: Instruments) -> Leaks:
    """Attack a payload; without the extra `audit`, with everything but a recognizer."""
    if instruments.parts.likeness is None:
        return _unaided(prepared, instruments)
    return _aided(audit_photo(prepared, instruments))


def _aided(found: PhotoAudit) -> Leaks:
    faces = tuple(
        Told(
            face.id,
            face.hidden,
            face.threshold,
            tuple(
                Attempt(each.attack, _explained(each.attack), each.matched, each.distance, each.psnr)
                for each in face.outcomes
            ),
        )
        for face in found.faces
    )
    return Leaks(True, len(found.unhidden), faces)


def _explained(name: str) -> str:
    return SEARCH_EXPLANATION if name == SEARCH else ATTACKS[name].explanation


def _unaided(prepared: Prepared, instruments: Instruments) -> Leaks:
    """Look for faces, and for pixels that come back like the photo's."""
    concealed = prepared.concealed
    seen = compared(prepared, instruments.decode)
    observed = observed_from(concealed.masked, seen.sent, seen.hidden)
    pictures = {name: attack.run(observed) for name, attack in ATTACKS.items()}
    places = {face.id: scaled(face, seen.ratio).box for face in concealed.faces}
    found = [face.box for face in instruments.parts.detector.detect(seen.sent)]
    hidden_ids = {face.id for face in concealed.hidden_faces}

    def attempts(box: Box) -> tuple[Attempt, ...]:
        met = any(each.overlap(box) > SAME_PLACE for each in found)
        search = Attempt(SEARCH, SEARCH_EXPLANATION, met, None, _quality(seen, seen.sent, box))
        return (search, *(_attempt(name, _quality(seen, picture, box)) for name, picture in pictures.items()))

    new = [box for box in found if is_new(box, list(places.values()), seen.hidden)]
    faces = tuple(Told(number, number in hidden_ids, None, attempts(box)) for number, box in places.items())
    return Leaks(False, len(new), faces)


def _attempt(name: str, quality: float) -> Attempt:
    return Attempt(name, ATTACKS[name].explanation, quality > _LIKE_THE_PHOTO, None, quality)


def _quality(seen: Compared, picture: Pixels, box: Box) -> float:
    window = window_of(box, seen.hidden.shape, 0.0)
    under = seen.hidden[window]
    return psnr(picture[window], seen.original[window], under if under.any() else ~under)
