"""Clients that trickle, hang up, flood and lie are answered or hung up on, and the next is served."""

import logging
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from tests.standins.openai import OpenAIStandIn
from tests.standins.raw_client import EDITS, RawClient, asked, eventually, file, form, head, text
from tests.standins.server import Fault

from privateedit import wiring
from privateedit.records.sends import History
from privateedit.server.limits import ServerLimits


@pytest.fixture
def proxy(service, serve, quick, caplog):
    """One that loses its patience soon; whatever is thrown at it, no traceback is logged."""
    caplog.set_level(logging.DEBUG)
    with serve(limits=replace(quick, body=4 << 20, file=2 << 20, fields=8, files=3)) as found:
        yield found
        require_at_rest(found)
    assert not [each for each in caplog.records if each.exc_info or "Traceback" in each.getMessage()]


def require_at_rest(proxy):
    """Hold that nobody is inside, no memory is held, and the server answers."""
    desk, rest = proxy.guardian.desk, {"status": "ok", "inside": 0}
    assert eventually(lambda: asked(proxy.port, head("GET", "/healthz", port=proxy.port)).json() == rest)
    assert eventually(lambda: (desk.inside, desk.budget.taken) == (0, 0))


def request(proxy, body, kind, *more, path=EDITS, length=True, method="POST", token=True, **options):
    headers = [("Content-Type", kind), *more]
    if token:
        headers.append(("Authorization", f"Bearer {proxy.token}"))
    if length:
        headers.append(("Content-Length", len(body)))
    return head(method, path, port=proxy.port, headers=headers, **options) + body


def whole(photo):
    return form([text("prompt", "a warmer evening"), text("model", "gpt-image-2"), file("image", photo)])


# clocks


def test_headers_that_trickle_in_are_hung_up_on(proxy, service):
    with RawClient(proxy.port) as client:
        start = time.monotonic()
        with suppress(ConnectionError):
            for byte in head(port=proxy.port, headers=[("X-A", "a" * 200)]):
                client.say(bytes([byte]))
                time.sleep(0.05)
        assert client.rest() == b""
        assert time.monotonic() - start < 4 * proxy.guardian.desk.limits.head
    assert not service.asked


def test_a_connection_that_says_nothing_is_hung_up_on(proxy):
    with RawClient(proxy.port) as client:
        assert client.hung_up_after() < 3 * proxy.guardian.desk.limits.head


def test_headers_that_trickle_in_after_a_first_request_are_hung_up_on(proxy):
    with RawClient(proxy.port) as client:
        client.say(head("GET", "/healthz", port=proxy.port) + b"GET /hea")
        assert client.hears().status == 200
        start = time.monotonic()
        with suppress(ConnectionError):
            for byte in b"lthz HTTP/1.1\r\nX-A: " + b"a" * 200:
                client.say(bytes([byte]))
                time.sleep(0.05)
        assert time.monotonic() - start < 5 * proxy.guardian.desk.limits.head


def test_a_body_that_pauses_is_answered_with_408(proxy, service, portrait_file):
    kind, body = whole(portrait_file)
    with RawClient(proxy.port) as client:
        said = request(proxy, body, kind)
        client.say(said[: len(said) // 2])
        heard = client.hears()
    assert (heard.status, heard.code, heard.error["sent"]) == (408, "slow_request", "no")
    assert heard.all("x-should-retry") == ["false"]
    assert not service.asked


@pytest.mark.slow
def test_a_body_that_trickles_in_is_answered_with_408(proxy, service):
    kind, body = form([text("prompt", "x" * 4000)])
    with RawClient(proxy.port) as client:
        client.say(request(proxy, b"", kind, ("Content-Length", len(body)), length=False))
        start = time.monotonic()
        with suppress(ConnectionError):
            for byte in body:
                client.say(bytes([byte]))
                time.sleep(0.05)
                if time.monotonic() - start > 1.5 * proxy.guardian.desk.limits.upload:
                    break
        assert client.hears().status == 408
    assert not service.asked


# clients that go


def test_a_client_that_goes_in_the_middle_of_its_upload_leaves_nothing_behind(proxy, service, portrait_file):
    kind, body = whole(portrait_file)
    said = request(proxy, body, kind)
    for share in (0.2, 0.5, 0.99):
        for leave in ("reset", "close"):
            with RawClient(proxy.port) as client:
                client.say(said[: int(len(said) * share)])
                client.reset() if leave == "reset" else client.half_close()
    require_at_rest(proxy)
    assert not service.asked


def test_a_client_that_closes_its_half_is_answered_or_hung_up_on(proxy, portrait_file):
    kind, body = whole(portrait_file)
    with RawClient(proxy.port) as client:
        client.say(request(proxy, body, kind))
        client.half_close()
        answer = client.rest()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 200")


@pytest.fixture
def hanging(monkeypatch):
    """A service that takes the picture and never answers."""
    with OpenAIStandIn(Fault.SILENT_AFTER) as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        yield found


def sends():
    history = History()
    wiring.records().journal.verify(history.add)
    return history.sends


@pytest.mark.parametrize("stream", ["false", "true"])
def test_a_client_that_goes_while_the_service_works_stops_the_send(
    hanging, serve, quick, portrait_file, stream
):
    kind, body = form(
        [text("prompt", "a warmer evening"), text("stream", stream), file("image", portrait_file)]
    )
    with serve(limits=quick) as proxy:
        with RawClient(proxy.port) as client:
            client.say(request(proxy, body, kind))
            assert eventually(lambda: hanging.asked)
            left = time.monotonic()
            client.reset()
        require_at_rest(proxy)
        assert time.monotonic() - left < 5.0  # the stand-in would have hung for twenty
        (send,) = sends()
        assert send.outcome["sent"] in ("unknown", "yes")
        assert send.outcome["result"] in ("failed", "interrupted")
        hanging.fault = None
        assert proxy.edit(portrait_file).status_code == 200


# too much


def test_a_body_that_announces_too_much_is_refused_before_it_is_read(proxy, service):
    for length in (5 << 20, 10**11, 10**25):
        with RawClient(proxy.port) as client:
            kind = "multipart/form-data; boundary=b"
            client.say(request(proxy, b"", kind, ("Content-Length", length), length=False))
            heard = client.hears()
        assert heard.status in (400, 413), length
    assert not service.asked


def test_a_body_in_chunks_is_refused_once_it_is_too_large(proxy, service):
    for kind in ("multipart/form-data; boundary=b", "application/json"):
        with RawClient(proxy.port) as client:
            client.say(request(proxy, b"", kind, ("Transfer-Encoding", "chunked"), length=False))
            start = form([file("image", b"")])[1].partition(b"\r\n--b--")[0]
            client.say(b"%x\r\n%s\r\n" % (len(start), start))
            said = 0
            with suppress(ConnectionError):
                for _ in range(64):  # without end, as far as the server knows
                    client.say(b"10000\r\n" + b" " * 65536 + b"\r\n")
                    said += 65536
                client.say(b"0\r\n\r\n")
            heard = client.hears()
        assert (heard.status, heard.error["sent"]) == (413, "no")
        assert said <= 8 << 20
    assert not service.asked


def test_one_picture_that_is_too_large_is_refused_before_all_of_it_is_kept(proxy, service):
    kind, body = whole(bytes(3 << 20))
    heard = asked(proxy.port, request(proxy, body, kind))
    assert (heard.status, heard.code) == (413, "picture_too_large")
    assert not service.asked


def test_too_many_fields_and_files_and_a_huge_field_are_refused(proxy, service, portrait_file):
    many = [
        [text(f"field{index}", "x") for index in range(9)],
        [file("image[]", portrait_file) for _ in range(4)],
        [text("prompt", "x" * (257 << 10))],
    ]
    for parts in many:
        kind, body = form(parts)
        heard = asked(proxy.port, request(proxy, body, kind))
        assert (heard.status, heard.code) == (400, "invalid_form")
    assert not service.asked


def test_header_bombs_are_refused(proxy):
    bombs = [
        head("GET", "/healthz", port=proxy.port, headers=[(f"X-{index}", "x") for index in range(20_000)]),
        head("GET", "/healthz", port=proxy.port, headers=[("X-A", "a" * 500_000)]),
        head("GET", "/" + "a" * 500_000, port=proxy.port),
    ]
    for bomb in bombs:
        with RawClient(proxy.port) as client:
            with suppress(ConnectionError):
                client.say(bomb)
            with suppress(ConnectionError):
                assert client.hears().status in (400, 431)


def test_heads_of_parts_are_bounded(proxy):
    for said in ("X-A: " + "a" * 100_000, "\r\n".join(f"X-{index}: a" for index in range(200))):
        kind, body = form([(f'Content-Disposition: form-data; name="prompt"\r\n{said}', b"x")])
        assert asked(proxy.port, request(proxy, body, kind)).code == "invalid_form"


def test_more_connections_than_are_kept_do_not_keep_others_out_for_long(service, serve, quick):
    with serve(limits=replace(quick, connections=8)) as proxy:
        idle = [RawClient(proxy.port) for _ in range(40)]
        try:
            assert eventually(lambda: _healthy(proxy.port))
        finally:
            for client in idle:
                client.socket.close()
        require_at_rest(proxy)


def _healthy(port):
    try:
        return asked(port, head("GET", "/healthz", port=port)).status == 200
    except ConnectionError:
        return False


def test_requests_beyond_the_limit_are_asked_to_come_back(hanging, serve, quick, portrait_file):
    kind, body = whole(portrait_file)
    with serve(limits=replace(quick, waiting=2)) as proxy:
        clients = [RawClient(proxy.port) for _ in range(2)]
        for client in clients:
            client.say(request(proxy, body, kind))
        assert eventually(lambda: proxy.guardian.desk.inside == 2)
        heard = asked(proxy.port, request(proxy, body, kind))
        assert (heard.status, heard.code) == (503, "busy")
        assert int(*heard.all("retry-after")) > 0
        assert heard.all("x-should-retry") == ["true"]
        for client in clients:
            client.reset()
        require_at_rest(proxy)


# odd HTTP


def test_pipelined_requests_are_answered_in_their_order(proxy):
    with RawClient(proxy.port) as client:
        gets = [head("GET", path, port=proxy.port) for path in ("/healthz", "/nothing", "/healthz")]
        client.say(b"".join(gets))
        assert [client.hears().status for _ in gets] == [200, 404, 200]


def test_a_request_hidden_in_the_body_of_another_is_not_served(proxy, service, portrait_file):
    """Request smuggling: two lengths, or a length and chunks, do not pass."""
    kind, body = whole(portrait_file)
    inner = request(proxy, body, kind)
    for more in (
        [("Content-Length", "0"), ("Content-Length", str(len(inner)))],
        [("Content-Length", "0"), ("Transfer-Encoding", "chunked")],
        [("Transfer-Encoding", "chunked, identity")],
        [("Content-Length", "+5")],
    ):
        with RawClient(proxy.port) as client:
            with suppress(ConnectionError):  # hung up on in the middle is fine too
                client.say(request(proxy, b"", kind, *more, length=False, token=False) + inner)
            with suppress(OSError):
                client.half_close()
            assert b"HTTP/1.1 200" not in client.rest(), more
    assert not service.asked


INVALID = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),  # TLS
    b"GET /\r\n\r\n",
    b"GET / HTTP/9.9\r\nHost: a\r\n\r\n",
    b"\0\0\0\0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    b"GET / HTTP/1.1\r\nA\0B: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nA: a\r\n folded\r\nHost\r\n\r\n",
    b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\r\n" * 10_000,
]


def test_what_is_no_http_is_answered_in_openais_shape_or_hung_up_on(proxy):
    told = 0
    for said in INVALID:
        with RawClient(proxy.port) as client, suppress(ConnectionError):
            client.say(said)
            heard = client.hears()
            assert (heard.status, heard.code) in ((400, "invalid_http"), (421, "wrong_host")), said[:40]
            told += 1
    assert told > len(INVALID) // 2


def test_a_body_that_is_no_http_in_the_middle_is_survived(proxy, service, portrait_file):
    kind, _ = whole(portrait_file)
    with RawClient(proxy.port) as client:
        client.say(request(proxy, b"", kind, ("Transfer-Encoding", "chunked"), length=False))
        client.say(b"5\r\n--b\r\n\r\nzz\r\nnonsense")
        with suppress(ConnectionError):
            assert client.hears().status == 400
    assert not service.asked


def test_nonsense_after_a_request_that_is_worked_on_is_survived(proxy, portrait_file):
    kind, body = whole(portrait_file)
    with RawClient(proxy.port) as client:
        client.say(request(proxy, body, kind) + b"\0\0nonsense\r\n\r\n")
        assert client.hears().status == 200
        with suppress(ConnectionError):
            assert client.hears().status == 400


def test_continue_is_said_to_whom_may_go_on(proxy, portrait_file):
    kind, body = whole(portrait_file)
    with RawClient(proxy.port) as client:
        said = request(proxy, body, kind, ("Expect", "100-continue"))
        client.say(said[: -len(body)])
        assert client.hears().status == 100
        client.say(body)
        assert client.hears().status == 200


def test_continue_is_not_said_to_whom_may_not(proxy):
    for more, status in (
        ([("Authorization", "Bearer pe-wrong")], 401),
        ([("Authorization", f"Bearer {proxy.token}"), ("Content-Length", 5 << 20)], 413),
        ([("Origin", "http://elsewhere.example")], 403),
    ):
        said = head(
            port=proxy.port,
            headers=[
                ("Content-Type", "multipart/form-data; boundary=b"),
                ("Expect", "100-continue"),
                *more,
                *([] if dict(more).get("Content-Length") else [("Content-Length", 1000)]),
            ],
        )
        assert asked(proxy.port, said).status == status


def test_clients_of_http_1_0_are_served(proxy, portrait_file):
    kind, body = whole(portrait_file)
    with RawClient(proxy.port) as client:
        client.say(request(proxy, body, kind, version="1.0"))
        assert client.hears().status == 200
        assert client.rest() == b""


def test_a_websocket_is_not_opened(proxy):
    upgrade = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ]
    for path, status in (("/", 200), (EDITS, 405), ("/v1/realtime", 404)):  # 200 is the page, and no socket
        assert asked(proxy.port, head("GET", path, port=proxy.port, headers=upgrade)).status == status


METHODS = ["TRACE", "CONNECT", "GET", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "X"]


def test_other_methods_are_not_taken(proxy, service):
    for method in METHODS:
        said = head(method, EDITS, port=proxy.port, headers=[("Authorization", f"Bearer {proxy.token}")])
        heard = asked(proxy.port, said)
        assert (heard.status, heard.code) == (405, "method_not_allowed"), method
        assert proxy.token not in heard.body.decode()
    assert not service.asked


PATHS = [
    "*",
    "example.com:443",
    "http://example.com/v1/images/edits",
    "//example.com/v1/images/edits",
    "/v1/images/../images/edits",
    "/v1/images/%2e%2e/images/edits",
    "/v1//images/edits",
    "/v1/images/edits/",
    "/v1/images/edits/..%2f..%2fchat/completions",
    "/v1/images/edits%00",
    "/v1/images/edits;x",
    "/v1/images/generations",
    "/v1/images/variations",
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/files",
    "/openai/deployments/a/b/images/edits",
    "/openai/deployments/../images/edits/x",
    "/openai/deployments//images/edits",
    "/etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/v1/models/..%2f..%2f..%2fetc%2fpasswd",
]


def test_no_other_path_is_served_or_forwarded(proxy, service, portrait_file):
    kind, body = whole(portrait_file)
    for path in PATHS:
        heard = asked(proxy.port, request(proxy, body, kind, path=path))
        assert heard.status in (404, 405), path
        assert heard.code in ("not_found", "method_not_allowed"), path
        assert not service.asked, path


def test_the_limits_that_are_shipped_bound_everything():
    limits = ServerLimits()
    assert limits.head <= 30 and limits.idle <= 60 and limits.upload <= 600
    assert limits.body <= limits.memory <= 2 << 30
    assert limits.waiting <= 64 and limits.connections <= 1024
