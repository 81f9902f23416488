"""Pauses: whoever looks on hears that the service asked to wait, and for how long nothing leaves."""

from __future__ import annotations

from collections.abc import Callable

from privateedit.batch.pace import seconds_held
from privateedit.batch.roll import Roll
from privateedit.errors import OutputError

_EVERY = 1.0  # seconds


class Pauses:
    """Looks at the roll, where any worker on any machine writes a pause down."""

    def __init__(self, roll: Roll, clock: Callable[[], float], tell: Callable[[float], None]) -> None:
        """Take the roll, the clock that its times are told by, and whoever is told of seconds."""
        self._roll, self._clock, self._tell = roll, clock, tell
        self._looked, self._waits = float("-inf"), False

    def look(self) -> None:
        """Tell of the seconds that are left, once a second at most, and of 0 when it goes on.

        A look that fails tells nothing: nobody's work depends on it.
        """
        now = self._clock()
        if 0 <= now - self._looked < _EVERY:
            return
        self._looked = now
        try:
            seconds = seconds_held(self._roll, now)
        except OutputError:
            return
        if seconds or self._waits:
            self._tell(seconds)
        self._waits = seconds > 0

    def looking(self, stopping: Callable[[], bool]) -> Callable[[], bool]:
        """Return `stopping`, with a look whenever it is asked: that is what workers are waited for with."""

        def asked() -> bool:
            self.look()
            return stopping()

        return asked
