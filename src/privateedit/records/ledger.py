"""The ledger: for each photo, what every upload so far hid. Whoever has two uploads sees what either shows.

One small file a photo, named by the photo's keyed digest: size, packed bits and a MAC. It holds no pixels.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np

from privateedit.core.mask import Hidden, Mask
from privateedit.core.photo import Photo
from privateedit.errors import InputError, PrivateEditError, Refused
from privateedit.records.key import Key, read_key
from privateedit.records.private_files import make_folder, read_private, replace
from privateedit.records.state import LEDGER, State

_FORMAT = b"PEL1"
_SIZE = struct.Struct(">II")
_MAC_LENGTH = 32
_QUICK = 1
"""zlib's level: 12 megapixels pack in a few milliseconds, and a mask is nearly all runs."""


class FileLedger:
    """Implements `Ledger` as a folder of files."""

    def __init__(self, state: State) -> None:
        self._state = state

    def name(self, photo: Photo) -> str:
        """Return the photo's keyed digest: 64 hex digits that mean nothing without this device's key.

        Raises:
            Refused: the records are damaged, open to others or cannot be made.
        """
        with self._state.opened() as key:
            found = key
        return found.photo(photo)

    def recognize(self, photo: Photo, *, ahead: bool = False) -> None:
        """Work out the photo's name, which is remembered with it, if there are records.

        Where there are none, and they are about to be made, it is worked out `ahead` of them. Nobody else's
        lock is waited for, and what is wrong with the records is told by whoever needs them.
        """
        with suppress(OSError, PrivateEditError):
            key = self._state.likely_key() if ahead else read_key(self._state.folder)
            if key is not None:
                key.photo(photo)

    def protected(self, photo: Photo) -> Mask | None:
        """Return what every earlier upload hid, or None for a photo never uploaded.

        Raises:
            Refused: the record is damaged, altered or open to others.
        """
        with self._state.existing() as key:
            hidden = None if key is None else _stored(self._folder, key, key.photo(photo), photo)
        return None if hidden is None else Mask(hidden)

    def reveal(self, photo: Photo, hidden: Hidden, *, smaller: bool = False) -> None:
        """Have it on the disk that everything outside `hidden` is about to be shown.

        The check and the entry are one step, so that two sends at once cannot both be the first.

        Raises:
            Refused: without `smaller`, `hidden` shows what an earlier upload hid, or it could not be written.
            InputError: `hidden` has another size than the photo.
        """
        if hidden.shape != (photo.height, photo.width) or hidden.dtype != np.bool_:
            raise InputError("What a photo hides must be an array of true and false of its size.")
        with self._state.opened() as key:
            name = key.photo(photo)
            before = _stored(self._folder, key, name, photo)
            if before is None:
                make_folder(self._folder)
                replace(self._folder / name, _encoded(hidden, key, name))
                return
            shown = before & ~hidden
            if not shown.any():
                return
            if not smaller:
                raise Refused("The mask would show what an earlier upload of this photo hid.")
            replace(self._folder / name, _encoded(before & hidden, key, name))

    def forget(self, photo: Photo) -> str | None:
        """Drop what is known of a photo and return its digest, or None when nothing was known.

        Raises:
            Refused: the records are damaged or open to others.
        """
        with self._state.existing() as key:
            if key is None:
                return None
            name = key.photo(photo)
            path = self._folder / name
            if not path.exists():
                return None
            path.unlink()
            return name

    @property
    def _folder(self) -> Path:
        return self._state.folder / LEDGER


def _encoded(hidden: Hidden, key: Key, name: str) -> bytes:
    packed = zlib.compress(np.packbits(hidden).tobytes(), _QUICK)
    body = _FORMAT + _SIZE.pack(*hidden.shape) + packed
    return body + _mac(key, name, body)


def _mac(key: Key, name: str, body: bytes) -> bytes:
    return key.mac("ledger", bytes.fromhex(name) + body)


def _stored(folder: Path, key: Key, name: str, photo: Photo) -> Hidden | None:
    """Return what is recorded for the photo of that digest.

    Raises:
        Refused: the file is not one that this device wrote for that photo.
    """
    data = read_private(folder / name)
    if data is None:
        return None
    body, mac = data[:-_MAC_LENGTH], data[-_MAC_LENGTH:]
    head = _FORMAT + _SIZE.pack(photo.height, photo.width)
    if not key.vouches("ledger", bytes.fromhex(name) + body, mac) or not body.startswith(head):
        raise Refused("What is recorded of this photo's earlier uploads is damaged or was altered.")
    count = photo.height * photo.width
    packed = zlib.decompressobj().decompress(body[len(head) :], (count + 7) // 8)
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=count)
    return bits.reshape(photo.height, photo.width).astype(np.bool_)
