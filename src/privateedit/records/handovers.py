"""For each photo, how it was last handed over, so that it can be restored without typing it again.

One small file a photo, named by the photo's keyed digest: choices, packed outlines and a MAC. It holds no
pixels, no names and no instruction.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

import numpy as np

from privateedit.core.handover import Handover
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.errors import InputError, Refused
from privateedit.records.key import Key
from privateedit.records.private_files import make_folder, read_private, replace
from privateedit.records.state import HANDOVERS, State

_FORMAT = b"PEH1"
_SIZES = struct.Struct(">III")
"""Height, width, and the bytes of the choices."""
_MAC_LENGTH = 32
_QUICK = 1
"""zlib's level, as in the ledger."""
_DAMAGED = (
    "What is remembered of this photo's last hand-over is damaged or was altered. Type the options that it "
    "was masked with, or forget it: privateedit journal forget --photo."
)


class FileHandovers:
    """Implements `Handovers` as a folder of files."""

    def __init__(self, state: State) -> None:
        self._state = state

    def remember(self, photo: Photo, handover: Handover) -> None:
        """Have it on the disk, in place of any earlier one, how the photo is about to be handed over.

        Raises:
            Refused: the records are damaged or open to others.
            JournalUnwritable: it could not be written.
            InputError: the masks have another size than the photo.
        """
        if handover.mask.hidden.shape != (photo.height, photo.width):
            raise InputError("The masks of a photo that is handed over must have its size.")
        with self._state.opened() as key:
            name = key.photo(photo)
            make_folder(self._folder)
            replace(self._folder / name, _encoded(handover, key, name))

    def recall(self, photo: Photo) -> Handover | None:
        """Return how the photo was last handed over, or None if it never was.

        Raises:
            Refused: the record is damaged, altered or open to others.
        """
        with self._state.existing() as key:
            if key is None:
                return None
            name = key.photo(photo)
            data = read_private(self._folder / name)
        return None if data is None else _decoded(data, key, name, photo)

    def forget(self, photo: Photo) -> bool:
        """Drop what is remembered of a photo, sound or not, and tell whether there was anything.

        Raises:
            Refused: the key is damaged, or the records are open to others.
        """
        with self._state.existing() as key:
            if key is None:
                return False
            path = self._folder / key.photo(photo)
            if not path.exists():
                return False
            path.unlink()
            return True

    def knows(self, photo: Photo) -> bool:
        """Tell whether there is anything about a photo, sound or not.

        Raises:
            Refused: the key is damaged, or the records are open to others.
        """
        with self._state.existing() as key:
            return key is not None and (self._folder / key.photo(photo)).exists()

    @property
    def _folder(self) -> Path:
        return self._state.folder / HANDOVERS


def _encoded(handover: Handover, key: Key, name: str) -> bytes:
    said = {"planes": list(handover.planes), "choices": dict(handover.choices)}
    choices = json.dumps(said, separators=(",", ":"), allow_nan=False).encode("ascii")
    packed = b"".join(np.packbits(plane.hidden).tobytes() for plane in handover.planes.values())
    body = _FORMAT + _SIZES.pack(*handover.mask.hidden.shape, len(choices)) + choices
    body += zlib.compress(packed, _QUICK)
    return body + _mac(key, name, body)


def _mac(key: Key, name: str, body: bytes) -> bytes:
    return key.mac("handover", bytes.fromhex(name) + body)


def _decoded(data: bytes, key: Key, name: str, photo: Photo) -> Handover:
    """Return what the file of that name says.

    Raises:
        Refused: it is not one that this device wrote for that photo, or another version wrote it.
    """
    body, mac = data[:-_MAC_LENGTH], data[-_MAC_LENGTH:]
    if not key.vouches("handover", bytes.fromhex(name) + body, mac) or not body.startswith(_FORMAT):
        raise Refused(_DAMAGED)
    start = len(_FORMAT) + _SIZES.size
    height, width, length = _SIZES.unpack(body[len(_FORMAT) : start])
    try:
        said = json.loads(body[start : start + length])
        planes = _planes(body[start + length :], tuple(said["planes"]), height, width)
        handover = Handover(said["choices"], **planes)
    except (InputError, TypeError) as error:  # another version remembers other choices or planes
        raise Refused(_DAMAGED) from error
    if handover.mask.hidden.shape != (photo.height, photo.width):
        raise Refused(_DAMAGED)
    return handover


def _planes(packed: bytes, names: tuple[str, ...], height: int, width: int) -> dict[str, Mask]:
    count = height * width
    each = (count + 7) // 8
    bits = zlib.decompressobj().decompress(packed, each * len(names))
    planes = {}
    for number, name in enumerate(names):
        own = np.frombuffer(bits, np.uint8, each, each * number)
        planes[name] = Mask(np.unpackbits(own, count=count).reshape(height, width).astype(np.bool_))
    return planes
