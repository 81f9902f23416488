"""The story in one place: open → detect → cover → conceal → seal ⇢ edit ⇢ align → reintegrate.

Every front end (command line, page, proxy, batch, Python) calls these functions. They know only ports; the
concrete parts are chosen in `wiring`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from privateedit.core.backdrop import backdrop_behind
from privateedit.core.conceal import MaskedPhoto, Paint, conceal, see_through
from privateedit.core.concealment import Concealment, Plain, Under
from privateedit.core.cover import cover
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.exposure import recovered_psnr
from privateedit.core.face import Face
from privateedit.core.guide import Guide
from privateedit.core.mask import Mask
from privateedit.core.painted import painted
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo
from privateedit.core.place import Comparison, place
from privateedit.core.ports import Editor, Encoder, Entropy, FaceDetector, Inspector, PersonSegmenter
from privateedit.core.reintegrate import reintegrate
from privateedit.core.restored import Restored
from privateedit.core.seal import seal
from privateedit.errors import (
    InputError,
    NoFaceFound,
    PrivateEditError,
    ProviderError,
    Refused,
    Sent,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete parts behind the ports."""

    detector: FaceDetector
    segmenter: PersonSegmenter
    encoder: Encoder
    inspector: Inspector
    entropy: Entropy


@dataclass(frozen=True, eq=False, slots=True)
class Concealed:
    """A photo with its faces found and hidden, before anything is sealed."""

    photo: Photo
    faces: tuple[Face, ...]
    hidden_faces: tuple[Face, ...]
    masked: MaskedPhoto

    @property
    def visible_faces(self) -> tuple[Face, ...]:
        """Faces that were found and that the person chose to leave visible."""
        hidden = {face.id for face in self.hidden_faces}
        return tuple(face for face in self.faces if face.id not in hidden)


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """A concealed photo and the payload made from it.

    Attributes:
        concealed: the photo, its faces and its mask.
        payload: the bytes that may leave.
        settings: what was chosen, as plain values.
        exposed_psnr: decibels at which anybody gets an exposed face back; None when the payload is sealed.
    """

    concealed: Concealed
    payload: Payload
    settings: Mapping[str, Plain]
    exposed_psnr: float | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Edited:
    """A finished edit: what was sent, what came back, and the result."""

    prepared: Prepared
    returned: EditResult
    restored: Restored


def hide(photo: Photo, concealment: Concealment, parts: Parts) -> Concealed:
    """Find the faces and hide the chosen ones.

    Raises:
        NoFaceFound: there is no face and no area drawn by hand.
        InputError: a chosen face does not exist, or a mask has another size.
        Refused: the face would show through and nobody gave leave, or the background cannot be told.
    """
    if concealment.under is Under.FACE and not concealment.expose_face:
        raise Refused(
            "A see-through mask hides nothing: stretching the contrast brings the face back. "
            "Use the guide, or allow it with --expose-face."
        )
    faces = tuple(parts.detector.detect(photo.pixels))
    chosen = _chosen(faces, concealment)
    mask = _mask(photo, concealment, chosen)
    if not mask.hidden.any():
        raise _nothing_hidden(faces)
    return Concealed(photo, faces, chosen, _masked(photo, concealment, chosen, mask, parts))


def _mask(photo: Photo, concealment: Concealment, chosen: tuple[Face, ...]) -> Mask:
    mask = cover(photo.width, photo.height, chosen, concealment.coverage, concealment.grow, concealment.shape)
    if concealment.areas:
        mask = mask.union(painted(photo.width, photo.height, concealment.areas))
    return mask if concealment.extra is None else mask.union(concealment.extra)


def _masked(
    photo: Photo, concealment: Concealment, chosen: tuple[Face, ...], mask: Mask, parts: Parts
) -> MaskedPhoto:
    if concealment.exposes:
        paint = Paint.mixed(concealment.fill, mask, parts.entropy)
        return see_through(photo, mask, paint, concealment.opacity)
    guides = [Guide.of(face, concealment.tone) for face in chosen]
    opacity = concealment.opacity if concealment.under is Under.GUIDE else 1.0
    paint = Paint.mixed(concealment.fill, mask, parts.entropy, guides, opacity)
    masked = conceal(photo, mask, paint)
    if concealment.backdrop is None:
        return masked
    backdrop = backdrop_behind(masked, guides, parts.segmenter, concealment.backdrop)
    return conceal(photo, mask, paint, backdrop)


def mask(photo: Photo, concealment: Concealment, parts: Parts) -> Prepared:
    """Return the payload: the bytes that may leave, proven to tell nothing of what is hidden.

    A payload is sealed, or, where a see-through mask was asked for by name, marked exposed.

    Raises:
        NoFaceFound, InputError: see `hide`.
        Refused: a privacy check failed.
    """
    concealed = hide(photo, concealment, parts)
    payload = seal(
        photo,
        concealed.masked,
        concealment.framing,
        encoder=parts.encoder,
        inspector=parts.inspector,
        entropy=parts.entropy,
        expose_face=concealment.expose_face,
    )
    masked = concealed.masked
    psnr = round(recovered_psnr(photo, masked), 1) if masked.exposed else None
    return Prepared(concealed, payload, concealment.settings(), psnr)


def restore(concealed: Concealed, returned: EditResult, parts: Parts) -> Restored:
    """Return the edited picture with the original faces in it.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
    """
    masked = concealed.masked
    comparison = Comparison(concealed.faces, masked, returned.pixels, parts.detector)
    placements = place(comparison, concealed.hidden_faces)
    return reintegrate(concealed.photo, masked, returned.pixels, placements, parts.segmenter)


def edit(
    photo: Photo, instruction: Instruction, concealment: Concealment, editor: Editor, parts: Parts
) -> Edited:
    """Mask, let `editor` edit the payload, and restore.

    Raises:
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    prepared = mask(photo, concealment, parts)
    with telling_what_was_sent(Sent.NO if editor.local else Sent.UNKNOWN):
        returned = editor.edit(prepared.payload, instruction)
    with telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
        restored = restore(prepared.concealed, returned, parts)
    return Edited(prepared, returned, restored)


@contextmanager
def telling_what_was_sent(sent: Sent) -> Iterator[None]:
    """Make every error in the block say what was sent.

    An error that says so itself is believed; for all others `sent` tells. Front ends wrap whatever they do
    after an edit, so that a full disk never claims that nothing left.
    """
    try:
        yield
    except PrivateEditError as error:
        error.sent = error.sent if error.knows_what_was_sent else sent
        raise
    except Exception as error:
        kind = type(error).__name__
        raise ProviderError(f"Something unexpected went wrong in the edit ({kind}).", sent=sent) from error


def _chosen(faces: tuple[Face, ...], concealment: Concealment) -> tuple[Face, ...]:
    known = {face.id for face in faces}
    named = set(concealment.only or ()) | set(concealment.exclude)
    missing = sorted(named - known)
    if missing and not faces:
        raise NoFaceFound("No face was found in the photo.")
    if missing:
        raise InputError(
            f"There is no face {missing[0]}: the photo has {len(faces)}, numbered from 0 from left to right."
        )
    wanted = (known if concealment.only is None else set(concealment.only)) - set(concealment.exclude)
    return tuple(face for face in faces if face.id in wanted)


def _nothing_hidden(faces: tuple[Face, ...]) -> PrivateEditError:
    if faces:
        return InputError("No face was chosen and no mask was given, so nothing would be hidden.")
    return NoFaceFound("No face was found in the photo.")
