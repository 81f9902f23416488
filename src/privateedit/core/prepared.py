"""A photo on its way out: concealed, then packed into a payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from privateedit.core.conceal import MaskedPhoto
from privateedit.core.concealment import Concealment, Plain
from privateedit.core.face import Face
from privateedit.core.mask import demanded_pixels
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo


@dataclass(frozen=True, eq=False, slots=True)
class Concealed:
    """A photo with its faces found and hidden, before anything is sealed.

    Attributes:
        photo: the picture.
        faces: every face that was found.
        hidden_faces: those that are hidden.
        masked: the picture as it would leave.
        kept: how many pixels are hidden only because an earlier upload of this photo hid them.
        shown: how many pixels are shown that an earlier upload hid, by leave.
    """

    photo: Photo
    faces: tuple[Face, ...]
    hidden_faces: tuple[Face, ...]
    masked: MaskedPhoto
    kept: int = 0
    shown: int = 0

    @property
    def visible_faces(self) -> tuple[Face, ...]:
        """Faces that were found and that the person chose to leave visible, at least in part."""
        chosen = {face.id for face in self.hidden_faces}
        return tuple(face for face in self.faces if face.id not in chosen and not self._covered(face))

    def _covered(self, face: Face) -> bool:
        window, demanded = demanded_pixels(face.box.corners, self.masked.mask.hidden.shape)
        return not (demanded & ~self.masked.mask.hidden[window]).any()


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """A concealed photo and the payload made from it.

    Attributes:
        concealed: the photo, its faces and its mask.
        payload: the bytes that may leave.
        concealment: what was chosen.
        exposed_psnr: decibels at which anybody gets an exposed face back; None when the payload is sealed.
    """

    concealed: Concealed
    payload: Payload
    concealment: Concealment
    exposed_psnr: float | None = None

    @property
    def settings(self) -> Mapping[str, Plain]:
        """What was chosen, as plain values."""
        return self.concealment.settings()
