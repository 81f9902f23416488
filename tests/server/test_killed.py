"""`privateedit serve` as people run it, stopped in the middle of a request: kindly, and not."""

import base64
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.standins.openai import OpenAIStandIn
from tests.standins.raw_client import RawClient, file, form, head, text
from tests.standins.server import Fault

MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"ftypheic", b"ftypavif", b"II*\0", b"MM\0*")
LONG = 60.0
FOLDERS = {
    "PRIVATEEDIT_STATE_DIR": "state",
    "TMPDIR": "tmp",
    "HOME": "home",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "xdg-state",
    "XDG_RUNTIME_DIR": "runtime",
}


class Served:
    """A server in a process of its own, with folders of its own."""

    def __init__(self, folder, service):
        self.folder = folder
        for name in FOLDERS.values():
            (folder / name).mkdir(mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"],
            "OPENAI_API_KEY": service.key,
            "PRIVATEEDIT_OPENAI_BASE_URL": service.url,
            **{name: str(folder / where) for name, where in FOLDERS.items()},
        }

    def run(self, *words):
        said = [sys.executable, "-m", "privateedit", *words]
        return subprocess.run(
            said,
            check=False,
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=LONG,
        )

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "privateedit", "serve", "--port", "0"],
            env=self.environment,
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.lines, self.said = queue.Queue(), []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = self._port()
        self.token = (self.folder / "state" / "server-token").read_text().strip()
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(LONG)
        self._reader.join(LONG)
        self.process.stdout.close()

    def _read(self):
        for line in self.process.stdout:
            self.said.append(line.decode())
            self.lines.put(self.said[-1])
        self.lines.put(None)

    def _port(self):
        while (line := self.lines.get(timeout=LONG)) is not None:
            if found := re.search(r"http://127\.0\.0\.1:(\d+)/v1", line):
                return int(found[1])
        raise AssertionError("".join(self.said))

    def ask(self, client, photo):
        kind, body = form([text("prompt", "a warmer evening"), file("image", photo, "anna-schmidt.png")])
        headers = [
            ("Content-Type", kind),
            ("Content-Length", len(body)),
            ("Authorization", f"Bearer {self.token}"),
        ]
        client.say(head(port=self.port, headers=headers) + body)

    def open_files(self):
        found = []
        for link in Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                found.append(str(link.readlink()))
            except OSError:
                continue
        return found


@contextmanager
def hanging_service(**faults):
    with OpenAIStandIn(**faults) as service:
        yield service


def wait_until(condition):
    until = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def refuses(port):
    """Whether nobody listens on a port any more."""
    try:
        RawClient(port).socket.close()
    except ConnectionRefusedError:
        return True
    return False


def traces_of(photo, pixels):
    """Pieces of a photo that could lie in a file: of its bytes, its pixels, and base64 of both."""
    face = pixels[90:150, 190:260]
    plain = [photo[1000:1024], photo[-1024:-1000], face[30, :24].tobytes(), face[30, :8, ::-1].tobytes()]
    shifted = [base64.b64encode(photo)[start : start + 24] for start in (0, 4000)]
    return [*plain, *shifted, base64.b64encode(face[30].tobytes())[:24], b"anna-schmidt", b"warmer evening"]


def found_on_disk(folder, traces):
    """Return what of a photo, or of any picture, lies in a file below a folder."""
    found, read = [], 0
    for path in folder.rglob("*"):
        if not path.is_file() or path.suffix == ".pyc":
            continue
        data = path.read_bytes()
        read += 1
        found += [(path.name, trace) for trace in traces if trace in data]
        found += [(path.name, magic) for magic in MAGIC if magic in data]
    assert read, "nothing was searched"
    return found


def sends_of(served):
    shown = served.run("journal", "show", "--json")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["sends"]


def test_the_search_finds_what_it_looks_for(tmp_path, portrait_file, astronaut):
    traces = traces_of(portrait_file, astronaut.pixels)
    for content in (
        portrait_file,
        astronaut.pixels.tobytes(),
        base64.b64encode(portrait_file),
        b"a warmer evening",
        MAGIC[1],
    ):
        (tmp_path / "a").write_bytes(content)
        assert found_on_disk(tmp_path, traces)
    (tmp_path / "a").write_bytes(b"nothing")
    assert not found_on_disk(tmp_path, traces)


@pytest.mark.slow
def test_killed_in_the_middle_it_has_told_the_journal_and_left_nothing_of_the_photo(
    tmp_path, portrait_file, astronaut
):
    traces = traces_of(portrait_file, astronaut.pixels)
    with OpenAIStandIn(Fault.SILENT_AFTER) as service, Served(tmp_path, service) as served:
        with RawClient(served.port, LONG) as client:
            served.ask(client, portrait_file)
            seen = set()
            wait_until(lambda: seen.update(served.open_files()) or service.carried)
            served.process.send_signal(signal.SIGKILL)
            assert served.process.wait(LONG) == -signal.SIGKILL
            assert client.rest() == b""
        in_temporary = [
            each
            for each in seen
            if each.startswith(str(tmp_path / "tmp")) or "memfd" in each or "/shm/" in each
        ]
        assert any(each.startswith("socket:") for each in seen)
        assert not in_temporary
        assert not found_on_disk(tmp_path, traces)
        (send,) = sends_of(served)
        assert send["provider"] == "openai"
        assert send["sealed"] is True
        # It left, and nobody came to write how it ended.
        assert (send["ended"], send["result"], send["sent"]) == (None, None, None)
        assert not found_on_disk(tmp_path, traces)
        assert served.run("journal", "verify").returncode == 0
        assert "".join(served.said).count("\n") <= 6


@pytest.mark.slow
def test_stopped_kindly_it_finishes_what_is_under_way_and_leaves_nothing(tmp_path, portrait_file, astronaut):
    began, go_on = threading.Event(), threading.Event()

    def slowly(picture, hidden):
        began.set()
        assert go_on.wait(LONG)
        return picture

    with OpenAIStandIn(redraw=slowly) as service, Served(tmp_path, service) as served:
        with RawClient(served.port, LONG) as client:
            served.ask(client, portrait_file)
            assert began.wait(LONG)
            served.process.send_signal(signal.SIGTERM)
            wait_until(lambda: refuses(served.port))
            assert served.process.poll() is None
            go_on.set()
            assert client.hears().status == 200
        code = served.process.wait(LONG)
        served._reader.join(LONG)
        assert code in (0, 143, -signal.SIGTERM)
        assert "Traceback" not in "".join(served.said)
        (send,) = sends_of(served)
        assert (send["result"], send["sent"]) == ("returned", "yes")
        assert not found_on_disk(tmp_path, traces_of(portrait_file, astronaut.pixels))
