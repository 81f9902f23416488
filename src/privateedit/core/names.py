"""Finds in an instruction what names a person: words of the file's name and metadata, addresses, numbers.

An instruction travels beside the masked picture, so a name in it undoes the mask. Findings say what kind and
where, never which text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from privateedit.core.contact import Span, contacts
from privateedit.core.ordinary_words import ORDINARY

_APART = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|[\W_]+")
_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"})
_UNSPACED = ("CJK ", "HIRAGANA", "KATAKANA", "HANGUL", "THAI ", "LAO ", "KHMER ", "MYANMAR ")
"""Scripts that write words together, or endings onto a name: there, names are looked for inside words."""

_SHORTEST = 3
_SHORTEST_UNSPACED = 2


class Kind(StrEnum):
    """What was found in an instruction."""

    FILE_NAME = "file_name"
    ARTIST = "artist"
    OWNER = "owner"
    PERSON = "person"
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    HANDLE = "handle"
    NUMBER = "number"

    @property
    def sentence(self) -> str:
        """The finding for a person to read; it repeats nothing of the instruction."""
        return _SENTENCES[self]


_SENTENCES = {
    Kind.FILE_NAME: "The instruction contains a word of the file's name.",
    Kind.ARTIST: "The instruction contains a name from the photo's author field.",
    Kind.OWNER: "The instruction contains a name from the photo's owner or copyright field.",
    Kind.PERSON: "The instruction contains the name of a person that the photo's metadata says is shown.",
    Kind.EMAIL: "The instruction contains an e-mail address.",
    Kind.PHONE: "The instruction contains a telephone number.",
    Kind.WEB: "The instruction contains a web address.",
    Kind.HANDLE: "The instruction contains an @name.",
    Kind.NUMBER: "The instruction contains a long number.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing found: how often and where, never the text.

    Attributes:
        kind: what it is.
        at: from and to of each, in characters of the instruction in Unicode's composed form (NFC).
    """

    kind: Kind
    at: tuple[Span, ...]

    @property
    def count(self) -> int:
        """How often it was found."""
        return len(self.at)

    @property
    def sentence(self) -> str:
        """The finding for a person to read."""
        return self.kind.sentence


class _Word(NamedTuple):
    forms: frozenset[str]
    at: Span
    capitalized: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """The words of one source: telling ones, neighbors that are ordinary, and unspaced ones."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    unspaced: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """Words that name the person or their photo, by where they are from. `repr` never shows them."""

    _known: tuple[tuple[Kind, _Known], ...] = field(default=(), repr=False)

    @classmethod
    def of(
        cls,
        *,
        file_stem: str = "",
        artists: Iterable[str] = (),
        owners: Iterable[str] = (),
        persons: Iterable[str] = (),
    ) -> Names:
        """Take the file's name without its ending, and the texts of its metadata."""
        sources = {
            Kind.FILE_NAME: [file_stem],
            Kind.ARTIST: artists,
            Kind.OWNER: owners,
            Kind.PERSON: persons,
        }
        return cls(tuple((kind, _known(texts)) for kind, texts in sources.items()))


def findings(prompt: str, known: Names) -> tuple[Finding, ...]:
    """Return what in an instruction names a person, one finding a kind, in the order of `Kind`.

    Words are compared without case and accents, and with umlauts written either way. Ordinary words
    (`ordinary_words`) count only as neighbors that are both capitalized, as in "Rose Brown".
    """
    found: dict[Kind, set[Span]] = {}
    prompt = unicodedata.normalize("NFC", prompt)
    words = list(_words(prompt))
    for kind, source in known._known:
        for span in _matches(prompt, words, source):
            found.setdefault(kind, set()).add(span)
    for name, span in contacts(prompt):
        found.setdefault(Kind(name), set()).add(span)
    return tuple(Finding(kind, tuple(sorted(found[kind]))) for kind in Kind if kind in found)


def _known(texts: Iterable[str]) -> _Known:
    words: set[str] = set()
    pairs: set[tuple[str, str]] = set()
    unspaced: set[str] = set()
    for text in texts:
        parts = list(_words(unicodedata.normalize("NFC", text)))
        for part in parts:
            forms = {form for form in part.forms if form not in ORDINARY and not form.isdigit()}
            if _is_unspaced(part.forms):
                unspaced |= {name for form in forms for name in _names_inside(form)}
            elif not part.forms & ORDINARY:
                words |= {form for form in forms if len(form) >= _SHORTEST}
        for first, second in itertools.pairwise(parts):
            both = [(a, b) for a in first.forms for b in second.forms]
            pairs.update(pair for pair in both if all(map(_is_ordinary_name, pair)))
            if not (first.forms | second.forms) & ORDINARY:
                words |= {a + b for a, b in both if (a + b).isalpha() and len(a + b) >= _SHORTEST}
    return _Known(frozenset(words), frozenset(pairs), frozenset(unspaced))


def _names_inside(word: str) -> Iterator[str]:
    """Yield an unspaced word, and of a full name its halves: family name first, given name last."""
    halves = (word[:2], word[-2:]) if len(word) in (3, 4) else ()
    for name in (word, *halves):
        if len(name) >= _SHORTEST_UNSPACED and name not in ORDINARY:
            yield name


def _is_ordinary_name(word: str) -> bool:
    return word in ORDINARY and len(word) >= _SHORTEST


def _matches(prompt: str, words: list[_Word], source: _Known) -> Iterator[Span]:
    for word in words:
        if word.forms & source.words:
            yield word.at
        for name in source.unspaced:
            if any(name in form for form in word.forms):
                yield word.at
    for first, second in itertools.pairwise(words):
        together = first.capitalized and second.capitalized
        if together and any((a, b) in source.pairs for a in first.forms for b in second.forms):
            yield first.at[0], second.at[1]


def _words(text: str) -> Iterator[_Word]:
    """Yield the words of a text: apart at anything but letters, at digits, and at humps as in annaSchmidt."""
    start = 0
    breaks = [match.span() for match in _APART.finditer(text)] + [(len(text), len(text))]
    for left, right in breaks:
        yield from _pieces(text, start, left)
        start = right


def _pieces(text: str, start: int, end: int) -> Iterator[_Word]:
    word = text[start:end]
    if not word:
        return
    yield _Word(_forms(word), (start, end), word[:1].isupper())
    cuts = [0, *(match.start() for match in _HUMP.finditer(word)), len(word)]
    if len(cuts) > 2:
        for a, b in itertools.pairwise(cuts):
            yield _Word(_forms(word[a:b]), (start + a, start + b), word[a : a + 1].isupper())


def _forms(word: str) -> frozenset[str]:
    """The ways a word may be written without case and accents."""
    folded = unicodedata.normalize("NFC", word.casefold())
    return frozenset((_bare(folded.translate(_PLAIN)), _bare(folded.translate(_UMLAUTS))))


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word)
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return unicodedata.normalize("NFC", plain)


def _is_unspaced(forms: frozenset[str]) -> bool:
    return any(unicodedata.name(letter, "").startswith(_UNSPACED) for form in forms for letter in form)
