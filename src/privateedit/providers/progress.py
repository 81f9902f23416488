"""`Progress`: what of a picture is known to have left."""

from __future__ import annotations

from dataclasses import dataclass, field

from privateedit.errors import Refused, Sent
from privateedit.providers.plan import Outline, Picture


@dataclass
class Progress:
    """What is known to have left; it only grows."""

    sent: Sent = Sent.NO
    written: bool = False
    carried: set[Picture | Outline] = field(default_factory=set)

    def begin(self, places: frozenset[Picture | Outline]) -> None:
        """Note what is about to be carried.

        Raises:
            Refused: some of it was carried before; nothing is sent twice.
        """
        kinds = {place if isinstance(place, Outline) else Picture(number=place.number) for place in places}
        if kinds & self.carried:
            raise Refused("A picture that was sent already was about to be sent again.")
        self.carried |= kinds

    def started(self) -> None:
        """Bytes of the picture are being written."""
        if self.sent is Sent.NO:
            self.sent = Sent.UNKNOWN

    def finished(self) -> None:
        """All of it was given to the system, which may still hold some."""
        self.written = True

    def arrived(self) -> None:
        """The service answers, or has kept silent long after all was written: it has it."""
        if self.written:
            self.sent = Sent.YES
