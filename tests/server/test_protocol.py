import json
import socket
import time
from contextlib import ExitStack

from privateedit.server.limits import ServerLimits


def hung_up_after(port, *pieces, pause=0.3, patience=5.0):
    """Send pieces slowly, and return after how many seconds the server hung up; None if it did not."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(pause)
        start = time.monotonic()
        for piece in (*pieces, *[b""] * 100):
            if time.monotonic() - start > patience:
                return None
            try:
                if piece:
                    line.sendall(piece)
                if not line.recv(1 << 16):
                    return time.monotonic() - start
            except TimeoutError:
                continue
            except OSError:
                return time.monotonic() - start
    return None


def test_headers_that_trickle_in_are_not_waited_for(serve, service):
    with serve(limits=ServerLimits(head=1.0)) as proxy:
        trickle = [b"POST /v1/images/edits HTTP/1.1\r\n", *[b"x-a: b\r\n"] * 20]
        took = hung_up_after(proxy.port, *trickle)
        assert took is not None
        assert took < 3


def test_a_connection_that_says_nothing_is_hung_up_on(serve, service):
    with serve(limits=ServerLimits(head=1.0)) as proxy:
        took = hung_up_after(proxy.port)
        assert took is not None
        assert 0.5 < took < 3


def test_headers_of_a_second_request_have_a_clock_too(serve, service):
    with serve(limits=ServerLimits(head=1.0)) as proxy:
        host = f"host: 127.0.0.1:{proxy.port}\r\n".encode()
        first = b"GET /healthz HTTP/1.1\r\n" + host + b"\r\n"
        took = hung_up_after(proxy.port, first, b"GET /healthz HT", *[b"T"] * 20)
        assert took is not None
        assert took < 4


def test_who_sends_headers_in_time_is_answered(serve, service):
    with (
        serve(limits=ServerLimits(head=1.0)) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line,
    ):
        line.sendall(b"GET /healthz HTTP/1.1\r\n")
        time.sleep(0.4)
        line.sendall(f"host: 127.0.0.1:{proxy.port}\r\n\r\n".encode())
        assert line.recv(1 << 16).startswith(b"HTTP/1.1 200")


def test_what_is_no_http_is_answered_in_openais_shape(serve, service):
    with (
        serve() as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as line,
    ):
        line.sendall(b"\0\0\0\r\n\r\n")
        head, _, body = b"".join(iter(lambda: line.recv(1 << 16), b"")).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert json.loads(body)["error"].keys() >= {"message", "type", "param", "code"}


def test_of_too_many_connections_some_are_told_and_the_rest_are_hung_up_on(serve, service):
    with serve(limits=ServerLimits(connections=2)) as proxy, ExitStack() as open_lines:
        lines = [
            open_lines.enter_context(socket.create_connection(("127.0.0.1", proxy.port), timeout=5))
            for _ in range(5)
        ]
        asked = f"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\n\r\n".encode()
        statuses = []
        for line in lines:
            try:
                line.sendall(asked)
                statuses.append(line.recv(1 << 16)[9:12])
            except OSError:
                statuses.append(b"")
    assert statuses == [b"200", b"200", b"503", b"503", b""]
