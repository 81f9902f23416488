import numpy as np
import pytest

from privateedit.core.face import Box
from privateedit.core.mask import Mask, demanded_pixels
from privateedit.errors import InputError


def square(x0=2, y0=3, x1=6, y1=8, height=10, width=12):
    hidden = np.zeros((height, width), np.bool_)
    hidden[y0:y1, x0:x1] = True
    return hidden


@pytest.mark.parametrize(
    "hidden",
    [
        np.zeros((2, 3), np.uint8),
        np.zeros((2, 3, 1), np.bool_),
        np.zeros((0, 3), np.bool_),
        np.zeros(5, bool),
    ],
)
def test_anything_but_a_bool_plane_is_refused(hidden):
    with pytest.raises(InputError):
        Mask(hidden)


def test_the_array_is_copied_and_read_only():
    hidden = square()
    mask = Mask(hidden)
    hidden[:] = True
    assert mask.fraction == pytest.approx(20 / 120)
    with pytest.raises(ValueError, match="read-only"):
        mask.hidden[0, 0] = True


def test_bounds_hold_exactly_the_hidden_pixels():
    mask = Mask(square())
    assert mask.bounds == (slice(3, 8), slice(2, 6))
    assert Mask(np.zeros((4, 5), np.bool_)).bounds == (slice(0, 0), slice(0, 0))
    assert Mask(np.ones((4, 5), np.bool_)).bounds == (slice(0, 4), slice(0, 5))


def test_a_demand_is_met_exactly_or_refused():
    demand = (Box(2, 3, 6, 8).corners,)
    Mask(square(), demand)
    for row in range(3, 8):
        for column in range(2, 6):
            leaky = square()
            leaky[row, column] = False
            with pytest.raises(InputError, match="visible"):
                Mask(leaky, demand)


def test_a_demand_partly_outside_reaches_the_border_rows_and_columns():
    demand = (Box(8.5, 6.5, 40, 40).corners,)
    Mask(square(8, 6, 12, 10), demand)
    with pytest.raises(InputError):
        Mask(square(8, 6, 11, 10), demand)
    with pytest.raises(InputError):
        Mask(square(8, 6, 12, 9), demand)


@pytest.mark.parametrize("box", [Box(-20, -20, -5, -5), Box(12, 0, 20, 10), Box(0, 10, 12, 20)])
def test_a_demand_wholly_outside_asks_for_nothing(box):
    Mask(np.zeros((10, 12), np.bool_), (box.corners,))


def test_a_fraction_of_a_pixel_is_demanded_whole():
    window, demanded = demanded_pixels(Box(2.9, 3.9, 4.1, 4.1).corners, (10, 12))
    assert window == (slice(3, 5), slice(2, 5))
    assert demanded.all()


def test_union_refuses_another_size():
    with pytest.raises(InputError, match="12×10"):
        Mask(square()).union(Mask(square(width=12)[:, :11]))


def test_union_keeps_the_demands_of_both():
    first = Mask(square(0, 0, 3, 3), (Box(0, 0, 3, 3).corners,))
    second = Mask(square(5, 5, 9, 9), (Box(5, 5, 9, 9).corners,))
    both = first.union(second)
    assert len(both.demands) == 2
    with pytest.raises(InputError, match="visible"):
        Mask(first.hidden, both.demands)


def test_repr_shows_size_and_share():
    assert repr(Mask(square())) == "Mask(12×10, 16.7% hidden)"
