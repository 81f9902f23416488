import json

import pytest
from tests.doubles.batches import Stage, write_photos

from privateedit.batch.aliases import count_aliases
from privateedit.batch.roll import Roll


def planned(stage):
    return [(each.name, each.out, each.also) for each in stage.outcomes()]


def test_a_file_that_links_lead_to_is_done_once_under_its_own_name(tmp_path):
    photos = write_photos(tmp_path / "photos", "m.jpg", "z.jpg")
    (photos / "a.jpg").symlink_to(photos / "m.jpg")
    (photos / "n.jpg").symlink_to("a.jpg")
    stage = Stage(tmp_path)
    assert planned(stage) == [("m.jpg", "m.png", ("a.jpg", "n.jpg")), ("z.jpg", "z.png", ())]
    assert count_aliases(stage.roll) == 2
    first, second = (json.loads(each.line()) for each in stage.work())
    assert (first["status"], first["also"]) == ("done", ["a.jpg", "n.jpg"])
    assert "also" not in second


def test_a_link_out_of_the_inputs_is_done_under_the_first_of_its_names(tmp_path):
    other = write_photos(tmp_path / "elsewhere", "x.jpg") / "x.jpg"
    stage = Stage(tmp_path, "z.jpg")
    for name in ("b.jpg", "c.jpg"):
        (stage.photos / name).symlink_to(other)
    stage.plan()
    assert planned(stage)[1:] == [("b.jpg", "b.png", ("c.jpg",))]


def test_one_file_through_two_inputs_is_done_once(tmp_path):
    stage = Stage(tmp_path, "sub/a.jpg")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.jpg").symlink_to(stage.photos / "sub" / "a.jpg")
    stage.plan(tmp_path / "in", stage.photos / "sub", stage.photos)
    assert [(out, also) for _, out, also in planned(stage)] == [("sub/a.png", ("in/link.jpg",))]


def test_what_an_earlier_run_knows_keeps_its_name(tmp_path):
    other = write_photos(tmp_path / "elsewhere", "a.jpg") / "a.jpg"
    stage = Stage(tmp_path, "y.jpg")
    (stage.photos / "z.jpg").symlink_to(other)
    stage.plan()
    stage.bench = stage.make_bench()
    stage.work()
    stage.plan(stage.photos, other)
    assert planned(stage) == [("y.jpg", "y.png", ()), ("z.jpg", "z.png", ("a.jpg",))]
    assert stage.claim() is None
    (stage.photos / "z.jpg").unlink()
    stage.plan()
    assert count_aliases(stage.roll) == 0


def test_links_that_lead_nowhere_are_each_named(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    for name in ("b.jpg", "c.jpg"):
        (stage.photos / name).symlink_to(stage.photos / "gone.jpg")
    (stage.photos / "d.jpg").symlink_to(stage.photos / "d.jpg")
    stage.plan()
    assert [name for name, _, _ in planned(stage)] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]


def test_a_roll_of_an_earlier_version_gets_the_tables(tmp_path):
    stage = Stage(tmp_path, "a.jpg")
    for name in ("aliases", "links"):
        stage.roll.base.execute(f"DROP TABLE {name}")
    assert [each.also for each in Roll(stage.workplace.database).outcomes()] == [()]


@pytest.mark.parametrize("name", ["Ä,b.jpg", "\udcff.jpg"])
def test_names_of_any_bytes_are_told(tmp_path, name):
    stage = Stage(tmp_path, "m.jpg")
    (stage.photos / name).symlink_to("m.jpg")
    stage.plan()
    assert planned(stage) == [("m.jpg", "m.png", (name,))]


@pytest.fixture
def linked(tmp_path):
    """A stage whose only photo is a link, with the file elsewhere; it is done already."""
    other = write_photos(tmp_path / "elsewhere", "real.jpg") / "real.jpg"
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").symlink_to(other)
    stage = Stage(tmp_path)
    stage.work()
    return stage, other


def test_a_photo_that_was_done_through_a_link_is_known_again_by_its_own_name(linked):
    stage, other = linked
    stage.plan(other)
    assert planned(stage) == [("a.jpg", "a.png", ("real.jpg",))]
    assert stage.claim() is None


def test_a_photo_that_was_done_through_a_link_is_known_again_by_other_links(linked):
    stage, other = linked
    links = [stage.photos.parent / f"{name}.jpg" for name in "xy"]
    for each in links:
        each.symlink_to(other)
    stage.plan(*links)
    assert planned(stage) == [("a.jpg", "a.png", ("x.jpg", "y.jpg"))]
    assert stage.claim() is None


def test_a_photo_that_was_done_under_its_own_name_is_known_again_by_a_link(tmp_path):
    stage = Stage(tmp_path, "m.jpg")
    stage.work()
    (tmp_path / "l.jpg").symlink_to(stage.photos / "m.jpg")
    stage.plan(tmp_path / "l.jpg")
    assert planned(stage) == [("m.jpg", "m.png", ("l.jpg",))]
    assert stage.claim() is None


def test_a_photo_that_waits_is_done_where_it_is_found_now(tmp_path):
    stage = Stage(tmp_path, "m.jpg")
    (tmp_path / "l.jpg").symlink_to(stage.photos / "m.jpg")
    stage.plan(tmp_path / "l.jpg")
    stage.bench = stage.make_bench()
    (one,) = stage.work()
    assert (one.name, one.status, one.also) == ("m.jpg", "done", ("l.jpg",))


def test_a_link_that_leads_elsewhere_since_it_was_done_hides_no_other_photo(linked):
    stage, other = linked
    second = write_photos(other.parent, "second.jpg", seed=5) / "second.jpg"
    (stage.photos / "a.jpg").unlink()
    (stage.photos / "a.jpg").symlink_to(second)
    stage.plan()  # known by where it lies, and done
    assert stage.claim() is None
    stage.plan(second)
    assert stage.claim().name == "second.jpg"
    stage.plan(other)
    assert stage.claim() is None
