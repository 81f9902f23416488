"""The device's secret: 32 random bytes that name photos and vouch for the journal."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from privateedit.core.photo import Photo
from privateedit.core.ports import Entropy
from privateedit.errors import Refused
from privateedit.records.private_files import read_private, replace

_LENGTH = 32
FILE = "key"


class _Names:
    """A photo's names by secret: 0.1 s for 24 megapixels, and every send asks four times."""

    def __init__(self) -> None:
        self.by_secret: dict[bytes, str] = {}
        self.naming = Lock()


_known: WeakKeyDictionary[Photo, _Names] = WeakKeyDictionary()
"""Of each photo that is still held."""

_asking = Lock()


@dataclass(frozen=True, slots=True)
class Key:
    """Makes digests that nobody without the secret can make or check; `repr` never shows it.

    Raises:
        Refused: the secret is not 32 bytes, or has hardly any variety.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        # A file of zeros is what a crash leaves on some disks; 32 random bytes repeat this much never.
        if len(self.secret) != _LENGTH or len(set(self.secret)) < _LENGTH // 4:
            raise Refused("The key of PrivateEdit's records is damaged.")

    def mac(self, purpose: str, data: bytes) -> bytes:
        """Return 32 bytes that vouch for `data` in one purpose only (HMAC-SHA256, RFC 2104)."""
        return hmac.digest(self.secret, purpose.encode() + b"\0" + data, "sha256")

    def vouches(self, purpose: str, data: bytes, mac: bytes) -> bool:
        """Tell in constant time whether `mac` was made for `data` with this key."""
        return hmac.compare_digest(self.mac(purpose, data), mac)

    def photo(self, photo: Photo) -> str:
        """Return 64 hex digits for size and pixels (keyed BLAKE2b, RFC 7693).

        They are worked out once for a photo, whose pixels never change: who asks meanwhile waits.
        """
        with _asking:
            known = _known.setdefault(photo, _Names())
        with known.naming:
            if self.secret not in known.by_secret:
                known.by_secret[self.secret] = self._name(photo)
            return known.by_secret[self.secret]

    def _name(self, photo: Photo) -> str:
        digest = hashlib.blake2b(key=self.secret, digest_size=32, person=b"photo")
        digest.update(photo.width.to_bytes(8, "big") + photo.height.to_bytes(8, "big"))
        digest.update(photo.pixels.data)
        return digest.hexdigest()


def read_key(folder: Path) -> Key | None:
    """Return the folder's key, or None if there is none.

    Raises:
        Refused: others can read it, or it is damaged. Its permissions are never repaired silently: others may
            have read it, and then a new one is better.
        OSError: it cannot be read.
    """
    secret = read_private(folder / FILE)
    return None if secret is None else Key(secret)


def new_key(entropy: Entropy) -> Key:
    """Return a fresh key from the system's generator, not yet on the disk.

    Raises:
        Refused: the generator does not give random bytes.
    """
    return Key(entropy(_LENGTH))


def write_key(folder: Path, key: Key) -> None:
    """Put the key on the disk, whole and private. The caller holds the folder's lock.

    Raises:
        OSError: it could not be written.
    """
    replace(folder / FILE, key.secret)
