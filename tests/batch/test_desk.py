import pytest
from tests.doubles.batches import Stage

from privateedit.batch.desk import LocalDesk
from privateedit.batch.limits import Halt, Limits
from privateedit.batch.outcome import Failure, Status
from privateedit.errors import InputError, Sent


@pytest.fixture
def stage(tmp_path):
    made = Stage(tmp_path, "a.jpg", "b.jpg")
    made.desk = LocalDesk(made.roll, made.workplace, Limits(failures=1), lambda: made.now)
    return made


def test_each_step_is_on_the_roll_when_it_returns(stage):
    stage.claim()
    stage.desk.show(1, b"small")
    assert stage.desk.begin_send(1) == 0
    assert stage.desk.is_sending(1)
    stage.desk.keep(1, b"answer", {})
    assert (stage.roll.outcome(1).status, stage.desk.kept(1)) == (Status.RETURNED, b"answer")
    stage.desk.finish(1, "sub/a.png", b"output", {"told": 1})
    assert (stage.out / "sub" / "a.png").read_bytes() == b"output"
    assert (stage.roll.outcome(1).status, stage.roll.outcome(1).facts) == (Status.DONE, {"told": 1})
    with pytest.raises(InputError):
        stage.desk.kept(1)


def test_a_failure_leaves_no_part_and_shows_only_what_left(stage):
    stage.claim()
    for number, sent in ((1, Sent.NO), (2, Sent.YES)):
        stage.desk.show(number, b"small")
        stage.workplace.write_part(number, b"part")
        stage.desk.fail(number, Failure("InputError", 2, "No.", sent))
        assert not stage.workplace.part(number).exists()
        assert stage.workplace.glimpse(number).exists() is (sent is Sent.YES)


@pytest.mark.parametrize("end", ["put_back", "offer_again", "fail"])
def test_room_is_given_back_however_the_photo_goes_on(stage, end):
    stage.claim()
    stage.desk.reserve(1, 9)
    assert [path.stat().st_size for path in (stage.workplace.home / "returned").iterdir()] == [9]
    failure = Failure("InputError", 2, "No.", Sent.NO)
    more = {"put_back": (), "offer_again": (1.0, Sent.NO), "fail": (failure,)}[end]
    getattr(stage.desk, end)(1, *more)
    assert not list((stage.workplace.home / "returned").iterdir())


@pytest.mark.parametrize("how", ["forgotten", "gone"])
def test_an_answer_that_cannot_be_used_is_kept_no_more(stage, how):
    stage.claim()
    stage.desk.begin_send(1)
    stage.desk.keep(1, b"answer", {})
    if how == "forgotten":
        stage.desk.forget_answer(1)
    else:
        stage.workplace.answer(1).unlink()
    with pytest.raises(InputError):
        stage.desk.kept(1)
    stage.desk.put_back(1)
    again = stage.claim()
    assert (again.number, again.kept) == (1, False)
    assert stage.roll.outcome(1).sent is Sent.YES


def test_times_are_counted_from_now_on(stage):
    stage.claim()
    stage.desk.begin_send(1)
    stage.desk.offer_again(1, 30.0, Sent.YES)
    assert stage.roll.next_time() == 0.0  # the other photo
    assert stage.desk.begin_send(2) == 30.0
    stage.desk.pause(40.0)
    assert stage.desk.begin_send(2) == 40.0
    stage.now += 40.0
    assert stage.desk.begin_send(2) == 0


def test_a_photo_is_put_back_an_output_withdrawn_and_all_halted(stage):
    stage.claim()
    stage.desk.put_back(1)
    assert stage.claim().number == 1
    stage.desk.finish(1, "a.png", b"output", {})
    stage.desk.withdraw(1, "a.png")
    assert not (stage.out / "a.png").exists()
    stage.desk.service_failed()  # one is allowed
    assert stage.claim() is None
    stage.desk.halt(Halt.HOPELESS)
    assert stage.desk.begin_send(2) is None
