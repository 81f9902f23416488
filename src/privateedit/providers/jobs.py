"""Jobs that take a while: addresses that a service names, when to look again, and what a lost job means."""

from __future__ import annotations

from collections.abc import Mapping

from privateedit.errors import BadReply, InputError, ProviderError
from privateedit.providers.addresses import origin
from privateedit.providers.plan import Request
from privateedit.providers.reply import Reply
from privateedit.providers.service import Profile

SUBMIT, POLL, RESULT, DOWNLOAD, CANCEL = "submit", "poll", "result", "download", "cancel"
"""Stages of a job, as adapters call them."""

_FIRST, _GROWTH, _LONGEST = 0.5, 1.5, 5.0  # seconds between two looks
_GROWS = 8  # looks after which they are no longer spaced out further
_LONGEST_ADDRESS = 4000


def address(named: object, title: str) -> str:
    """Return an address that a service named, if it is whole and can be read.

    Whether it is one of the service's own is for the door to say, which knows where the service is.

    Raises:
        BadReply: it is none.
    """
    if not isinstance(named, str) or len(named) > _LONGEST_ADDRESS or not named.isascii():
        raise BadReply(f"{title} named no address where it should have.")
    try:
        origin(named)
    except InputError:
        raise BadReply(f"{title} named an address that cannot be read.") from None
    if any(letter.isspace() or not letter.isprintable() for letter in named):
        raise BadReply(f"{title} named an address that cannot be read.")
    return named


def look(url: str, memory: Mapping[str, str]) -> Request:
    """Return the next look at a job: half a second later at first, then ever longer, up to five seconds.

    `memory` goes along, with the address and the number of looks in it.
    """
    looks = int(memory.get("looks", "0"))
    after = min(_FIRST * _GROWTH ** min(looks, _GROWS), _LONGEST)
    return Request(POLL, "GET", url, after=after, memory={**memory, "url": url, "looks": str(looks + 1)})


def download(named: object, title: str) -> Request:
    """Return the request that fetches a finished picture, without the key.

    Raises:
        BadReply: no address was named.
    """
    return Request(DOWNLOAD, "GET", address(named, title), download=True)


def lost(reply: Reply, profile: Profile) -> ProviderError | None:
    """Return what it means that a job or its picture is not there; None where the status says enough.

    While a job is under way, "not found" is not about the model, nor a refused download about the key.
    """
    if reply.stage == POLL and reply.status in {404, 410}:
        return BadReply(f"{profile.title} no longer knows the job.")
    if reply.stage == DOWNLOAD and 300 <= reply.status < 500:
        return BadReply(f"{profile.title} does not give out the finished picture ({reply.status}).")
    return None
