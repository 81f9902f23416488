"""What a worker does with one photo: mask, restore or edit it, each step written down as it is taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from privateedit import pipeline
from privateedit.batch import storage
from privateedit.batch.contact_pages import glimpse_of
from privateedit.batch.desk import Desk
from privateedit.batch.limits import MOST_TRIES, Halt, is_hopeless, pause_after
from privateedit.batch.naming import is_inside, require_inside, require_nameable
from privateedit.batch.order import Kind, Order
from privateedit.batch.outcome import CHANGED, DAMAGED, DIGEST, Failure
from privateedit.batch.partners import partner_in
from privateedit.batch.roll import Claimed, fingerprint_of
from privateedit.batch.sources import Root
from privateedit.batch.told import masked_facts, restored_facts
from privateedit.codec import (
    DEFAULT_LIMITS,
    Opened,
    decode,
    encode_final,
    open_file,
    owners_of,
)
from privateedit.core.edit import EditResult
from privateedit.core.names import Finding, Names
from privateedit.core.parts import Parts
from privateedit.core.photo import Photo, Pixels
from privateedit.core.ports import Editor
from privateedit.core.prepared import Prepared
from privateedit.core.restored import Restored
from privateedit.errors import InputError, ProviderError, RateLimited, Sent, UnreadablePhoto

Wait = Callable[[float], bool]
"""Waits so many seconds and returns True, or returns False at once when the batch is to stop."""


@dataclass(frozen=True, slots=True)
class Made:
    """An output's bytes, and what is told of it."""

    data: bytes
    facts: dict[str, Any]


class Bench:
    """Everything that one worker needs, loaded once."""

    def __init__(
        self,
        order: Order,
        roots: Sequence[Root],
        desk: Desk,
        parts: Parts,
        editor: Editor | None,
        *,
        wait: Wait,
    ) -> None:
        self._order, self._roots, self._desk = order, tuple(roots), desk
        self._parts, self._editor, self._wait = parts, editor, wait

    def work(self, claimed: Claimed) -> None:
        """Do what is to be done with a photo, and write down how it ended, whatever happens.

        Raises:
            OutputError: the state of the batch cannot be written.
        """
        try:
            self._work(claimed)
        except RateLimited as error:
            self._asked_too_often(claimed, error)
        except ProviderError as error:
            self._fail(claimed, error)
            self._desk.service_failed()
            if error.retry_after is not None:
                self._desk.pause(pause_after(1, error.retry_after))
        except Exception as error:  # noqa: BLE001 (one photo must not end the others)
            self._fail(claimed, error)

    def _work(self, claimed: Claimed) -> None:
        # Before anything leaves that could never get its name. How long one may be is up to a storage.
        (require_inside if self._order.store else require_nameable)(claimed.out)
        match self._order.kind:
            case Kind.MASK:
                self._mask(claimed)
            case Kind.RESTORE:
                self._finish(claimed, self._restored(claimed))
            case Kind.EDIT:
                made = self._edited(claimed)
                if made is not None:
                    self._finish(claimed, made)

    def _fail(self, claimed: Claimed, error: Exception) -> None:
        self._desk.fail(claimed.number, Failure.of(error, self._doubt(claimed)))
        if is_hopeless(error):
            self._desk.halt(Halt.HOPELESS)

    def _doubt(self, claimed: Claimed) -> Sent:
        """Return what must be assumed of an error that does not know what was sent."""
        return Sent.UNKNOWN if self._desk.is_sending(claimed.number) else Sent.NO

    def _asked_too_often(self, claimed: Claimed, error: RateLimited) -> None:
        """Offer the photo again later: a service that is asked too often says that it did not take it."""
        tries = claimed.tries + 1
        seconds = pause_after(tries, error.retry_after)
        if tries < MOST_TRIES:
            self._desk.offer_again(claimed.number, seconds, error.sent)
        else:
            self._desk.pause(seconds)
            self._fail(claimed, error)
            self._desk.service_failed()

    # the three kinds

    def _mask(self, claimed: Claimed) -> None:
        photo = self._opened(claimed).photo
        prepared = pipeline.mask(photo, self._order.concealment, self._parts)
        # The picture takes its name inside: it is on record before anybody can take it.
        placed = False
        try:
            with pipeline.hand_over(prepared, self._parts):
                self._show(claimed, prepared)
                self._finish(claimed, Made(prepared.payload.data, masked_facts(prepared)))
                placed = True
        except BaseException:
            if placed:  # how it ended could not be written down
                self._desk.withdraw(claimed.number, claimed.out)
            raise

    def _restored(self, claimed: Claimed) -> Made:
        opened = self._opened(claimed)
        order = self._order
        if order.edited is None:
            raise InputError("There is no folder of edited pictures.")
        came = open_file(partner_in(order.edited, claimed)).photo
        returned = EditResult(came.pixels, "by hand")
        remade = pipeline.restore_by_hand(
            opened.photo,
            order.concealment,
            returned,
            self._parts,
            order.finish,
            recalling=order.recalling,
            unseen=True,  # paired by name, which may be another photo's
        )
        facts = {"remembered": remade.remembered, **restored_facts(remade.restored)}
        return Made(self._encoded(claimed, opened, remade.restored), facts)

    def _edited(self, claimed: Claimed) -> Made | None:
        """Return the finished edit, or None if the photo may not be sent now and waits again."""
        editor, order, opened = self._editor, self._order, self._opened(claimed)
        if editor is None or order.instruction is None:
            raise InputError("There is nothing that could be done with the photo.")
        if claimed.kept:
            facts = self._require_same(claimed, opened.photo)
            came = EditResult(self._kept(claimed), editor.name)
            concealment = pipeline.framed_for(editor, opened.photo, order.concealment)
            with pipeline.telling_what_was_sent(Sent.YES):
                remade = pipeline.restore_by_hand(opened.photo, concealment, came, self._parts, order.finish)
                return Made(
                    self._encoded(claimed, opened, remade.restored), facts | restored_facts(remade.restored)
                )
        found = pipeline.names_in(
            order.instruction,
            names_of(claimed, opened, self._roots[claimed.root]),
            order.concealment.trust,
            pipeline.words_of(editor),
        )
        prepared = pipeline.mask(
            opened.photo, pipeline.framed_for(editor, opened.photo, order.concealment), self._parts
        )
        facts = {**masked_facts(prepared), "warnings": [_warning(each) for each in found]}
        known = facts if editor.local else facts | {DIGEST: self._digest_of(claimed, opened.photo)}
        if not editor.local and not self._may_send(claimed, prepared, known):
            return None
        (returned,) = pipeline.send(prepared, order.instruction, editor, self._parts)
        if not editor.local:
            with pipeline.telling_what_was_sent(Sent.YES):
                self._keep(claimed, returned.pixels, known)
        with pipeline.telling_what_was_sent(Sent.NO if editor.local else Sent.YES):
            restored = pipeline.restore(prepared, returned, self._parts, order.finish)
            return Made(self._encoded(claimed, opened, restored), facts | restored_facts(restored))

    # sends

    def _may_send(self, claimed: Claimed, prepared: Prepared, known: dict[str, Any]) -> bool:
        """Have it on the disk that the photo leaves now, when the limits allow it; False puts it back."""
        self._show(claimed, prepared)
        self._desk.reserve(claimed.number, _room_for(prepared))
        while True:
            seconds = self._desk.begin_send(claimed.number, known)
            if seconds == 0:
                return True
            if seconds is None or not self._wait(seconds):
                self._desk.put_back(claimed.number)
                return False

    def _keep(self, claimed: Claimed, pixels: Pixels, facts: dict[str, Any]) -> None:
        """Have on the disk what came back, without loss: it was paid for."""
        self._desk.keep(claimed.number, encode_final(pixels, ".png"), facts)

    def _kept(self, claimed: Claimed) -> Pixels:
        try:
            return decode(self._desk.kept(claimed.number), name="what came back").photo.pixels
        except InputError as error:
            if isinstance(error, UnreadablePhoto):
                self._desk.forget_answer(claimed.number)
            raise InputError(DAMAGED.message, sent=Sent.YES) from error

    def _require_same(self, claimed: Claimed, photo: Photo) -> dict[str, Any]:
        """Return the facts of the send, or refuse to fit what came back to a photo that was changed since."""
        facts = dict(claimed.facts)
        known = facts.pop(DIGEST, None)
        if known is not None and known != self._digest_of(claimed, photo):
            raise InputError(CHANGED, sent=Sent.YES)
        return facts

    def _digest_of(self, claimed: Claimed, photo: Photo) -> str:
        return self._desk.digest_of(claimed.number, fingerprint_of(photo.pixels))

    def _show(self, claimed: Claimed, prepared: Prepared) -> None:
        pixels = prepared.concealment.framing.framed(prepared.concealed.masked.pixels)
        self._desk.show(claimed.number, glimpse_of(pixels))

    # files

    def _opened(self, claimed: Claimed) -> Opened:
        root = self._roots[claimed.root]
        if root.remote and not is_inside(claimed.path):
            raise InputError("The name of the file in its storage leads out of the place that was given.")
        if not root.remote:
            return open_file(Path(root.place(claimed.path)))
        data = storage.read(root.locator, claimed.path, DEFAULT_LIMITS.max_bytes + 1)
        return decode(data, name=PurePosixPath(claimed.name).name)

    def _encoded(self, claimed: Claimed, opened: Opened, restored: Restored) -> bytes:
        metadata = opened.metadata if self._order.keep_metadata else None
        return encode_final(restored.pixels, PurePosixPath(claimed.out).suffix, metadata=metadata)

    def _finish(self, claimed: Claimed, made: Made) -> None:
        """Give the output its name, after it is on the disk that the photo is done."""
        self._desk.finish(claimed.number, claimed.out, made.data, made.facts)


def names_of(claimed: Claimed, opened: Opened, root: Root) -> Names:
    """Return what must not stand in an instruction: names in the photo's metadata, its name and its folders'.

    People sort photos into folders that are called after who is shown, and name such a folder as the input.
    """
    said = owners_of(opened.metadata)
    top = "" if root.remote else PurePosixPath(Path(root.locator).as_posix()).name
    path = str(PurePosixPath(top, claimed.name).with_suffix(""))
    return Names.of(file_stem=path, artists=said.artists, owners=said.owners, persons=said.persons)


def _room_for(prepared: Prepared) -> int:
    """Return bytes that an answer of the size that was sent takes at most, without loss, and some more."""
    return 4 * prepared.payload.width * prepared.payload.height + (1 << 16)


def _warning(finding: Finding) -> dict[str, Any]:
    return {"kind": str(finding.kind), "count": finding.count}


def require_frame(editor: Editor, order: Order) -> None:
    """Refuse options that no photo could be packed with, before any work is done.

    Raises:
        InputError: the service takes no such size.
    """
    import numpy as np  # noqa: PLC0415

    pipeline.framed_for(editor, Photo(np.zeros((768, 1024, 3), np.uint8)), order.concealment)
