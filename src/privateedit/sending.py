"""Around every send: written down before it starts, the ledger kept, and how it ended written down."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from privateedit.core.edit import EditResult
from privateedit.core.hide_again import handover_of
from privateedit.core.mask import Hidden
from privateedit.core.ports import Handovers, Journal, Ledger
from privateedit.core.prepared import Prepared
from privateedit.core.record import Intent, Outcome, Result
from privateedit.errors import PrivateEditError, ProviderError, Sent

BY_HAND = "by hand"
"""The provider of pictures that a person uploads."""


@dataclass
class Sending:
    """One send under way; whoever carries it out says what came of it."""

    outcome: Outcome

    def returned(self, *results: EditResult) -> None:
        """Note what came back; of decoded pictures, their pixels, one after the other."""
        data, size = hashlib.sha256(), 0
        for each in results:
            data.update(each.pixels.tobytes())
            size += each.pixels.nbytes
        self.outcome = replace(
            self.outcome, result=Result.RETURNED, returned=data.hexdigest(), returned_size=size
        )


@contextmanager
def recorded(
    prepared: Prepared,
    provider: str,
    *,
    local: bool,
    journal: Journal,
    ledger: Ledger,
    handovers: Handovers | None = None,
) -> Iterator[Sending]:
    """Write down that a payload is about to leave, run the block, and write down how it ended.

    A local editor shows the picture to nobody, so the ledger stays as it is. The block that ends without
    saying more counts as the picture written for a person to send. With `handovers`, how the photo was masked
    is remembered, so that it can be restored later.

    Raises:
        JournalUnwritable: before the block, so that nothing is sent.
        Refused: an earlier upload hid more, and nobody gave leave to show it.
    """
    intent = _intent(prepared, provider, local, ledger)
    identity = journal.intend(intent)
    finished = Sending(Outcome(Result.WRITTEN, Sent.NO if local else Sent.UNKNOWN))
    try:
        if not local:
            _reveal(prepared, ledger)
        if handovers is not None:
            handovers.remember(prepared.concealed.photo, handover_of(prepared))
    except BaseException:
        journal.conclude(identity, Outcome(Result.FAILED, Sent.NO))
        raise
    try:
        yield finished
    except BaseException as error:
        journal.conclude(identity, _failure(error, local, by_hand=provider == BY_HAND))
        raise
    journal.conclude(identity, finished.outcome)


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


def _intent(prepared: Prepared, provider: str, local: bool, ledger: Ledger) -> Intent:
    payload, concealed = prepared.payload, prepared.concealed
    return Intent(
        provider=provider,
        local=local,
        payload=payload.sha256,
        size=len(payload),
        media_type=payload.media_type,
        width=payload.width,
        height=payload.height,
        sealed=payload.sealed,
        exposed_psnr=prepared.exposed_psnr,
        photo=ledger.name(concealed.photo),
        faces=len(concealed.faces),
        hidden=len(concealed.hidden_faces),
        visible=tuple(face.id for face in concealed.visible_faces),
        smaller_mask=concealed.shown > 0,
        settings=prepared.settings,
    )


def _reveal(prepared: Prepared, ledger: Ledger) -> None:
    leave = prepared.concealment.allow_smaller_mask or prepared.concealed.masked.exposed
    ledger.reveal(prepared.concealed.photo, hidden_by(prepared), smaller=leave)


def hidden_by(prepared: Prepared) -> Hidden:
    """Return what a payload really hides, H×W bool: nothing under a see-through mask."""
    masked = prepared.concealed.masked
    hidden = masked.concealed.hidden
    return np.zeros_like(hidden) if masked.exposed else hidden


def _failure(error: BaseException, local: bool, *, by_hand: bool) -> Outcome:
    result = Result.FAILED if isinstance(error, Exception) else Result.INTERRUPTED
    if local:
        return Outcome(result, Sent.NO)
    # What is handed over by hand and could not be written went nowhere, unless the error knows better.
    if isinstance(error, PrivateEditError) and (error.knows_what_was_sent or by_hand):
        return Outcome(result, error.sent)
    return Outcome(result, Sent.UNKNOWN)
