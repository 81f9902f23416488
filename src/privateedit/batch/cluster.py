"""A batch on a Ray cluster (the extra `ray`): Ray starts the workers and carries what is said between them.

Nothing is left to Ray that would do a photo again by itself: actors are not restarted, and calls are not
repeated. No key is handed to Ray: each worker reads the settings of its own node.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from privateedit.batch import storage
from privateedit.batch.cluster_crew import ClusterCrew, Lost, Ticket
from privateedit.batch.cluster_desk import ClusterDesk
from privateedit.batch.cluster_hand import Hand, JournalCheck, Posting
from privateedit.batch.merged_journal import Part, write_report
from privateedit.batch.naming import JOURNALS
from privateedit.batch.roll import Claimed
from privateedit.batch.worker import Shift
from privateedit.codec import write_atomically
from privateedit.errors import ExtraMissing, InputError, Missing, OutputError, PrivateEditError

HERE = "auto"
"""The address of the cluster that this machine belongs to."""


def require_cluster(address: str) -> None:
    """Connect to a cluster, which must be running: none is started.

    Raises:
        ExtraMissing: Ray is not installed.
        InputError: the address is of a kind that cannot be used.
        Missing: there is no cluster there.
    """
    ray = _ray()
    if "://" in address:
        raise InputError("Begin the batch on a machine of the cluster, and give --address as HOST:PORT.")
    if ray.is_initialized():
        return
    try:
        ray.init(
            address or HERE,
            namespace=f"privateedit-{secrets.token_hex(8)}",
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise Missing("No Ray cluster answers at that address.") from error


def work_on_cluster(
    shift: Shift, count: int | None, waiting: int, tell: Callable[[int], None], stopping: Callable[[], bool]
) -> None:
    """Work on the cluster that `require_cluster` found, and write the report on its journals.

    Args:
        shift: what is to be done.
        count: of workers; None for one on each core of the cluster.
        waiting: how many photos there are to do.
        tell: is told the number of each photo that was worked on.
        stopping: whether the batch is to stop.

    Raises:
        PrivateEditError: the workers cannot work, or the state cannot be written.
    """
    fleet = RayFleet(posting_of(shift), shift.limits)
    crew = ClusterCrew(fleet, min(count or fleet.cores(), waiting), tell)
    try:
        crew.work(stopping)
        write_report(fleet.journals(crew.ready()), shift.workplace.journals)
    finally:
        fleet.end()
        shift.workplace.locks.await_orphans(lambda: None)  # the desk has let the roll go


def posting_of(shift: Shift) -> Posting:
    """Return what workers are told, after the mark is written that shows them the shared folder.

    Raises:
        InputError: an address holds a password.
        OutputError: the mark cannot be written.
    """
    for each in (*(root.locator for root in shift.roots if root.remote), shift.order.store):
        storage.require_no_password(each)
    mark = secrets.token_hex(16)
    write_atomically(shift.workplace.home / "cluster", mark.encode("ascii"))
    edited = shift.order.edited
    order = replace(shift.order, edited=edited.resolve() if edited else None)
    return Posting(replace(shift, order=order), mark, secrets.token_hex(4))


class RayFleet:
    """Implements `Fleet` with Ray's actors."""

    def __init__(self, posting: Posting, limits: object) -> None:
        self._ray = _ray()
        self._posting, self._workplace = posting, posting.shift.workplace
        self._actors: dict[int, Any] = {}
        self._calls: dict[Ticket, int] = {}
        self._nodes: dict[int, str] = {}
        here = self._ray.get_runtime_context().get_node_id()
        self._desk = self._actor(ClusterDesk, 0, _on_node(here)).remote(self._workplace, limits)

    def cores(self) -> int:
        """Return how many workers the cluster has room for."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def _actor(self, kind: type, cores: int, where: object) -> Any:  # noqa: ANN401 (Ray tells no types)
        options = {"num_cpus": cores, "max_restarts": 0, "max_task_retries": 0}
        return self._ray.remote(kind).options(**options, scheduling_strategy=where)

    def hire(self, owner: int) -> Ticket:
        """See `Fleet`."""
        hand = self._actor(RayHand, 1, "SPREAD").remote(self._posting, owner, self._desk)
        self._actors[owner] = hand
        return self._called(owner, hand.warm.remote())

    def give(self, owner: int, claimed: Claimed) -> Ticket:
        """See `Fleet`."""
        return self._called(owner, self._actors[owner].work.remote(claimed))

    def _called(self, owner: int, ticket: Ticket) -> Ticket:
        self._calls[ticket] = owner
        return ticket

    def wait(self, tickets: Iterable[Ticket], seconds: float) -> list[Ticket]:
        """See `Fleet`."""
        asked = list(tickets)
        ended, _ = self._ray.wait(asked, num_returns=1, timeout=seconds)
        more, _ = self._ray.wait(asked, num_returns=len(asked), timeout=0)
        return list({*ended, *more})

    def result(self, ticket: Ticket) -> PrivateEditError | None:
        """See `Fleet`."""
        owner = self._calls.pop(ticket)
        found = self._fetched(ticket)
        if isinstance(found, str):
            self._nodes[owner] = found
            return None
        return found if isinstance(found, PrivateEditError) else None

    def _fetched(self, ticket: object) -> Any:  # noqa: ANN401
        try:
            return self._ray.get(ticket)
        except self._ray.exceptions.RayError as error:
            raise Lost from error

    def dismiss(self, owner: int) -> None:
        """See `Fleet`."""
        actor = self._actors.pop(owner, None)
        if actor is not None:
            self._ray.kill(actor, no_restart=True)

    def claim(self, owner: int) -> Claimed | None:
        """See `Fleet`."""
        found: Claimed | None = self._told(self._desk.claim.remote(owner))
        return found

    def seconds(self) -> float | None:
        """See `Fleet`."""
        found: float | None = self._told(self._desk.seconds.remote())
        return found

    def let_go(self, owner: int, *, died: bool) -> dict[int, bool]:
        """See `Fleet`."""
        return dict(self._told(self._desk.let_go.remote(owner, died=died)))

    def close(self) -> None:
        """See `Fleet`."""
        self._told(self._desk.close.remote())

    def _told(self, ticket: object) -> Any:  # noqa: ANN401
        try:
            return self._ray.get(ticket)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, PrivateEditError):
                raise error.cause from error
            raise
        except self._ray.exceptions.RayError as error:
            raise OutputError("What keeps the state of the batch is gone; give the command again.") from error

    def journals(self, ready: Iterable[int]) -> list[Part]:
        """Return each node's journal, checked there, with a copy here; nodes that are lost are named.

        Raises:
            OutputError: a copy could not be written.
        """
        asked: dict[str, int] = {}
        for owner in ready:
            asked.setdefault(self._nodes[owner], owner)
        lost = sorted(set(self._nodes.values()) - asked.keys())
        return [self._journal(node, asked[node]) for node in sorted(asked)] + [Part(node) for node in lost]

    def _journal(self, node: str, owner: int) -> Part:
        hand = self._actors[owner]
        folder = self._workplace.home / JOURNALS
        try:
            check: JournalCheck = self._fetched(hand.check_journal.remote())
            path = folder / f"{check.first or node}.jsonl"  # nodes get new names whenever they start
            folder.mkdir(exist_ok=True)
            with path.open("wb") as file:
                while piece := self._fetched(hand.journal_piece.remote(file.tell())):
                    file.write(piece)
        except Lost:
            return Part(node)
        except OSError as error:
            raise OutputError("The copy of a node's journal could not be written.") from error
        return Part(node, check, path)

    def end(self) -> None:
        """End all workers, and then the desk, so that it settles nothing after them."""
        for owner in list(self._actors):
            self.dismiss(owner)
        try:
            self._ray.get(self._desk.end.remote(), timeout=60)
        except self._ray.exceptions.RayError:
            logging.getLogger(__name__).info("The desk had ended already.")
        self._ray.kill(self._desk, no_restart=True)


class RayHand:
    """A worker as an actor: it reaches the desk through Ray."""

    def __init__(self, posting: Posting, owner: int, desk: Any) -> None:  # noqa: ANN401
        def ask(name: str, number: int, *more: object) -> object:
            return _asked(desk, owner, name, number, *more)

        self._hand = Hand(posting, owner, ask)

    def warm(self) -> PrivateEditError | str:
        """Return the node's name, or why the worker cannot work."""
        return self._hand.warm() or str(_ray().get_runtime_context().get_node_id())

    def work(self, claimed: Claimed) -> PrivateEditError | None:
        """See `Hand`."""
        return self._hand.work(claimed)

    def check_journal(self) -> JournalCheck:
        """See `Hand`."""
        return self._hand.check_journal()

    def journal_piece(self, start: int) -> bytes:
        """See `Hand`."""
        return self._hand.journal_piece(start)


def _asked(desk: Any, owner: int, name: str, number: int, *more: object) -> object:  # noqa: ANN401
    ray = _ray()
    try:
        found: object = ray.get(desk.ask.remote(owner, name, number, *more))
    except ray.exceptions.RayError as error:
        raise OutputError("The batch is gone.") from error
    if isinstance(found, PrivateEditError):
        raise found
    return found


def _on_node(node: str) -> object:
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415 (an extra)

    return NodeAffinitySchedulingStrategy(node, soft=False)


def _ray() -> Any:  # noqa: ANN401 (an extra, which is not always there)
    try:
        import ray  # noqa: PLC0415
        import ray.exceptions  # noqa: PLC0415
    except ImportError:
        raise ExtraMissing("A batch on a cluster needs the extra: pip install 'privateedit[ray]'.") from None
    return ray
