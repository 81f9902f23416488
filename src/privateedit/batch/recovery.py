"""Recovery: whatever moment a batch or a worker was stopped at, each photo's state is made true again."""

from __future__ import annotations

from privateedit.batch.leave import end_leave
from privateedit.batch.outcome import ABSENT, DIED, LOST, Failure, Status, unpacked
from privateedit.batch.roll import Roll, telling_trouble
from privateedit.batch.workplace import Workplace
from privateedit.errors import OutputError, Sent

_MOST_DEATHS = 2


def recover(roll: Roll, workplace: Workplace, owner: int | None = None, *, died: bool = False) -> None:
    """Settle the photos of a worker that was stopped (None: of all), and the outputs without a name.

    A photo that nothing had left of waits again. One whose answer is on the disk waits to be restored. Of one
    that was being sent, nobody knows whether it arrived, and it is not sent again by itself. Leave to send
    photos again ends, where all are settled.

    Args:
        roll: of the photos.
        workplace: of the outputs.
        owner: the worker's number; it must have ended.
        died: whether it ended by itself, so that the photo may be the reason.

    Raises:
        OutputError: the state cannot be read or written.
    """
    for number, status in left_behind(roll, owner):
        workplace.returned.release(number)
        if status is not Status.SENDING:
            _let_go(roll, number, died=died)
        elif workplace.answer(number).exists():
            _keep_answer(roll, number)
        else:
            roll.failed(number, LOST)
    _settle_parts(roll, workplace, owner)
    if owner is None:
        end_leave(roll)
        for number in workplace.answers():
            if not roll.keeps(number) or roll.outcome(number).status is Status.DONE:
                workplace.drop(workplace.answer(number))


def _settle_parts(roll: Roll, workplace: Workplace, owner: int | None) -> None:
    """Settle the parts of a worker that has ended; those of others are in their hands."""
    for number in list(workplace.parts(cleaning=owner is None)):
        with telling_trouble():
            row = roll.base.execute("SELECT owner FROM items WHERE id = ?", (number,)).fetchone()
        if row is None:
            workplace.drop(workplace.part(number))
        elif owner is None or row[0] == owner:
            settle_part(roll, workplace, number)


def settle_part(roll: Roll, workplace: Workplace, number: int) -> None:
    """Let the part of a photo that is done take its name; another one is removed."""
    outcome = roll.outcome(number)
    if outcome.status is not Status.DONE:
        workplace.drop(workplace.part(number))
        return
    try:
        workplace.place(number, outcome.out)
    except OutputError as error:
        roll.failed(number, Failure.of(error, Sent.NO))


def check_outputs(roll: Roll, workplace: Workplace, *, sends: bool) -> None:
    """Look whether the outputs of this run's photos are there that were done earlier.

    Where nothing leaves for it, a photo without its output is done again. In a batch that sends, it is told
    as failed, for a send again needs leave; when the output is back, the photo is done as before.

    Args:
        roll: of the photos.
        workplace: of the outputs.
        sends: whether photos leave in this batch at all.

    Raises:
        OutputError: the state cannot be read or written.
    """
    with telling_trouble():
        rows = roll.base.execute(
            "SELECT id, out, status FROM items WHERE run = (SELECT run FROM pace) AND"
            " (status = 'done' OR (status = 'failed' AND message = ?))",
            (ABSENT.message,),
        )
        changed = [
            (number, status == Status.DONE)
            for number, out, status in rows
            if workplace.lacks(unpacked(out)) is (status == Status.DONE)
        ]
    for number, gone in changed:
        if not gone:
            roll.done(number, roll.outcome(number).facts)
        elif sends:
            roll.failed(number, ABSENT, keeping=False)
        else:
            roll.put_back(number)


def left_behind(roll: Roll, owner: int | None) -> list[tuple[int, Status]]:
    """Return the photos that a stopped worker (None: any) had, and how far they were."""
    with telling_trouble():
        rows = roll.base.execute(
            "SELECT id, status FROM items WHERE status IN ('working', 'sending', 'returned')"
            " AND (:owner IS NULL OR owner = :owner)",
            {"owner": owner},
        ).fetchall()
    return [(number, Status(status)) for number, status in rows]


def _let_go(roll: Roll, number: int, *, died: bool) -> None:
    """Let a photo wait again; if its worker died of itself, not for ever."""
    with roll.change() as base:
        base.execute("UPDATE items SET deaths = deaths + ? WHERE id = ?", (int(died), number))
        (deaths,) = base.execute("SELECT deaths FROM items WHERE id = ?", (number,)).fetchone()
    if deaths >= _MOST_DEATHS:
        roll.failed(number, DIED)
    else:
        roll.put_back(number)


def _keep_answer(roll: Roll, number: int) -> None:
    with roll.change() as base:
        base.execute(
            "UPDATE items SET status = 'waiting', kept = 1, sent = 'yes', leave = 0 WHERE id = ?",
            (number,),
        )
