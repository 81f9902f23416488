"""`PackedAhead`: a picture is encoded and its bytes inspected while others still look at it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from privateedit.core.framing import ImageFormat
from privateedit.core.photo import Pixels
from privateedit.core.ports import Encoder, Inspector


class PackedAhead:
    """An `Encoder` and `Inspector` that may begin with one picture before it is asked to.

    Only for the very array it began with, which nobody can write to, is the answer what was begun: an equal
    one is encoded anew, so that a proof which encodes twice still encodes twice. What was begun and is not
    asked for is dropped. Entered, it holds a thread.
    """

    def __init__(self, encoder: Encoder, inspector: Inspector) -> None:
        self._encoder, self._inspector = encoder, inspector
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="packing")
        self._begun: tuple[Pixels, ImageFormat, Future[bytes]] | None = None
        self._inspected: Future[None] | None = None

    def __enter__(self) -> PackedAhead:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._beside.shutdown(wait=False, cancel_futures=True)

    def begin(self, pixels: Pixels, image_format: ImageFormat) -> None:
        """Begin to encode and inspect a read-only picture; what was begun earlier is forgotten."""
        if pixels.flags.writeable:
            return
        encoded = self._beside.submit(self._encoder.encode, pixels, image_format)
        height, width = pixels.shape[:2]
        self._begun = pixels, image_format, encoded
        inspect = self._inspector.inspect
        self._inspected = self._beside.submit(lambda: inspect(encoded.result(), width, height))

    def encode(self, pixels: Pixels, image_format: ImageFormat) -> bytes:
        """Return the encoded picture; see `Encoder`."""
        if self._begun is not None and pixels is self._begun[0] and image_format == self._begun[1]:
            return self._begun[2].result()
        return self._encoder.encode(pixels, image_format)

    def inspect(self, data: bytes, width: int, height: int) -> None:
        """Return only if `data` is one picture of that size and nothing else; see `Inspector`."""
        if self._begun is not None and self._inspected is not None:
            pixels, _, encoded = self._begun
            if encoded.done() and data is encoded.result() and pixels.shape[:2] == (height, width):
                return self._inspected.result()
        return self._inspector.inspect(data, width, height)
