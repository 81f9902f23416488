"""`Guardian`: what every request of one server shares, whether an app's or the page's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import anyio
from starlette.types import Send

from privateedit.server.access import Access
from privateedit.server.desk import Desk
from privateedit.server.metrics import Metrics
from privateedit.server.page.visits import Visits
from privateedit.server.repeats import Repeats
from privateedit.server.upstream import Upstream
from privateedit.server.wishes import Policy

_KEEP_ALIVE = 10.0  # seconds; proxies between close what is silent


@dataclass(frozen=True, eq=False, slots=True)
class Guardian:
    """What every request of one server shares."""

    upstream: Upstream
    policy: Policy
    access: Access
    desk: Desk
    metrics: Metrics
    repeats: Repeats
    visits: Visits
    now: Callable[[], int]


class Unstoppable:
    """An editor on this device: it needs no stopping."""

    def stop(self) -> None:
        """Do nothing."""


async def keep_alive(send: Send) -> None:
    """Send a comment every ten seconds, until it is cancelled."""
    while True:
        await anyio.sleep(_KEEP_ALIVE)
        await send({"type": "http.response.body", "body": b": still working\n\n", "more_body": True})
