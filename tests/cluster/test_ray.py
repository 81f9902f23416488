"""Batches on a real Ray cluster of two nodes, with real models; a node is killed in the middle."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from itertools import product

import pytest
from tests.cluster.conftest import known_paths
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import found_in

from privateedit.cli.app import run

pytestmark = pytest.mark.slow
LONG = 180.0
EDIT = ("--provider", "openai", "--prompt", "a warmer evening")


class Batch:
    """The command in a process of its own, with a state folder that no worker has."""

    def __init__(self, home, nodes, photos, *words, **environment):
        self.out = home / "out"
        engine = ("--engine", "ray", "--address", nodes.address)
        self.words = [str(each) for each in ("batch", photos, "-o", self.out, *engine, *words)]
        self.environment = {
            **os.environ,  # noqa: TID251 (handed on)
            "PRIVATEEDIT_STATE_DIR": str(home / "driver"),
            **known_paths(),
            **environment,
        }

    def start(self):
        return subprocess.Popen([sys.executable, "-m", "privateedit", *self.words], env=self.environment)

    def end(self, process):
        try:
            return process.wait(LONG)
        finally:
            process.kill()
            process.wait()

    def run(self):
        return self.end(self.start())

    def count(self, status):
        return self._asked("SELECT count(*) FROM items WHERE status = ?", status)

    def workers_that_did_something(self):
        return self._asked("SELECT count(DISTINCT owner) FROM items WHERE status = ?", "done")

    def _asked(self, question, status):
        path = self.out / ".privateedit-batch" / "photos.sqlite"
        if not path.exists():
            return 0
        try:
            base = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=LONG)
            try:
                return base.execute(question, (status,)).fetchone()[0]
            finally:
                base.close()
        except sqlite3.OperationalError:
            return 0

    def told(self):
        return [json.loads(line) for line in (self.out / "outcomes.jsonl").read_text().splitlines()]

    def report(self):
        return [json.loads(line) for line in (self.out / "journals.jsonl").read_text().splitlines()]


def until(has_come, process):
    limit = time.monotonic() + LONG
    while not has_come():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < limit
        time.sleep(0.01)


def pictures(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.png")}


def journal_is_whole(state, monkeypatch, capsys):
    with monkeypatch.context() as patch:
        patch.setenv("PRIVATEEDIT_STATE_DIR", str(state))
        code = run(["journal", "verify"])
    said = capsys.readouterr()
    return code == 0 and "journal is whole" in said.out + said.err


def test_a_node_that_is_killed_costs_no_photo(tmp_path, nodes, photos, monkeypatch, capsys):
    """Both have done something, and there is enough to do that one is gone long before the end."""
    for copy, photo in product(range(9), sorted(photos.iterdir())):
        (photos / f"{photo.stem}-{copy}.png").write_bytes(photo.read_bytes())
    undisturbed = tmp_path / "undisturbed"
    assert run(["batch", str(photos), "-o", str(undisturbed), "--mask-only", "--workers", "2"]) == 0
    nodes.add(cores=1)
    nodes.add(cores=1)
    batch = Batch(tmp_path, nodes, photos, "--mask-only")
    process = batch.start()
    until(lambda: batch.workers_that_did_something() == 2, process)
    nodes.kill(0)
    assert batch.end(process) == 0
    assert pictures(batch.out) == pictures(undisturbed)
    assert len(pictures(batch.out)) == 60
    assert [each["status"] for each in batch.told()] == ["done"] * 60
    abouts = [each for each in batch.report() if each["kind"] == "node"]
    assert sorted(each["reached"] for each in abouts) == [False, True]
    assert [each["whole"] for each in abouts if each["reached"]] == [True]
    assert all(journal_is_whole(nodes.state(number), monkeypatch, capsys) for number in (0, 1))
    assert not list((batch.out / ".privateedit-batch" / "incoming").iterdir())


POISON = """
import os, sys

def dies(event, words):
    if event == "open" and str(words[0]).endswith("photos/2.png"):
        os._exit(9)

sys.addaudithook(dies)
"""


def test_a_photo_that_ends_its_workers_is_named_skipped_and_counted(tmp_path, nodes, photos):
    (tmp_path / "poison").mkdir()
    (tmp_path / "poison" / "sitecustomize.py").write_text(POISON)
    places = os.pathsep.join([str(tmp_path / "poison"), known_paths()["PYTHONPATH"]])
    nodes.add(cores=1, PYTHONPATH=places)
    nodes.add(cores=1, PYTHONPATH=places)
    batch = Batch(tmp_path, nodes, photos, "--mask-only")
    assert batch.run() == 1
    told = {each["name"]: each for each in batch.told()}
    assert told["2.png"]["message"] == "The process that worked on it died, more than once."
    assert (told["2.png"]["code"], told["2.png"]["sent"]) == (1, "no")
    assert [each["status"] for each in told.values()].count("done") == 5
    assert sorted(pictures(batch.out)) == ["0.png", "1.png", "3.png", "4.png", "5.png"]


def test_what_a_killed_node_was_sending_is_told_and_never_sent_again(tmp_path, nodes, photos):
    killed = threading.Event()

    def slowly(picture, hidden):
        assert killed.wait(LONG)
        return picture

    with OpenAIStandIn(redraw=slowly) as service:
        known = {"OPENAI_API_KEY": service.key, "PRIVATEEDIT_OPENAI_BASE_URL": service.url}
        nodes.add(cores=1, **known)
        nodes.add(cores=1, **known)
        batch = Batch(tmp_path, nodes, photos, *EDIT, **known)
        process = batch.start()
        until(lambda: len(service.carried) >= 2, process)  # one of each node, which sends one at a time
        nodes.kill(0)
        killed.set()
        assert batch.end(process) == 5
        unknown = [each for each in batch.told() if each["sent"] == "unknown"]
        assert len(unknown) == 1
        assert [each["status"] for each in batch.told() if each not in unknown] == ["done"] * 5
        assert batch.run() == 5  # there is nothing left to do, and the same is told
        sent = [found_in(each.body)[0] for each in service.carried]
        assert len(sent) == len(set(sent)) == 6
    lines = batch.report()
    intents = {each["id"] for each in lines if each["kind"] == "intent"}
    assert intents == {each["id"] for each in lines if each["kind"] == "outcome"}
    assert [each["reached"] for each in lines if each["kind"] == "node"] == [True, False]


def test_a_batch_that_is_killed_on_a_cluster_is_gone_on_with(tmp_path, nodes, photos):
    nodes.add(cores=2)
    batch = Batch(tmp_path, nodes, photos, "--mask-only")
    process = batch.start()
    until(lambda: batch.count("done") >= 1, process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert batch.run() == 0
    assert len(pictures(batch.out)) == 6
    assert len(batch.told()) == 6


def test_outputs_go_to_storage_and_the_state_stays(tmp_path, nodes, photos):
    nodes.add(cores=1)
    nodes.add(cores=1)
    store = tmp_path / "store"
    store.mkdir()
    batch = Batch(tmp_path, nodes, f"file://{photos}", "--mask-only", "--store", f"file://{store}")
    assert batch.run() == 0
    assert len(pictures(store)) == 6
    assert not pictures(batch.out)
    assert sorted(path.name for path in store.iterdir() if path.is_file()) == [f"{n}.png" for n in range(6)]


def test_a_first_interrupt_ends_what_was_begun(tmp_path, nodes, photos):
    nodes.add(cores=1)
    batch = Batch(tmp_path, nodes, photos, "--mask-only")
    process = batch.start()
    until(lambda: batch.count("done") >= 1, process)
    process.send_signal(signal.SIGINT)
    assert batch.end(process) == 130
    assert batch.count("working") == 0
    assert 1 <= len(pictures(batch.out)) < 6
    assert batch.run() == 0
    assert len(pictures(batch.out)) == 6


class Handed:
    """Every byte that this process hands to Ray: arguments, what is put, classes and functions."""

    def __init__(self, monkeypatch):
        from ray import cloudpickle
        from ray._private import serialization

        self.data = []
        dump, serialize = cloudpickle.dumps, serialization.SerializationContext.serialize

        def dumped(*words, **more):
            self.data.append(dump(*words, **more))
            return self.data[-1]

        def serialized(context, value):
            self.data.append(dump(value))
            return serialize(context, value)

        monkeypatch.setattr(cloudpickle, "dumps", dumped)
        monkeypatch.setattr(serialization.SerializationContext, "serialize", serialized)

    def holds(self, words):
        return any(words.encode() in each for each in self.data)


def test_no_key_is_handed_to_ray(tmp_path, nodes, photos, monkeypatch):
    import ray

    handed = Handed(monkeypatch)
    with OpenAIStandIn() as service:
        known = {"OPENAI_API_KEY": service.key, "PRIVATEEDIT_OPENAI_BASE_URL": service.url}
        nodes.add(cores=1, **known)
        for name, value in known.items():
            monkeypatch.setenv(name, value)
        out = tmp_path / "out"
        words = ["batch", str(photos / "[01].png"), "-o", str(out), *EDIT]
        assert run([*words, "--engine", "ray", "--address", nodes.address]) == 0
        assert len(service.carried) == 2
        assert handed.holds("a warmer evening")  # what workers are told is seen by this test
        assert handed.holds("privateedit.batch.cluster")
        assert not handed.holds(service.key)
        ray.put({"deep": [service.key]})
        assert handed.holds(service.key)
        handed.data.clear()

        @ray.remote(num_cpus=0)
        def leaks(key=service.key):
            return key

        leaks.remote()
        assert handed.holds(service.key)
