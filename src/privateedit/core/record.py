"""What is written down about a send: facts that are numbers, digests or words of this program, never content.

`Intent` is recorded before a send, `Outcome` after it. Their constructors accept no free text, so that no
prompt, file name, key or person's name can slip into a journal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from privateedit.errors import InputError, Sent

Setting = str | float | bool | None
"""A setting's value: a word from a fixed list, a number, a switch, or nothing."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PROVIDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_MEDIA_TYPES = frozenset(("image/png", "image/jpeg", "image/webp"))
_COLOR = re.compile(r"black|grey|white|noise|#[0-9a-f]{6}")
_LARGEST_NUMBER = 2**53
_MOST_IDS = 4096


def _one_of(*words: str) -> Callable[[Setting], bool]:
    return lambda value: isinstance(value, str) and value in words


def _is_number(value: object) -> bool:
    """A finite number that JSON and a spreadsheet keep exactly."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= _LARGEST_NUMBER


def _is_count(value: object) -> bool:
    return _is_number(value) and isinstance(value, int) and value >= 0


def _is_id(value: object) -> bool:
    return _is_count(value) and isinstance(value, int) and value < 100_000


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


SETTINGS: Mapping[str, Callable[[Setting], bool]] = MappingProxyType(
    {
        "coverage": _one_of("eyes", "inner", "face", "head"),
        "grow": _is_number,
        "shape": _one_of("superellipse", "contour"),
        "fill": lambda value: isinstance(value, str) and _COLOR.fullmatch(value) is not None,
        "opacity": _is_number,
        "under": _one_of("guide", "face"),
        "tone": _one_of("grey", "fair", "light", "tan", "brown", "dark", "deep"),
        "backdrop": _is_switch,
        "trust": _one_of("none", "low", "high"),
        "format": _one_of("png", "jpeg", "webp"),
        "max_side": lambda value: value is None or _is_count(value),
        "extra": _is_switch,
    }
)
"""Every setting that may be recorded, with the check of its value. `extra`: an area painted by hand."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to leave, checked value by value.

    Attributes:
        provider: the editor's name in the code (letters, digits, space, dot, dash), such as ``studio``.
        local: whether the editor runs on this device.
        payload: hex SHA-256 of the bytes.
        size: their number.
        media_type: ``image/png``, ``image/jpeg`` or ``image/webp``.
        width, height: of the picture, in pixels.
        sealed: whether the bytes were proven free of hidden pixels.
        exposed_psnr: dB at which an attacker gets an exposed face back; None when sealed or not measured.
        photo: keyed digest of the photo (`Ledger.name`); nobody without the key can tell which photo it is.
        faces: how many faces were found.
        hidden: how many of them were hidden.
        visible: ids of those that were found and left visible.
        smaller_mask: whether the user allowed showing what earlier uploads of the photo hid.
        settings: see `SETTINGS`.

    Raises:
        InputError: a value is not of that kind; the message never repeats it.
    """

    provider: str
    local: bool
    payload: str
    size: int
    media_type: str
    width: int
    height: int
    sealed: bool
    photo: str
    exposed_psnr: float | None = None
    faces: int = 0
    hidden: int = 0
    visible: tuple[int, ...] = ()
    smaller_mask: bool = False
    settings: Mapping[str, Setting] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "visible", tuple(self.visible))
        object.__setattr__(self, "settings", MappingProxyType(dict(self.settings)))
        require_provider(self.provider)
        for name in ("local", "sealed", "smaller_mask"):
            _require(_is_switch(getattr(self, name)), name)
        for name in ("size", "width", "height", "faces", "hidden"):
            _require(_is_count(getattr(self, name)), name)
        _require(len(self.visible) <= _MOST_IDS and all(map(_is_id, self.visible)), "visible")
        _require(self.hidden + len(self.visible) <= self.faces, "faces")
        require_digest(self.payload, "payload")
        require_digest(self.photo, "photo")
        _require(self.media_type in _MEDIA_TYPES, "media type")
        _require(
            self.exposed_psnr is None or (_is_number(self.exposed_psnr) and not self.sealed), "exposed_psnr"
        )
        for key, value in self.settings.items():
            _require(key in SETTINGS and SETTINGS[key](value), "settings")


class Result(StrEnum):
    """How a recorded intent ended."""

    RETURNED = "returned"
    """An editor answered with a picture."""
    WRITTEN = "written"
    """The masked picture was written to a file, to be sent by hand."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an intent.

    Attributes:
        result: how it ended.
        sent: whether the masked picture left the device.
        returned: hex SHA-256 of what came back, or None.
        returned_size: its size in bytes, or None.

    Raises:
        InputError: a value is not of that kind.
    """

    result: Result
    sent: Sent
    returned: str | None = None
    returned_size: int | None = None

    def __post_init__(self) -> None:
        _require(isinstance(self.result, Result), "result")
        _require(isinstance(self.sent, Sent), "sent")
        if self.returned is not None:
            require_digest(self.returned, "returned")
        _require(self.returned_size is None or _is_count(self.returned_size), "returned_size")


def require_digest(value: object, name: str) -> None:
    """Refuse anything but 64 lower-case hex digits.

    Raises:
        InputError: with `name`, without the value.
    """
    _require(isinstance(value, str) and _DIGEST.fullmatch(value) is not None, name)


def require_provider(value: object) -> None:
    """Refuse what cannot be an editor's name: 1 to 64 ASCII letters, digits, spaces, dots, dashes.

    Raises:
        InputError: without the value.
    """
    _require(isinstance(value, str) and _PROVIDER.fullmatch(value) is not None, "provider")


def _require(holds: bool, name: str) -> None:
    if not holds:
        raise InputError(f"The record's {name} cannot be written down.")
