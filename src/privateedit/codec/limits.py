"""`Limits`: how large a picture may be before any pixel of it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

from privateedit.errors import UnreadablePhoto


@dataclass(frozen=True, slots=True)
class Limits:
    """What a picture may cost: bytes as stored, and pixels as announced by its header.

    Both are checked before pixel data is decoded, so a few bytes that announce a huge picture are refused
    without the memory they ask for.
    """

    max_bytes: int = 200 * 1024 * 1024
    max_pixels: int = 100_000_000

    def check_bytes(self, count: int, name: str) -> None:
        """Raise `UnreadablePhoto` if a file of `count` bytes is empty or larger than allowed."""
        if count == 0:
            raise UnreadablePhoto(f"{name} is empty.")
        if count > self.max_bytes:
            raise UnreadablePhoto(f"{name} is larger than the allowed {self.max_bytes:,} bytes.")

    def check_pixels(self, width: int, height: int, name: str) -> None:
        """Raise `UnreadablePhoto` if a picture of that size has no pixels or more than allowed."""
        if width < 1 or height < 1:
            raise UnreadablePhoto(f"{name} has no pixels.")
        if width * height > self.max_pixels:
            raise UnreadablePhoto(
                f"{name} has {width:,} × {height:,} pixels, more than the allowed {self.max_pixels:,}."
            )


DEFAULT_LIMITS = Limits()
