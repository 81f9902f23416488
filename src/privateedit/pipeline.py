"""The story in one place: open → detect → cover → conceal → seal ⇢ edit ⇢ align → reintegrate.

Every front end (command line, page, proxy, batch, Python) calls these functions. They know only ports; the
concrete parts are chosen in `wiring`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from privateedit.core.beside import beside
from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.exposure import recovered_psnr
from privateedit.core.finish import Finish
from privateedit.core.hide import hide
from privateedit.core.names import Finding, Names, findings
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo
from privateedit.core.ports import Editor, PassesWords
from privateedit.core.prepared import Prepared
from privateedit.core.seal import seal
from privateedit.core.trust import Trust
from privateedit.errands import framed_beside, framed_for, send
from privateedit.errors import Refused, Sent
from privateedit.sending import BY_HAND, Sending, recorded, telling_what_was_sent

if TYPE_CHECKING:
    from privateedit.core.restored import Restored
    from privateedit.restoring import Remade, restore, restore_by_hand

__all__ = [
    "Concealment",
    "Edited",
    "Finish",
    "Parts",
    "Remade",
    "edit",
    "framed_beside",
    "framed_for",
    "hand_over",
    "hide",
    "mask",
    "names_in",
    "restore",
    "restore_by_hand",
    "send",
    "telling_what_was_sent",
    "words_of",
]


@dataclass(frozen=True, eq=False, slots=True)
class Edited:
    """A finished edit: what was sent, what came back, the result, and what the instruction gave away."""

    prepared: Prepared
    returned: EditResult
    restored: Restored
    findings: tuple[Finding, ...] = ()


def mask(photo: Photo, concealment: Concealment, parts: Parts) -> Prepared:
    """Return the payload: the bytes that may leave, proven to tell nothing of what is hidden.

    A payload is sealed, or, where a see-through mask was asked for by name, marked exposed.

    Raises:
        NoFaceFound, InputError: see `hide`.
        Refused: a privacy check failed.
    """
    concealed = hide(photo, concealment, parts)
    # Whatever leaves is written down under the photo's name. Inspecting the bytes takes one core for a while.
    with beside(lambda: parts.ledger.recognize(photo, ahead=True)):
        payload = seal(
            photo,
            concealed.masked,
            concealment.framing,
            encoder=parts.encoder,
            inspector=parts.inspector,
            entropy=parts.entropy,
            expose_face=concealment.expose_face,
            nobody=concealment.allow_no_face and not concealed.faces,
        )
    masked = concealed.masked
    psnr = round(recovered_psnr(photo, masked), 1) if masked.exposed else None
    return Prepared(concealed, payload, concealment, psnr)


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
    from privateedit import restoring  # noqa: PLC0415 (see `__getattr__`; before anything is sent)

    found = names_in(instruction, known, concealment.trust, words_of(editor))
    prepared = mask(photo, framed_for(editor, photo, concealment), parts)
    (returned,) = send(prepared, instruction, editor, parts)
    with telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
        restored = restoring.restore(prepared, returned, parts, finish)
    return Edited(prepared, returned, restored, found)


def __getattr__(name: str) -> object:
    """Find what restores when it is asked for: it is half of the core, which masking does without."""
    if name not in ("Remade", "restore", "restore_by_hand"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from privateedit import restoring  # noqa: PLC0415 (see above)

    return getattr(restoring, name)


def words_of(editor: Editor) -> tuple[str, ...]:
    """Return what besides the instruction an editor passes on in a person's own words."""
    return editor.words if isinstance(editor, PassesWords) else ()


def names_in(
    instruction: Instruction, known: Names, trust: Trust, words: Iterable[str] = ()
) -> tuple[Finding, ...]:
    """Return what in the instruction may name somebody, for a warning.

    Raises:
        Refused: something does, and the service is not trusted at all.
    """
    # A preset is free text to an editor that has no presets. Invisible characters must not split a name.
    text = "\n".join([instruction.prompt or instruction.preset or "", *words])
    found = findings("".join(each for each in text if unicodedata.category(each) != "Cf"), known)
    if found and trust is Trust.NONE:
        said = " ".join(each.sentence for each in found)
        raise Refused(f"{said} A service that is not trusted must not learn who it is.")
    return found


def hand_over(prepared: Prepared, parts: Parts) -> AbstractContextManager[Sending]:
    """Write down that a payload is about to be given to a person, who may send it anywhere.

    How the photo is masked is remembered, so that `restore_by_hand` needs nothing else.

    Raises:
        JournalUnwritable: it could not be written down, so nothing may be handed over.
        Refused: an earlier upload hid more, and nobody gave leave to show it.
    """
    return recorded(
        prepared,
        BY_HAND,
        local=False,
        journal=parts.journal,
        ledger=parts.ledger,
        handovers=parts.handovers,
    )
