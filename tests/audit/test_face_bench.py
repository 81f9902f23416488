from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.marked_photos import (
    SearchesColor,
    careful,
    careless,
    careless_but_judged,
    parts,
    write_marked,
)

from privateedit.audit.face_bench import _window, key_of, measured, read
from privateedit.audit.ground_truth import Annotated, annotated
from privateedit.core.face import Box
from privateedit.errors import UnreadablePhoto


@pytest.fixture
def first(tmp_path):
    return annotated(write_marked(tmp_path / "photos"))[1]


def run(known, instruments):
    return measured(known, known.path.read_bytes(), instruments)


def test_found_faces_are_hidden_and_the_judge_sees_none(first):
    result = run(first, careful())
    assert (result.name, result.found, result.late, result.count) == ("first.png", 2, 1, 2)
    assert (result.residual_before, result.residual_after) == (2, 0)
    assert [face.size for face in result.marked] == [30, 20]
    assert all(face.found and face.inner_hidden and face.hidden == 1 for face in result.marked)
    assert result.megapixels == pytest.approx(0.024)
    assert 0 < result.seconds < 5


def test_a_missed_face_is_told_by_its_mark_and_by_the_judge(first):
    result = run(first, careless_but_judged())
    assert (result.found, result.late) == (1, 0)
    assert (result.residual_before, result.residual_after) == (2, 1)
    red, green = result.marked
    assert red.inner_hidden
    assert (green.found, green.inner_hidden, green.hidden) == (False, False, 0)


def test_without_a_judge_residuals_are_unknown(first):
    result = run(first, careless())
    assert (result.residual_before, result.residual_after) == (None, None)


def test_where_nothing_was_found_nothing_would_leave_and_nothing_is_searched(first):
    class Forbidden(SearchesColor):
        def search(self, pixels, hidden):
            assert pixels.shape[0] <= 32, "the whole photo was searched"
            return ()

    blind = replace(careful(), parts=parts(Forbidden(), SearchesColor()))
    assert run(first, blind).found == 0


def test_a_broken_picture_is_an_error(first):
    with pytest.raises(UnreadablePhoto):
        measured(first, b"broken", careless())


def test_the_key_tells_bytes_marks_and_versions_apart(first):
    data = read(first.path)
    keys = {
        key_of(data, first, "1"),
        key_of(data + b"x", first, "1"),
        key_of(data, first, "2"),
        key_of(data, replace(first, boxes=()), "1"),
        key_of(data, replace(first, count=3), "1"),
        key_of(data, replace(first, complete=False), "1"),
    }
    assert len(keys) == 6
    assert key_of(data, replace(first, path=first.path.parent / "other"), "1") in keys


def test_a_file_that_cannot_be_read_is_none(tmp_path):
    assert read(tmp_path / "nowhere.png") is None
    assert Annotated(tmp_path / "nowhere.png").boxes == ()


def test_the_inner_face_is_the_ellipse_in_the_box():
    hidden = np.ones((40, 40), np.bool_)
    part, inner = _window(Box(10, 10, 30, 30), hidden)
    assert part.shape == (20, 20)
    assert inner.mean() == pytest.approx(np.pi / 4, abs=0.02)
    assert not inner[0, 0]
    assert inner[10, 0]


@pytest.mark.parametrize("box", [Box(-10, -10, 10, 10), Box(35, 35, 60, 60), Box(-30, -30, -5, -5)])
def test_a_box_partly_or_wholly_outside_the_frame_is_cut(box):
    part, inner = _window(box, np.zeros((40, 40), np.bool_))
    assert part.shape == inner.shape
    assert part.size in {100, 25, 0}
