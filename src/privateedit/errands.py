"""Errands: a masked picture goes to an editor with all that belongs to it, each send on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from privateedit.core.concealment import Concealment
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo
from privateedit.core.ports import ChoosesFrame, Editor, RunsErrands
from privateedit.core.prepared import Prepared
from privateedit.errors import InputError, PrivateEditError, ProviderError, RequestRejected, Sent
from privateedit.sending import recorded, telling_what_was_sent

_NO_PICTURE = "The editor answered with something that is no picture."


def framed_for(editor: Editor, photo: Photo, concealment: Concealment) -> Concealment:
    """Return `concealment` with the frame that the editor's service takes, if it has one of its own.

    Raises:
        InputError: the service takes no picture of such proportions.
    """
    if not isinstance(editor, ChoosesFrame):
        return concealment
    framing = editor.frame(photo.width, photo.height, concealment.framing)
    return replace(concealment, framing=framing)


def framed_beside(editor: Editor, main: Photo, concealment: Concealment) -> Concealment:
    """Return how a picture that goes along with `main` is packed: PNG, in its own proportions.

    No side of it is longer than the longest of what is sent of `main`.

    Raises:
        InputError: the service takes no picture of `main`'s proportions.
    """
    framing = framed_for(editor, main, concealment).framing
    rows, columns = framing.content(main.width, main.height)
    sides = framing.canvas or (columns.stop - columns.start, rows.stop - rows.start)
    return replace(concealment, framing=Framing("png", max(sides)))


def send(
    prepared: Prepared,
    instruction: Instruction,
    editor: Editor,
    parts: Parts,
    *,
    where: Mask | None = None,
    beside: Sequence[Prepared] = (),
    count: int = 1,
) -> tuple[EditResult, ...]:
    """Have `editor` edit a payload and return as many results as are wanted, in order.

    Every payload is on record before it leaves, each time it does. An editor that gives fewer results at once
    is asked as often as it takes; what came back before one of them failed is dropped.

    Args:
        prepared: the picture to edit.
        instruction: what to do with it.
        editor: who edits.
        parts: the concrete parts.
        where: of the photo's size, True where a person wants the edit; None anywhere.
        beside: further pictures to look at, in order.
        count: how many results.

    Raises:
        RequestRejected: the editor cannot be told where, or takes fewer pictures; nothing was sent.
        PrivateEditError: with `sent` saying whether the masked picture can have left the device.
    """
    takes = editor.takes if isinstance(editor, RunsErrands) else Takes()
    with telling_what_was_sent(Sent.NO):
        errand = _errand(prepared, instruction, where, beside, count)
        _require_taken(errand, takes, editor.name)
    results: list[EditResult] = []
    while len(results) < count:
        asked = replace(errand, count=min(takes.count, count - len(results)))
        with _after(results, local=editor.local):
            results += _sent(asked, (prepared, *beside), editor, parts)
    return tuple(results)


def _errand(
    prepared: Prepared, instruction: Instruction, where: Mask | None, beside: Sequence[Prepared], count: int
) -> Errand:
    photo = prepared.concealed.photo
    if where is not None and (where.width, where.height) != (photo.width, photo.height):
        sizes = f"{where.width}×{where.height}", f"{photo.width}×{photo.height}"
        raise InputError(f"The region to edit is {sizes[0]} but the photo is {sizes[1]}.")
    region = None if where is None else prepared.concealment.framing.outline(where.hidden)
    return Errand(prepared.payload, instruction, region, tuple(each.payload for each in beside), count)


def _require_taken(errand: Errand, takes: Takes, name: str) -> None:
    if errand.where is not None and not takes.where:
        raise RequestRejected(f"With {name} it cannot be said where to edit; it takes the whole picture.")
    if len(errand.beside) > takes.beside:
        most = f"at most {takes.beside} further pictures" if takes.beside else "no further pictures"
        raise RequestRejected(f"{name} takes {most} beside the one that is edited.")


def _sent(
    errand: Errand, leaving: Sequence[Prepared], editor: Editor, parts: Parts
) -> tuple[EditResult, ...]:
    """Ask once: every payload is written down before anything is sent, and how it ended after it."""
    done = Sent.NO if editor.local else Sent.YES
    kept = partial(recorded, local=editor.local, journal=parts.journal, ledger=parts.ledger)
    with ExitStack() as stack:
        with telling_what_was_sent(Sent.NO):
            sends = [stack.enter_context(kept(each, editor.name)) for each in leaving]
        with telling_what_was_sent(Sent.NO if editor.local else Sent.UNKNOWN):
            results = _run(errand, editor)
        with telling_what_was_sent(done):
            _require_pictures(results, errand.count)
            for send in sends:
                send.returned(*results)
                send.outcome = replace(send.outcome, sent=done)
    return results


def _run(errand: Errand, editor: Editor) -> tuple[EditResult, ...]:
    if isinstance(editor, RunsErrands):
        return editor.run(errand)
    return (editor.edit(errand.payload, errand.instruction),)


def _require_pictures(results: object, count: int) -> None:
    """Refuse what an editor of somebody else's may answer."""
    if not isinstance(results, tuple) or not all(isinstance(each, EditResult) for each in results):
        raise ProviderError(_NO_PICTURE)
    if len(results) != count:
        raise ProviderError(f"The editor answered with {len(results)} pictures instead of {count}.")


@contextmanager
def _after(results: Sequence[EditResult], *, local: bool) -> Iterator[None]:
    """Make an error tell of the sends before it, too: the picture left, however the last one ended."""
    try:
        yield
    except PrivateEditError as error:
        if results and not local:
            error.sent, error.knows_what_was_sent = Sent.YES, True
        raise
