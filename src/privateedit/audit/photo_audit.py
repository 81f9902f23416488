"""The attacks on one payload: does what would be sent tell who the people in it are?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from privateedit.audit.attacks import ATTACKS, Observed
from privateedit.audit.instruments import Instruments
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.exposure import psnr
from privateedit.core.face import Box, Face, Points
from privateedit.core.mask import Hidden
from privateedit.core.photo import Pixels
from privateedit.core.ports import Descriptor
from privateedit.core.prepared import Prepared

SEARCH = "search"
"""The attack that does not know where the face was and lets a detector look for it."""

SEARCH_EXPLANATION = "Look for a face with a detector, without knowing where it was."

SAME_PLACE = 0.3  # intersection over union of a face and what a detector finds again
_HALF = 0.5  # of a found box: with less of it hidden, a face is visible
_AROUND = 0.6  # of a face's size: what its picture in a report shows beside it
_PLAIN = (0, 128, 255)  # levels of pictures that show nothing
_CLEARLY = 0.75  # of the distance to a picture that shows nothing: what is closer shows something


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """What one attack got out of one face.

    Attributes:
        attack: its name.
        distance: of what it got to the clean face; None when it found no face at all.
        matched: whether a recognizer takes both for one person.
        psnr: how well the pixels of the face came back, in decibels; 30 looks like the photo.
        picture: what it got, around the face.
    """

    attack: str
    distance: float | None
    matched: bool
    psnr: float
    picture: Pixels = field(repr=False)


@dataclass(frozen=True, eq=False, slots=True)
class FaceAudit:
    """One face, and what each attack got.

    Attributes:
        id: its number in the photo.
        hidden: whether the mask was meant to hide it.
        blank: the distance of the clean face to a picture that shows nothing at all.
        recognizable: whether the recognizer can tell the two apart; not when it is small, turned or blurred.
        threshold: the distance below which it counts as matched.
        original: the clean face and what is around it.
        outcomes: one an attack.
    """

    id: int
    hidden: bool
    blank: float
    recognizable: bool
    threshold: float
    original: Pixels = field(repr=False)
    outcomes: tuple[Outcome, ...]

    @property
    def matched(self) -> bool:
        """Whether any attack tells who it is."""
        return any(outcome.matched for outcome in self.outcomes)


@dataclass(frozen=True, eq=False, slots=True)
class PhotoAudit:
    """What one payload tells.

    Attributes:
        faces: every face of the photo, from left to right.
        unhidden: faces that a detector finds in what would be sent, where none was known.
        threshold: the recognizer's published distance below which two pictures are taken for one person.
        original, sent: the photo at the payload's size, and the payload.
    """

    faces: tuple[FaceAudit, ...]
    unhidden: tuple[Face, ...]
    threshold: float
    original: Pixels = field(repr=False)
    sent: Pixels = field(repr=False)

    @property
    def tells(self) -> bool:
        """Whether the picture tells who somebody in it is, or shows a face nobody knew of."""
        return bool(self.unhidden) or any(face.matched for face in self.faces)


def audit_photo(prepared: Prepared, instruments: Instruments) -> PhotoAudit:
    """Run every attack on the payload and compare what it gets with the clean face.

    The recognizer is given the landmarks of the clean photo, which is more than an attacker has.

    Raises:
        ExtraMissing: the extra `audit` is not installed.
    """
    concealed = prepared.concealed
    photo = concealed.photo.pixels
    seen = compared(prepared, instruments.decode)
    original, sent, ratio = seen.original, seen.sent, seen.ratio
    observed = observed_from(concealed.masked, sent, seen.hidden)
    pictures = {name: attack.run(observed) for name, attack in ATTACKS.items()}
    found = tuple(instruments.parts.detector.detect(sent))
    hidden_ids = {face.id for face in concealed.hidden_faces}
    view = _View(original, sent, pictures, seen.hidden, found, instruments)
    faces = tuple(
        view.audit(
            scaled(face, ratio),
            np.asarray(instruments.landmarks.fit(photo, face) * ratio, np.float32),
            face.id in hidden_ids,
        )
        for face in concealed.faces
    )
    known = [scaled(face, ratio).box for face in concealed.faces]
    unhidden = tuple(face for face in found if is_new(face.box, known, seen.hidden))
    return PhotoAudit(faces, unhidden, instruments.threshold, original, sent)


@dataclass(frozen=True, eq=False, slots=True)
class Compared:
    """The photo at the payload's size, and the part of the payload in which it lies; all of one size.

    Attributes:
        original, sent: H×W×3 uint8 sRGB.
        hidden: H×W bool, True where the mask lies.
        ratio: pixels of these in one of the photo, across and down.
    """

    original: Pixels = field(repr=False)
    sent: Pixels = field(repr=False)
    hidden: Hidden = field(repr=False)
    ratio: tuple[float, float]


def compared(prepared: Prepared, decode: Callable[[bytes], Pixels]) -> Compared:
    """Return a payload beside its photo; the bars of a service's frame are left out."""
    photo, payload = prepared.concealed.photo.pixels, prepared.payload
    window = prepared.concealment.framing.content(photo.shape[1], photo.shape[0])
    sent, hidden = decode(payload.data)[window], payload.hidden[window]
    original = photo if sent.shape == photo.shape else _resized(photo, sent)
    return Compared(original, sent, hidden, (sent.shape[1] / photo.shape[1], sent.shape[0] / photo.shape[0]))


def same_person_threshold(published: float, blank: float) -> float:
    """Return the distance below which a face counts as matched.

    That is the recognizer's published one, unless a picture that shows nothing would already pass: faces that
    are tiny, turned or blurred look blank to a recognizer. Then a match has to be clearly closer than blank.
    """
    return published if blank >= published else _CLEARLY * blank


def observed_from(masked: MaskedPhoto, sent: Pixels, hidden: Hidden) -> Observed:
    """Return what an attacker has of a masked photo: what was sent, the outline, and the settings."""
    opacity = 1 - masked.exposure
    return Observed(sent, hidden, masked.paint.fill.color, opacity)


@dataclass(frozen=True, eq=False, slots=True)
class _View:
    """What was sent and what the attacks made of it, beside the original; all of one size."""

    original: Pixels
    sent: Pixels
    pictures: dict[str, Pixels]
    hidden: Hidden
    found: Sequence[Face]
    instruments: Instruments

    def audit(self, face: Face, landmarks: Points, hidden: bool) -> FaceAudit:
        embed = self.instruments.recognizer.embed
        clean = embed(self.original, landmarks)
        plain = [embed(np.full_like(self.original, level), landmarks) for level in _PLAIN]
        blank = min(_apart(each, clean) for each in plain)
        threshold = same_person_threshold(self.instruments.threshold, blank)
        got = {SEARCH: (self._searched(face, clean), self.sent)}
        for name, picture in self.pictures.items():
            got[name] = (_apart(embed(picture, landmarks), clean), picture)
        window = window_of(face.box, self.hidden.shape, _AROUND)
        outcomes = tuple(
            Outcome(
                name,
                distance,
                distance is not None and distance < threshold,
                self._quality(picture, face),
                picture[window],
            )
            for name, (distance, picture) in got.items()
        )
        return FaceAudit(
            face.id,
            hidden,
            blank,
            threshold == self.instruments.threshold,
            threshold,
            self.original[window],
            outcomes,
        )

    def _searched(self, face: Face, clean: Descriptor) -> float | None:
        """Return the distance of what a detector finds where the face was, None when it finds nothing."""
        fit, embed = self.instruments.landmarks.fit, self.instruments.recognizer.embed
        there = [each for each in self.found if each.box.overlap(face.box) > SAME_PLACE]
        return min((_apart(embed(self.sent, fit(self.sent, each)), clean) for each in there), default=None)

    def _quality(self, picture: Pixels, face: Face) -> float:
        inner = window_of(face.box, self.hidden.shape, 0.0)
        under = self.hidden[inner]
        return psnr(picture[inner], self.original[inner], under if under.any() else ~under)


def _apart(first: Descriptor, second: Descriptor) -> float:
    return float(np.linalg.norm(first - second))


def is_new(box: Box, known: Sequence[Box], hidden: Hidden) -> bool:
    """Whether a detector's find is visible and lies where no face was known."""
    if any(box.overlap(each) > SAME_PLACE for each in known):
        return False
    inside = hidden[window_of(box, hidden.shape, 0.0)]
    return not inside.size or float(inside.mean()) < _HALF


def window_of(box: Box, shape: tuple[int, ...], around: float) -> tuple[slice, slice]:
    """Return the rows and columns of a box, wider by `around` of its size, inside the frame."""
    margin = around * max(box.width, box.height)
    limit = (shape[1], shape[0])
    low = np.clip(np.floor((box.x0 - margin, box.y0 - margin)), 0, np.subtract(limit, 1)).astype(int)
    high = np.clip(np.ceil((box.x1 + margin, box.y1 + margin)), low + 1, limit).astype(int)
    return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def scaled(face: Face, ratio: tuple[float, float]) -> Face:
    """Return a face in a picture that is wider and higher by the two ratios."""
    across, down = ratio
    box = Box(face.box.x0 * across, face.box.y0 * down, face.box.x1 * across, face.box.y1 * down)
    points = None if face.landmarks is None else np.asarray(face.landmarks * ratio, np.float32)
    return Face(face.id, box, face.score, points, face.pose)


def _resized(photo: Pixels, like: Pixels) -> Pixels:
    return np.asarray(cv2.resize(photo, like.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
