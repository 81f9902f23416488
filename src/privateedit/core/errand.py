"""`Errand`: what an editor is to carry out, where, with which further pictures, how often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from privateedit.core.edit import Instruction
from privateedit.core.mask import Hidden
from privateedit.core.payload import Payload
from privateedit.errors import InputError, Refused

MOST_RESULTS, MOST_BESIDE = 10, 15
"""What the services that can do most take at once: results, and further pictures."""


@dataclass(frozen=True, eq=False, slots=True)
class Errand:
    """What an editor is to carry, and what else a person asked for. `repr` shows no words and no pixels.

    Attributes:
        payload: the picture to edit.
        instruction: what to do with it.
        where: H×W bool of the payload's size, read-only, True where a person wants the edit; None anywhere.
        beside: further sealed pictures to look at, in order; 15 at most.
        count: how many results, 1 to 10.

    Raises:
        InputError: a number is too large, or `where` marks nothing or has another size or kind.
        Refused: a picture is no payload, or one of those beside is not sealed.
    """

    payload: Payload
    instruction: Instruction
    where: Hidden | None = None
    beside: tuple[Payload, ...] = ()
    count: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "beside", tuple(self.beside))
        if any(type(each) is not Payload for each in (self.payload, *self.beside)):
            raise Refused("Only payloads are carried to an editor.")
        if not all(each.sealed for each in self.beside):
            raise Refused("A face shows through the mask of a further picture; it is not sent along.")
        if len(self.beside) > MOST_BESIDE:
            raise InputError(f"No more than {MOST_BESIDE} further pictures go along with one.")
        if isinstance(self.count, bool) or not 1 <= self.count <= MOST_RESULTS:
            raise InputError(f"The number of results must be from 1 to {MOST_RESULTS}.")
        if self.where is not None:
            object.__setattr__(self, "where", _region(self.where, self.payload))

    def __repr__(self) -> str:
        region = "anywhere" if self.where is None else f"in {float(self.where.mean()):.1%}"
        return f"Errand({self.payload!r}, {region}, {len(self.beside)} beside, {self.count} wanted)"


@dataclass(frozen=True, slots=True)
class Takes:
    """How much an editor takes at once.

    Attributes:
        where: whether it can be told where to edit.
        beside: how many further pictures it looks at.
        count: how many results it gives.
    """

    where: bool = False
    beside: int = 0
    count: int = 1


def _region(where: Hidden, payload: Payload) -> Hidden:
    if where.dtype != np.bool_ or where.shape != payload.hidden.shape:
        raise InputError("The region to edit must be true and false, and as large as the picture.")
    if not where.any():
        raise InputError("The region to edit is empty.")
    # Backed by bytes, as the outline of a payload is.
    return np.frombuffer(np.ascontiguousarray(where).tobytes(), np.bool_).reshape(where.shape)
