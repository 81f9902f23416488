import threading
import time
from dataclasses import dataclass, field

import anyio
import anyio.from_thread
import pytest

from privateedit.errors import NotServed, Unreachable
from privateedit.server.desk import Desk
from privateedit.server.limits import ServerLimits


@dataclass
class Way:
    """A send that waits until it is stopped; like an editor, it cannot be hashed."""

    stopped: threading.Event = field(default_factory=threading.Event)

    def stop(self):
        self.stopped.set()

    def carry(self):
        assert self.stopped.wait(10)
        raise Unreachable("stopped")


def there():
    return anyio.Event()


def gone():
    left = anyio.Event()
    left.set()
    return left


def desk(**limits):
    return Desk(ServerLimits(**limits))


def test_too_many_are_asked_to_come_back():
    found = desk(waiting=2)
    with found.admitted(), found.admitted():
        with pytest.raises(NotServed) as caught, found.admitted():
            pass
        assert (caught.value.status, caught.value.retry_after) == (503, 5)
        assert found.inside == 2
    with found.admitted():
        assert found.inside == 1


def test_a_server_that_closes_takes_nothing_new():
    found = desk()
    found.closing = True
    with pytest.raises(NotServed) as caught, found.admitted():
        pass
    assert caught.value.code == "shutting_down"


def test_only_a_few_are_worked_on_and_the_loop_goes_on():
    found, at_once, most = desk(workers=2), [0], [0]
    lock, two = threading.Lock(), threading.Barrier(2)

    def work():
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        two.wait(20)
        time.sleep(0.05)  # in which a third would come
        with lock:
            at_once[0] -= 1

    async def all_of_them():
        ticks = 0
        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(found.work, work)
            for _ in range(10):
                await anyio.sleep(0.005)
                ticks += 1
        return ticks

    assert anyio.run(all_of_them) == 10
    assert most[0] == 2


def test_a_result_and_an_error_come_through():
    def fail():
        raise Unreachable("no connection")

    async def both():
        assert await desk().send(lambda: 5, Way(), there()) == 5
        with pytest.raises(Unreachable, match="no connection"):
            await desk().send(fail, Way(), there())

    anyio.run(both)


def test_a_send_is_not_stopped_that_has_ended():
    way = Way()
    anyio.run(lambda: desk().send(lambda: 5, way, there()))
    assert not way.stopped.is_set()


def test_a_client_that_hangs_up_stops_its_send():
    way = Way()

    async def hang_up():
        with pytest.raises(Unreachable):
            await desk().send(way.carry, way, gone())

    anyio.run(hang_up)
    assert way.stopped.is_set()


def test_a_request_that_is_cancelled_stops_its_send():
    way = Way()

    async def cancel():
        def carry():
            anyio.from_thread.run_sync(scope.cancel)
            way.carry()

        with anyio.CancelScope() as scope, pytest.raises(Unreachable):
            await desk().send(carry, way, there())

    anyio.run(cancel)
    assert way.stopped.is_set()


def test_all_sends_can_be_stopped_from_outside():
    found, way = desk(), Way()

    async def stopped():
        threading.Timer(0.1, found.stop_sends).start()
        with pytest.raises(Unreachable):
            await found.send(way.carry, way, there())

    anyio.run(stopped)
    assert way.stopped.is_set()


def test_no_send_begins_after_all_were_stopped():
    found, way = desk(), Way()
    found.stop_sends()

    async def late():
        with pytest.raises(Unreachable):
            await found.send(way.carry, way, there())

    anyio.run(late)
    assert way.stopped.is_set()


def test_a_client_that_leaves_meanwhile_stops_its_send():
    way = Way()

    async def leave():
        left = there()
        async with anyio.create_task_group() as group:
            group.start_soon(waited, left)
            await anyio.sleep(0.05)
            assert not way.stopped.is_set()
            left.set()

    async def waited(left):
        with pytest.raises(Unreachable):
            await desk().send(way.carry, way, left)

    anyio.run(leave)
    assert way.stopped.is_set()


def test_who_waits_for_the_system_waits_aside():
    assert anyio.run(desk(workers=1).read, lambda: 7) == 7
