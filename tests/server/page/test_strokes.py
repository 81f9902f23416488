import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.server.page.strokes import Stroke, painted_by

PLACE = st.floats(-50, 150, allow_nan=False)
STROKE = st.builds(
    Stroke,
    st.sampled_from(["brush", "eraser"]),
    st.floats(0.5, 60),
    st.lists(st.tuples(PLACE, PLACE), min_size=1, max_size=6).map(tuple),
)


def hidden(*strokes, width=100, height=80, ratio=1.0):
    found = painted_by(strokes, width, height, ratio)
    return np.zeros((height, width), bool) if found is None else found.hidden


def test_a_dot_is_a_disc_of_its_radius():
    disc = hidden(Stroke("brush", 10, ((50, 40),)))
    rows, columns = np.mgrid[0:80, 0:100] + 0.5
    far = np.hypot(columns - 50, rows - 40)
    assert disc[far < 8.5].all()
    assert not disc[far > 11.5].any()


def test_a_line_is_as_thick_as_its_tip():
    line = hidden(Stroke("brush", 6, ((20, 40), (80, 40))))
    assert 11 <= line[:, 50].sum() <= 14
    assert line[40, 15:86].all()


def test_the_eraser_takes_back_what_was_painted_before_it():
    brush, eraser = Stroke("brush", 20, ((50, 40),)), Stroke("eraser", 5, ((50, 40),))
    assert not hidden(brush, eraser)[40, 50]
    assert hidden(brush, eraser)[40, 62]
    assert hidden(eraser, brush)[40, 50]


def test_nothing_painted_is_no_mask():
    assert painted_by((), 100, 80) is None
    assert painted_by((Stroke("eraser", 9, ((5, 5),)),), 100, 80) is None
    assert painted_by((Stroke("brush", 3, ((500, 500),)),), 100, 80) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(STROKE, max_size=6))
def test_a_brush_only_adds_and_an_eraser_only_takes(strokes):
    for count in range(len(strokes)):
        before, after = hidden(*strokes[:count]), hidden(*strokes[: count + 1])
        if strokes[count].kind == "brush":
            assert after[before].all()
        else:
            assert not after[~before].any()


@pytest.mark.parametrize("ratio", [0.25, 0.5])
def test_a_reduced_view_shows_the_same_stroke(ratio):
    stroke = Stroke("brush", 40, ((100, 120), (300, 200)))
    large = hidden(stroke, width=400, height=320)
    small = hidden(stroke, width=round(400 * ratio), height=round(320 * ratio), ratio=ratio)
    step = round(1 / ratio)
    shrunk = large.reshape(small.shape[0], step, small.shape[1], step).mean((1, 3)) > 0.5
    assert (shrunk != small).mean() < 0.02
