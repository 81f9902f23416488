"""`Order`: what is to be done with every photo of a batch; it travels to the processes, keys never do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any

from privateedit.codec import WRITABLE
from privateedit.core.concealment import Concealment
from privateedit.core.edit import Instruction
from privateedit.core.finish import Finish
from privateedit.core.framing import ImageFormat
from privateedit.errors import InputError

_MASKED: Mapping[str, ImageFormat] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}


class Kind(StrEnum):
    """What a batch does."""

    MASK = "mask"
    """Write the masked pictures, to be sent by hand."""
    RESTORE = "restore"
    """Put the faces back into pictures that came back."""
    EDIT = "edit"
    """The whole job."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done.

    Attributes:
        kind: see `Kind`.
        concealment: what is hidden and how; it names no face and no place in a photo.
        finish: how faces are fitted, and how large results are.
        ending: of the outputs, with its dot; empty for each photo's own, where it can be written.
        keep_metadata: whether results get the photo's EXIF and profile.
        recalling: for restoring, whether a photo is masked as it was last handed over.
        edited: for restoring, the folder of what came back.
        instruction: for editing.
        provider, model, options: who edits.
        sends: whether masked pictures leave this device.
        store: an address of fsspec that outputs are written to, in place of the outputs' folder.

    Raises:
        InputError: the ending cannot be written.
    """

    kind: Kind
    concealment: Concealment
    finish: Finish = Finish()
    ending: str = ""
    keep_metadata: bool = False
    recalling: bool = False
    edited: Path | None = None
    instruction: Instruction | None = None
    provider: str = ""
    model: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    sends: bool = False
    store: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        offered = tuple(_MASKED) if self.kind is Kind.MASK else WRITABLE
        if self.ending and self.ending not in offered:
            raise InputError(f"The format of the outputs must be one of: {_bare(offered)}.")

    def ending_of(self, name: str) -> str:
        """Return the ending of the output for a photo of that name."""
        if self.ending or self.kind is Kind.MASK:
            return self.ending or ".png"
        own = PurePosixPath(name).suffix
        return own if own.lower() in WRITABLE else ".png"

    @staticmethod
    def format_of(ending: str) -> ImageFormat:
        """Return the format of masked pictures with that ending.

        Raises:
            InputError: nothing leaves in such a format.
        """
        if ending and ending not in _MASKED:
            raise InputError(f"The format of masked pictures must be one of: {_bare(tuple(_MASKED))}.")
        return _MASKED[ending or ".png"]

    def digest(self, salt: bytes) -> bytes:
        """Return 32 bytes that tell two orders apart; to test a guess at an instruction takes its time."""
        framing = self.concealment.framing
        facts: dict[str, Any] = {
            "kind": str(self.kind),
            "hiding": self.concealment.settings(),
            "backdrop": self.concealment.backdrop,
            "canvas": framing.canvas,
            "finish": [self.finish.harmonize, self.finish.style_match, *_size(self.finish)],
            "ending": self.ending,
            "metadata": self.keep_metadata,
            "recalling": self.recalling,
            "edited": str(self.edited.resolve()) if self.edited else None,
            "prompt": self.instruction.prompt if self.instruction else None,
            "preset": self.instruction.preset if self.instruction else None,
            "editor": [self.provider, self.model, sorted(self.options.items())],
        }
        if self.store:
            facts["store"] = self.store
        said = json.dumps(facts, sort_keys=True, default=str).encode()
        return hashlib.scrypt(said, salt=salt, n=2**14, r=8, p=1, dklen=32)


def place_of(salt: bytes, place: str) -> bytes:
    """Return the digest under which a photo's place is known, which tells the place to nobody."""
    data = place.encode("utf-8", "surrogateescape")
    return hashlib.blake2b(data, key=salt, digest_size=16, person=b"place").digest()


def _size(finish: Finish) -> tuple[str, int, int]:
    return finish.size.kind, finish.size.width, finish.size.height


def _bare(endings: tuple[str, ...]) -> str:
    return ", ".join(each.removeprefix(".") for each in endings)
