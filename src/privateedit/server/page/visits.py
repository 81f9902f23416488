"""Who has the page open, and the photos that are held for them: in memory, forgotten when they leave."""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from privateedit.errors import NotServed
from privateedit.server.page.open_photo import OpenPhoto
from privateedit.server.token import Token

KEPT = 900.0
"""Seconds after which a visit that asks for nothing is forgotten; the page asks once a minute."""

_SILENT = 180.0  # seconds without a word, after which a visit gives way to another photo
_TICKET = 600.0  # seconds in which the page must be opened
_BYTES = 24
_MOST_VISITS, _MOST_PHOTOS = 16, 8
_MOST_PIXELS = 200_000_000  # of all open photos; each takes about 15 bytes a pixel while it is worked on
_PREFIX = "page-"


@dataclass(eq=False, slots=True)
class Visit:
    """One opened page: its photos by their ids, the oldest first."""

    last: float
    photos: dict[str, OpenPhoto] = field(default_factory=dict, repr=False)


class Visits:
    """Everybody who has the page open.

    A ticket opens the page once, and only for ten minutes: it stands in the file that a browser is pointed
    at. What it is exchanged for is known to the page's memory alone. The device's token, which a person may
    type in, opens the page as well. `entered` is called whenever somebody has come in.
    """

    def __init__(self, token: Token, clock: Callable[[], float] = time.monotonic) -> None:
        self._token, self._clock = token, clock
        self._tickets: dict[str, float] = {}
        self._visits: dict[str, Visit] = {}
        self._opening = 0
        self.entered: Callable[[], None] = _nothing

    def ticket(self) -> str:
        """Return a new ticket."""
        made = secrets.token_urlsafe(_BYTES)
        self._tickets[made] = self._clock() + _TICKET
        return made

    def sign_in(self, said: str) -> str:
        """Exchange a ticket, or the token, for the key of a new visit.

        Raises:
            NotServed: 401, it is neither, was used, or is too old; 503, too many have the page open.
        """
        self.forget_the_old()
        if not self._token.is_in(said) and not self._used(said):
            raise NotServed(
                "This way in was used before, or is too old. Open the page again with privateedit app.",
                status=401,
                code="unknown_ticket",
            )
        if len(self._visits) >= _MOST_VISITS:
            raise NotServed("The page is open too often. Close one.", status=503, code="busy", retry_after=60)
        self.entered()
        key = f"{_PREFIX}{secrets.token_urlsafe(_BYTES)}"
        self._visits[key] = Visit(self._clock())
        return key

    def of(self, key: str | None) -> Visit:
        """Return the visit of a key, which stays for another quarter of an hour.

        Raises:
            NotServed: 401, there is none: it has ended, or the server was started anew.
        """
        self.forget_the_old()
        visit = self._visits.get(_without_bearer(key))
        if visit is None:
            raise NotServed(
                "The page was forgotten: it was left alone too long, or PrivateEdit was started anew. "
                "Open it again with privateedit app.",
                status=401,
                code="unknown_key",
            )
        visit.last = self._clock()
        return visit

    def leave(self, key: str | None) -> None:
        """Forget a visit and its photos; an edit under way is stopped."""
        visit = self._visits.pop(_without_bearer(key), None)
        if visit is not None:
            _close(visit)

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Keep a place for a photo while it is read in the block.

        Raises:
            NotServed: 503, as many are open, or being opened, as are held.
        """
        self._make_room(lambda: len(self._open) + self._opening < _MOST_PHOTOS)
        self._opening += 1
        try:
            yield
        finally:
            self._opening -= 1

    def require_pixels(self, count: int) -> None:
        """Refuse a photo with more pixels than can be held beside those that are open.

        Raises:
            NotServed: 503, it has.
        """

        def fits() -> bool:
            held = sum(each.photo.width * each.photo.height for each in self._open)
            return not held or held + count <= _MOST_PIXELS

        self._make_room(fits)

    def _make_room(self, enough: Callable[[], bool]) -> None:
        self.forget_the_old()
        if not enough():
            self.forget_the_old(_SILENT)  # a browser that crashed says nothing any more
        if not enough():
            raise NotServed(
                "As many photos are open as can be held. Close one of them first.",
                status=503,
                code="too_many_photos",
            )

    @property
    def _open(self) -> list[OpenPhoto]:
        return [photo for visit in self._visits.values() for photo in visit.photos.values()]

    def _used(self, said: str) -> bool:
        found = [each for each in self._tickets if hmac.compare_digest(each.encode(), said.encode())]
        return any(self._tickets.pop(each) >= self._clock() for each in found)

    def forget_the_old(self, kept: float = KEPT) -> None:
        """Forget whoever has asked for nothing for that long, in seconds; an edit under way is waited for."""
        now = self._clock()
        self._tickets = {each: until for each, until in self._tickets.items() if until >= now}
        for key, visit in list(self._visits.items()):
            if now - visit.last > kept and not any(each.busy for each in visit.photos.values()):
                _close(self._visits.pop(key))


def _nothing() -> None:
    """Nobody wants to know."""


def _close(visit: Visit) -> None:
    for photo in visit.photos.values():
        photo.close()
    visit.photos.clear()


def _without_bearer(said: str | None) -> str:
    scheme, _, key = (said or "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
