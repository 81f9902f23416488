"""A proxy that really listens on loopback, in front of a strict stand-in of OpenAI."""

import io
import threading
from contextlib import contextmanager

import cv2
import httpx2
import numpy as np
import pytest
from PIL import Image
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import found_in, pixels

from privateedit import wiring
from privateedit.core.pull_push import pull_push
from privateedit.records.sends import History
from privateedit.server import serving
from privateedit.server.limits import ServerLimits
from privateedit.server.wishes import Policy

EYES = (slice(95, 130), slice(195, 255))
"""The astronaut's."""

PROMPT = "a warmer evening, same pose and framing"


def file_of(pixels, image_format="PNG", **options):
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, image_format, **options)
    return written.getvalue()


def likeness(first, second):
    """Correlation of two pictures of the eyes; 0 where one of them is plain."""
    one, two = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(float).ravel() for each in (first, second))
    return 0.0 if min(one.std(), two.std()) < 1 else abs(float(np.corrcoef(one, two)[0, 1]))


def require_nothing_hidden_left(service, original, eyes=EYES):
    """Hold that no picture in any request shows the eyes of `original`."""
    assert service.asked
    found = [data for asked in service.asked for data in found_in(asked.body)]
    assert found or all(asked.method == "GET" for asked in service.asked)
    for data in found:
        sent = pixels(data)
        side = original.shape[1] / sent.shape[1]
        assert min(sent.shape[:2]) > 16, side
        fitted = cv2.resize(sent, original.shape[1::-1], interpolation=cv2.INTER_AREA)
        assert likeness(fitted[eyes], original[eyes]) < 0.2


def require_face_back(data, original, eyes=EYES):
    """Hold that a result shows the eyes of `original`, where they belong."""
    final = pixels(data)
    fitted = cv2.resize(final, original.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert likeness(fitted[eyes], original[eyes]) > 0.9


class Proxy:
    """A server of PrivateEdit that is running."""

    def __init__(self, guardian, port, server=None):
        self.guardian, self.port, self.server = guardian, port, server
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/v1"
        self.token = guardian.access.token.text

    def post(self, path="/v1/images/edits", *, key=None, headers=(), **more):
        openais = {"x-stainless-lang": "python"}  # as OpenAI's own libraries say
        shown = {"authorization": f"Bearer {key or self.token}", **openais, **dict(headers)}
        return httpx2.post(f"{self.root}{path}", headers=shown, timeout=120, **more)

    def edit(self, data, *, prompt=PROMPT, name="photo.png", fields=(), files=(), **more):
        form = {"prompt": prompt, **dict(fields)}
        attached = [("image", (name, data, "application/octet-stream")), *files]
        return self.post(data=form, files=attached, **more)


@contextmanager
def running(**wanted):
    """Run a server in a thread of this process."""
    chosen = {"host": "127.0.0.1", "port": 0, "policy": Policy({}, {}), "upstream": "openai", **wanted}
    guardian = serving.guardian_of(serving.Wanted(**chosen))
    server = serving.server_of(guardian, chosen["host"], chosen["port"])
    ports, ready = [], threading.Event()
    server.listening = lambda port: (ports.append(port), ready.set())
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(30), "the server did not begin to listen"
    try:
        yield Proxy(guardian, ports[0], server)
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture(autouse=True)
def around_a_restore(restores_that_remember):
    """What is tested here is what goes on around it."""


@pytest.fixture
def stranger_redraws(stranger_editor):
    """How the stand-in edits: warmer, with Grace Hopper's face in every hole."""
    painter = stranger_editor(share=0.62)

    def redraw(picture, hidden):
        filled = pull_push(picture.astype(np.float32), (~hidden).astype(np.float32))
        drawn = painter._paint(filled, hidden) * np.float32([1.05, 1.0, 0.93])
        return np.clip(drawn, 0, 255).astype(np.uint8)

    return redraw


@pytest.fixture
def service(monkeypatch):
    """OpenAI, which gives every picture back as it came, the hole too."""
    with OpenAIStandIn() as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        yield found
        assert not found.problems


@pytest.fixture
def serve():
    return running


@pytest.fixture
def proxy(service):
    with running() as found:
        yield found


@pytest.fixture(scope="session")
def portrait_file(astronaut):
    return file_of(astronaut.pixels)


@pytest.fixture(scope="session")
def quick():
    """Limits that a test can wait for."""
    return ServerLimits(head=1.0, idle=1.0, upload=4.0, waiting=4, grace=2.0)


@pytest.fixture
def sends():
    """Every send in the journal of this test, in order."""

    def read():
        history = History()
        verdict = wiring.records().journal.verify(history.add)
        assert verdict is None or verdict.problem is None
        return history.sends

    return read
