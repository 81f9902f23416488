"""The story in one place: open → detect → cover → conceal → seal ⇢ edit ⇢ align → reintegrate.

Every front end (command line, page, proxy, batch, Python) calls these functions. They know only ports; the
concrete parts are chosen in `wiring`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

import numpy as np

from privateedit.core.backdrop import backdrop_behind
from privateedit.core.conceal import MaskedPhoto, Paint, conceal, see_through
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import cover
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.exposure import recovered_psnr
from privateedit.core.face import Face
from privateedit.core.guide import Guide
from privateedit.core.mask import Mask
from privateedit.core.names import Finding, Names, findings
from privateedit.core.painted import painted
from privateedit.core.photo import Photo
from privateedit.core.place import Comparison, place
from privateedit.core.ports import (
    Editor,
    Encoder,
    Entropy,
    FaceDetector,
    Inspector,
    Journal,
    Ledger,
    PersonSegmenter,
)
from privateedit.core.prepared import Concealed, Prepared
from privateedit.core.reintegrate import reintegrate
from privateedit.core.restored import Restored
from privateedit.core.seal import seal
from privateedit.core.trust import Trust
from privateedit.errors import (
    InputError,
    NoFaceFound,
    PrivateEditError,
    ProviderError,
    Refused,
    Sent,
)
from privateedit.sending import BY_HAND, Sending, recorded


@dataclass(frozen=True, slots=True)
class Parts:
    """The concrete parts behind the ports."""

    detector: FaceDetector
    segmenter: PersonSegmenter
    encoder: Encoder
    inspector: Inspector
    entropy: Entropy
    journal: Journal
    ledger: Ledger


@dataclass(frozen=True, eq=False, slots=True)
class Edited:
    """A finished edit: what was sent, what came back, the result, and what the instruction gave away."""

    prepared: Prepared
    returned: EditResult
    restored: Restored
    findings: tuple[Finding, ...] = ()


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
    masked = _masked(photo, concealment, chosen, mask, parts)
    return _as_before(Concealed(photo, faces, chosen, masked), concealment, parts)


def _as_before(concealed: Concealed, concealment: Concealment, parts: Parts) -> Concealed:
    """Hide as well what every earlier upload of the photo hid, or count what is shown of it by leave."""
    photo, masked = concealed.photo, concealed.masked
    protected = parts.ledger.protected(photo)
    if protected is None:
        return concealed
    if masked.exposed:
        return replace(concealed, shown=int(np.count_nonzero(protected.hidden)))
    missing = protected.hidden & ~masked.concealed.hidden
    count = int(np.count_nonzero(missing))
    if count == 0 or concealment.allow_smaller_mask:
        return replace(concealed, shown=count)
    mask = masked.mask.union(Mask(missing))
    paint = _paint(concealment, concealed.hidden_faces, mask, parts)
    return replace(concealed, masked=conceal(photo, mask, paint, masked.backdrop), kept=count)


def _mask(photo: Photo, concealment: Concealment, chosen: tuple[Face, ...]) -> Mask:
    mask = cover(photo.width, photo.height, chosen, concealment.coverage, concealment.grow, concealment.shape)
    if concealment.areas:
        mask = mask.union(painted(photo.width, photo.height, concealment.areas))
    return mask if concealment.extra is None else mask.union(concealment.extra)


def _masked(
    photo: Photo, concealment: Concealment, chosen: tuple[Face, ...], mask: Mask, parts: Parts
) -> MaskedPhoto:
    paint = _paint(concealment, chosen, mask, parts)
    if concealment.exposes:
        return see_through(photo, mask, paint, concealment.opacity)
    masked = conceal(photo, mask, paint)
    if concealment.backdrop is None:
        return masked
    guides = [Guide.of(face, concealment.tone) for face in chosen]
    backdrop = backdrop_behind(masked, guides, parts.segmenter, concealment.backdrop)
    return conceal(photo, mask, paint, backdrop)


def _paint(concealment: Concealment, chosen: tuple[Face, ...], mask: Mask, parts: Parts) -> Paint:
    if concealment.under is Under.FACE:
        return Paint.mixed(concealment.fill, mask, parts.entropy)
    guides = [Guide.of(face, concealment.tone) for face in chosen]
    return Paint.mixed(concealment.fill, mask, parts.entropy, guides, concealment.opacity)


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
    return Prepared(concealed, payload, concealment, psnr)


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
    photo: Photo,
    instruction: Instruction,
    concealment: Concealment,
    editor: Editor,
    parts: Parts,
    known: Names = Names(),
) -> Edited:
    """Mask, let `editor` edit the payload, and restore; the journal tells before and after.

    Raises:
        Refused: the instruction names somebody and nobody is trusted, or the send cannot be written down.
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    found = names_in(instruction, known, concealment.trust)
    prepared = mask(photo, concealment, parts)
    sending = recorded(prepared, editor.name, local=editor.local, journal=parts.journal, ledger=parts.ledger)
    with sending as send:
        with telling_what_was_sent(Sent.NO if editor.local else Sent.UNKNOWN):
            returned = editor.edit(prepared.payload, instruction)
        send.returned(returned)
        send.outcome = replace(send.outcome, sent=Sent.NO if editor.local else Sent.YES)
    with telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
        restored = restore(prepared.concealed, returned, parts)
    return Edited(prepared, returned, restored, found)


def names_in(instruction: Instruction, known: Names, trust: Trust) -> tuple[Finding, ...]:
    """Return what in the instruction may name somebody, for a warning.

    Raises:
        Refused: something does, and the service is not trusted at all.
    """
    found = findings(instruction.prompt or "", known)
    if found and trust is Trust.NONE:
        said = " ".join(each.sentence for each in found)
        raise Refused(f"{said} A service that is not trusted must not learn who it is.")
    return found


def hand_over(prepared: Prepared, parts: Parts) -> AbstractContextManager[Sending]:
    """Write down that a payload is about to be given to a person, who may send it anywhere.

    Raises:
        JournalUnwritable: it could not be written down, so nothing may be handed over.
        Refused: an earlier upload hid more, and nobody gave leave to show it.
    """
    return recorded(prepared, BY_HAND, local=False, journal=parts.journal, ledger=parts.ledger)


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
