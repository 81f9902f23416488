import anyio
import httpx2
import pytest
from tests.server.page.conftest import LOOK, error

from privateedit.errors import AuthenticationFailed, NotServed, Sent
from privateedit.server.page.served import keys_told_apart


class Busy:
    """A limiter at which nobody's turn comes while all workers are busy."""

    busy = True

    async def acquire_on_behalf_of(self, borrower):
        while self.busy:
            await anyio.sleep(0.02)

    async def __aenter__(self):
        await self.acquire_on_behalf_of(None)

    async def __aexit__(self, *_):
        pass

    def release_on_behalf_of(self, borrower):
        pass


def test_without_a_key_nothing_is_answered(page):
    for said in ({}, {"authorization": "Bearer page-wrong"}, {"authorization": f"Bearer {page.proxy.token}"}):
        bare = {"authorization": "", **said}
        for path in ("/api/session", "/api/choices", "/api/photos/x/view"):
            assert error(page.get(path, headers=bare)) == (401, "unknown_key")
        assert error(page.post("/api/photos", headers=bare, files={"photo": b"x"})) == (401, "unknown_key")


def test_the_pages_key_opens_nothing_else(page, portrait_file):
    key = page.client.headers["authorization"].removeprefix("Bearer ")
    answer = page.proxy.edit(portrait_file, key=key)
    assert answer.status_code in (401, 502, 424, 400)
    assert error(page.get("/v1/models/none"))[0] in (401, 404)


def test_a_restore_under_way_freezes_no_slider(photo, page):
    """Both workers are busy, and a preview is answered all the same."""
    workers = page.proxy.guardian.desk._at_work = Busy()
    with pytest.raises(httpx2.ReadTimeout):
        photo.post("leaks", LOOK, timeout=0.5)
    assert photo.post("preview", LOOK).status_code == 200
    workers.busy = False


def test_a_services_missing_key_is_another_error():
    with pytest.raises(NotServed) as caught, keys_told_apart():
        raise AuthenticationFailed("There is no key.", sent=Sent.NO)
    assert (caught.value.status, caught.value.code, caught.value.sent) == (424, "service_key_missing", "no")


def test_nothing_of_an_answer_is_kept_by_a_browser(photo):
    for answer in (photo.get("view"), photo.post("preview", LOOK), photo.page.get("/api/choices")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
