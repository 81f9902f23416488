"""`privateedit batch` as people run it, with real models and two workers, killed in the middle."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from itertools import combinations

import cv2
import numpy as np
import pytest
import skimage.data
from tests.standins.openai import OpenAIStandIn

from privateedit.cli.app import run

LONG = 120.0


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    face = cv2.resize(skimage.data.astronaut(), (192, 192), interpolation=cv2.INTER_AREA)
    for number in range(5):
        shade = (face * (0.85 + 0.05 * number)).astype(np.uint8)
        cv2.imwrite(str(folder / f"{number}.png"), shade[..., ::-1])
    return folder


class Batch:
    def __init__(self, home, photos, name, *words, **environment):
        self.out, self.state = home / name, home / f"{name}-state"
        self.words = [str(each) for each in ("batch", photos, "-o", self.out, "--workers", "2", *words)]
        threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.environment = {
            **os.environ,  # noqa: TID251 (handed on)
            "HOME": str(home),
            "PRIVATEEDIT_STATE_DIR": str(self.state),
            **threads,
            **environment,
        }

    def start(self):
        return subprocess.Popen(
            [sys.executable, "-m", "privateedit", *self.words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self):
        process = self.start()
        try:
            return process.wait(LONG)
        finally:
            process.kill()
            process.wait()

    def killed_when(self, has_come, *, all_of_it):
        process = self.start()
        try:
            until = time.monotonic() + LONG
            while not has_come():
                assert process.poll() is None, "it ended before it could be killed"
                assert time.monotonic() < until
                time.sleep(0.01)
        finally:
            if all_of_it:
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.wait()

    def ended(self):
        path = self.out / ".privateedit-batch" / "photos.sqlite"
        if not path.exists():
            return 0
        try:
            base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=LONG)
            try:
                return base.execute("SELECT count(*) FROM items WHERE status = 'done'").fetchone()[0]
            finally:
                base.close()
        except sqlite3.OperationalError:
            return 0

    def files(self):
        named = {
            path.relative_to(self.out).as_posix(): path for path in self.out.rglob("*") if path.is_file()
        }
        kept = {n: p for n, p in named.items() if not n.startswith((".privateedit-batch", "contact-sheet"))}
        return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in kept.items()}

    def told(self):
        return [json.loads(line) for line in (self.out / "outcomes.jsonl").read_text().splitlines()]


@pytest.mark.slow
def test_a_batch_that_is_killed_ends_as_one_that_was_not(tmp_path, photos, monkeypatch):
    undisturbed = Batch(tmp_path, photos, "undisturbed", "--mask-only")
    monkeypatch.setenv("PRIVATEEDIT_STATE_DIR", str(undisturbed.state))
    assert run([*undisturbed.words, "--workers", "1"]) == 0
    killed = Batch(tmp_path, photos, "killed", "--mask-only")
    killed.killed_when(lambda: killed.ended() >= 1, all_of_it=True)
    killed.killed_when(lambda: killed.ended() >= 3, all_of_it=False)  # its workers are left behind
    assert killed.run() == 0
    assert len(undisturbed.files()) == 6
    assert killed.files() == undisturbed.files()


def picture_in(body):
    """Return the bytes of the first PNG in a body, or as many as came before whoever sent it was killed."""
    _, magic, rest = body.partition(b"\x89PNG")
    picture, end, _ = rest.partition(b"IEND")
    return magic + picture + end


@pytest.mark.slow
def test_photos_that_were_being_sent_are_told_and_not_sent_again(tmp_path, photos):
    killing = threading.Event()

    def slowly(picture, hidden):
        assert killing.wait(LONG)
        return picture

    with OpenAIStandIn(redraw=slowly) as service:
        known = {"OPENAI_API_KEY": service.key, "PRIVATEEDIT_OPENAI_BASE_URL": service.url}
        words = ("--provider", "openai", "--prompt", "a warmer evening")
        killed = Batch(tmp_path, photos / "[0-2].png", "edited", *words, **known)
        killed.killed_when(lambda: len(service.carried) >= 1, all_of_it=True)
        killing.set()
        assert killed.run() == 5
        told = killed.told()
        unknown = [each for each in told if each["sent"] == "unknown"]
        assert 1 <= len(unknown) <= 2
        assert [each["status"] for each in told if each not in unknown] == ["done"] * (3 - len(unknown))
        assert 3 - len(unknown) <= len(service.carried) <= 3
        arrived = [picture_in(each.body) for each in service.carried]
        sent = sorted((each for each in arrived if len(each) > 200), key=len)  # enough to tell photos apart
        assert len(sent) >= 3 - len(unknown)
        assert not any(other.startswith(one) for one, other in combinations(sent, 2))
