"""The door against what a careless or hostile adapter, address or server would do."""

import socket  # noqa: TID251 (a listener of the tests' own)
import threading
from dataclasses import replace

import pytest
from tests.contracts.conftest import a_payload, sealed_beside
from tests.standins.openai import OpenAIStandIn
from tests.standins.server import Answer, StandIn

from privateedit.errors import (
    AuthenticationFailed,
    BadReply,
    Cancelled,
    InputError,
    Refused,
    RequestRejected,
    Sent,
    TimedOut,
    Unreachable,
)
from privateedit.providers import egress
from privateedit.providers.egress import Door
from privateedit.providers.keys import Key
from privateedit.providers.openai import OpenAI
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Form, Json, Outline, Picture, Polarity, Request, Wrap
from privateedit.providers.policy import Policy
from privateedit.providers.progress import Progress
from privateedit.providers.statuses import usual_refusal

PARCEL = Parcel(a_payload())
CARRYING = Request("s", "POST", "/x", Form((("prompt", "p"), ("image", Picture()))))
FAR = 1e12


class Plain(StandIn):
    """Answers everything with what it is told."""

    reply = Answer.of({"ok": True})

    def authorized(self, asked):
        return True

    def delivers(self, asked):
        return False

    def answer(self, asked):
        return self.reply


def door_to(url, key="sk-secret", **policy):
    return Door(OpenAI.profile, url, Key(key) if key else None, Policy(**policy))


def carry(door, request, progress=None):
    try:
        return door.carry(request, PARCEL, "p", progress or Progress(), FAR)
    finally:
        door.close()


def test_a_picture_arrives_whole_and_it_is_known_that_it_left():
    progress = Progress()
    with Plain() as service:
        reply = carry(door_to(service.url), CARRYING, progress)
    assert reply.json() == {"ok": True}
    assert progress.sent is Sent.YES
    (asked,) = service.asked
    assert PARCEL.data(Picture()) in asked.body
    assert asked.headers["authorization"] == "Bearer sk-secret"


def test_what_carries_nothing_says_nothing_of_the_picture():
    progress = Progress()
    with Plain() as service:
        carry(door_to(service.url), Request("s", "POST", "/x", Json({"stop": 1})), progress)
    assert progress.sent is Sent.NO


@pytest.mark.parametrize("header", ["x-note", "authorization", "cookie", "user-agent", "host", "Accept"])
def test_an_adapter_sets_no_other_header(header):
    with Plain() as service, pytest.raises(Refused, match="header"):
        carry(door_to(service.url), replace(CARRYING, headers={header: "x"}))
    assert not service.asked


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "https://evil.example.com/x", "https://openai.com.evil.org/"]
)
def test_a_picture_goes_to_the_services_own_address_alone(url):
    with Plain() as service:
        door = door_to(service.url)
        with pytest.raises(Refused, match="another address"):
            carry(door, replace(CARRYING, url=url))
        with pytest.raises(BadReply, match="not its own"):
            carry(door, Request("poll", "GET", url))
    assert not service.asked


def test_a_named_poll_host_gets_the_key_only_encrypted():
    profile = replace(OpenAI.profile, poll_hosts=("example.com",))
    door = Door(profile, "https://api.example.com", Key("k"))
    for url, allowed in {
        "https://us1.example.com/a": True,
        "https://example.com/a": True,
        "http://us1.example.com/a": False,
        "https://us1.example.com:8443/a": False,
        "https://notexample.com/a": False,
        "https://us1.example.com.evil.org/a": False,
    }.items():
        if allowed:
            assert door._address(Request("poll", "GET", url)) == url
        else:
            with pytest.raises(BadReply):
                door._address(Request("poll", "GET", url))
        with pytest.raises(Refused):
            door._address(replace(CARRYING, url=url))


def test_a_download_takes_no_key_and_carries_nothing():
    with Plain() as service:
        carry(door_to(service.url), Request("get", "GET", f"{service.root}/a.png", download=True))
        with pytest.raises(Refused):
            carry(door_to(service.url), replace(CARRYING, download=True))
        with pytest.raises(BadReply):
            carry(door_to(service.url), Request("get", "GET", "http://127.0.0.1:1/a.png", download=True))
    (asked,) = service.asked
    assert "authorization" not in asked.headers


def test_a_redirect_is_not_followed():
    with Plain() as elsewhere, Plain() as service:
        service.reply = Answer(307, {"location": elsewhere.url}, b"")
        reply = carry(door_to(service.url), CARRYING)
        assert isinstance(usual_refusal(reply, OpenAI.profile), RequestRejected)
    assert not elsewhere.asked
    assert len(service.asked) == 1


def test_without_a_key_nothing_is_sent():
    with Plain() as service, pytest.raises(AuthenticationFailed, match="OPENAI_API_KEY"):
        carry(door_to(service.url, key=None), CARRYING)
    assert not service.asked


@pytest.mark.parametrize("url", ["http://example.com/v1", "ftp://x", "nonsense", "https://me:pw@example.com"])
def test_an_address_that_cannot_be_used(url):
    with pytest.raises(InputError):
        door_to(url)


def test_a_host_without_encryption_must_be_listed():
    assert door_to("http://studio.lan:7860", plain_http=frozenset({"studio.lan"})).base.startswith("http:")


def test_the_guard_stands_in_the_way(monkeypatch):
    """Were rendering to leak, the door would still not open."""
    leak = b'--x\r\nContent-Disposition: form-data; name="image"; filename="image.png"\r\n'
    leak += b"Content-Type: image/png\r\n\r\n" + PARCEL.data(Picture()) + b"leak\r\n--x--\r\n"
    monkeypatch.setattr(egress, "rendered", lambda *_: ("multipart/form-data; boundary=x", leak))
    with Plain() as service, pytest.raises(Refused) as raised:
        carry(door_to(service.url), CARRYING)
    assert raised.value.sent is Sent.NO
    assert not service.asked


def test_a_reply_that_never_ends_is_cut(monkeypatch):
    monkeypatch.setattr(egress, "_LARGEST_REPLY", 10_000)
    with Plain() as service:
        service.reply = Answer(200, {}, bytes(10_001))
        with pytest.raises(BadReply, match="too large"):
            carry(door_to(service.url), CARRYING)


def test_a_reply_that_drips_ends_with_the_deadline():
    now = iter(range(100))
    with Plain() as service:
        service.reply = Answer(200, {}, bytes(1 << 20))
        door = Door(OpenAI.profile, service.url, Key("k"), clock=lambda: next(now))
        with pytest.raises(TimedOut) as raised:
            door.carry(CARRYING, PARCEL, "p", Progress(), 1.0)
        door.close()
    assert raised.value.sent is Sent.YES


def test_a_connection_is_tried_again_but_never_a_send():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    listener.close()
    with pytest.raises(Unreachable) as raised:
        carry(door_to(f"http://127.0.0.1:{port}", retries=3), CARRYING)
    assert raised.value.sent is Sent.NO
    calls = []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()

    def hang_up():
        while True:
            try:
                one, _ = listener.accept()
            except OSError:
                return
            one.recv(100)
            calls.append(1)
            one.close()

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    with pytest.raises(Unreachable) as raised:
        carry(door_to(f"http://127.0.0.1:{listener.getsockname()[1]}", retries=3), CARRYING)
    listener.close()
    assert raised.value.sent is not Sent.NO
    assert len(calls) == 1


def test_the_environment_names_no_proxy_unless_asked(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("all_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with Plain() as service:
        assert carry(door_to(service.url), CARRYING).status == 200
        assert carry(door_to(service.url, system_proxy=True), CARRYING).status == 200
    assert egress._system_proxy("https://api.example.com") == "http://127.0.0.1:9"
    assert egress._system_proxy("http://127.0.0.1:1") is None


def test_a_door_can_be_asked_without_a_picture():
    with OpenAIStandIn() as service:
        door = door_to(service.url, key=service.key)
        assert door.ask("/models", 5.0) == 200
        door.close()
    assert service.asked[0].body == b""


def test_a_door_says_nothing_of_its_key():
    assert "secret" not in repr(door_to("https://api.example.com"))


def test_a_place_for_a_file_in_json_never_leaves():
    with Plain() as service, pytest.raises(Refused):
        carry(door_to(service.url), replace(CARRYING, body=Json({"a": Picture(Wrap.FILE)})))
    assert not service.asked


def test_a_picture_is_carried_once_and_a_mask_once():
    progress = Progress()
    mask = Form((("mask", Outline(Polarity.WHITE)),))
    with Plain() as service:
        door = door_to(service.url)
        carry(door, CARRYING, progress)
        carry(door, replace(CARRYING, body=mask), progress)
        for body in (CARRYING.body, mask, Json({"again": Picture(Wrap.BASE64)})):
            with pytest.raises(Refused, match="again"):
                carry(door, replace(CARRYING, body=body), progress)
    assert len(service.asked) == 2


@pytest.mark.parametrize("url", ["/" + "x" * 3000, "/x?" + "a=b&" * 700])
def test_an_address_holds_no_picture(url):
    with Plain() as service, pytest.raises(Refused, match="long address"):
        carry(door_to(service.url), Request("poll", "GET", url))
    assert not service.asked


def test_a_header_holds_no_picture():
    with Plain() as service, pytest.raises(Refused, match="header"):
        carry(door_to(service.url), replace(CARRYING, headers={"accept": "x" * 300}))
    assert not service.asked


def test_after_a_stop_only_a_job_is_given_up():
    with Plain() as service:
        door, progress = door_to(service.url), Progress()
        door.stop()
        with pytest.raises(Cancelled) as raised:
            carry(door, CARRYING, progress)
        assert raised.value.sent is progress.sent is Sent.NO
        assert not service.asked
        with pytest.raises(Refused, match="along"):
            door.retract(CARRYING, PARCEL, FAR)
        door.retract(Request("cancel", "POST", "/jobs/1/cancel", Json({})), PARCEL, FAR)
        door.close()
    assert [asked.path for asked in service.asked] == ["/jobs/1/cancel"]


def test_each_of_several_pictures_is_carried_once():
    parcel, progress = Parcel(a_payload(), (sealed_beside(),)), Progress()
    both = Form((("image[]", Picture()), ("image[]", Picture(number=1))))
    second = Form((("image", Picture(number=1)),))
    with Plain() as service:
        door = door_to(service.url)
        door.carry(replace(CARRYING, body=both), parcel, "p", progress, FAR)
        with pytest.raises(Refused, match="again"):
            door.carry(replace(CARRYING, body=second), parcel, "p", progress, FAR)
        door.close()
    assert len(service.asked) == 1


def test_an_answer_of_several_results_may_be_larger(monkeypatch):
    monkeypatch.setattr(egress, "_LARGEST_REPLY", 10_000)
    monkeypatch.setattr(egress, "_MORE", 1000)
    with Plain() as service:
        service.reply = Answer(200, {}, bytes(12_000))
        assert carry(door_to(service.url), replace(CARRYING, pictures=3)).status == 200
        with pytest.raises(BadReply, match="too large"):
            carry(door_to(service.url), replace(CARRYING, pictures=2))
