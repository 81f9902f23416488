"""Keeps Pillow strict about truncated files and quiet about odd ones, also with several threads."""

from __future__ import annotations

import re
import threading
import warnings
from types import TracebackType
from typing import Any, cast

from PIL import ImageFile

_RULE = ("ignore", None, Warning, re.compile(r"(PIL|pillow_heif)\b"), 0)


class _StrictAndQuiet:
    """While any thread is inside, Pillow refuses truncated files and its own warnings are ignored; no others.

    Another library in the process may have told Pillow to fill what is missing with gray. A photo must not be
    changed like that, so the switch is held off and put back afterwards.

    `warnings.catch_warnings` swaps the whole process-wide filter list and, with two threads, can put back the
    wrong one. This adds one narrow rule when the first thread enters and removes it when the last one leaves.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._lenient = False

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._lenient = ImageFile.LOAD_TRUNCATED_IMAGES
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            rules = _rules()
            # Looked up each time: someone else's catch_warnings may have taken the rule away with its list.
            if _RULE not in rules:
                rules.insert(0, _RULE)
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            rules = _rules()
            if self._inside == 0:
                ImageFile.LOAD_TRUNCATED_IMAGES = self._lenient
                if _RULE in rules:
                    rules.remove(_RULE)


def _rules() -> list[Any]:
    return cast("list[Any]", warnings.filters)


STRICT_AND_QUIET = _StrictAndQuiet()
