"""The story in one place: open → detect → cover → conceal → seal ⇢ edit ⇢ align → reintegrate.

Every front end (command line, page, proxy, batch, Python) calls these functions. They know only ports; the
concrete parts are chosen in `wiring`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from privateedit.core.comparison import Comparison
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.exposure import recovered_psnr
from privateedit.core.fine_detail import Draft, with_detail
from privateedit.core.finish import LEAST_SIDE, Finish
from privateedit.core.hide import hide
from privateedit.core.identity import with_identity
from privateedit.core.names import Finding, Names, findings
from privateedit.core.output_size import Sized, resampled, sized
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.place import place
from privateedit.core.ports import ChoosesFrame, Editor
from privateedit.core.prepared import Concealed, Prepared
from privateedit.core.reintegrate import reintegrate
from privateedit.core.report import Report
from privateedit.core.restored import Restored
from privateedit.core.seal import seal
from privateedit.core.trust import Trust
from privateedit.core.unstretch import unstretched
from privateedit.errors import CannotAlign, InputError, PrivateEditError, ProviderError, Refused, Sent
from privateedit.sending import BY_HAND, Sending, recorded

__all__ = [
    "Concealment",
    "Edited",
    "Finish",
    "Parts",
    "Remade",
    "edit",
    "framed_for",
    "hand_over",
    "hide",
    "mask",
    "names_in",
    "restore",
    "restore_by_hand",
    "telling_what_was_sent",
]


@dataclass(frozen=True, eq=False, slots=True)
class Edited:
    """A finished edit: what was sent, what came back, the result, and what the instruction gave away."""

    prepared: Prepared
    returned: EditResult
    restored: Restored
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Remade:
    """A photo masked again as it was sent, and the picture restored with it."""

    concealed: Concealed
    restored: Restored


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


def restore(
    sent: Concealed | Prepared, returned: EditResult, parts: Parts, finish: Finish = Finish()
) -> Restored:
    """Return the edited picture with the original faces in it, at the size that `finish` asks for.

    Of what was `sent` in a service's frame, the frame is undone first where it came back.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
        InputError: the size does not fit the edited picture.
    """
    require_enough(returned)
    concealed, came = (sent, returned.pixels) if isinstance(sent, Concealed) else _unframed(sent, returned)
    photo, masked = concealed.photo, concealed.masked
    edited = unstretched(masked, came)
    comparison = Comparison(concealed.faces, masked, edited, parts.detector)
    placed = place(comparison, concealed.hidden_faces)
    target = sized(edited, placed, photo, finish.size)
    restored = _at_size(concealed, edited, target, parts, finish)
    report = replace(restored.report, resized=target.sentence(came, photo))
    if parts.likeness is not None:
        drawn = {face.id: each.drawn for each in placed if each.drawn for face in each.faces}
        report = with_identity(
            report, restored.pixels, photo, comparison, target.placements, drawn, parts.likeness
        )
    return replace(restored, report=report)


def _unframed(prepared: Prepared, returned: EditResult) -> tuple[Concealed, Pixels]:
    concealed = prepared.concealed
    framing = prepared.concealment.framing
    return concealed, framing.unframed(returned.pixels, concealed.photo.width, concealed.photo.height)


def _at_size(concealed: Concealed, edited: Pixels, target: Sized, parts: Parts, finish: Finish) -> Restored:
    """Put the faces back at the size of what came back, enlarge that, and add what only the photo knows.

    At its own size, compression and the rim of the fill are as wide as they were made, and light, matte and
    blend take a fraction of the time. A smaller result is worked out as it will be.
    """
    photo, masked, likeness = concealed.photo, concealed.masked, parts.likeness
    if target.enlarged <= 1:
        edited = resampled(edited, target.width, target.height)
        return reintegrate(photo, masked, edited, target.placements, parts.segmenter, finish, likeness)
    draft = reintegrate(photo, masked, edited, target.at_edited, parts.segmenter, finish, likeness)
    canvas = resampled(draft.pixels, target.width, target.height)
    pixels = with_detail(Draft(edited, draft.pixels), canvas, photo, target.placements)
    placements = tuple(replace(each, scale=each.scale * target.enlarged) for each in draft.report.placements)
    return Restored(pixels, Report(placements))


def require_enough(returned: EditResult) -> None:
    """Refuse a picture in which nothing could be found.

    Raises:
        InputError: a side has fewer than 16 pixels.
    """
    if min(returned.width, returned.height) < LEAST_SIDE:
        raise InputError(
            f"The edited picture has {returned.width}×{returned.height} pixels; each side needs {LEAST_SIDE}."
        )


def restore_by_hand(
    photo: Photo,
    concealment: Concealment,
    returned: EditResult,
    parts: Parts,
    finish: Finish = Finish(),
) -> Remade:
    """Mask the photo again as it was sent, and put the original faces into the edited picture.

    What was sent is not kept. Where earlier uploads of the photo hid more than `concealment` asks for, it may
    have been sent with or without that; the one that fits better is taken.

    Raises:
        CannotAlign: a hidden face does not fit anywhere.
        InputError: the size does not fit the edited picture.
        NoFaceFound, InputError, Refused: see `hide`.
    """
    as_now = hide(photo, concealment, parts)
    if not as_now.kept:
        return Remade(as_now, restore(as_now, returned, parts, finish))
    as_asked = hide(photo, replace(concealment, allow_smaller_mask=True), parts)
    fitting, misfits = [], []
    for concealed in (as_now, as_asked):
        try:
            fitting.append(Remade(concealed, restore(concealed, returned, parts, finish)))
        except CannotAlign as error:
            misfits.append(error)
    if not fitting:
        raise misfits[0]
    return min(fitting, key=_misfit)


def _misfit(remade: Remade) -> tuple[int, float]:
    """A hole that came back says more than a face that was drawn; then the smaller residual counts."""
    placements = remade.restored.report.placements
    guessed = sum(each.regime != "hole" for each in placements)
    return guessed, max((each.residual for each in placements), default=0.0)


def edit(
    photo: Photo,
    instruction: Instruction,
    concealment: Concealment,
    editor: Editor,
    parts: Parts,
    known: Names = Names(),
    finish: Finish = Finish(),
) -> Edited:
    """Mask, let `editor` edit the payload, and restore; the journal tells before and after.

    Raises:
        Refused: the instruction names somebody and nobody is trusted, or the send cannot be written down.
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    found = names_in(instruction, known, concealment.trust)
    prepared = mask(photo, framed_for(editor, photo, concealment), parts)
    sending = recorded(prepared, editor.name, local=editor.local, journal=parts.journal, ledger=parts.ledger)
    with sending as send:
        with telling_what_was_sent(Sent.NO if editor.local else Sent.UNKNOWN):
            returned = editor.edit(prepared.payload, instruction)
        with telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
            if not isinstance(returned, EditResult):
                raise ProviderError("The editor answered with something that is no picture.")
            send.returned(returned)
        send.outcome = replace(send.outcome, sent=Sent.NO if editor.local else Sent.YES)
    with telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
        restored = restore(prepared, returned, parts, finish)
    return Edited(prepared, returned, restored, found)


def framed_for(editor: Editor, photo: Photo, concealment: Concealment) -> Concealment:
    """Return `concealment` with the frame that the editor's service takes, if it has one of its own.

    Raises:
        InputError: the service takes no picture of such proportions.
    """
    if not isinstance(editor, ChoosesFrame):
        return concealment
    framing = editor.frame(photo.width, photo.height, concealment.framing)
    return replace(concealment, framing=framing)


def names_in(instruction: Instruction, known: Names, trust: Trust) -> tuple[Finding, ...]:
    """Return what in the instruction may name somebody, for a warning.

    Raises:
        Refused: something does, and the service is not trusted at all.
    """
    # A preset is free text to an editor that has no presets. Invisible characters must not split a name.
    text = instruction.prompt or instruction.preset or ""
    found = findings("".join(each for each in text if unicodedata.category(each) != "Cf"), known)
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
        error.knows_what_was_sent = True
        raise
    except Exception as error:
        kind = type(error).__name__
        raise ProviderError(f"Something unexpected went wrong in the edit ({kind}).", sent=sent) from error
