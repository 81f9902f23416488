"""What an adapter says: requests as plain values, with places for the picture but never its bytes.

An adapter cannot put a picture into a request. It names a place, and `render` fills it from the sealed
payload, which is all that is at hand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

Method = Literal["GET", "POST", "PUT"]


class Wrap(StrEnum):
    """How a picture stands in a request."""

    FILE = "file"
    BASE64 = "base64"
    DATA_URI = "data-uri"


class Polarity(StrEnum):
    """What in a mask marks the hidden pixels; under `BLACK`, white marks all the others."""

    WHITE = "white"
    BLACK = "black"
    TRANSPARENT = "transparent"


@dataclass(frozen=True, slots=True)
class Picture:
    """The place of the payload's picture."""

    wrap: Wrap = Wrap.FILE


@dataclass(frozen=True, slots=True)
class Outline:
    """The place of a mask, drawn on a blank canvas from the payload's outline."""

    polarity: Polarity
    wrap: Wrap = Wrap.FILE


Value: TypeAlias = (
    "str | int | float | bool | Picture | Outline | Sequence[Value] | Mapping[str, Value] | None"
)


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON body."""

    value: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Form:
    """A multipart/form-data body: names and values in order; text, or a picture as a file."""

    fields: tuple[tuple[str, str | Picture | Outline], ...]


Body: TypeAlias = Json | Form | None


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a service.

    Attributes:
        stage: what the adapter calls this step; the reply comes back with it.
        method, url: where to; a path is joined to the service's base URL.
        body: what is sent.
        headers: lower-case names from `egress.HEADERS`; the key's is added by the door.
        download: a result that lies elsewhere: fetched without the key, from any public https host.
        after: seconds to wait before.
        lenient: a question that a server need not know: any answer will do, but one about the key.
        memory: what the adapter needs again at the reply; never sent.
    """

    stage: str
    method: Method
    url: str
    body: Body = None
    headers: Mapping[str, str] = field(default_factory=_nothing)
    download: bool = False
    after: float = 0.0
    lenient: bool = False
    memory: Mapping[str, str] = field(default_factory=_nothing)

    @property
    def places(self) -> frozenset[Picture | Outline]:
        """The places for the picture and its masks."""
        return frozenset(_places(self.body.value if isinstance(self.body, Json) else _fields(self.body)))

    @property
    def carries(self) -> bool:
        """Whether the picture or its mask travels in it."""
        return bool(self.places)


def _fields(body: Form | None) -> list[Any]:
    return [] if body is None else [value for _, value in body.fields]


def _places(value: Value | list[Any]) -> Iterator[Picture | Outline]:
    if isinstance(value, Picture | Outline):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _places(each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            yield from _places(each)


@dataclass(frozen=True, slots=True)
class Found:
    """The edited picture as it came: encoded bytes, still to be decoded within limits."""

    data: bytes = field(repr=False)


Step: TypeAlias = Request | Found
