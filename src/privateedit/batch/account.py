"""The account of a batch: what `outcomes.jsonl` tells, of photos of this run and of earlier ones.

What left, or may have, is told though its photo waits, where this run does not come to it by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from privateedit.batch.outcome import DIGEST, ENDED, GONE, GONE_UNTAKEN, Failure, Outcome, Status
from privateedit.batch.roll import Roll, telling_trouble
from privateedit.errors import Sent


def account_of(roll: Roll) -> Iterator[Outcome]:
    """Yield what became of every photo of which something is told, in the order of their numbers.

    A photo that has leave to be sent again is told as it was until it ends anew. One that was sent, waits,
    and is not in what was given any more is told as failed; when it is given again, it goes on.

    Raises:
        OutputError: the roll cannot be read.
    """
    waiting = _waiting(roll)
    for outcome in roll.outcomes():
        if outcome.status in ENDED:
            yield outcome
        elif outcome.number in waiting:
            failure, facts = waiting[outcome.number]
            yield replace(outcome, status=Status.FAILED, failure=failure, facts=facts)


def _waiting(roll: Roll) -> dict[int, tuple[Failure, dict[str, Any]]]:
    """Return what is told of photos that wait: few, for most that wait were never sent."""
    with telling_trouble():
        rows = roll.base.execute(
            "SELECT id, leave, kept, sent, error, code, message, facts FROM items WHERE leave = 1"
            " UNION SELECT id, leave, kept, sent, error, code, message, facts FROM items"
            " WHERE status = 'waiting' AND run < (SELECT run FROM pace) AND sent <> 'no'"
        ).fetchall()
    told = {}
    for number, leave, kept, sent, error, code, message, facts in rows:
        known = json.loads(facts or "{}")
        known.pop(DIGEST, None)
        failure = Failure(error, code, message, Sent(sent)) if leave else GONE if kept else GONE_UNTAKEN
        told[number] = replace(failure, sent=Sent(sent)), known
    return told
