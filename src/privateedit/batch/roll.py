"""The roll of photos: a database in the outputs' folder that says how far each is, whoever is stopped when.

It holds relative names, numbers, digests and words of this program: no pixels, no instruction, no absolute
path. Each change is one transaction, on the disk when it returns, so that a process that is killed leaves
either the state before or the state after.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from privateedit.batch.outcome import DIGEST, Failure, Outcome, Status, unpacked
from privateedit.batch.tables import VERSION, make_tables
from privateedit.core.photo import Pixels
from privateedit.errors import InputError, OutputError, Sent

_PATIENCE = 60.0  # seconds to wait for another process's change
_CLAIM = """
UPDATE items SET status = 'working', owner = :owner WHERE id = coalesce(
    (SELECT id FROM items WHERE status = 'waiting' AND run = (SELECT run FROM pace WHERE halt IS NULL)
    AND kept = 1 AND NOT leave AND after <= :now ORDER BY id LIMIT 1),
    (SELECT id FROM items WHERE status = 'waiting' AND run = (SELECT run FROM pace WHERE halt IS NULL)
    AND after <= :now ORDER BY id LIMIT 1))
RETURNING id, path, name, out, root, kept AND NOT leave, tries, facts
"""
_SENT = (
    "sent = CASE WHEN 'yes' IN (sent, :sent) THEN 'yes' WHEN 'unknown' IN (sent, :sent) THEN 'unknown'"
    " ELSE 'no' END"
)
"""What is known to have been sent only grows."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A photo that one worker has for itself.

    Attributes:
        number, name, out: see `Outcome`.
        root: which place it lies in.
        path: where it lies there.
        kept: whether it was sent earlier and what came back is kept, and is to be used.
        tries: how often it was offered to a service before.
        facts: what is known of that send.
    """

    number: int
    name: str
    out: str
    root: int
    path: str
    kept: bool
    tries: int
    facts: Mapping[str, Any]


class Roll:
    """One connection to the database; each process opens its own."""

    def __init__(self, path: Path) -> None:
        """Open the database, or make an empty one.

        Raises:
            OutputError: it cannot be opened or written.
            InputError: it is another version's, or no such database.
        """
        with telling_trouble():
            self.base = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
            # One file and locks that network drives know as well; FULL has each change on the disk.
            self.base.execute("PRAGMA journal_mode = TRUNCATE")
            self.base.execute("PRAGMA synchronous = FULL")
            with self.change() as base:
                make_tables(base)
            found = self.base.execute("SELECT version FROM about").fetchone()
        if found is not None and found[0] != VERSION:
            raise InputError("The outputs' folder holds a batch of another version of PrivateEdit.")

    def close(self) -> None:
        """Close the connection."""
        self.base.close()

    @contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """Make the statements of the block one change: all of them or none.

        Raises:
            OutputError: it could not be written.
        """
        with telling_trouble():
            self.base.execute("BEGIN IMMEDIATE")
            try:
                yield self.base
            except BaseException:
                self.base.execute("ROLLBACK")
                raise
            self.base.execute("COMMIT")

    def salt(self, fresh: bytes) -> bytes:
        """Return what digests are made with; `fresh` becomes it, if there is none yet."""
        with self.change() as base:
            base.execute(
                "INSERT INTO about SELECT ?, ?, NULL WHERE NOT EXISTS (SELECT 1 FROM about)",
                (VERSION, fresh),
            )
            return bytes(base.execute("SELECT salt FROM about").fetchone()[0])

    def digest_of(self, fingerprint: bytes) -> str:
        """Return what tells a photo's pixels from others', and from outside this batch nothing."""
        with telling_trouble():
            salt = bytes(self.base.execute("SELECT salt FROM about").fetchone()[0])
        digest = hashlib.blake2b(key=salt, digest_size=16, person=b"photo")
        digest.update(fingerprint)
        return digest.hexdigest()

    def require_purpose(self, purpose: bytes) -> None:
        """Refuse to go on with other options than those that the first photos were planned with.

        Raises:
            InputError: they differ.
        """
        with self.change() as base:
            base.execute(
                "UPDATE about SET purpose = ? WHERE purpose IS NULL OR NOT EXISTS (SELECT 1 FROM items)",
                (purpose,),
            )
            if bytes(base.execute("SELECT purpose FROM about").fetchone()[0]) != purpose:
                raise InputError(
                    "The outputs' folder holds a batch with other options; repeat those, or take another."
                )

    # what a worker does

    def claim(self, owner: int, now: float) -> Claimed | None:
        """Give the next photo of this run to a worker, or None when there is none to be had now.

        Those whose answer is kept come first: what was paid for is finished before more is sent.
        """
        with self.change() as base:
            row = base.execute(_CLAIM, {"owner": owner, "now": now}).fetchone()
        if row is None:
            return None
        number, path, name, out, root, kept, tries, facts = row
        return Claimed(
            number,
            unpacked(name),
            unpacked(out),
            root,
            unpacked(path),
            bool(kept),
            tries,
            json.loads(facts or "{}"),
        )

    def next_time(self) -> float | None:
        """Return when the first of the photos that were put off may be tried; None when nothing waits."""
        with telling_trouble():
            row = self.base.execute(
                "SELECT min(after) FROM items WHERE status = 'waiting' AND run = (SELECT run FROM pace WHERE"
                " halt IS NULL)"
            ).fetchone()
        return None if row[0] is None else float(row[0])

    def hold_until_at_most(self, latest: float) -> None:
        """Let no photo be put off longer than `latest`: one that is was so before the clock went back."""
        with self.change() as base:
            base.execute("UPDATE items SET after = ? WHERE after > ?", (latest, latest))

    def returned(self, number: int, facts: Mapping[str, Any]) -> None:
        """Note that a photo was sent and that what came back is kept, with what is known of the send."""
        with self.change() as base:
            base.execute(
                "UPDATE items SET status = 'returned', kept = 1, sent = 'yes', leave = 0, facts = ?"
                " WHERE id = ?",
                (json.dumps(facts), number),
            )

    def done(self, number: int, facts: Mapping[str, Any]) -> None:
        """Note that a photo is done; its output is on the disk, and takes its name next."""
        with self.change() as base:
            base.execute(
                "UPDATE items SET status = 'done', error = NULL, code = 0, message = NULL, leave = 0,"
                " facts = ? WHERE id = ?",
                (json.dumps(facts), number),
            )

    def failed(self, number: int, failure: Failure, *, keeping: bool = True) -> None:
        """Note why a photo was not done; that it was sent is never taken back.

        Without `keeping`, what came back is not kept any more. It is one change, for a photo without its
        answer that does not fail would be sent again.
        """
        with self.change() as base:
            base.execute(
                "UPDATE items SET status = 'failed', error = :error, code = :code,"  # noqa: S608 (fixed texts)
                f" message = :message, leave = 0, kept = kept AND :keeping, {_SENT} WHERE id = :number",
                {
                    "error": failure.error,
                    "code": failure.code,
                    "message": failure.message,
                    "sent": str(failure.sent),
                    "keeping": keeping,
                    "number": number,
                },
            )

    def is_sending(self, number: int) -> bool:
        """Tell whether a photo may be leaving now."""
        with telling_trouble():
            row = self.base.execute("SELECT status FROM items WHERE id = ?", (number,)).fetchone()
        return bool(row[0] == Status.SENDING)

    def put_back(self, number: int, after: float = 0.0, *, sent: Sent = Sent.NO) -> None:
        """Let a photo wait again, until `after`; `sent` tells of an offer that the service did not take."""
        with self.change() as base:
            base.execute(
                f"UPDATE items SET status = 'waiting', after = :after, {_SENT}"  # noqa: S608 (fixed texts)
                " WHERE id = :number",
                {"after": after, "sent": str(sent), "number": number},
            )

    # what became of photos

    def knows(self, number: int) -> bool:
        """Tell whether there is a photo with that number."""
        with telling_trouble():
            return self.base.execute("SELECT 1 FROM items WHERE id = ?", (number,)).fetchone() is not None

    def keeps(self, number: int) -> bool:
        """Tell whether there is a photo with that number whose answer is kept."""
        with telling_trouble():
            row = self.base.execute("SELECT kept FROM items WHERE id = ?", (number,)).fetchone()
        return row is not None and bool(row[0])

    def outcome(self, number: int) -> Outcome:
        """Return what is known of one photo."""
        with telling_trouble():
            return next(self._outcomes("WHERE id = ?", (number,)))

    def outcomes(self) -> Iterator[Outcome]:
        """Yield what is known of every photo, in the order of their numbers."""
        with telling_trouble():
            yield from self._outcomes("ORDER BY id", ())

    def _outcomes(self, which: str, values: tuple[int, ...]) -> Iterator[Outcome]:
        others = "(SELECT group_concat(hex(name)) FROM aliases WHERE aliases.place = items.place)"
        columns = f"id, name, out, status, sent, error, code, message, facts, {others}"
        for row in self.base.execute(f"SELECT {columns} FROM items {which}", values):  # noqa: S608 (fixed texts)
            number, name, out, status, sent, error, code, message, facts, also = row
            failure = None if status != Status.FAILED else Failure(error, code, message, Sent(sent))
            told = json.loads(facts or "{}") if status in {Status.DONE, Status.FAILED} else {}
            told.pop(DIGEST, None)
            names = tuple(sorted(unpacked(bytes.fromhex(each)) for each in (also or "").split(",") if each))
            yield Outcome(
                number, unpacked(name), unpacked(out), Status(status), Sent(sent), failure, told, names
            )


def fingerprint_of(pixels: Pixels) -> bytes:
    """Return what `Roll.digest_of` takes: short, so that no pixels go where the roll is."""
    return hashlib.blake2b(repr(pixels.shape).encode() + pixels.tobytes(), digest_size=32).digest()


@contextmanager
def telling_trouble() -> Iterator[None]:
    """Turn the database's refusals into an error about the outputs' folder.

    Raises:
        OutputError: it cannot be read or written.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(f"The state of the batch cannot be used ({str(error).lower()}).") from error
