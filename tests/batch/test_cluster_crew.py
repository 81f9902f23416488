import cv2
import pytest
from tests.doubles.batches import Stage, parts_that_see_red
from tests.doubles.fleets import FleetHere, asking

from privateedit import wiring
from privateedit.batch import cluster_crew
from privateedit.batch.cluster_crew import ClusterCrew
from privateedit.batch.limits import Halt
from privateedit.batch.outcome import Status
from privateedit.errors import InputError, Missing, OutputError, WeightsMissing

NAMES = ("a.jpg", "b.jpg", "c.jpg", "d.jpg")


@pytest.fixture
def stage(tmp_path, monkeypatch):
    made = parts_that_see_red()
    monkeypatch.setattr(wiring, "parts", lambda: made)
    monkeypatch.setattr(cluster_crew, "_LISTEN", 0.01)
    threads = cv2.getNumThreads()
    yield Stage(tmp_path, *NAMES)
    cv2.setNumThreads(threads)


def worked(stage, fleet, count=2, stopping=lambda: False):
    told = []
    crew = ClusterCrew(fleet, count, told.append)
    crew.work(stopping)
    return crew, told


def test_each_photo_is_given_to_one_worker_and_told_once(stage):
    fleet = FleetHere(stage)
    crew, told = worked(stage, fleet)
    assert sorted(told) == [1, 2, 3, 4]
    assert sorted(fleet.given) == list(NAMES)
    assert {each.status for each in stage.outcomes()} == {Status.DONE}
    assert crew.ready() == [0, 1]


def test_a_lost_worker_is_replaced_by_one_of_another_number_and_its_photo_done(stage):
    lost = []

    def loses(owner, claimed):
        if claimed is not None and claimed.name == "b.jpg" and not lost:
            lost.append(owner)
            return True
        return False

    fleet = FleetHere(stage, loses)
    crew, told = worked(stage, fleet)
    assert fleet.dismissed == lost
    assert lost[0] not in crew.ready()
    assert max(crew.ready()) == 2
    assert fleet.given.count("b.jpg") == 2
    assert {each.status for each in stage.outcomes()} == {Status.DONE}
    assert sorted(set(told)) == [1, 2, 3, 4]


def test_a_photo_that_ends_two_workers_is_not_tried_by_a_third(stage):
    fleet = FleetHere(stage, lambda owner, claimed: claimed is not None and claimed.name == "b.jpg")
    worked(stage, fleet)
    told = {each.name: each for each in stage.outcomes()}
    assert fleet.given.count("b.jpg") == 2
    assert told["b.jpg"].failure.code == 1
    assert [told[name].status for name in ("a.jpg", "c.jpg", "d.jpg")] == [Status.DONE] * 3


def test_workers_that_are_lost_as_they_begin_are_not_replaced_for_ever(stage):
    fleet = FleetHere(stage, lambda owner, claimed: True)
    with pytest.raises(Missing, match="lost as soon"):
        worked(stage, fleet)
    assert len(fleet.dismissed) == 6
    assert {each.status for each in stage.outcomes()} == {Status.WAITING}


def test_a_worker_that_cannot_work_ends_the_batch_with_its_reason(stage):
    with pytest.raises(WeightsMissing):
        worked(stage, FleetHere(stage, error=WeightsMissing("A model is missing.")))
    with pytest.raises(InputError, match="does not see"):
        fleet = FleetHere(Stage(stage.photos.parent / "2", "a.jpg"))
        (fleet.posting.shift.workplace.home / "cluster").unlink()
        worked(stage, fleet)


def test_the_error_of_one_worker_never_cuts_what_another_has_begun(stage):
    told = []
    fleet = FleetHere(stage, errors={"a.jpg": OutputError("The state cannot be written.")})
    with pytest.raises(OutputError, match="cannot be written"):
        ClusterCrew(fleet, 2, told.append).work(lambda: False)
    assert [each.status for each in stage.outcomes()] == [Status.WAITING, Status.DONE, *[Status.WAITING] * 2]
    assert fleet.given == ["a.jpg", "b.jpg"]  # after that, none was begun
    assert fleet.dismissed == [0]
    with pytest.raises(OutputError, match="taken for dead"):
        asking(fleet.desk, 0)("halt", 0, Halt.HOPELESS)


def test_a_state_that_cannot_be_read_cuts_nothing_that_was_begun(stage, monkeypatch):
    told, fleet = [], FleetHere(stage)
    real = fleet.claim

    def claim(owner):
        if owner == 1:
            raise OutputError("The state of the batch cannot be used.")
        return real(owner)

    monkeypatch.setattr(fleet, "claim", claim)
    with pytest.raises(OutputError, match="cannot be used"):
        ClusterCrew(fleet, 2, told.append).work(lambda: False)
    assert [each.status for each in stage.outcomes()] == [Status.DONE, *[Status.WAITING] * 3]
    assert told == [1]


@pytest.mark.parametrize("error", [OutputError("The disk is full."), BrokenPipeError(), ValueError()])
def test_trouble_of_whoever_is_told_cuts_nothing_that_was_begun(stage, error):
    def tell(number):
        heard.append(number)
        raise error

    heard, fleet = [], FleetHere(stage)
    with pytest.raises(type(error)):
        ClusterCrew(fleet, 2, tell).work(lambda: False)
    assert [each.status for each in stage.outcomes()] == [*[Status.DONE] * 2, *[Status.WAITING] * 2]
    assert heard == [1, 2]
    assert fleet.given == ["a.jpg", "b.jpg"]


def failing(*_, **__):
    raise OutputError("What keeps the state of the batch is gone.")


@pytest.mark.parametrize("what", ["stopping", "close", "claim", "give", "seconds"])
def test_trouble_of_the_desk_cuts_nothing_that_was_begun(stage, monkeypatch, what):
    def one_at_a_time(tickets, seconds):
        return [each for each in tickets if fleet._calls[each][1] is None] or list(tickets)[:1]

    def stopping():
        if told and what == "stopping":
            failing()
        return bool(told) and what == "close"

    def tell(number):
        told.append(number)
        if what != "stopping":
            monkeypatch.setattr(fleet, what, failing)

    told, fleet = [], FleetHere(stage)
    monkeypatch.setattr(fleet, "wait", one_at_a_time)
    with pytest.raises(OutputError, match="is gone"):
        ClusterCrew(fleet, 2, tell).work(stopping)
    statuses = [each.status for each in stage.outcomes()]
    assert statuses[:2] == [Status.DONE] * 2
    assert statuses.count(Status.WORKING) == (what == "give")  # never begun, and settled by the batch itself
    assert len(told) == statuses.count(Status.DONE)


@pytest.mark.parametrize("what", ["dismiss", "let_go", "hire"])
def test_a_lost_worker_that_cannot_be_settled_or_replaced_cuts_no_other(stage, monkeypatch, what):
    told, fleet = [], FleetHere(stage, lambda owner, claimed: claimed is not None and claimed.name == "a.jpg")
    real = getattr(fleet, what)

    def fails(owner, **more):
        return real(owner, **more) if what == "hire" and owner < 2 else failing()

    monkeypatch.setattr(fleet, what, fails)
    with pytest.raises(OutputError, match="is gone"):
        ClusterCrew(fleet, 2, told.append).work(lambda: False)
    first, *others = [each.status for each in stage.outcomes()]
    assert first is (Status.WAITING if what == "hire" else Status.WORKING)  # settled by the batch itself
    assert others == [Status.DONE, *[Status.WAITING] * 2]


def test_an_answer_that_nobody_expects_ends_one_worker_and_cuts_no_other(stage, monkeypatch):
    told, fleet = [], FleetHere(stage)
    real = fleet.result

    def result(ticket):
        if fleet._calls[ticket] == (0, None):
            raise ValueError
        return real(ticket)

    monkeypatch.setattr(fleet, "result", result)
    with pytest.raises(ValueError):
        ClusterCrew(fleet, 2, told.append).work(lambda: False)
    assert fleet.dismissed == [0]
    assert Status.WORKING not in {each.status for each in stage.outcomes()}


def test_a_photo_that_an_error_stopped_is_no_poison(stage):
    for _ in range(3):
        fleet = FleetHere(stage, errors={"a.jpg": OutputError("The state cannot be written.")})
        with pytest.raises(OutputError):
            worked(stage, fleet)
        fleet.desk.end()
    worked(stage, FleetHere(stage))
    assert {each.status for each in stage.outcomes()} == {Status.DONE}


def test_photos_that_are_died_of_one_after_another_do_not_end_the_batch(stage):
    fleet = FleetHere(stage, lambda owner, claimed: claimed is not None and claimed.name != "d.jpg")
    _, told = worked(stage, fleet, count=1)
    assert [each.status for each in stage.outcomes()] == [*[Status.FAILED] * 3, Status.DONE]
    assert {each.failure.code for each in stage.outcomes()[:3]} == {1}
    assert [told.count(number) for number in (1, 2, 3, 4)] == [2, 2, 2, 1]


def test_when_told_to_stop_no_photo_is_begun(stage):
    told = []
    fleet = FleetHere(stage)
    ClusterCrew(fleet, 2, told.append).work(lambda: bool(told))
    statuses = [each.status for each in stage.outcomes()]
    assert Status.WORKING not in statuses
    assert statuses.count(Status.DONE) == 2
    assert statuses.count(Status.WAITING) == 2


def test_what_was_put_off_is_waited_for(stage):
    stage.roll.put_back(1, after=wiring.precise_now() + 0.3)
    fleet = FleetHere(stage)
    worked(stage, fleet, count=1)
    assert fleet.given == ["b.jpg", "c.jpg", "d.jpg", "a.jpg"]


def test_a_cluster_without_room_is_told(stage, monkeypatch):
    monkeypatch.setattr(cluster_crew, "_ROOM", 0.05)
    fleet = FleetHere(stage)
    monkeypatch.setattr(fleet, "wait", lambda tickets, seconds: [])
    with pytest.raises(Missing, match="room"):
        worked(stage, fleet)
