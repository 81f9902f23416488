"""The page's interface on a server that really listens, with a client that has signed in."""

import json

import httpx2
import pytest
from tests.server.conftest import running

LOOK = {"coverage": "face"}


class Page:
    """Somebody who has the page open."""

    def __init__(self, proxy):
        self.proxy = proxy
        self.client = httpx2.Client(base_url=proxy.root, timeout=60)
        key = self.client.post("/api/sign-in", json={"ticket": proxy.guardian.visits.ticket()}).json()["key"]
        self.client.headers["authorization"] = f"Bearer {key}"
        self.get, self.post, self.delete = self.client.get, self.client.post, self.client.delete

    def opened(self, data, name="photo.png"):
        answer = self.post("/api/photos", files={"photo": (name, data)})
        assert answer.status_code == 201, answer.text
        return Photo(self, answer.json())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    @property
    def held(self):
        """The photos as the server holds them."""
        return [
            photo for visit in self.proxy.guardian.visits._visits.values() for photo in visit.photos.values()
        ]


class Photo:
    """A photo that is open."""

    def __init__(self, page, told):
        self.page, self.told, self.path = page, told, f"/api/photos/{told['id']}"

    def get(self, path, **more):
        return self.page.get(f"{self.path}/{path}", **more)

    def post(self, path, said=None, **more):
        return self.page.post(f"{self.path}/{path}", **({"json": said} if said is not None else {}), **more)

    def sealed(self, service="openai", **look):
        answer = self.post("seal", {"look": look, "service": service})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ordered(self, digest, **more):
        return self.post("edits", {"digest": digest, "prompt": "a warmer evening", **more})

    def edited(self, digest, **more):
        """Order an edit and listen to all of it."""
        job = self.ordered(digest, **more).json()["job"]
        return events(self.post(f"edits/{job}/events").text)


def events(text):
    """Return the events of a stream: (name, what it said)."""
    blocks = [block.split("\n") for block in text.split("\n\n") if block and not block.startswith(":")]
    return [(name.removeprefix("event: "), json.loads(said.removeprefix("data: "))) for name, said in blocks]


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def page(service):
    with running() as proxy, Page(proxy) as found:
        yield found


@pytest.fixture
def photo(page, portrait_file):
    return page.opened(portrait_file)
