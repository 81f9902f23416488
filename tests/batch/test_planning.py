import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.batches import Stage, an_order, write_photos

from privateedit.batch import planning
from privateedit.batch.naming import key_of
from privateedit.batch.order import Kind
from privateedit.batch.outcome import Failure, Status
from privateedit.batch.roll import Roll
from privateedit.batch.sources import Found
from privateedit.errors import InputError, OutputError, Sent

EDITS = an_order(Kind.EDIT)


def planned(stage):
    return [(each.name, each.out) for each in stage.outcomes()]


def test_numbers_follow_the_names_and_outputs_mirror_them(tmp_path):
    stage = Stage(tmp_path, "b.jpg", "sub/a.png", "B.jpg")
    assert planned(stage) == [("B.jpg", "B.png"), ("b.jpg", "b-2.png"), ("sub/a.png", "sub/a.png")]


def test_endings_do_not_make_names_different_in_any_kind(tmp_path):
    names = ("a.jpg", "a.png", "a.bmp", "a-2.jpg")
    stage = Stage(tmp_path, *names, order=EDITS)
    assert planned(stage) == [
        ("a-2.jpg", "a-2.jpg"),
        ("a.bmp", "a.bmp"),
        ("a.jpg", "a-3.jpg"),
        ("a.png", "a-4.png"),
    ]


def test_no_file_that_was_there_gets_an_outputs_name(tmp_path):
    write_photos(tmp_path / "out", "a.png")
    stage = Stage(tmp_path, "a.jpg", "a-1.jpg")
    assert planned(stage) == [("a-1.jpg", "a-1.png"), ("a.jpg", "a-2.png")]


def test_no_output_takes_the_name_of_a_folder(tmp_path):
    stage = Stage(tmp_path, "a.png/b.jpg", "a.jpg")
    assert dict(planned(stage))["a.jpg"] == "a-2.png"
    assert [each.failure for each in stage.work()] == [None, None]


def test_a_later_run_knows_the_photos_and_appends_new_ones(tmp_path):
    stage = Stage(tmp_path, "b.jpg", "c.jpg")
    stage.work()
    write_photos(stage.photos, "a.jpg", "b.png")
    stage.plan()
    assert planned(stage) == [
        ("b.jpg", "b.png"),
        ("c.jpg", "c.png"),
        ("a.jpg", "a.png"),
        ("b.png", "b-2.png"),
    ]
    assert planning.counts(stage.roll) == {("done", 0, "no"): 2, ("waiting", 0, "no"): 2}


def test_a_photo_keeps_its_name_however_it_is_found_later(tmp_path):
    stage = Stage(tmp_path, "sub/a.jpg")
    more = write_photos(tmp_path / "more", "a.jpg")
    stage.plan(stage.photos, more)
    assert planned(stage) == [("sub/a.jpg", "sub/a.png"), ("more/a.jpg", "more/a.png")]
    stage.bench = stage.make_bench()
    assert [each.failure for each in stage.work()] == [None, None]


def test_photos_that_are_not_among_the_inputs_any_more_are_left_alone(tmp_path):
    stage = Stage(tmp_path, "a.jpg", "b.jpg")
    stage.plan(stage.photos / "b.jpg")
    assert stage.claim().name == "b.jpg"
    assert stage.claim() is None


def test_photos_of_another_place_are_not_taken_for_those_that_were_done(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    stage.work()
    other = write_photos(tmp_path / "moved", "A.png")
    with pytest.raises(InputError, match=r"other photos.*a\.jpg"):
        stage.plan(other)
    assert planned(stage) == [("a.jpg", "a.png")]


def test_a_photo_that_was_exported_anew_gets_the_name_of_the_one_that_could_not_be_read(tmp_path):
    stage = Stage(tmp_path, "broken.heic", "z.jpg")
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.DONE]
    (stage.photos / "broken.heic").unlink()
    whole = write_photos(tmp_path / "elsewhere", "x.jpg") / "x.jpg"
    (stage.photos / "Broken.jpg").write_bytes(whole.read_bytes())
    stage.plan()
    assert planned(stage) == [
        ("broken.heic", "broken-2.png"),
        ("z.jpg", "z.png"),
        ("Broken.jpg", "Broken.png"),
    ]
    assert planning.counts(stage.roll) == {("done", 0, "no"): 1, ("waiting", 0, "no"): 1}
    stage.bench = stage.make_bench()
    assert stage.work()[2].failure is None
    assert (stage.out / "Broken.png").exists()


def test_a_photo_that_made_way_is_known_again_and_makes_way_once(tmp_path):
    stage = Stage(tmp_path, "a.broken.jpg", "b.jpg")
    stage.work()
    fixed = tmp_path / "fixed"
    fixed.mkdir()
    (fixed / "a.broken.jpg").write_bytes((stage.photos / "b.jpg").read_bytes())
    stage.plan(fixed)
    stage.bench = stage.make_bench()
    assert [each.status for each in stage.work()] == [Status.FAILED, Status.DONE, Status.DONE]
    stage.plan()  # the first folder, whose photo is as bad as before
    write_photos(stage.photos, "a.broken.png", "a.broken-2.png")
    stage.plan(stage.photos / "a.broken-2.png", stage.photos / "a.broken.jpg", fixed / "a.broken.jpg")
    assert planned(stage) == [
        ("a.broken.jpg", "a.broken-2.png"),
        ("b.jpg", "b.png"),
        ("a.broken.jpg", "a.broken.png"),
        ("a.broken-2.png", "a.broken-2-2.png"),
    ]


@pytest.mark.parametrize("sent", [Sent.YES, Sent.UNKNOWN])
def test_a_photo_that_was_sent_for_nothing_keeps_its_name(tmp_path, sent):
    stage = Stage(tmp_path, "a.heic", order=EDITS)
    stage.roll.failed(stage.claim().number, Failure("ContentRefused", 5, "No.", sent))
    moved = write_photos(tmp_path / "moved", "a.heic")
    with pytest.raises(InputError, match="other photos"):  # it would be sent again without leave
        stage.plan(moved)
    stage.plan(write_photos(tmp_path / "anew", "a.jpg"))
    assert planned(stage) == [("a.heic", "a.heic"), ("a.jpg", "a-2.jpg")]


def test_a_photo_whose_answer_is_kept_keeps_its_name(tmp_path):
    stage = Stage(tmp_path, "a.heic", order=EDITS)
    number = stage.claim().number
    stage.roll.returned(number, {})
    stage.roll.put_back(number)
    with pytest.raises(InputError, match="other photos"):
        stage.plan(write_photos(tmp_path / "moved", "a.heic"))


def test_a_plan_is_whole_or_not_there(tmp_path):
    stage = Stage(tmp_path, "a.jpg")

    def breaking():
        yield b"1" * 16, Found(0, "new.jpg")
        raise InputError("The storage went away.")

    with pytest.raises(InputError):
        planning.plan(stage.roll, breaking(), stage.order.ending_of, lambda out: False)
    assert planned(stage) == [("a.jpg", "a.png")]
    stage.plan()
    assert stage.claim().name == "a.jpg"


def test_names_of_many_photos_that_are_called_alike_are_found_quickly(tmp_path):
    roll = Roll(tmp_path / "photos.sqlite")
    roll.salt(b"x" * 16)
    asked = []
    photos = ((number.to_bytes(16, "big"), Found(number, "x.jpg")) for number in range(3000))
    planning.plan(roll, photos, lambda name: ".png", lambda out: bool(asked.append(out)))
    outs = [each.out for each in roll.outcomes()]
    assert outs[:2] == ["x.png", "x-2.png"]
    assert len(set(outs)) == 3000
    assert len(asked) == 3000


def test_folders_called_like_the_batchs_own_are_done_beside_them(tmp_path):
    stage = Stage(tmp_path, "contact-sheet/a.jpg", "outcomes/b.jpg")
    assert [each.out for each in stage.work()] == ["contact-sheet-2/a.png", "outcomes/b.png"]
    assert {each.failure for each in stage.outcomes()} == {None}


def test_a_photo_whose_name_is_no_text_is_done_like_others(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    odd = os.fsdecode(b"sub\xff/b\xfe.jpg")
    write_photos(stage.photos, odd)
    (stage.photos / os.fsdecode(b"c\xfd.jpg")).symlink_to(stage.photos / "gone")
    stage.plan()
    stage.bench = stage.make_bench()
    told = {each.name: each for each in stage.work()}
    assert told[odd].failure is None
    assert (stage.out / os.fsdecode(b"sub\xff/b\xfe.png")).exists()
    assert "does not exist" in told[os.fsdecode(b"c\xfd.jpg")].failure.message
    planning.try_again(stage.roll, sends=False, unknown=False, sent=False)
    stage.plan()


def test_every_photo_gets_a_name_that_a_file_can_have(tmp_path):
    names = ("C:\\x.jpg", "a\\\\b.jpg", "a__b.jpg", "x" * 251 + ".jpg", "x" * 251 + ".png")
    stage = Stage(tmp_path, *names)
    assert planned(stage) == [
        ("C:\\x.jpg", "C:_x.png"),
        ("a\\\\b.jpg", "a__b.png"),
        ("a__b.jpg", "a__b-2.png"),
        ("x" * 251 + ".jpg", "x" * 251 + ".png"),
        ("x" * 251 + ".png", "x" * 248 + "-2.png"),
    ]
    assert [each.failure for each in stage.work()] == [None] * 5


def test_no_output_takes_the_name_of_a_folder_that_was_shortened(tmp_path):
    roll = Roll(tmp_path / "photos.sqlite")
    roll.salt(b"x" * 16)
    folder = "d" * 251 + ".png"
    found = [(b"1" * 16, Found(0, "d" * 251 + ".jpg")), (b"2" * 16, Found(0, f"{folder}more/b.jpg"))]
    planning.plan(roll, found, lambda name: ".png", lambda out: False)
    outs = {each.name: each.out for each in roll.outcomes()}
    assert outs[f"{folder}more/b.jpg"] == f"{folder}/b.png"
    assert outs["d" * 251 + ".jpg"] == "d" * 248 + "-2.png"


NAMES = st.lists(st.text("aAbé.-2/", min_size=1, max_size=8), max_size=25).map(
    lambda names: [
        name
        for name in ("/".join(part for part in each.split("/") if part.strip(".")) for each in names)
        if name
    ]
)


@settings(deadline=None, max_examples=60)
@given(NAMES, st.randoms(use_true_random=False))
def test_outputs_are_distinct_and_do_not_depend_on_the_order_of_finding(names, random):
    def outs(found):
        roll = Roll(":memory:")
        roll.salt(b"x" * 16)
        photos = [(each.encode().ljust(16, b"\0"), Found(0, each)) for each in found]
        planning.plan(roll, photos, EDITS.ending_of, lambda out: False)
        return [(each.name, each.out) for each in roll.outcomes()]

    distinct = list(dict.fromkeys(names))
    shuffled = distinct.copy()
    random.shuffle(shuffled)
    once = outs(distinct)
    assert once == outs(shuffled)
    assert sorted(name for name, _ in once) == sorted(distinct)
    keys = {key_of(out) for _, out in once}
    assert len(keys) == len(distinct)


@pytest.mark.parametrize(
    ("sent", "sends", "leave", "again"),
    [
        (Sent.NO, True, {}, True),
        (Sent.YES, True, {}, False),
        (Sent.UNKNOWN, True, {}, False),
        (Sent.UNKNOWN, True, {"unknown": True}, True),
        (Sent.YES, True, {"unknown": True}, False),
        (Sent.UNKNOWN, True, {"sent": True}, False),
        (Sent.YES, True, {"sent": True}, True),
        (Sent.UNKNOWN, False, {}, True),
    ],
)
def test_only_what_sends_nothing_twice_is_tried_again(tmp_path, sent, sends, leave, again):
    stage = Stage(tmp_path, "a.jpg")
    stage.roll.failed(stage.claim().number, Failure("ProviderError", 5, "No.", sent))
    planning.try_again(stage.roll, sends=sends, **{"unknown": False, "sent": False, **leave})
    claimed = stage.claim()
    assert (claimed is not None) is again
    if again:
        stage.roll.failed(claimed.number, Failure("X", 5, "No.", Sent.NO))
        assert stage.outcomes()[0].sent is sent


def test_what_came_back_is_restored_again_without_leave(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    number = stage.claim().number
    stage.roll.returned(number, {"masked": {}})
    stage.roll.failed(number, Failure("CannotAlign", 6, "No.", Sent.YES))
    planning.try_again(stage.roll, sends=True, unknown=False, sent=False)
    claimed = stage.claim()
    assert claimed.kept
    assert claimed.facts == {"masked": {}}


def test_a_broken_database_is_an_error_about_the_folder(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    stage.roll.base.execute("DROP TABLE items")
    with pytest.raises(OutputError, match="state of the batch"):
        planning.counts(stage.roll)
