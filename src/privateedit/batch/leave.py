"""Leave to send photos again that were sent before: it is for one run and for one send.

A photo with leave waits as others do. What its earlier send ended with stays on the roll, and what came back
of it stays on the disk, until the photo leaves again. So when a run ends before its turn, or is killed, all
is as it was before leave was given.
"""

from __future__ import annotations

import sqlite3

from privateedit.batch.outcome import CHANGED, DAMAGED, PUT_OFF
from privateedit.batch.roll import Roll
from privateedit.errors import CannotAlign

_WAITS = "leave = 1 AND +status = 'waiting'"
"""With the plus sign, the few with leave are looked through, and not all that wait."""


def give_leave(base: sqlite3.Connection, *, unknown: bool, sent: bool) -> None:
    """Let photos of this run wait that failed and are sent again with leave alone.

    Of a photo whose answer is kept, that answer is as good as before, unless it is damaged, is not the
    photo's own, or does not fit.

    Args:
        base: the roll's, in a change.
        unknown: leave for those of which nobody knows whether they were sent.
        sent: leave for those that were sent for nothing.
    """
    base.execute(
        "UPDATE items SET leave = 1, status = 'waiting', after = 0, tries = 0"
        " WHERE status = 'failed' AND run = (SELECT run FROM pace)"
        " AND ((:unknown AND sent = 'unknown' AND NOT kept)"
        " OR (:sent AND sent = 'yes' AND (NOT kept OR message IN (:changed, :damaged) OR code = :misfit)))",
        {
            "unknown": unknown,
            "sent": sent,
            "changed": CHANGED,
            "damaged": DAMAGED.message,
            "misfit": CannotAlign.exit_code,
        },
    )


def end_leave(roll: Roll) -> None:
    """Let photos fail again, as before, that had leave and were not sent in this run; nobody may work.

    One that the service put off is told so: an earlier answer is not kept any more.

    Raises:
        OutputError: the roll cannot be written.
    """
    with roll.change() as base:
        base.execute(
            "UPDATE items SET error = :error, code = :code, message = :message"  # noqa: S608 (fixed texts)
            f" WHERE {_WAITS} AND tries > 0",
            {"error": PUT_OFF.error, "code": PUT_OFF.code, "message": PUT_OFF.message},
        )
        base.execute(f"UPDATE items SET status = 'failed', leave = 0 WHERE {_WAITS}")  # noqa: S608 (fixed texts)
