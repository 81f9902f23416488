"""The pace of sends, which all workers of a batch share: what may leave now, and when the batch gives up."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from privateedit.batch.limits import LONGEST_PAUSE, MINUTE, Halt, Limits
from privateedit.batch.roll import Roll, telling_trouble


class Pace:
    """One worker's view of it; what it changes is on the disk, for all others and for later runs."""

    def __init__(self, roll: Roll, limits: Limits) -> None:
        self._roll, self._limits = roll, limits

    def begin_send(
        self,
        number: int,
        now: float,
        facts: Mapping[str, Any] | None = None,
        forget: Callable[[], None] = lambda: None,
    ) -> float | None:
        """Have it on the disk that a photo is about to leave, masked, and what is known of it; return 0.

        Where it may not leave yet, nothing is changed and the seconds to wait are returned; None where no
        more may leave at all.

        Args:
            number: the photo's.
            now: seconds since 1970.
            facts: what is known of it.
            forget: has it on the disk that nothing is kept of an earlier send; called before the roll says
                that a photo leaves again, so that what came back of the one is never taken for the other's.
        """
        with self._roll.change() as base:
            until, halt = base.execute("SELECT until, halt FROM pace").fetchone()
            if halt is not None:
                return None
            if self._is_used_up():
                base.execute("UPDATE pace SET halt = ?", (Halt.CEILING.name,))
                return None
            if until > now + LONGEST_PAUSE:  # the clock went back since
                until = now + LONGEST_PAUSE
                base.execute("UPDATE pace SET until = ?", (until,))
            wait = max(float(until) - now, self._crowded(now))
            if wait > 0:
                return wait
            if base.execute("SELECT 1 FROM items WHERE id = ? AND sent <> 'no'", (number,)).fetchone():
                forget()
            base.execute("INSERT INTO sends (item, begun) VALUES (?, ?)", (number, now))
            base.execute(
                "UPDATE items SET status = 'sending', kept = 0, tries = tries + 1,"
                " facts = coalesce(?, facts) WHERE id = ?",
                (None if facts is None else json.dumps(facts), number),
            )
            return 0.0

    def ends_before_it_begins(self) -> bool:
        """Tell whether as many left as may, and no answer waits to be used; then the run is halted."""
        with self._roll.change() as base:
            answer = base.execute(
                "SELECT 1 FROM items WHERE status = 'waiting' AND run = (SELECT run FROM pace)"
                " AND kept = 1 AND NOT leave LIMIT 1"
            ).fetchone()
            if answer is not None or not self._is_used_up():
                return False
            base.execute("UPDATE pace SET halt = ? WHERE halt IS NULL", (Halt.CEILING.name,))
            return True

    def _is_used_up(self) -> bool:
        """Tell whether no more may leave in all runs together."""
        if self._limits.at_most is None:
            return False
        (count,) = self._roll.base.execute("SELECT count(*) FROM sends").fetchone()
        return int(count) >= self._limits.at_most

    def _crowded(self, now: float) -> float:
        """Return seconds until a picture more fits into a minute."""
        per_minute = self._limits.per_minute
        if per_minute is None:
            return 0.0
        # After the clock went back, what left lately counts as if it left now, and once.
        self._roll.base.execute("UPDATE sends SET begun = :now WHERE begun > :now", {"now": now})
        row = self._roll.base.execute(
            "SELECT begun FROM sends WHERE begun > ? ORDER BY begun DESC LIMIT 1 OFFSET ?",
            (now - MINUTE, per_minute - 1),
        ).fetchone()
        return 0.0 if row is None else min(MINUTE, row[0] + MINUTE - now)

    def pause(self, until: float) -> None:
        """Let nothing leave until then."""
        with self._roll.change() as base:
            base.execute("UPDATE pace SET until = max(until, ?)", (until,))

    def served(self) -> None:
        """Note that the service answered with a picture: failures are counted from here."""
        with self._roll.change() as base:
            base.execute("UPDATE pace SET failures = 0")

    def failed(self) -> None:
        """Count a failure of the service, and halt when there were too many in a row."""
        with self._roll.change() as base:
            base.execute("UPDATE pace SET failures = failures + 1")
            if self._limits.failures:
                base.execute(
                    "UPDATE pace SET halt = ? WHERE failures >= ? AND halt IS NULL",
                    (Halt.FAILURES.name, self._limits.failures),
                )

    def halt(self, why: Halt) -> None:
        """Let no worker begin another photo in this run."""
        with self._roll.change() as base:
            base.execute("UPDATE pace SET halt = ? WHERE halt IS NULL", (why.name,))

    def halted(self) -> Halt | None:
        """Return why this run stopped early, if it did."""
        with telling_trouble():
            (name,) = self._roll.base.execute("SELECT halt FROM pace").fetchone()
        return None if name is None else Halt[name]


def seconds_held(roll: Roll, now: float) -> float:
    """Return seconds in which nothing leaves because a service asked to wait; 0 when nobody waits."""
    with telling_trouble():
        (until,) = roll.base.execute("SELECT until FROM pace WHERE halt IS NULL").fetchone() or (now,)
    return min(LONGEST_PAUSE, max(0.0, float(until) - now))


def seconds_to_next(roll: Roll, now: float) -> float | None:
    """Return seconds until a photo that was put off may be tried; None when nothing waits.

    None is put off for longer than `LONGEST_PAUSE`: one that is was so before the clock went back.
    """
    after = roll.next_time()
    if after is not None and after > now + LONGEST_PAUSE:
        after = now + LONGEST_PAUSE
        roll.hold_until_at_most(after)
    return None if after is None else max(0.0, after - now)
