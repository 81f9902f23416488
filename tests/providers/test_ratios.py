import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.framing import Framing
from privateedit.providers.ratios import nearest_shape, padded

SHAPES = ((1024, 1024), (1264, 848), (848, 1264), (1584, 672))
SIDES = st.integers(1, 12_000)


@given(SIDES, SIDES, st.none() | st.integers(1, 9000), st.sampled_from([1.0, 2.0]))
def test_every_photo_gets_a_canvas_in_the_proportions_of_a_shape_within_its_bounds(
    width, height, max_side, most
):
    across, down = padded(Framing(max_side=max_side), width, height, SHAPES, most).canvas
    shape = nearest_shape(across, down, SHAPES)
    assert across / down == pytest.approx(shape[0] / shape[1], rel=0.01)
    assert shape[0] / 4 - 1 <= across <= shape[0] * most + 1


@given(st.integers(300, 1200), st.integers(300, 1200))
def test_a_photo_of_middling_size_keeps_every_pixel(width, height):
    framing = padded(Framing(), width, height, SHAPES, 2.0)
    rows, columns = framing.content(width, height)
    assert (columns.stop - columns.start, rows.stop - rows.start) == (width, height)


@given(st.integers(400, 9000), st.integers(400, 9000))
def test_no_other_shape_would_be_fuller(width, height):
    def filled(shape):
        framing = padded(Framing(), width, height, [shape], 1.0)
        rows, columns = framing.content(width, height)
        return (rows.stop - rows.start) * (columns.stop - columns.start) / np.prod(framing.canvas)

    chosen = padded(Framing(), width, height, SHAPES, 1.0)
    rows, columns = chosen.content(width, height)
    best = (rows.stop - rows.start) * (columns.stop - columns.start) / np.prod(chosen.canvas)
    assert best >= max(map(filled, SHAPES)) - 0.01


def test_the_longest_side_that_was_asked_for_is_kept_and_the_format_too():
    framing = padded(Framing("jpeg", 600), 3000, 2000, SHAPES, 2.0)
    rows, columns = framing.content(3000, 2000)
    assert framing.image_format == "jpeg"
    assert columns.stop - columns.start == 600
    assert rows.stop - rows.start == 400


def test_a_shape_is_found_again_at_any_size():
    for across, down in SHAPES:
        assert nearest_shape(round(across * 1.7), round(down * 1.7), SHAPES) == (across, down)
