"""Clients that try again by themselves: what was sent once for a person is not sent a second time."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers

from privateedit.core.ports import Ledger
from privateedit.core.prepared import Prepared
from privateedit.errors import NotServed, PrivateEditError, Sent
from privateedit.server.asked import Asked

_RETRY = "x-stainless-retry-count"
"""OpenAI's libraries count in this header how often they have tried again; they do so after a timeout."""

_KEPT = 1800.0  # seconds; longer than any client tries


@dataclass
class _Attempt:
    """The last try of an edit: which of the client's it was, and what left for it."""

    when: float
    count: int
    sent: Sent = Sent.UNKNOWN
    under_way: bool = True


class Repeats:
    """Remembers, in memory and for half an hour, digests of the edits that were sent."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last: dict[bytes, _Attempt] = {}

    @contextmanager
    def sending(self, headers: Headers, mark: bytes) -> Iterator[None]:
        """Remember that an edit is sent in the block, and what left; an edit that did not leave is forgotten.

        A person may ask for the same edit as often as they like.

        Raises:
            NotServed: 409, the client repeats it by itself, and it was sent or may have been; or this is an
                earlier try, and a later one is under way.
        """
        attempt = self._begun(headers, mark)
        try:
            yield
        except PrivateEditError as error:
            attempt.sent = error.sent if error.knows_what_was_sent else Sent.UNKNOWN
            raise
        else:
            attempt.sent = Sent.YES
        finally:
            attempt.under_way = False
            if attempt.sent is Sent.NO and self._last.get(mark) is attempt:
                del self._last[mark]

    def _begun(self, headers: Headers, mark: bytes) -> _Attempt:
        now, count = self._clock(), _count(headers)
        self._last = {each: last for each, last in self._last.items() if now - last.when < _KEPT}
        last = self._last.get(mark)
        if last is not None and (count > 0 or (last.under_way and last.count > count)):
            raise NotServed(
                "The client tried again by itself what was sent already; it was not sent a second time. "
                "Give it a longer timeout, and no retries.",
                status=409,
                code="already_sent",
                sent=last.sent,
            )
        self._last[mark] = _Attempt(now, count)
        return self._last[mark]


def _count(headers: Headers) -> int:
    said = headers.get(_RETRY, "0")
    return int(said) if re.fullmatch(r"[0-9]{1,4}", said) else 1


def mark_of(pictures: tuple[Prepared, ...], asked: Asked, ledger: Ledger) -> bytes:
    """Return a digest that is the same for the same photos, words and model."""
    photos = [ledger.name(each.concealed.photo) for each in pictures]
    words = (asked.prompt, asked.model, str(asked.count), str(asked.canvas))
    return hashlib.sha256("\0".join([*photos, *words]).encode("utf-8", "surrogatepass")).digest()
