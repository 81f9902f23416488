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
    """How a mask says what is to be edited.

    `WHITE` and `TRANSPARENT` mark what is hidden, so that it is drawn anew. Under `BLACK` and `OPAQUE` what
    is hidden is black, or transparent, and stays; white, or opaque, marks the others.
    """

    WHITE = "white"
    BLACK = "black"
    TRANSPARENT = "transparent"
    OPAQUE = "opaque"

    @property
    def keeps_hidden(self) -> bool:
        """Whether what is hidden stays as it is."""
        return self in {Polarity.BLACK, Polarity.OPAQUE}


@dataclass(frozen=True, slots=True)
class Picture:
    """The place of a picture.

    Attributes:
        wrap: how it stands there.
        number: which one: 0 the payload's, from 1 on those beside it.
    """

    wrap: Wrap = Wrap.FILE
    number: int = 0


@dataclass(frozen=True, slots=True)
class Outline:
    """The place of a mask, drawn on a blank canvas from the payload's outline and the region to edit."""

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
        pictures: how many results the answer may hold.
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
    pictures: int = 1

    @property
    def places(self) -> frozenset[Picture | Outline]:
        """The places for pictures and masks."""
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
    """The edited picture as it came: encoded bytes, still to be decoded within limits.

    Attributes:
        data: the picture.
        more: further results, in order.
        then: what fetches still further ones; None where these are all.
    """

    data: bytes = field(repr=False)
    more: tuple[bytes, ...] = field(default=(), repr=False)
    then: Request | None = None

    @property
    def pictures(self) -> tuple[bytes, ...]:
        """All results, in order."""
        return self.data, *self.more


Step: TypeAlias = Request | Found
