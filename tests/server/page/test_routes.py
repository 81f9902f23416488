from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from tests.server.page.conftest import Page, error
from tests.standins.raw_client import asked, head

from privateedit.server.app import make_app


def test_a_ticket_is_exchanged_once(page):
    ticket = page.proxy.guardian.visits.ticket()
    assert page.post("/api/sign-in", json={"ticket": ticket}).status_code == 200
    assert error(page.post("/api/sign-in", json={"ticket": ticket})) == (401, "unknown_ticket")
    assert page.post("/api/sign-in", json={"ticket": page.proxy.token}).status_code == 200
    assert error(page.post("/api/sign-in", json={})) == (400, "invalid_body")


def test_the_server_tells_what_it_holds(page, photo):
    said = page.get("/api/session").json()
    assert said == {"photos": [photo.told["id"]], "expires_in": 900}


def test_leaving_forgets_everything(page, photo):
    assert page.delete("/api/session").status_code == 204
    assert error(page.get("/api/session")) == (401, "unknown_key")
    assert page.held == []


def test_eight_photos_are_held_and_no_more(page, portrait_file):
    first = page.opened(portrait_file)
    visit = page.proxy.guardian.visits.of(page.client.headers["authorization"])
    visit.photos.update({str(number): visit.photos[first.told["id"]] for number in range(7)})
    assert error(page.post("/api/photos", files={"photo": portrait_file})) == (503, "too_many_photos")
    visit.photos.pop("0")
    page.opened(portrait_file)


def test_many_photos_at_once_are_no_more_than_eight(page, portrait_file):
    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(page.post, "/api/photos", files={"photo": portrait_file}) for _ in range(12)]
    statuses = [each.result().status_code for each in asked]
    assert set(statuses) == {201, 503}
    assert statuses.count(201) == len(page.held) <= 8


def test_nobody_without_a_key_fills_the_memory(page):
    large = b'{"ticket": "' + b"x" * 2000 + b'"}'
    answer = page.post("/api/sign-in", content=large, headers={"content-type": "application/json"})
    assert error(answer) == (413, "request_too_large")


def test_beyond_this_machine_there_is_no_page(service, serve):
    with serve(host="127.0.0.2") as here:
        assert httpx2.get(
            f"http://127.0.0.2:{here.port}/", headers={"host": f"127.0.0.2:{here.port}"}
        ).is_success
    access = here.guardian.access
    access.loopback = False
    app = make_app(here.guardian)
    assert not [
        route.path for route in app.routes if getattr(route, "path", "").startswith(("/api", "/static"))
    ]


SITES = [("cross-site", "navigate", "document"), ("same-site", "navigate", "document")]


@pytest.mark.parametrize("said", SITES)
def test_the_page_may_be_opened_as_a_window_from_anywhere(page, said):
    """The file that opens it is no part of this server."""
    fetch = dict(zip(("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"), said, strict=True))
    assert page.get("/", headers=fetch).status_code == 200
    for path in ("/api/session", "/static/main.js", "/healthz", "/metrics", "/openapi.json", "/v1/models"):
        assert error(page.get(path, headers=fetch)) == (403, "wrong_origin"), path


@pytest.mark.parametrize(
    "said",
    [
        ("cross-site", "navigate", "iframe"),
        ("cross-site", "navigate", "embed"),
        ("cross-site", "no-cors", "script"),
        ("cross-site", "cors", "empty"),
        ("cross-site", "navigate", ""),
        ("cross-site", "", "document"),
    ],
)
def test_and_in_no_other_way(page, said):
    fetch = dict(zip(("sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"), said, strict=True))
    assert error(page.get("/", headers={k: v for k, v in fetch.items() if v})) == (403, "wrong_origin")


def test_another_origin_or_name_never_opens_it(page):
    window = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert error(page.get("/", headers={**window, "origin": "http://evil.example"})) == (403, "wrong_origin")
    said = head("GET", "/", port=page.proxy.port, host="rebound.example", headers=list(window.items()))
    assert asked(page.proxy.port, said).status == 421
    doubled = [*window.items(), ("sec-fetch-dest", "iframe")]
    assert asked(page.proxy.port, head("GET", "/", port=page.proxy.port, headers=doubled)).status == 403


def test_a_post_to_the_page_from_elsewhere_is_refused(page):
    window = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert error(page.post("/", headers=window)) == (403, "wrong_origin")


def test_two_pages_share_nothing(page, photo):
    with Page(page.proxy) as other:
        assert other.get("/api/session").json()["photos"] == []
