"""A ledger for measuring: what was uploaded earlier must not change what is measured."""

from __future__ import annotations

from privateedit.core.mask import Hidden, Mask
from privateedit.core.photo import Photo
from privateedit.errors import Refused


class NoMemory:
    """A ledger that knows no earlier upload: each setting is measured by itself."""

    def name(self, photo: Photo) -> str:
        """Return a digest that stands for no photo."""
        return "0" * 64

    def recognize(self, photo: Photo, *, ahead: bool = False) -> None:
        """Do nothing: no photo was ever uploaded."""

    def protected(self, photo: Photo) -> Mask | None:
        """Return None: no photo was ever uploaded."""
        return None

    def reveal(self, photo: Photo, hidden: Hidden, *, smaller: bool = False) -> None:
        """Refuse: with this ledger nothing can be sent.

        Raises:
            Refused: always.
        """
        raise Refused("Nothing leaves while measuring.")
