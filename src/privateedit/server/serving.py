"""From the user's settings to a server that listens, and back to silence."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import uvicorn

from privateedit import memory, wiring
from privateedit.core.ports import Editor
from privateedit.errors import InputError
from privateedit.server.access import Access, hosts_of, is_loopback, is_unspecified
from privateedit.server.app import answer_to_no_http, make_app, too_many
from privateedit.server.desk import Desk
from privateedit.server.guardian import Guardian
from privateedit.server.limits import ServerLimits
from privateedit.server.metrics import Metrics
from privateedit.server.page.visits import Visits
from privateedit.server.page.way_in import removed_way_in, written_way_in
from privateedit.server.protocol import PatientProtocol
from privateedit.server.repeats import Repeats
from privateedit.server.token import Token, local_token
from privateedit.server.upstream import OPENAI_SHAPED, Upstream
from privateedit.server.wishes import Policy


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person wants of a server.

    Attributes:
        host, port: where to listen.
        names: more names by which clients know this machine.
        upstream: who edits; empty for the provider that is set.
        model: the model for clients that name none.
        options: the provider's options.
        aliases: clients' names of models, and what they stand for.
        policy: how faces are hidden, and what requests may change.
        limits: what requests may take.
        page: whether the page is to be opened; it is served on loopback alone.
    """

    host: str
    port: int
    policy: Policy
    names: tuple[str, ...] = ()
    upstream: str = ""
    model: str = ""
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    limits: ServerLimits = field(default_factory=ServerLimits)
    page: bool = False


def guardian_of(wanted: Wanted) -> Guardian:
    """Return what serves, with everything checked that can be before the first request.

    Raises:
        InputError: something cannot be used.
        Refused: the token's file, or the records, can be read by others.
        Missing: a part of the installation is absent.
    """
    if is_unspecified(wanted.host) and not wanted.names:
        raise InputError(
            "A server that listens on every address needs a name that clients know it by: --name NAME."
        )
    if wanted.page and not is_loopback(wanted.host):
        raise InputError("The page shows photos as they are, so it is served to this machine alone.")
    upstream = _upstream(wanted)
    loopback = is_loopback(wanted.host)
    own = token()
    access = Access(
        token=own,
        hosts=hosts_of(wanted.host, wanted.names),
        port=wanted.port,
        loopback=loopback,
        open_to_keys=loopback and upstream.takes_keys,
        takes_keys=upstream.takes_keys,
    )
    desk = Desk(wanted.limits)
    return Guardian(upstream, wanted.policy, access, desk, Metrics(), Repeats(), Visits(own), wiring.now)


def token() -> Token:
    """Return the local token; it is made the first time."""
    return local_token(wiring.state_folder())


def _upstream(wanted: Wanted) -> Upstream:
    name = wanted.upstream or wiring.default_provider()
    profile = wiring.standing(name).profile

    def make(model: str, options: Mapping[str, str], key: str) -> Editor:
        return wiring.editor(name, model=model, options=options, key=key)

    found = Upstream(profile, make, wanted.model, wanted.aliases, wanted.options)
    # A wrong option is told now. Clients of OpenAI may bring keys of their own, so none is needed yet.
    make(found.model_of(""), wanted.options, _STAND_IN_KEY if name in OPENAI_SHAPED else "")
    return found


_STAND_IN_KEY = "no-key"


def warm() -> None:
    """Load the models, so that the first request waits no longer than others."""
    memory.keep_together()
    parts = wiring.parts()
    blank = np.full((64, 64, 3), 127, np.uint8)
    parts.detector.detect(blank)
    parts.segmenter.segment(blank)


def server_of(guardian: Guardian, host: str, port: int) -> Server:
    """Return a server that is ready to run."""
    limits = guardian.desk.limits

    class _Protocol(PatientProtocol):
        head_seconds = limits.head
        drain_seconds = limits.idle
        most = limits.connections
        busy = staticmethod(too_many)
        unreadable = answer_to_no_http()

    config = uvicorn.Config(
        make_app(guardian),
        host=host,
        port=port,
        http=_Protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=round(limits.grace + 10),
    )
    return Server(config, guardian)


_TICKS = 100  # uvicorn's, of a tenth of a second


class Server(uvicorn.Server):
    """uvicorn's server, which takes nothing new while it is being stopped, and stops sends in the end.

    `listening` is called with the port once requests are taken.
    """

    def __init__(self, config: uvicorn.Config, guardian: Guardian) -> None:
        super().__init__(config)
        self._guardian = guardian
        self.listening: Callable[[int], None] | None = None

    def run(self, sockets: Any = None) -> None:  # noqa: ANN401 (as uvicorn's)
        """Serve until a signal says otherwise.

        Raises:
            InputError: the address cannot be listened on.
        """
        memory.keep_together()
        try:
            super().run(sockets)
        except SystemExit:  # uvicorn's way of saying so
            raise InputError(
                f"The port {self.config.port} cannot be listened on: it is in use, or not allowed."
            ) from None

    async def startup(self, sockets: Any = None) -> None:  # noqa: ANN401 (as uvicorn's)
        """Listen, and tell where."""
        await super().startup(sockets)
        if not self.started:
            return
        port = int(self.servers[0].sockets[0].getsockname()[1])
        self._guardian.access.port = port
        if self.listening is not None:
            self.listening(port)

    async def shutdown(self, sockets: Any = None) -> None:  # noqa: ANN401 (as uvicorn's)
        """Let what is under way finish, for a while; then stop every send, which tells its client."""
        desk = self._guardian.desk
        desk.closing = True
        timer = threading.Timer(desk.limits.grace, desk.stop_sends)
        timer.daemon = True
        timer.start()
        try:
            await super().shutdown(sockets)
        finally:
            timer.cancel()
            desk.stop_sends()
            self._guardian.visits.entered()  # what opens the page opens nothing any more

    async def on_tick(self, counter: int) -> bool:
        """Forget photos that nobody asks for, though nobody asks for anything."""
        if counter % _TICKS == 0:
            self._guardian.visits.forget_the_old()
        return await super().on_tick(counter)


class PageAddress(NamedTuple):
    """Where the page is, and the file that opens it."""

    root: str
    way_in: Path


def page_for(guardian: Guardian, wanted: Wanted, port: int) -> PageAddress:
    """Return the page's address, with a new file that opens it once.

    Raises:
        JournalUnwritable: the file cannot be written.
    """
    root = f"http://{_named(wanted)}:{port}"
    path = written_way_in(wiring.state_folder(), root, guardian.visits.ticket())
    guardian.visits.entered = partial(removed_way_in, path)
    return PageAddress(root, path)


def _named(wanted: Wanted) -> str:
    """Return the name under which a server is known, as addresses write it."""
    host = wanted.names[0] if wanted.names else wanted.host
    return f"[{host}]" if ":" in host else host


def how_to_use(wanted: Wanted, port: int) -> str:
    """Return what a person needs to know to point an app at the server. The token is not in it."""
    name = wanted.upstream or wiring.default_provider()
    takes = (
        "your own key, or the token" if name in OPENAI_SHAPED and is_loopback(wanted.host) else "the token"
    )
    return (
        f"PrivateEdit serves image edits by {name}.\n"
        f"  OPENAI_BASE_URL=http://{_named(wanted)}:{port}/v1\n"
        f"  OPENAI_API_KEY={takes} (privateedit serve --show-token)\n"
        "Stop it with Ctrl-C."
    )
