import pytest
from tests.server.page.conftest import events

from privateedit.errors import CannotAlign
from privateedit.server.page.numbering import counted_from_one, misfits_counted_from_one


@pytest.mark.parametrize(
    ("ours", "shown"),
    [
        ("Face 0 was put back.", "Face 1 was put back."),
        ("it drew for face 9 for the person", "it drew for face 10 for the person"),
        ("Face 0 and face 1", "Face 1 and face 2"),
        ("surface 3, faces 2, 4 faces", "surface 3, faces 2, 4 faces"),
    ],
)
def test_numbers_of_faces_are_one_more(ours, shown):
    assert counted_from_one(ours) == shown


def test_a_misfit_keeps_everything_but_the_number():
    with pytest.raises(CannotAlign) as caught, misfits_counted_from_one():
        raise CannotAlign("Face 2 does not fit.", measured={"misfit": 0.5}, sent="yes")
    assert caught.value.message == "Face 3 does not fit."
    assert (caught.value.measured, caught.value.sent) == ({"misfit": 0.5}, "yes")


def test_the_report_counts_as_the_page_does(photo):
    told = photo.edited(photo.sealed("studio")["digest"], prompt=None, preset="warm")
    said = told[-1][1]
    assert said["report"][0]["id"] == 0
    assert said["report"][0]["sentence"].startswith("Face 1 ")
    assert said["text"].startswith("Face 1 ")
    assert events("") == []
