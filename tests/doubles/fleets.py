"""A fleet in this process: workers are objects, and whatever is waited for is done when it is asked for."""

from __future__ import annotations

from itertools import count

from privateedit.batch.cluster_crew import Lost
from privateedit.batch.cluster_desk import ClusterDesk
from privateedit.batch.cluster_hand import Hand, Posting
from privateedit.batch.limits import Limits
from privateedit.batch.worker import Shift
from privateedit.errors import PrivateEditError


def asking(desk: ClusterDesk, owner: int):
    """What a worker of that number asks with; errors are raised, as a fleet does."""

    def ask(name, number, *more):
        found = desk.ask(owner, name, number, *more)
        if isinstance(found, PrivateEditError):
            raise found
        return found

    return ask


def posting(stage, limits: Limits | None = None, **more) -> Posting:
    """What the workers of a stage are told; the mark is where they look for it."""
    shift = Shift(stage.order, tuple(stage.sources.roots), stage.workplace, limits or Limits(), threads=1)
    (stage.workplace.home / "cluster").write_text("mark")
    return Posting(shift, "mark", "run", **more)


class FleetHere:
    """Implements `Fleet`; `loses(owner, claimed)` tells of a loss over a photo (None: at the start).

    `error` is what every worker cannot begin with, `errors` what one cannot go on with at a photo of a name.
    """

    def __init__(self, stage, loses=lambda owner, claimed: False, error=None, errors=()) -> None:
        self.desk = ClusterDesk(stage.workplace, Limits())
        self.posting, self._loses, self._error = posting(stage), loses, error
        self._errors = dict(errors)
        self.hands: dict[int, Hand] = {}
        self.given, self.dismissed, self._numbers, self._calls = [], [], count(), {}

    def hire(self, owner):
        self.hands[owner] = Hand(self.posting, owner, asking(self.desk, owner))
        return self._ticket(owner, None)

    def give(self, owner, claimed):
        self.given.append(claimed.name)
        return self._ticket(owner, claimed)

    def _ticket(self, owner, claimed):
        ticket = next(self._numbers)
        self._calls[ticket] = owner, claimed
        return ticket

    def wait(self, tickets, seconds):
        return list(tickets)

    def result(self, ticket):
        owner, claimed = self._calls.pop(ticket)
        if self._loses(owner, claimed):
            raise Lost
        if claimed is None:
            return self._error or self.hands[owner].warm()
        if claimed.name in self._errors:
            return self._errors[claimed.name]
        return self.hands[owner].work(claimed)

    def dismiss(self, owner):
        self.dismissed.append(owner)

    def claim(self, owner):
        return self.desk.claim(owner)

    def seconds(self):
        return self.desk.seconds()

    def let_go(self, owner, *, died):
        return self.desk.let_go(owner, died=died)

    def close(self):
        self.desk.close()
