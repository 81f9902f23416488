"""Simple stand-ins for the ports, each with one behavior."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.face import Face
from privateedit.core.mask import Mask
from privateedit.core.parts import Parts
from privateedit.core.payload import Payload
from privateedit.core.record import Intent, Outcome
from privateedit.errors import InputError, JournalUnwritable, Refused


def zeros(count: int) -> bytes:
    """The worst generator there is."""
    return bytes(count)


def seeded(seed: int | list[int]) -> Callable[[int], bytes]:
    """A generator that repeats, so that a failure does too."""
    return np.random.default_rng(seed).bytes


def broken(*_: object) -> bytes:
    raise OSError("the generator is gone")


class RawEncoder:
    """Size and pixels, nothing else; fast and transparent."""

    def encode(self, pixels, image_format):
        return struct.pack(">II", *pixels.shape[:2]) + pixels.tobytes()


class SizeInspector:
    """Accepts what `RawEncoder` writes and not one byte more."""

    def inspect(self, data, width, height):
        if len(data) != 8 + 3 * width * height:
            raise Refused("There is more than pixels.")


@dataclass
class FixedDetector:
    """Sees the same faces in every picture."""

    faces: Sequence[Face]

    def detect(self, pixels):
        return tuple(self.faces)


class NothingMissed:
    """A searcher that sees no face anywhere."""

    def search(self, pixels, hidden):
        return ()


@dataclass
class Nobody:
    """A segmenter that sees no person, or, with 1.0, nothing but a person."""

    value: float = 0.0

    def segment(self, pixels):
        return np.full(pixels.shape[:2], self.value, np.float32)


@dataclass
class SpyEditor:
    """Notes every call; returns `answer` or what `answer` makes of the payload, or raises it."""

    answer: object
    local: bool = False
    name: str = "spy"
    calls: list[tuple[Payload, Instruction]] = field(default_factory=list)

    def edit(self, payload, instruction):
        self.calls.append((payload, instruction))
        answer = self.answer(payload) if callable(self.answer) else self.answer
        if isinstance(answer, BaseException):
            raise answer
        return EditResult(answer, self.name)


@dataclass
class SpyRunner:
    """An editor that runs errands; returns what `answer` makes of each, or raises it."""

    takes: Takes
    answer: Callable[[Errand], object] = lambda errand: [zeros_like(errand)] * errand.count
    local: bool = False
    name: str = "runner"
    errands: list[Errand] = field(default_factory=list)

    def edit(self, payload, instruction):
        return self.run(Errand(payload, instruction))[0]

    def run(self, errand):
        self.errands.append(errand)
        answer = self.answer(errand)
        if isinstance(answer, BaseException):
            raise answer
        return tuple(EditResult(each, self.name) for each in answer)


def zeros_like(errand):
    """A black picture of the size that was sent."""
    return np.zeros((*errand.payload.hidden.shape, 3), np.uint8)


@dataclass
class SpyJournal:
    """Notes what is written down, in order; refuses to when `broken` names the step."""

    broken: str = ""
    written: list[tuple[str, Intent | Outcome]] = field(default_factory=list)

    def intend(self, intent):
        if self.broken == "intend":
            raise JournalUnwritable("The disk is full.")
        identity = f"{len(self.written):016x}"
        self.written.append((identity, intent))
        return identity

    def conclude(self, identity, outcome):
        if identity not in [known for known, record in self.written if isinstance(record, Intent)]:
            raise InputError("There is no such send.", sent=outcome.sent)
        if self.broken == "conclude":
            raise JournalUnwritable("The disk is full.", sent=outcome.sent)
        self.written.append((identity, outcome))


@dataclass
class MemoryLedger:
    """Remembers what was hidden for as long as it lives."""

    known: dict[str, np.ndarray] = field(default_factory=dict)

    def name(self, photo):
        return hashlib.sha256(repr(photo).encode() + photo.pixels.tobytes()).hexdigest()

    def recognize(self, photo, *, ahead=False):
        pass

    def protected(self, photo):
        hidden = self.known.get(self.name(photo))
        return None if hidden is None else Mask(hidden)

    def reveal(self, photo, hidden, *, smaller=False):
        before = self.known.get(self.name(photo), hidden)
        if (before & ~hidden).any() and not smaller:
            raise Refused("The mask would show what was hidden.")
        self.known[self.name(photo)] = before & hidden


def simple_parts(**changes: object) -> Parts:
    """Parts that see no face, miss none, and write pixels as they are; any of them may be changed."""
    usual = {
        "detector": FixedDetector(()),
        "searcher": NothingMissed(),
        "segmenter": Nobody(1.0),
        "encoder": RawEncoder(),
        "inspector": SizeInspector(),
        "entropy": seeded(1),
        "journal": SpyJournal(),
        "ledger": MemoryLedger(),
    }
    return Parts(**{**usual, **changes})
