"""The only door out: no other file of the project opens a connection to another machine.

It takes a sealed payload and a plan, fills the plan's places, reads the finished body back through the guard,
and sends it once, to the one service that was chosen.
"""

from __future__ import annotations

import ssl
import time
import urllib.request  # noqa: TID251 (this is the door)
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

import httpx2  # noqa: TID251 (this is the door)

from privateedit.errors import (
    AuthenticationFailed,
    BadReply,
    Cancelled,
    PrivateEditError,
    Refused,
    TimedOut,
    Unreachable,
)
from privateedit.providers.addresses import (
    HTTPS,
    is_here,
    origin,
    require_base,
    require_encrypted,
    require_public,
    same_place,
)
from privateedit.providers.deadline import Deadline, DeadlinePassed, Stop, Stopped
from privateedit.providers.guard import require_sealed
from privateedit.providers.keys import Key
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Request
from privateedit.providers.policy import Policy
from privateedit.providers.progress import Progress
from privateedit.providers.render import rendered
from privateedit.providers.reply import Reply
from privateedit.providers.service import Profile

HEADERS = frozenset({"accept", "prefer", "x-fal-store-io", "x-fal-object-lifecycle-preference"})
"""Headers that an adapter may set; content type, length, host and key are the door's own."""

_AGENT = "privateedit"
_PIECE = 1 << 16
_LARGEST_REPLY, _MORE = 96 << 20, 32 << 20  # bytes; for each further result
_CONNECT, _WRITE = 15.0, 120.0
_LONGEST_WAIT = 86_400.0  # seconds
_LONGEST_URL, _LONGEST_HEADER = 2048, 200
_certified = cache(ssl.create_default_context)  # reading the certificates takes longer than a small send


class Door:
    """Carries requests of one service, with one payload, to that service's own host."""

    def __init__(
        self,
        profile: Profile,
        base_url: str,
        key: Key | None,
        policy: Policy = Policy(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Check the address.

        Raises:
            InputError: it is no address of a service, or is not encrypted and nobody allowed that.
        """
        self.profile, self.policy = profile, policy
        self.base = base_url.rstrip("/")
        self._key, self._clock = key, clock
        require_base(self.base)
        require_encrypted(self.base, policy.plain_http)
        self._transport: httpx2.HTTPTransport | None = None
        self.stopping = Stop()

    def __repr__(self) -> str:
        return f"Door({self.profile.name})"

    def close(self) -> None:
        """Close what is open."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def stop(self) -> None:
        """End what is under way and let nothing more begin; another thread may call this at any moment."""
        self.stopping.ask()

    def carry(
        self,
        request: Request,
        parcel: Parcel,
        prompt: str,
        progress: Progress,
        until: float,
        stop: Stop | None = None,
    ) -> Reply:
        """Send one request, once, and return the answer.

        Args:
            request: what the adapter planned.
            parcel: the sealed payload.
            prompt: the one long text that may be in it.
            progress: is told how much has left.
            until: when to give up, by the clock.
            stop: what ends it; None leaves that to `stop`.

        Raises:
            Refused: the guard found something in it that may not leave.
            Cancelled: somebody called `stop`.
            ProviderError: there was no usable answer; `sent` says what had left.
        """
        url = self._address(request)
        kind, body = rendered(request.body, parcel)
        require_sealed(kind, body, parcel, prompt)
        headers = self._headers(request, url, kind)
        watched = progress if request.carries else Progress()
        try:
            progress.begin(request.places)
            return self._exchange(
                request, url, headers, _Watched(body, watched, stop or self.stopping), until
            )
        except PrivateEditError as error:
            error.sent, error.knows_what_was_sent = progress.sent, True
            raise

    def retract(self, request: Request, parcel: Parcel, until: float) -> None:
        """Ask the service to give a job up; this alone goes out after `stop`.

        Raises:
            Refused: a picture would travel in it.
            ProviderError: there was no answer.
        """
        if request.carries:
            raise Refused("A picture is never sent along to stop a job.")
        self.carry(request, parcel, "", Progress(), until, Stop())

    def require_key(self) -> None:
        """Refuse to go on without a key where one is needed.

        Raises:
            AuthenticationFailed: naming its variable.
        """
        if self._key is None and self.profile.key_needed:
            where = f"; set {self.profile.key}" if self.profile.key else ""
            raise AuthenticationFailed(f"There is no key for {self.profile.title}{where}.")

    def ask(self, path: str, patience: float) -> int:
        """Return the status with which the service answers a question that carries nothing.

        Raises:
            ProviderError: it does not answer.
        """
        request = Request("check", "GET", path)
        url = self._address(request)
        until = self._clock() + patience
        nothing = _Watched(b"", Progress(), self.stopping)
        return self._exchange(request, url, self._headers(request, url, ""), nothing, until).status

    def _address(self, request: Request) -> str:
        url = request.url if "://" in request.url else f"{self.base}{request.url}"
        if not request.download and len(url) > _LONGEST_URL:
            raise Refused("A request with an unusually long address was stopped.")
        if request.download:
            if request.carries or request.method != "GET":
                raise Refused("A picture is never sent along with a download.")
            if not same_place(url, self.base):
                require_public(url)
            return url
        if not same_place(url, self.base):
            if request.carries:
                raise Refused("A request to another address than the service's was stopped.")
            if not self._may_poll(url):
                raise BadReply(f"{self.profile.title} named an address of a job that is not its own.")
        return url

    def _may_poll(self, url: str) -> bool:
        scheme, host, port = origin(url)
        own = any(host == each or host.endswith(f".{each}") for each in self.profile.poll_hosts)
        return own and (scheme, port) == ("https", HTTPS)

    def _headers(self, request: Request, url: str, kind: str) -> dict[str, str]:
        for name in request.headers:
            if name not in HEADERS or len(request.headers[name]) > _LONGEST_HEADER:
                raise Refused("A request with an unusual header was stopped.")
        headers = {"user-agent": _AGENT, "accept": "*/*", **request.headers, "accept-encoding": "identity"}
        if kind:
            headers["content-type"] = kind
        if not request.download:
            self.require_key()
            if self._key is not None:
                name, value = self._key.header(self.profile)
                headers[name] = value
        return headers

    def _exchange(
        self, request: Request, url: str, headers: Mapping[str, str], sending: _Watched, until: float
    ) -> Reply:
        for attempt in range(self.policy.retries + 1):
            try:
                return self._once(request, url, headers, sending, until)
            except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.ProxyError) as error:
                if attempt < self.policy.retries and not sending.begun:
                    continue
                raise Unreachable(f"There is no connection to {self.profile.title}.") from error
            except Stopped as error:
                raise Cancelled("The edit was stopped.") from error
            except (httpx2.TimeoutException, DeadlinePassed) as error:
                sending.progress.arrived()
                raise TimedOut(f"{self.profile.title} did not answer in time.") from error
            except (httpx2.TransportError, httpx2.InvalidURL) as error:
                raise Unreachable(f"The connection to {self.profile.title} broke.") from error
        raise AssertionError("unreachable")

    def _once(
        self, request: Request, url: str, headers: Mapping[str, str], sending: _Watched, until: float
    ) -> Reply:
        left = min(max(0.05, until - self._clock()), _LONGEST_WAIT)
        waits = {
            "connect": min(_CONNECT, left),
            "write": min(_WRITE, left),
            "read": left if self.policy.answer is None else min(self.policy.answer, left),
            "pool": _CONNECT,
        }
        length = {"content-length": str(len(sending.body))} if request.method != "GET" else {}
        asked = httpx2.Request(
            request.method,
            url,
            headers={"host": httpx2.URL(url).netloc.decode("ascii"), **headers, **length},
            stream=sending,
            extensions={"timeout": waits},
        )
        with Deadline(left, sending.stop) as deadline:
            asked.extensions["trace"] = deadline.trace
            answer = self._way_out().handle_request(asked)
            sending.progress.arrived()
            try:
                answered = {name.lower(): value for name, value in answer.headers.items()}
                found = self._read(answer, until, _LARGEST_REPLY + (request.pictures - 1) * _MORE)
            finally:
                answer.close()
        return Reply(request.stage, answer.status_code, answered, found, request.memory)

    def _read(self, answer: httpx2.Response, until: float, largest: int) -> bytes:
        pieces, size = [], 0
        for piece in answer.iter_raw():
            size += len(piece)
            if size > largest:
                raise BadReply(f"The answer of {self.profile.title} is too large.")
            if self._clock() > until:
                raise TimedOut(f"{self.profile.title} did not finish its answer in time.")
            pieces.append(piece)
        return b"".join(pieces)

    def _way_out(self) -> httpx2.HTTPTransport:
        if self._transport is None:
            proxy = _system_proxy(self.base) if self.policy.system_proxy else None
            self._transport = httpx2.HTTPTransport(
                verify=_certified(),
                trust_env=False,
                proxy=proxy,
                retries=0,
                # Each exchange opens its own, so that a deadline shuts the right one.
                limits=httpx2.Limits(max_keepalive_connections=0),
            )
        return self._transport


@dataclass
class _Watched(httpx2.SyncByteStream):
    """A body that tells when it begins to leave and when it has left, and who may stop it."""

    body: bytes = field(repr=False)
    progress: Progress
    stop: Stop
    begun: bool = False

    def __iter__(self) -> Iterator[bytes]:
        if not self.body:
            return
        self.begun = True
        self.progress.started()
        for start in range(0, len(self.body), _PIECE):
            yield self.body[start : start + _PIECE]
        self.progress.finished()


def _system_proxy(url: str) -> str | None:
    scheme, host, _ = origin(url)
    if is_here(host) or urllib.request.proxy_bypass(host):  # noqa: TID251
        return None
    return urllib.request.getproxies().get(scheme)  # noqa: TID251
