"""Memory that freed pictures held: given back to the system, where its C library can be asked (glibc)."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # glibc's names for them begin with M_
_ARENAS = 1


def keep_together() -> bool:
    """Let all threads share one heap, and return whether they do.

    By itself glibc gives each thread a heap of its own, which keeps the most that it ever held: with requests
    in eight threads, a server grew by 130 MiB a minute for as long as there were new threads, and a command
    that masks 12 megapixels took 40 MiB more. Call it before there are any. Large arrays are allocated so
    rarely that sharing was not measurable.
    """
    return bool(_call("mallopt", _ARENA_MAX, _ARENAS))


def keep_for_the_next() -> bool:
    """Let this process keep what a photo took for the next one, and return whether it does.

    By itself glibc gives the system back what is freed at the heap's end, and the next photo has it cleared
    again, page by page: a twentieth of the time of masking one. Up to 128 MiB are kept; arrays of more than
    32 MiB go back as before.
    """
    return bool(_call("mallopt", _MMAP_THRESHOLD, 32 << 20) and _call("mallopt", _TRIM_THRESHOLD, 128 << 20))


def give_back() -> bool:
    """Give freed memory back, and return whether there was any; what it held is gone with it."""
    return bool(_call("malloc_trim", 0))


def _call(name: str, *arguments: int) -> int:
    function: Callable[..., Any] | None = getattr(_library(), name, None)
    return 0 if function is None else int(function(*arguments))


def _library() -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(None)
    except (OSError, TypeError):  # Windows has no such thing
        return None
