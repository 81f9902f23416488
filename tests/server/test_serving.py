import socket
import threading
import time

import httpx2
import pytest
from tests.standins.server import Fault

from privateedit.errors import InputError, RequestRejected
from privateedit.server import serving
from privateedit.server.limits import ServerLimits
from privateedit.server.wishes import Policy


def wanted(**more):
    return serving.Wanted(
        **{"host": "127.0.0.1", "port": 0, "policy": Policy({}, {}), "upstream": "openai", **more}
    )


def until_carried(service):
    until = time.monotonic() + 30
    while not service.carried:
        assert time.monotonic() < until, "nothing was sent"
        time.sleep(0.05)


def test_a_wrong_model_or_option_is_told_before_anything_is_served(service):
    with pytest.raises(RequestRejected):
        serving.guardian_of(wanted(options={"nothing": "1"}))
    with pytest.raises(InputError):
        serving.guardian_of(wanted(upstream="nobody"))


def test_no_key_is_needed_where_clients_bring_theirs(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    guardian = serving.guardian_of(wanted())
    assert guardian.access.open_to_keys


def test_on_every_address_a_name_is_needed_and_no_key_opens(service):
    with pytest.raises(InputError):
        serving.guardian_of(wanted(host="0.0.0.0"))
    guardian = serving.guardian_of(wanted(host="0.0.0.0", names=("studio.lan",)))
    assert not guardian.access.open_to_keys
    assert not guardian.access.loopback
    assert guardian.access.hosts == {"studio.lan"}


def test_a_port_in_use_is_a_sentence(service):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        guardian = serving.guardian_of(wanted(port=port))
        with pytest.raises(InputError, match=str(port)):
            serving.server_of(guardian, "127.0.0.1", port).run()


def test_the_page_is_for_this_machine_alone(service):
    with pytest.raises(InputError, match="this machine"):
        serving.guardian_of(wanted(host="0.0.0.0", names=("studio.lan",), page=True))


def test_the_file_that_opens_the_page_goes_when_it_was_used_and_with_the_server(service, serve):
    with serve(page=True) as proxy:

        def opened():
            return serving.page_for(proxy.guardian, wanted(page=True), proxy.port).way_in

        used, unused = opened(), None
        ticket = used.read_text().partition("/#")[2].partition('"')[0]
        assert httpx2.post(f"{proxy.root}/api/sign-in", json={"ticket": ticket}).is_success
        assert not used.exists()
        unused = opened()
    assert not unused.exists()


def test_photos_that_nobody_asks_for_are_forgotten_though_nobody_asks_for_anything(
    service, serve, monkeypatch
):
    monkeypatch.setattr(serving, "_TICKS", 2)
    with serve() as proxy:
        visits = proxy.guardian.visits
        visits.sign_in(visits.ticket())
        visits._clock = lambda: time.monotonic() + 10_000
        until = time.monotonic() + 10
        while visits._visits:
            assert time.monotonic() < until, "the visit is held still"
            time.sleep(0.05)


def test_how_to_use_it_is_told_without_the_token(service):
    said = serving.how_to_use(wanted(), 8787)
    assert "OPENAI_BASE_URL=http://127.0.0.1:8787/v1" in said
    assert serving.token().text not in said


def test_a_server_that_is_stopped_ends_what_hangs_and_tells_its_client(serve, service, portrait_file, quick):
    service.fault = Fault.SILENT_AFTER
    answers = []
    with serve(limits=quick) as proxy:
        client = threading.Thread(target=lambda: answers.append(proxy.edit(portrait_file)))
        client.start()
        until_carried(service)
        start = time.monotonic()
    client.join(20)
    assert time.monotonic() - start < 15
    (answer,) = answers
    assert answer.status_code == 503
    assert answer.headers["x-privateedit-sent"] in {"yes", "unknown"}


def test_too_many_at_once_are_asked_to_come_back(serve, service, portrait_file):
    service.fault = Fault.SILENT_AFTER
    with serve(limits=ServerLimits(waiting=1, grace=0.5)) as proxy:
        client = threading.Thread(target=lambda: proxy.edit(portrait_file), daemon=True)
        client.start()
        until_carried(service)
        answer = proxy.edit(portrait_file)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert answer.headers["x-should-retry"] == "true"
        assert httpx2.get(f"{proxy.root}/healthz").json() == {"status": "ok", "inside": 1}
    client.join(20)


def test_models_are_loaded_before_the_first_request():
    serving.warm()
