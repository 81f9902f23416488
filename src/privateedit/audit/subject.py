"""One photo of one person, made ready for measuring: small, with the clean face and landmarks known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from privateedit import pipeline
from privateedit.audit.grid import Case
from privateedit.audit.instruments import Instruments
from privateedit.audit.no_memory import NoMemory
from privateedit.audit.photo_audit import scaled
from privateedit.core.conceal import MaskedPhoto
from privateedit.core.face import Face, Points
from privateedit.core.mask import Hidden
from privateedit.core.photo import Photo, Pixels
from privateedit.core.scale import reduced
from privateedit.errors import NoFaceFound, Refused

_FACE_SIDE = 200  # pixels; the recognizer sees a face at 100


@dataclass(frozen=True, eq=False, slots=True)
class Subject:
    """A photo in which the largest face is the person.

    Attributes:
        photo: the photo, reduced so that the person's face is about 200 pixels wide.
        faces: every face in it; all of them are hidden.
        person: the largest.
        landmarks: the clean face's, which every attacker is told.
    """

    photo: Photo
    faces: tuple[Face, ...]
    person: Face
    landmarks: Points = field(repr=False)

    @classmethod
    def of(cls, photo: Photo, instruments: Instruments) -> Subject:
        """Find the person in a photo.

        Raises:
            NoFaceFound: there is no face.
        """
        faces = tuple(instruments.parts.detector.detect(photo.pixels))
        if not faces:
            raise NoFaceFound("No face was found in the photo.")
        person = max(faces, key=lambda face: face.box.width * face.box.height)
        ratio = min(1.0, _FACE_SIDE / max(person.box.width, person.box.height))
        small = reduced(photo.pixels, max(1, round(ratio * max(photo.pixels.shape[:2]))))
        exact = (small.shape[1] / photo.width, small.shape[0] / photo.height)
        placed = tuple(scaled(face, exact) for face in faces)
        itself = next(face for face in placed if face.id == person.id)
        return cls(Photo(small), placed, itself, instruments.landmarks.fit(small, itself))

    def masked(self, case: Case, instruments: Instruments) -> MaskedPhoto | None:
        """Return the photo as `case` would let it leave; None when the pipeline refuses to let it.

        Detection is not what is measured here, so the faces are those of the clean photo.
        """
        known = _Known(self.faces)
        parts = replace(instruments.parts, detector=known, searcher=known, ledger=NoMemory())
        try:
            return pipeline.hide(self.photo, case.concealment, parts).masked
        except Refused:
            return None


@dataclass(frozen=True, slots=True)
class _Known:
    """A detector that was told, and finds nothing more when it searches again."""

    faces: Sequence[Face]

    def detect(self, pixels: Pixels) -> Sequence[Face]:
        return self.faces

    def search(self, pixels: Pixels, hidden: Hidden) -> Sequence[Face]:
        return ()
