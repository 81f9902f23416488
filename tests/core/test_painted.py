import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.painted import draw_polygon, painted
from privateedit.errors import InputError

WIDTH, HEIGHT, FINE = 24, 18, 9


def box(x0, y0, x1, y1):
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)


def test_a_box_of_whole_pixels_hides_them_and_little_more():
    hidden = painted(WIDTH, HEIGHT, [box(5, 4, 15, 10)]).hidden
    assert hidden[4:10, 5:15].all()
    assert not hidden[:2].any()
    assert hidden.sum() <= 14 * 10


def test_areas_add_up():
    both = painted(WIDTH, HEIGHT, [box(1, 1, 5, 5), box(15, 8, 20, 14)])
    each = [painted(WIDTH, HEIGHT, [area]).hidden for area in (box(1, 1, 5, 5), box(15, 8, 20, 14))]
    assert np.array_equal(both.hidden, each[0] | each[1])


def test_no_areas_hide_nothing():
    assert not painted(WIDTH, HEIGHT, []).hidden.any()


@pytest.mark.parametrize(
    "area",
    [
        np.zeros((2, 2), np.float32),
        np.zeros((3, 3), np.float32),
        np.full((3, 2), np.nan, np.float32),
        np.full((3, 2), 1e9, np.float32),
        box(100, 100, 120, 120),
        box(-50, -50, -20, -20),
    ],
)
def test_areas_that_cannot_be_used(area):
    with pytest.raises(InputError):
        painted(WIDTH, HEIGHT, [area])


def touched(corners):
    """Pixels that hold a sample of the polygon, by an even-odd test of its own on a fine grid."""
    y, x = (np.mgrid[: HEIGHT * FINE, : WIDTH * FINE] + 0.5) / FINE
    inside = np.zeros(x.shape, np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, 0), strict=True):
        crosses = (y1 > y) != (y2 > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside ^= crosses & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return inside.reshape(HEIGHT, FINE, WIDTH, FINE).any((1, 3))


@settings(max_examples=150, deadline=None)
@given(corners=st.lists(st.tuples(st.floats(-8, 32), st.floats(-8, 26)), min_size=3, max_size=7))
def test_every_touched_pixel_is_hidden_border_included(corners):
    polygon = np.array(corners, np.float32)
    hidden = np.zeros((HEIGHT, WIDTH), np.bool_)
    draw_polygon(hidden, polygon)
    assert not (touched(polygon.astype(np.float64)) & ~hidden).any()
