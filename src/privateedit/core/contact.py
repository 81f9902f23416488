"""Finds addresses and numbers that lead to a person: e-mail, web, @names, telephone, other long numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""From and to, in characters."""

_EMAIL = re.compile(r"[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}\w{2,24}")
_ENDINGS = "com|net|org|edu|gov|info|io|app|dev|eu|de|fr|uk|ch|at|es|nl|jp|cn|ru|br|au|ca"
_WEB = re.compile(
    rf"(?:https?://|www\.)\S{{1,2048}}|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,8}}(?:{_ENDINGS})\b(?:/\S{{0,2048}})?",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@\w[\w.]{1,63}")
_NUMBER = re.compile(r"(?<![\w#.])[+(]{0,2}\d(?:[\d]|[ ()./-]{1,2}(?=[\d(])){5,40}(?![\w])")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")
_RANGE = re.compile(r"\d{1,4} ?[-/] ?\d{1,4}")
_LONG = 7
"""Digits in a row that years, sizes and colors do not reach."""


def contacts(text: str) -> Iterator[tuple[str, Span]]:
    """Yield kind (``email``, ``web``, ``handle``, ``phone`` or ``number``) and place of each finding.

    A stretch of text is found once, as the first kind that fits. Dates, ranges of years, picture sizes and
    color values are none of these.
    """
    for kind, pattern in (("email", _EMAIL), ("web", _WEB), ("handle", _HANDLE)):
        for match in pattern.finditer(text):
            yield kind, match.span()
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    for match in _NUMBER.finditer(text):
        if found := _kind_of_number(match[0]):
            yield found, match.span()


def _kind_of_number(text: str) -> str | None:
    if _DATE.fullmatch(text) or _RANGE.fullmatch(text):
        return None
    groups = re.findall(r"\d+", text)
    count = sum(map(len, groups))
    marked = text.startswith(("+", "(", "0")) and count >= _LONG
    spaced = len(groups) >= 3 and count >= 10 and max(map(len, groups)) >= 4
    if count <= 15 and (marked or spaced):
        return "phone"
    grouped = "-" in text and len(groups) >= 3 and count >= 9 and max(map(len, groups)) >= 4
    return "number" if max(map(len, groups)) >= _LONG or spaced or grouped else None
