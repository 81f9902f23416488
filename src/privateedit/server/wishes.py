"""`X-PrivateEdit-*`: how one request wants its faces hidden and its result finished."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from privateedit.choices import Choices, Finishes, chosen_ids, concealment_of, finish_of
from privateedit.core.concealment import Concealment
from privateedit.core.finish import Finish
from privateedit.errors import NotServed
from privateedit.server.token import TOKEN_HEADER
from privateedit.settings import Settings

PREFIX = "x-privateedit-"
HIDING = ("trust", "coverage", "grow", "shape", "fill", "opacity", "tone", "backdrop")
"""Headers about hiding that are choices of the same name; `faces` is one more."""
FINISHING = ("size", "harmonize", "style-match", "blend")
_NUMBERS = frozenset({"grow", "opacity"})
_KNOWN = frozenset({*HIDING, *FINISHING, "faces"})


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for requests that say nothing, and whether they may say something.

    Attributes:
        choices: how faces are hidden.
        finishes: how the result is finished.
        fixed: requests cannot change how faces are hidden.
        allow_no_face: a photo in which no face is found is passed on as it is.
    """

    choices: Choices
    finishes: Finishes
    fixed: bool = False
    allow_no_face: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request wants.

    Attributes:
        main: how the photo is hidden.
        beside: how pictures beside it are: all faces, whatever was chosen for the photo.
        finish: how the result is finished.
    """

    main: Concealment
    beside: Concealment
    finish: Finish


def wish_of(headers: Iterable[tuple[str, str]], policy: Policy, settings: Settings) -> Wish:
    """Return what the headers of a request, else the policy, else the settings say.

    Raises:
        NotServed: a header is unknown, doubled, or not allowed here: a slip must not hide less.
        InputError: a value cannot be used.
    """
    said = _said(headers)
    if policy.fixed and (set(said) - set(FINISHING)):
        raise NotServed("How faces are hidden is fixed on this server.", status=403, code="policy_is_fixed")
    hiding = {name: _value(name, said[name]) for name in HIDING if name in said}
    finishing = {name.replace("-", "_"): said[name] for name in FINISHING if name in said}
    choices = cast(Choices, {**_settled(policy.choices, hiding), "allow_no_face": policy.allow_no_face})
    only, exclude = chosen_ids(said.get("faces", "all"))
    chosen: Mapping[str, object] = {"only": only, "exclude": exclude} if "faces" in said else {}
    return Wish(
        main=concealment_of(cast(Choices, {**choices, **chosen}), settings),
        beside=concealment_of(_everybody(choices), settings),
        finish=finish_of(cast(Finishes, {**policy.finishes, **finishing}), settings),
    )


def _settled(policy: Choices, hiding: Mapping[str, object]) -> Mapping[str, object]:
    """A degree of trust that the request names sets aside the single choices of the server."""
    kept = {} if "trust" in hiding else dict(policy)
    return MappingProxyType({**kept, **hiding})


def _everybody(choices: Choices) -> Choices:
    whose = ("only", "exclude", "extra", "boxes", "polygons")
    return cast(Choices, {name: value for name, value in choices.items() if name not in whose})


def _said(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    said: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        if not lower.startswith(PREFIX) or lower == TOKEN_HEADER:
            continue
        short = lower.removeprefix(PREFIX)
        if short not in _KNOWN:
            known = ", ".join(sorted(_KNOWN))
            raise NotServed(
                f"There is no such header; X-PrivateEdit- goes with: {known}.", code="unknown_header"
            )
        if short in said:
            raise NotServed(f"The header {PREFIX}{short} was given more than once.", code="invalid_header")
        said[short] = value.strip()
    return said


def _value(name: str, text: str) -> str | float:
    if name not in _NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        raise NotServed(f"The header {PREFIX}{name} must be a number.", code="invalid_header") from None
