"""`ByteInspector`: re-reads encoded bytes with suspicion, without trusting the library that wrote them.

Each parser accepts only what it understands completely. A segment it does not know, a checksum that does not
fit or one byte too many means refusal, whatever the reason.
"""

from __future__ import annotations

from privateedit.codec.inspection.jpeg import check_jpeg
from privateedit.codec.inspection.png import check_png
from privateedit.codec.inspection.webp import check_webp
from privateedit.errors import Refused

_CHECKS = ((b"\x89PNG", check_png), (b"\xff\xd8", check_jpeg), (b"RIFF", check_webp))


class ByteInspector:
    """Lets through one PNG, JPEG or WebP picture of the right size that holds nothing but pixels."""

    def inspect(self, data: bytes, width: int, height: int) -> None:
        """Return only if every byte of `data` serves the pixels of a picture of that size.

        A PNG is accounted for to the last inflated byte. Of JPEG and WebP the entropy-coded parts are not
        decoded here; everything around them is checked.

        Raises:
            Refused: anything else.
        """
        for signature, check in _CHECKS:
            if data.startswith(signature):
                return check(memoryview(data), width, height)
        raise Refused("The encoded picture is neither PNG, JPEG nor WebP.")


__all__ = ["ByteInspector"]
