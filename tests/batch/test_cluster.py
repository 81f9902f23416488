"""What needs no cluster; the rest is tested on a real one (`make cluster`)."""

import pickle
import sys

import pytest
from tests.doubles.batches import Stage, an_order

from privateedit.batch import cluster
from privateedit.batch.cluster import posting_of, require_cluster
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind
from privateedit.batch.sources import Root
from privateedit.batch.worker import Shift
from privateedit.core.edit import Instruction
from privateedit.errors import ExtraMissing, InputError, Missing, OutputError, WeightsMissing


@pytest.fixture
def stage(tmp_path):
    return Stage(tmp_path, "a.jpg")


def shift(stage, order=None, roots=None):
    chosen = roots or tuple(stage.sources.roots)
    return Shift(order or stage.order, chosen, stage.workplace, Limits(), threads=1)


def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExtraMissing, match=r"privateedit\[ray\]"):
        require_cluster("")


def test_addresses_of_clients_outside_the_cluster_are_refused(monkeypatch):
    monkeypatch.setattr(cluster, "_ray", lambda: None)
    with pytest.raises(InputError, match="HOST:PORT"):
        require_cluster("ray://somewhere:10001")


def test_what_workers_are_told_holds_no_key_and_places_that_all_can_find(stage, monkeypatch, tmp_path):
    monkeypatch.setenv("OPENAI_API_KEY", "planted-key-0123456789")
    monkeypatch.chdir(tmp_path)
    edits = an_order(
        Kind.EDIT, instruction=Instruction(prompt="planted words"), provider="openai", sends=True
    )
    told = pickle.dumps(posting_of(shift(stage, edits)))
    assert b"planted words" in told
    assert b"planted-key" not in told
    restores = an_order(Kind.RESTORE, edited=stage.photos.relative_to(tmp_path))
    assert posting_of(shift(stage, restores)).shift.order.edited == stage.photos.resolve()


def test_the_mark_is_on_the_disk_and_new_for_each_run(stage):
    one, two = posting_of(shift(stage)), posting_of(shift(stage))
    assert (stage.workplace.home / "cluster").read_text("ascii") == two.mark != one.mark
    assert one.run != two.run


@pytest.mark.parametrize("where", ["input", "output"])
def test_passwords_in_addresses_are_told_to_nobody(stage, where):
    address = "sftp://ann:secret@host/photos"
    roots = (Root(address, remote=True),) if where == "input" else None
    order = an_order(store=address) if where == "output" else None
    with pytest.raises(InputError) as found:
        posting_of(shift(stage, order, roots))
    assert "secret" not in found.value.message


class Errors:
    """Ray's, as far as they are told apart."""

    class RayError(Exception):
        pass


def test_what_the_desk_says_is_raised_and_its_end_is_told(monkeypatch):
    class Ray:
        exceptions = Errors

        @staticmethod
        def get(found):
            if found is None:
                raise Errors.RayError
            return found

    class Method:
        @staticmethod
        def remote(owner, name, number, *more):
            return {1: "fine", 2: WeightsMissing("A model is missing.")}.get(number)

    class Handle:
        ask = Method

    monkeypatch.setattr(cluster, "_ray", lambda: Ray)
    assert cluster._asked(Handle, 0, "kept", 1) == "fine"
    with pytest.raises(WeightsMissing):
        cluster._asked(Handle, 0, "kept", 2)
    with pytest.raises(OutputError, match="gone"):
        cluster._asked(Handle, 0, "kept", 3)


@pytest.mark.parametrize("trouble", [ConnectionError, RuntimeError, ValueError])
def test_a_cluster_that_does_not_answer_is_told_and_none_is_started(monkeypatch, trouble):
    class Ray:
        @staticmethod
        def is_initialized():
            return False

        @staticmethod
        def init(address, **more):
            asked.append(address)
            raise trouble("with an address in it")

    asked = []
    monkeypatch.setattr(cluster, "_ray", lambda: Ray)
    for address in ("", "head:6379"):
        with pytest.raises(Missing) as found:
            require_cluster(address)
        assert found.value.message == "No Ray cluster answers at that address."
    assert asked == ["auto", "head:6379"]  # an empty address would have Ray start one
