"""`RemoteEditor`: takes payloads through a service's steps, waits, stops in time, and reads the pictures."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.core.payload import Payload
from privateedit.core.photo import Pixels
from privateedit.errors import (
    BadReply,
    Cancelled,
    PrivateEditError,
    ProviderError,
    Refused,
    RequestRejected,
    Sent,
    TimedOut,
    UnknownInstruction,
    Unreachable,
    UnreadablePhoto,
)
from privateedit.providers.egress import Door
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Found, Request, Step
from privateedit.providers.progress import Progress
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order, Service, TakesByModel
from privateedit.providers.statuses import usual_refusal

_STEPS = 2000  # requests that one edit may take; polling every second for half an hour
_AGAIN, _PAUSE, _LONGEST_PAUSE = 4, 2.0, 60.0  # times a question is asked again, and seconds between
_BUSY = frozenset({429, 500, 502, 503, 504})
_ABOUT_THE_KEY = frozenset({401, 403})
_NUMBER = re.compile(r"[-0-9.]*")
_SIDE = 1024  # pixels of a picture that is never sent
_LEAVE = 5.0  # seconds for asking a service to stop


def _fine(reply: Reply, step: Request) -> bool:
    return 200 <= reply.status < 300 or (step.lenient and reply.status not in _ABOUT_THE_KEY)


@dataclass(eq=False)
class RemoteEditor:
    """An editor behind the door.

    Attributes:
        service: the adapter.
        door: the way out.
        decode: from bytes to pixels, within limits.
        model: which model; empty for the service's default.
        options: what a person set by name.
        clock: of this device.
        sleep: likewise; None sleeps until the time is over or somebody calls `stop`.
    """

    service: Service
    door: Door
    decode: Callable[[bytes], Pixels] = field(repr=False)
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    sleep: Callable[[float], None] | None = field(default=None, repr=False)
    local: bool = False

    def __post_init__(self) -> None:
        profile = self.service.profile
        self.name = profile.name
        self.model = self.model or (profile.models[0] if profile.models else "")
        if profile.models and not profile.open_models and self.model not in profile.models:
            raise RequestRejected(f"{profile.title} has no such model; it has: {', '.join(profile.models)}.")
        for option in self.options:
            if option not in profile.options:
                known = ", ".join(profile.options) or "none"
                raise RequestRejected(f"{profile.title} has no option {option!r}; it has: {known}.")

    def rehearse(self) -> None:
        """Plan a request that is never sent, so that a wrong model or option is told before any work.

        Raises:
            InputError, ProviderError: it cannot be used.
        """
        self.service.begin(Order("a rehearsal", self.model, _SIDE, _SIDE, self.options))

    @property
    def words(self) -> tuple[str, ...]:
        """What besides the prompt goes to the service in a person's own words."""
        model = () if self.model in self.service.profile.models else (self.model,)
        return (*model, *(each for each in self.options.values() if not _NUMBER.fullmatch(each)))

    def frame(self, width: int, height: int, wanted: Framing) -> Framing:
        """Return how a photo of that size is packed for this service."""
        return self.service.frame(width, height, wanted, self.model)

    @property
    def takes(self) -> Takes:
        """How much the service takes at once with this model and these options."""
        if isinstance(self.service, TakesByModel):
            return self.service.takes(self.model, self.options)
        return self.service.profile.takes

    def edit(self, payload: Payload, instruction: Instruction) -> EditResult:
        """Send the payload, once, and return the edited picture; raises what `run` does."""
        return self.run(Errand(payload, instruction))[0]

    def run(self, errand: Errand) -> tuple[EditResult, ...]:
        """Send the pictures of an errand, each once, and return the results, as many as it asks for.

        Raises:
            UnknownInstruction: a preset was asked for; services take words.
            Refused: a payload may not leave.
            Cancelled: somebody called `stop`.
            ProviderError: with `provider`, `request_id` and `sent`.
        """
        try:
            course = self._course(errand)
        except PrivateEditError as error:
            error.sent, error.knows_what_was_sent = Sent.NO, True
            raise
        try:
            return tuple(EditResult(each, self.name) for each in course.run())
        finally:
            self.door.close()

    def stop(self) -> None:
        """End a send under way, and let none begin any more; any thread may call this at any moment.

        Who waits for it gets `Cancelled` at once; only where a connection is still being opened, up to 15 s
        later, and nothing is sent through it.
        """
        self.door.stop()

    def _course(self, errand: Errand) -> _Course:
        profile, payload, takes = self.service.profile, errand.payload, self.takes
        if errand.instruction.prompt is None:
            raise UnknownInstruction(f"{profile.title} takes a prompt, no presets.")
        if errand.where is not None and not takes.where:
            raise RequestRejected(f"{profile.title} cannot be told where to edit.")
        if len(errand.beside) > takes.beside or errand.count > takes.count:
            raise RequestRejected(f"{profile.title} does not take or give so many pictures at once.")
        parcel = Parcel(payload, errand.beside, errand.where)
        sides = payload.width, payload.height
        order = Order(
            errand.instruction.prompt, self.model, *sides, self.options, len(errand.beside), errand.count
        )
        return _Course(self, parcel, order)


class _Course:
    """One edit under way."""

    def __init__(self, editor: RemoteEditor, parcel: Parcel, order: Order) -> None:
        self._editor, self._service = editor, editor.service
        self._parcel, self._order = parcel, order
        self._progress = Progress()
        self._until = editor.clock() + editor.service.profile.patience
        self._last: Reply | None = None
        self._request_id: str | None = None

    def run(self) -> list[Pixels]:
        """Return the decoded pictures, as many as were ordered.

        Raises:
            ProviderError: complete with provider, request id and what was sent.
        """
        try:
            return [self._decoded(each) for each in self._pictures()]
        except KeyboardInterrupt:
            self._stop()
            raise self._told(Cancelled("The edit was stopped.")) from None
        except PrivateEditError as error:
            if not isinstance(error, Refused):
                self._stop()
            raise self._told(error) from error.__cause__
        except Exception as error:
            # A reply can be strange in more ways than an adapter thinks of.
            self._stop()
            strange = BadReply(f"{self._service.profile.title} answered with something that makes no sense.")
            raise self._told(strange) from error

    def _pictures(self) -> tuple[bytes, ...]:
        step: Step = self._service.begin(self._order)
        found: tuple[bytes, ...] = ()
        for _ in range(_STEPS):
            if isinstance(step, Found):
                found += step.pictures
                if step.then is None or len(found) >= self._order.count:
                    return self._ordered(found)
                step = step.then
            self._wait(step)
            reply = self._answered(step)
            if not _fine(reply, step):
                raise self._service.refusal(reply) or usual_refusal(reply, self._service.profile)
            self._last = reply
            step = self._service.proceed(reply, self._order)
        raise TimedOut(f"{self._service.profile.title} did not finish in time.")

    def _ordered(self, found: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """Return as many pictures as were ordered; a service may have drawn more."""
        title, count = self._service.profile.title, self._order.count
        if len(found) < count:
            raise BadReply(f"{title} returned {len(found)} pictures instead of {count}.")
        return found[:count]

    def _answered(self, step: Request) -> Reply:
        """Return the answer to a step; a mere question is asked again when the service is busy.

        A job that was paid for goes on meanwhile.
        """
        for _ in range(0 if step.carries or step.lenient or step.method != "GET" else _AGAIN):
            pause = _PAUSE
            try:
                reply = self._carried(step, self._until)
            except Unreachable:
                reply = None
            if reply is not None:
                if reply.status not in _BUSY:
                    return reply
                pause = min(reply.retry_after or _PAUSE, _LONGEST_PAUSE)
            self._wait(replace(step, after=pause))
        return self._carried(step, self._until)

    def _carried(self, step: Request, until: float) -> Reply:
        door = self._editor.door
        reply = door.carry(step, self._parcel, self._order.prompt, self._progress, until)
        self._request_id = reply.request_id or self._request_id
        return reply

    def _wait(self, step: Request) -> None:
        left = self._until - self._editor.clock()
        if left <= step.after:
            raise TimedOut(f"{self._service.profile.title} did not finish in time.")
        stopping = self._editor.door.stopping
        if step.after:
            (self._editor.sleep or stopping.wait)(step.after)
        if stopping.asked:
            raise Cancelled("The edit was stopped.")

    def _decoded(self, data: bytes) -> Pixels:
        try:
            return self._editor.decode(data)
        except UnreadablePhoto as error:
            raise BadReply(
                f"What {self._service.profile.title} returned is no picture that can be opened."
            ) from error

    def _stop(self) -> None:
        """Ask the service to stop, if it can; whatever happens then, the edit is over."""
        try:
            asked = self._service.cancel(self._last)
            if asked is not None:
                self._editor.door.retract(asked, self._parcel, self._editor.clock() + _LEAVE)
        except (Exception, KeyboardInterrupt):  # noqa: BLE001 (the edit has failed already, and is told)
            return

    def _told(self, error: PrivateEditError) -> PrivateEditError:
        error.sent, error.knows_what_was_sent = self._progress.sent, True
        if isinstance(error, ProviderError):
            error.provider = self._editor.name
            error.request_id = error.request_id or self._request_id
        return error
