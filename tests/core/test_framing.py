import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.framing import PAD, Framing
from privateedit.errors import InputError

SIDES = st.integers(8, 200)
CANVASES = st.one_of(st.none(), st.tuples(SIDES, SIDES))


@given(SIDES, SIDES, CANVASES, st.one_of(st.none(), st.integers(4, 200)))
def test_content_lies_inside_what_is_sent_and_is_not_squashed(width, height, canvas, most):
    framing = Framing(max_side=most, canvas=canvas)
    sent = framing.framed(noise(height, width))
    rows, columns = framing.content(width, height)
    assert 0 <= rows.start < rows.stop <= sent.shape[0]
    assert 0 <= columns.start < columns.stop <= sent.shape[1]
    if canvas is not None:
        assert sent.shape[1::-1] == canvas
        assert (rows.start, columns.start) != (0, 0) or rows.stop == canvas[1] or columns.stop == canvas[0]
    across, down = columns.stop - columns.start, rows.stop - rows.start
    assert abs(across / width - down / height) <= 1 / min(width, height)


@given(SIDES, SIDES, CANVASES, st.integers(0, 9))
def test_whatever_hidden_pixels_touch_is_in_the_outline(width, height, canvas, seed):
    """Two pictures that differ under the mask alone differ under its outline alone."""
    hidden = oval(height, width, width / 2, height / 2, max(2, width / 4), max(2, height / 5))
    one, two = noise(height, width, seed), noise(height, width, seed)
    two[hidden] = 255 - two[hidden]
    framing = Framing(canvas=canvas)
    apart = (framing.framed(one) != framing.framed(two)).any(2)
    assert not (apart & ~framing.outline(hidden)).any()


def test_what_surrounds_the_picture_is_grey_and_not_hidden():
    framing = Framing(canvas=(100, 100))
    sent = framing.framed(noise(20, 40))
    assert (sent[:25] == PAD).all() and (sent[75:] == PAD).all()
    assert not framing.outline(np.ones((20, 40), np.bool_))[:25].any()


@pytest.mark.parametrize("zoom", [0.5, 1.0, 1.7])
def test_the_frame_is_undone_where_it_came_back(zoom):
    photo = scenery(90, 160)
    framing = Framing(canvas=(256, 256))
    sent = framing.framed(photo)
    back = cv2.resize(sent, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA)
    part = framing.unframed(back, 160, 90)
    assert abs(part.shape[1] / part.shape[0] - 160 / 90) < 0.03
    expected = cv2.resize(photo, part.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(part.astype(int) - expected).mean() < 6


def test_another_frame_is_left_as_it_came():
    framing = Framing(canvas=(256, 256))
    other = scenery(90, 160)
    assert framing.unframed(other, 160, 90) is other
    assert Framing(max_side=80).unframed(other, 160, 90) is other


@pytest.mark.parametrize("size", [(256, 300), (320, 256), (512, 400)])
def test_a_stretched_canvas_is_told_by_its_bars(size):
    photo = scenery(90, 160)
    framing = Framing(canvas=(256, 256))
    back = cv2.resize(framing.framed(photo), size, interpolation=cv2.INTER_AREA)
    part = framing.unframed(back, 160, 90)
    expected = cv2.resize(photo, part.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert part.shape[1] == size[0] and part.shape[0] < 0.62 * size[1]
    assert np.abs(part.astype(int) - expected).mean() < 8
    assert framing.unframed(scenery(*size[::-1], 5), 160, 90).shape[1::-1] == size


@pytest.mark.parametrize("wrong", [{"max_side": 0}, {"canvas": (0, 5)}, {"canvas": (5, -1)}])
def test_no_size_below_a_pixel(wrong):
    with pytest.raises(InputError):
        Framing(**wrong)
