"""Departures: what a run as a whole has sent, so that an error which ends it does not say otherwise."""

from __future__ import annotations

from privateedit.batch.roll import Roll, telling_trouble
from privateedit.errors import PrivateEditError, Sent


class Departures:
    """What left since this was made."""

    def __init__(self, roll: Roll) -> None:
        """Take the roll before anything of the run can leave.

        Raises:
            OutputError: it cannot be read.
        """
        self._roll = roll
        with telling_trouble():
            (self._before,) = roll.base.execute("SELECT coalesce(max(id), 0) FROM sends").fetchone()

    def sent(self) -> Sent:
        """Return YES if a picture left for certain, NO if none did; UNKNOWN if that is not known."""
        try:
            with telling_trouble():
                rows = self._roll.base.execute(
                    "SELECT DISTINCT CASE status WHEN 'sending' THEN 'unknown' ELSE sent END FROM items"
                    " WHERE id IN (SELECT item FROM sends WHERE id > ?)",
                    (self._before,),
                ).fetchall()
        except PrivateEditError:
            return Sent.UNKNOWN
        return _most([Sent(sent) for (sent,) in rows])

    def telling(self, error: Exception) -> PrivateEditError:
        """Return an error that says what left; one that is not PrivateEdit's own becomes its cause."""
        told = error
        if not isinstance(told, PrivateEditError):
            told = PrivateEditError(f"Something unexpected went wrong ({type(error).__name__}).")
            told.__cause__ = error
        told.sent, told.knows_what_was_sent = _most([told.sent, self.sent()]), True
        return told


def _most(answers: list[Sent]) -> Sent:
    return next((each for each in (Sent.YES, Sent.UNKNOWN) if each in answers), Sent.NO)
