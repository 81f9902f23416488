import pytest
from tests.doubles.batches import SALT, Stage, write_photos

from privateedit.batch import planning
from privateedit.batch.opened_folders import forget_opened
from privateedit.batch.order import place_of
from privateedit.batch.outcome import Failure, Status
from privateedit.batch.sources import Found, Root
from privateedit.errors import Sent


@pytest.fixture
def stage(tmp_path):
    """A batch whose first run could not enter a folder."""
    stage = Stage(tmp_path, "z.jpg")
    write_photos(stage.photos, "closed/a.jpg")
    root = stage.sources.roots[0]
    found = [(place_of(SALT, root.place(path)), Found(0, path)) for path in ("closed", "z.jpg")]
    planning.plan(stage.roll, found, stage.order.ending_of, lambda out: False)
    stage.work()
    assert told(stage) == {"z.jpg": Status.DONE, "closed": Status.FAILED}
    return stage


def told(stage):
    return {each.name: each.status for each in stage.outcomes()}


def opened(stage):
    stage.plan()
    forget_opened(stage.roll, stage.sources.roots, SALT)
    return told(stage)


def test_a_folder_that_is_entered_now_is_not_told_any_more(stage):
    assert opened(stage) == {"z.jpg": Status.DONE, "closed/a.jpg": Status.WAITING}


def test_one_that_still_cannot_be_entered_is(stage, monkeypatch):
    def closed(path):
        raise PermissionError(13, "Permission denied")

    stage.plan()
    monkeypatch.setattr("privateedit.batch.opened_folders.os.scandir", closed)
    forget_opened(stage.roll, stage.sources.roots, SALT)
    assert told(stage)["closed"] is Status.FAILED


def test_one_of_another_place_or_in_storage_is_not_taken_for_it(stage, tmp_path):
    write_photos(tmp_path / "other", "closed/a.jpg")
    stage.plan()
    forget_opened(stage.roll, [Root(str(tmp_path / "other")), Root("memory://photos", remote=True)], SALT)
    assert told(stage)["closed"] is Status.FAILED


def test_a_photo_that_failed_and_is_gone_stays_told(stage):
    write_photos(stage.photos, "b.broken.jpg")
    opened(stage)
    stage.bench = stage.make_bench()
    stage.work()
    (stage.photos / "b.broken.jpg").unlink()
    assert opened(stage)["b.broken.jpg"] is Status.FAILED


def test_what_was_sent_is_never_forgotten(stage):
    number = next(each.number for each in stage.outcomes() if each.name == "closed")
    stage.roll.failed(number, Failure("X", 5, "No.", Sent.UNKNOWN))
    assert opened(stage)["closed"] is Status.FAILED
