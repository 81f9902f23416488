"""What an adapter is: a few pure functions from replies to requests, and facts about the service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple, Protocol, runtime_checkable

from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.errors import ProviderError
from privateedit.providers.plan import Request, Step
from privateedit.providers.reply import Reply


class Redraws(StrEnum):
    """What of the picture a service draws anew."""

    EVERYTHING = "everything"
    MASK = "the masked part"
    WORKFLOW = "what the workflow says"
    STUDIO = "background and grade, never the person"


class MaskUse(StrEnum):
    """What a service does with a mask."""

    NONE = "none"
    GUIDANCE = "as guidance"
    EXACT = "exactly"


@dataclass(frozen=True, slots=True)
class Login:
    """How a service is shown the key: a header and what stands before the key in it."""

    header: str = "authorization"
    prefix: str = "Bearer "
    basic: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """Facts about a service.

    Attributes:
        name: as `--provider` takes it.
        title: as people call it.
        base_url: where it is, in the form its own clients take; empty where everybody has another.
        models: known ones, the default first; empty where the server has its own.
        open_models: whether others are passed on as well.
        key: environment variable of the key; empty where there is none.
        key_needed: whether it does not work without one.
        login: how the key is shown.
        poll_hosts: domains besides the base's own that may be asked, with the key, whether a job is done.
        redraws: what it draws anew.
        mask: what it does with a mask.
        retention: what it is known to keep, in a sentence.
        options: what `--option NAME=VALUE` takes, with a word on each.
        patience: seconds to wait for a result at most.
        check: path that can be asked without a picture to see whether it answers; empty for none.
        beside: how many further pictures it looks at.
        count: how many results one request can give.
    """

    name: str
    title: str
    base_url: str
    models: tuple[str, ...] = ()
    open_models: bool = True
    key: str = ""
    key_needed: bool = True
    login: Login = Login()
    poll_hosts: tuple[str, ...] = ()
    redraws: Redraws = Redraws.EVERYTHING
    mask: MaskUse = MaskUse.NONE
    retention: str = ""
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    patience: float = 300.0
    check: str = ""
    beside: int = 0
    count: int = 1

    @property
    def takes(self) -> Takes:
        """How much it takes at once, whatever the model: a service that uses a mask can be told where."""
        return Takes(self.mask is not MaskUse.NONE, self.beside, self.count)


class Standing(NamedTuple):
    """A provider, and whether it can be used now.

    Attributes:
        profile: facts about it.
        local: whether it runs on this device.
        missing: what it needs and has not; empty when it is ready.
        address: where it is.
        reachable: whether it answered; None when it was not asked.
    """

    profile: Profile
    local: bool
    missing: str
    address: str
    reachable: bool | None

    @property
    def ready(self) -> bool:
        """Whether an edit can be tried."""
        return not self.missing


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a service. `repr` never shows the words.

    Attributes:
        prompt: what to do.
        model: which model; empty where the server has its own.
        width, height: of the payload.
        options: what a person set by name.
        beside: how many further pictures go along.
        count: how many results are wanted.
    """

    prompt: str = field(repr=False)
    model: str
    width: int
    height: int
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    beside: int = 0
    count: int = 1


class Service(Protocol):
    """One image service; every method is pure."""

    profile: Profile

    def frame(self, width: int, height: int, wanted: Framing, model: str) -> Framing:
        """Return how a photo of that size is packed for the service, within what a person `wanted`.

        Raises:
            InputError: the service takes no picture of such proportions.
        """

    def begin(self, order: Order) -> Request:
        """Return the first request.

        Raises:
            InputError: an option or the prompt cannot be used.
        """

    def proceed(self, reply: Reply, order: Order) -> Step:
        """Return what follows a reply of status 2xx: another request, or the picture.

        Raises:
            ProviderError: the service refused, or the reply makes no sense.
        """

    def refusal(self, reply: Reply) -> ProviderError | None:
        """Return what a reply of another status means, where the usual meaning of HTTP does not say it."""

    def cancel(self, reply: Reply | None) -> Request | None:
        """Return what stops the job that the last reply tells of, if the service can do that."""


@runtime_checkable
class Configurable(Protocol):
    """A service of which options make another, such as one with a workflow of one's own."""

    def configured(self, options: Mapping[str, str], read: Callable[[str], str]) -> Service:
        """Return the service as options ask for it; `read` gives the text of a file.

        Raises:
            InputError: an option cannot be used.
        """


@runtime_checkable
class TakesByModel(Protocol):
    """A service that takes more or less than its profile says with some models or options."""

    def takes(self, model: str, options: Mapping[str, str]) -> Takes:
        """Return how much it takes at once; never fails, whatever the options are."""
