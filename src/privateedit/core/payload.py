"""`Payload`: the exact bytes that may leave the device. Only `seal()` can make one."""

from __future__ import annotations

import hashlib
from typing import NoReturn, final

import numpy as np
from numpy.typing import NDArray

from privateedit.errors import Refused

_MEDIA_TYPES = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
_MINT = object()


@final
class Payload:
    """An encoded picture that passed the non-interference check, with the digest that identifies it.

    Attributes:
        data: the bytes of the picture, freshly encoded, pixels and nothing else.
        media_type: ``image/png``, ``image/jpeg`` or ``image/webp``.
        width, height: size in pixels.
        hidden: bool H×W, read-only, True where the picture is masked. Tells the outline only; adapters draw
            a service's mask from it.
        sha256: hex digest of `data`.
        sealed: True when scrambling the hidden pixels left every byte the same.

    It cannot be built, altered, copied with changes or pickled. `repr` shows digest and size, never content.
    """

    __slots__ = ("_data", "_format", "_hidden", "_sealed", "_sha256")

    _data: bytes
    _format: str
    _hidden: NDArray[np.bool_]
    _sealed: bool
    _sha256: str

    def __init__(
        self, mint: object, *, data: bytes, image_format: str, hidden: NDArray[np.bool_], sealed: bool
    ) -> None:
        if mint is not _MINT:
            raise Refused("Only seal() can make a payload.")
        # Backed by bytes, so that not even the writeable flag can be set again.
        outline = np.frombuffer(np.ascontiguousarray(hidden, np.bool_).tobytes(), np.bool_).reshape(
            hidden.shape
        )
        for name, value in (
            ("_data", bytes(data)),
            ("_format", image_format),
            ("_hidden", outline),
            ("_sealed", sealed),
            ("_sha256", hashlib.sha256(data).hexdigest()),
        ):
            object.__setattr__(self, name, value)

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError("A payload has no other kinds.")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("A payload cannot be altered.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("A payload cannot be altered.")

    def __reduce__(self) -> NoReturn:
        raise TypeError("A payload cannot be pickled or copied.")

    @property
    def data(self) -> bytes:
        """The bytes that may leave."""
        return self._data

    @property
    def media_type(self) -> str:
        """The IANA media type of `data`."""
        return _MEDIA_TYPES[self._format]

    @property
    def width(self) -> int:
        """Columns."""
        return int(self._hidden.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self._hidden.shape[0])

    @property
    def hidden(self) -> NDArray[np.bool_]:
        """True where the picture is masked."""
        return self._hidden

    @property
    def sealed(self) -> bool:
        """Whether the non-interference check passed."""
        return self._sealed

    @property
    def sha256(self) -> str:
        """Hex SHA-256 of `data`."""
        return self._sha256

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        state = "sealed" if self._sealed else "exposed"
        return f"Payload({self.width}×{self.height}, {len(self)} bytes, {state}, sha256={self._sha256[:12]}…)"


def _mint(*, data: bytes, image_format: str, hidden: NDArray[np.bool_], sealed: bool) -> Payload:
    """Make a payload. Called by `privateedit.core.seal` alone; a test in tests/architecture holds that."""
    return Payload(_MINT, data=data, image_format=image_format, hidden=hidden, sealed=sealed)
