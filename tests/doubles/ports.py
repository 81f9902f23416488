"""Simple stand-ins for the ports, each with one behavior."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.payload import Payload
from privateedit.errors import Refused


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
