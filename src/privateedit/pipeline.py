"""The story in one place: open → detect → cover → conceal → seal ⇢ edit ⇢ align → reintegrate.

Every front end (command line, page, proxy, batch, Python) calls these functions. They know only ports; the
concrete parts are chosen in `wiring`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from privateedit.core.conceal import Fill, MaskedPhoto, Paint, conceal
from privateedit.core.cover import Coverage, cover
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.mask import Mask
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo
from privateedit.core.place import Comparison, place
from privateedit.core.ports import Editor, Encoder, Entropy, FaceDetector, Inspector, PersonSegmenter
from privateedit.core.reintegrate import reintegrate
from privateedit.core.restored import Restored
from privateedit.core.seal import Framing, seal
from privateedit.errors import (
    InputError,
    NoFaceFound,
    PrivateEditError,
    ProviderError,
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


@dataclass(frozen=True, slots=True)
class Concealment:
    """What to hide and how.

    Attributes:
        coverage: how far the mask reaches around each face.
        grow: by how much more, as a fraction of its size.
        fill: what hidden pixels become.
        only: ids of the faces to hide; None hides all, an empty tuple none but `extra`.
        extra: a mask painted by hand, hidden as well.
        framing: file format and size of what leaves.
    """

    coverage: Coverage = Coverage.FACE
    grow: float = 0.0
    fill: Fill = Fill()
    only: tuple[int, ...] | None = None
    extra: Mask | None = None
    framing: Framing = Framing()


@dataclass(frozen=True, eq=False, slots=True)
class Concealed:
    """A photo with its faces found and hidden, before anything is sealed."""

    photo: Photo
    faces: tuple[Face, ...]
    hidden_faces: tuple[Face, ...]
    masked: MaskedPhoto


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """A concealed photo and the sealed payload made from it."""

    concealed: Concealed
    payload: Payload


@dataclass(frozen=True, eq=False, slots=True)
class Edited:
    """A finished edit: what was sent, what came back, and the result."""

    prepared: Prepared
    returned: EditResult
    restored: Restored


def hide(photo: Photo, concealment: Concealment, parts: Parts) -> Concealed:
    """Find the faces and hide the chosen ones.

    Raises:
        NoFaceFound: there is no face and no mask painted by hand.
        InputError: a chosen face does not exist, or a mask has another size.
    """
    faces = tuple(parts.detector.detect(photo.pixels))
    chosen = _chosen(faces, concealment.only)
    mask = cover(photo.width, photo.height, chosen, concealment.coverage, concealment.grow)
    if concealment.extra is not None:
        mask = mask.union(concealment.extra)
    if not mask.hidden.any():
        raise _nothing_hidden(faces)
    paint = Paint.mixed(concealment.fill, mask, parts.entropy)
    return Concealed(photo, faces, chosen, conceal(photo, mask, paint))


def mask(photo: Photo, concealment: Concealment, parts: Parts) -> Prepared:
    """Return the sealed payload: the bytes that may leave, proven to tell nothing of what is hidden.

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
    )
    return Prepared(concealed, payload)


def restore(concealed: Concealed, returned: EditResult, parts: Parts) -> Restored:
    """Return the edited picture with the original faces in it.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
    """
    comparison = Comparison(concealed.faces, concealed.masked, returned.pixels, parts.detector)
    placements = place(comparison, concealed.hidden_faces)
    hidden = concealed.masked.mask.hidden
    return reintegrate(concealed.photo, hidden, returned.pixels, placements, parts.segmenter)


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


def _chosen(faces: tuple[Face, ...], only: Iterable[int] | None) -> tuple[Face, ...]:
    if only is None:
        return faces
    wanted = set(only)
    missing = sorted(wanted - {face.id for face in faces})
    if missing and not faces:
        raise NoFaceFound("No face was found in the photo.")
    if missing:
        raise InputError(
            f"There is no face {missing[0]}: the photo has {len(faces)}, numbered from 0 from left to right."
        )
    return tuple(face for face in faces if face.id in wanted)


def _nothing_hidden(faces: tuple[Face, ...]) -> PrivateEditError:
    if faces:
        return InputError("No face was chosen and no mask was given, so nothing would be hidden.")
    return NoFaceFound("No face was found in the photo.")
