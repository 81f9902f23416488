from dataclasses import replace

import cv2
import pytest
from tests.doubles.batches import Stage, an_order, parts_that_see_red
from tests.doubles.fleets import asking, posting

from privateedit import wiring
from privateedit.batch import cluster_hand
from privateedit.batch.cluster_desk import ClusterDesk
from privateedit.batch.cluster_hand import Hand, JournalCheck, require_surroundings
from privateedit.batch.limits import Limits
from privateedit.batch.order import Kind
from privateedit.batch.outcome import Status
from privateedit.batch.sources import Root
from privateedit.errors import InputError, OutputError, WeightsMissing


@pytest.fixture
def stage(tmp_path, monkeypatch):
    made = parts_that_see_red()
    monkeypatch.setattr(wiring, "parts", lambda: made)
    threads = cv2.getNumThreads()
    yield Stage(tmp_path, "a.jpg", "b.broken.jpg")
    cv2.setNumThreads(threads)


def test_photos_are_worked_on_as_they_are_given(stage):
    desk = ClusterDesk(stage.workplace, Limits())
    hand = Hand(posting(stage), 3, asking(desk, 3))
    assert hand.warm() is None
    assert cv2.getNumThreads() == 1
    assert [hand.work(desk.claim(3)) for _ in range(2)] == [None, None]
    assert [each.status for each in stage.outcomes()] == [Status.DONE, Status.FAILED]
    assert (stage.out / "a.png").exists()


def test_whoever_cannot_write_down_says_so(stage):
    desk = ClusterDesk(stage.workplace, Limits())
    hand = Hand(posting(stage), 3, asking(desk, 3))
    assert isinstance(hand.work(stage.claim()), InputError)
    hand.warm()
    assert isinstance(hand.work(stage.claim()), OutputError)  # another one's photo
    assert not (stage.out / "b.png").exists()


def test_a_model_that_is_missing_is_told(stage, monkeypatch):
    def missing():
        raise WeightsMissing("A model is missing.")

    monkeypatch.setattr(wiring, "parts", missing)
    assert isinstance(Hand(posting(stage), 0, print).warm(), WeightsMissing)


def test_what_a_node_does_not_see_is_told(stage, tmp_path):
    good = posting(stage)
    require_surroundings(good)
    with pytest.raises(InputError, match="versions"):
        require_surroundings(replace(good, version="0.0.0"))
    with pytest.raises(InputError, match="outputs' folder"):
        require_surroundings(replace(good, mark="another"))
    lost = replace(good.shift, roots=(Root(str(tmp_path / "none")),))
    with pytest.raises(InputError, match="folder of the inputs"):
        require_surroundings(replace(good, shift=lost))
    edited = replace(good.shift, order=an_order(Kind.RESTORE, edited=tmp_path / "none"))
    with pytest.raises(InputError, match="folder of the inputs"):
        require_surroundings(replace(good, shift=edited))
    stored = replace(good.shift, roots=(Root("s3://b", remote=True),), order=an_order(store="s3://b"))
    require_surroundings(replace(good, mark="another", shift=stored))


def test_a_node_without_a_journal_has_nothing_to_say(stage, state_folder):
    hand = Hand(posting(stage), 0, print)
    assert hand.check_journal() == JournalCheck("", 0, "")
    assert hand.journal_piece(0) == b""
    state_folder.mkdir()
    (state_folder / "key").write_bytes(b"short")
    assert hand.check_journal().problem
    assert hand.journal_piece(0) == b""


def test_a_wait_is_cut_into_pieces_so_that_the_desk_is_asked_whether_to_stop(monkeypatch):
    naps = []
    monkeypatch.setattr(cluster_hand, "sleep", naps.append)
    assert cluster_hand._patient(0.2)
    assert cluster_hand._patient(3600.0)
    assert naps == [0.2, 1.0]
