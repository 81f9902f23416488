"""A server that trickles meets no timeout of a connection; the deadline ends it."""

import socket  # noqa: TID251 (a listener of the tests' own)
import threading
import time

import pytest
from tests.contracts.conftest import a_payload
from tests.standins.raw_client import eventually

from privateedit.errors import Cancelled, Sent, TimedOut
from privateedit.providers.deadline import Deadline, DeadlinePassed, Stop, Stopped
from privateedit.providers.egress import Door
from privateedit.providers.keys import Key
from privateedit.providers.openai import OpenAI
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Form, Picture, Request
from privateedit.providers.progress import Progress

CARRYING = Request("s", "POST", "/x", Form((("image", Picture()),)))


def dripping(first, piece):
    """A listener that reads a request, answers with `first`, then with `piece`, if any, again and again."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def serve():
        one, _ = listener.accept()
        with one:
            one.recv(1 << 20)
            try:
                one.sendall(first)
                if not piece:  # silent until the other side hangs up
                    while one.recv(1 << 20):
                        pass
                    return
                for _ in range(200):
                    one.sendall(piece)
                    time.sleep(0.05)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener, thread


@pytest.mark.parametrize(
    ("first", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nx: ", b"y"),
        (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", b"z"),
    ],
    ids=["slow header", "early hints", "slow body"],
)
def test_what_trickles_ends_with_the_deadline(first, piece):
    listener, thread = dripping(first, piece)
    door = Door(OpenAI.profile, f"http://127.0.0.1:{listener.getsockname()[1]}", Key("k"))
    began = time.monotonic()
    progress = Progress()
    with pytest.raises(TimedOut):
        door.carry(CARRYING, Parcel(a_payload()), "p", progress, began + 1.0)
    assert time.monotonic() - began < 4
    assert progress.sent is Sent.YES
    door.close()
    listener.close()
    thread.join(3)


def test_an_error_before_the_deadline_stays_what_it_is():
    with pytest.raises(ValueError, match="mine"), Deadline(60):
        raise ValueError("mine")
    with pytest.raises(DeadlinePassed), Deadline(0.01) as deadline:
        while not deadline.passed:
            time.sleep(0.01)
        raise OSError


@pytest.mark.parametrize(
    ("first", "sent"),
    [(b"", Sent.UNKNOWN), (b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n", Sent.YES)],
    ids=["no answer", "slow body"],
)
def test_another_thread_ends_what_is_under_way(first, sent):
    listener, thread = dripping(first, b"z" if first else b"")
    door = Door(OpenAI.profile, f"http://127.0.0.1:{listener.getsockname()[1]}", Key("k"))
    began, progress = time.monotonic(), Progress()

    def stop():
        time.sleep(0.5)
        assert eventually(lambda: progress.sent is sent)
        door.stop()

    stopper = threading.Thread(target=stop)
    stopper.start()
    with pytest.raises(Cancelled) as raised:
        door.carry(CARRYING, Parcel(a_payload()), "p", progress, began + 60)
    assert 0.4 < time.monotonic() - began < 5
    assert raised.value.sent is progress.sent is sent
    door.close()
    listener.close()
    stopper.join(3)
    thread.join(12)


def test_after_a_stop_nothing_begins():
    stop = Stop()
    with Deadline(60, stop):
        assert not stop.asked
    stop.ask()
    began = time.monotonic()
    stop.wait(60)
    assert time.monotonic() - began < 5
    ran = []
    with pytest.raises(Stopped), Deadline(60, stop):
        ran.append(1)
    assert ran == []


def test_whoever_finished_is_not_stopped_any_more():
    stop = Stop()
    with Deadline(60, stop) as deadline:
        pass
    stop.ask()
    assert not deadline.stopped


def test_an_exchange_that_ends_well_in_spite_of_a_stop_is_no_error():
    stop = Stop()
    with Deadline(60, stop) as deadline:
        stop.ask()
    assert deadline.stopped


class Stream:
    """A connection that was just opened."""

    closed = False

    def get_extra_info(self, name):
        return None

    def close(self):
        self.closed = True


@pytest.mark.parametrize("event", ["connection.connect_tcp.complete", "connection.start_tls.complete"])
def test_a_connection_that_opens_too_late_is_closed_before_a_byte_is_written(event):
    stop, stream = Stop(), Stream()
    with pytest.raises(Stopped), Deadline(60, stop) as deadline:
        stop.ask()
        deadline.trace("connection.connect_tcp.started", {})
        assert not stream.closed
        deadline.trace(event, {"return_value": stream})
    assert stream.closed
    late = Stream()
    with pytest.raises(DeadlinePassed), Deadline(0.01) as deadline:
        while not deadline.passed:
            time.sleep(0.01)
        deadline.trace(event, {"return_value": late})
    assert late.closed
