"""Clients that try again by themselves: what was sent once for a person is not sent a second time."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

from starlette.datastructures import Headers

from privateedit.core.ports import Ledger
from privateedit.errors import NotServed, Sent
from privateedit.server.asked import Asked
from privateedit.server.story import Ready

_RETRY = "x-stainless-retry-count"
"""OpenAI's libraries count in this header how often they have tried again; they do so after a timeout."""

_KEPT = 1800.0  # seconds; longer than any client tries


class Repeats:
    """Remembers, in memory and for half an hour, digests of the edits that were sent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sent: dict[bytes, float] = {}

    def require_new(self, headers: Headers, ready: Ready, asked: Asked, ledger: Ledger) -> None:
        """Note that an edit is about to be sent; refuse it where a client repeats it by itself.

        A person may ask for the same edit as often as they like.

        Raises:
            NotServed: 409, it was sent already.
        """
        now = self._clock()
        self._sent = {mark: when for mark, when in self._sent.items() if now - when < _KEPT}
        mark = _mark(ready, asked, ledger)
        if headers.get(_RETRY, "0") != "0" and mark in self._sent:
            raise NotServed(
                "The client tried again by itself what was sent already; it was not sent a second time. "
                "Give it a longer timeout, and no retries.",
                status=409,
                code="already_sent",
                sent=Sent.YES,
            )
        self._sent[mark] = now


def _mark(ready: Ready, asked: Asked, ledger: Ledger) -> bytes:
    photos = [ledger.name(each.concealed.photo) for each in ready.all]
    words = (asked.prompt, asked.model, str(asked.count), str(asked.canvas))
    return hashlib.sha256("\0".join([*photos, *words]).encode("utf-8", "surrogatepass")).digest()
