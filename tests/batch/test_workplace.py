import errno
import json
import os

import pytest
from tests.doubles.batches import Stage

from privateedit.batch.limits import is_hopeless
from privateedit.batch.workplace import Workplace
from privateedit.errors import OutputError


@pytest.fixture
def place(tmp_path):
    made = Workplace(tmp_path / "out")
    made.make()
    return made


def test_the_states_folder_is_the_owners_alone(place):
    assert place.home.stat().st_mode & 0o077 == 0
    place.make()


def test_a_folder_that_cannot_be_made_is_an_error_in_words(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="outputs' folder"):
        Workplace(tmp_path / "out").make()


def test_a_part_takes_its_name_and_is_gone(place):
    place.write_part(3, b"picture")
    assert not (place.folder / "sub" / "a.png").exists()
    place.place(3, "sub/a.png")
    assert (place.folder / "sub" / "a.png").read_bytes() == b"picture"
    assert list(place.parts(cleaning=False)) == []


def test_nothing_is_overwritten_even_if_it_came_later(place):
    (place.folder / "a.png").write_bytes(b"a person's own")
    place.write_part(3, b"picture")
    with pytest.raises(OutputError, match=r"a\.png exists"):
        place.place(3, "a.png")
    assert (place.folder / "a.png").read_bytes() == b"a person's own"
    assert list(place.parts(cleaning=False)) == []


def test_a_link_that_leads_nowhere_is_a_persons_own_too(place):
    (place.folder / "a.png").symlink_to("nowhere")
    assert place.holds("a.png")
    assert not place.lacks("a.png")
    place.write_part(3, b"picture")
    with pytest.raises(OutputError, match=r"a\.png exists"):
        place.place(3, "a.png")
    assert (place.folder / "a.png").is_symlink()


@pytest.mark.parametrize("out", ["sub/a.png", "sub/deep/a.png"])
def test_no_output_leaves_its_folder_through_a_link(place, tmp_path, out):
    (tmp_path / "elsewhere").mkdir()
    (place.folder / "sub").symlink_to(tmp_path / "elsewhere")
    assert place.is_linked(out)
    place.write_part(3, b"picture")
    with pytest.raises(OutputError, match="link"):
        place.place(3, out)
    assert not list((tmp_path / "elsewhere").iterdir())
    assert list(place.parts(cleaning=False)) == []


def test_folders_that_cannot_be_made_are_known_beforehand(place):
    (place.folder / "a").write_bytes(b"no folder")
    (place.folder / "b").mkdir()
    assert place.is_blocked("a/x.png")
    assert place.is_blocked("a/deep/x.png")
    for out in ("x.png", "a.png", "b/x.png", "b/deep/x.png", "c/deep/x.png"):
        assert not place.is_blocked(out)


def test_an_outputs_folder_that_is_a_link_itself_is_as_good(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to("real")
    place = Workplace(tmp_path / "out")
    place.make()
    place.write_part(3, b"picture")
    place.place(3, "sub/a.png")
    assert (tmp_path / "real" / "sub" / "a.png").read_bytes() == b"picture"


def test_a_name_that_cannot_be_had_is_an_error_in_words(place):
    (place.folder / "a").write_bytes(b"no folder")
    place.write_part(3, b"picture")
    with pytest.raises(OutputError, match=r"b\.png"):
        place.place(3, "a/b.png")
    with pytest.raises(OutputError):
        place.place(4, "c.png")


def test_trouble_with_a_part_names_no_number_and_is_known_to_be_hopeless(place, monkeypatch):
    def full(file):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for write in (lambda: place.write_part(3, b"x"), lambda: place.deliver(3, "4-1", b"x")):
        with pytest.raises(OutputError) as told:
            write()
        assert told.value.message == "The output could not be written (no space left on device)."
        assert is_hopeless(told.value)
    assert list(place.parts(cleaning=False)) == []


def test_half_written_parts_are_cleared_only_when_nobody_writes(place):
    half = place.part(0).with_name(".privateedit-00.part")
    half.write_bytes(b"half")
    place.write_part(7, b"whole")
    assert list(place.parts(cleaning=False)) == [7]
    assert half.exists()
    assert list(place.parts(cleaning=True)) == [7]
    assert not half.exists()


def test_outcomes_are_written_in_order_and_only_of_what_ended(tmp_path):
    stage = Stage(tmp_path, "b.jpg", "a.broken.jpg", "c.jpg")
    stage.bench.work(stage.claim())
    stage.bench.work(stage.claim())
    stage.workplace.add_outcome("a line of an earlier run, in another order\n")
    stage.workplace.write_outcomes(stage.roll)
    told = [json.loads(line) for line in stage.workplace.outcomes.read_text().splitlines()]
    assert [(each["name"], each["status"]) for each in told] == [
        ("a.broken.jpg", "failed"),
        ("b.jpg", "done"),
    ]


def test_outcomes_that_cannot_be_written_are_an_error_in_words(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    stage.workplace.outcomes.mkdir()
    with pytest.raises(OutputError, match="outcomes"):
        stage.workplace.write_outcomes(stage.roll)
    with pytest.raises(OutputError, match="outcomes"):
        stage.workplace.add_outcome("x\n")


@pytest.mark.parametrize(
    "out", ["../x.png", "a/../../x.png", "/x.png", ".privateedit-batch/x.png", "C:/x.png"]
)
def test_no_output_leaves_its_folder_whatever_the_state_says(tmp_path, out):
    stage = Stage(tmp_path, "a.jpg")
    out = str(tmp_path / "x.png") if out == "/x.png" else out
    stage.roll.base.execute("UPDATE items SET out = ?", (out.encode(),))
    (outcome,) = stage.work()
    assert outcome.failure.error == "OutputError"
    assert not list(tmp_path.rglob("x.png"))
    assert list(stage.workplace.parts(cleaning=False)) == []


def test_what_is_delivered_becomes_the_part_and_what_is_not_received_is_swept(place):
    place.make()
    names = [place.deliver(7, worker, worker.encode()) for worker in ("run-1", "run-2")]
    place.receive(7, names[1])
    assert place.part(7).read_bytes() == b"run-2"
    with pytest.raises(OutputError, match="did not arrive"):
        place.receive(7, names[1])
    place.sweep()
    assert not list((place.home / "incoming").iterdir())
    assert place.part(7).exists()


def test_outputs_are_seen_and_withdrawn(place):
    place.make()
    place.write_part(7, b"output")
    place.place(7, "sub/a.png")
    assert place.holds("sub/a.png")
    place.withdraw("sub/a.png")
    assert not place.holds("sub/a.png")
