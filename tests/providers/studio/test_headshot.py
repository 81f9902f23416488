import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.providers.studio.headshot import headshot_frame


def boxed(shape, *boxes):
    mask = np.zeros(shape, np.bool_)
    for x0, y0, x1, y1 in boxes:
        mask[y0:y1, x0:x1] = True
    return mask


def nobody(shape):
    return np.zeros(shape, np.float32)


def test_a_face_is_framed_four_by_five_in_the_upper_part():
    frame = headshot_frame(boxed((1000, 1000), (420, 300, 580, 500)), nobody((1000, 1000)))
    width, height = frame.x1 - frame.x0, frame.y1 - frame.y0
    assert abs(width / height - 0.8) < 0.01
    assert abs((frame.x0 + frame.x1) / 2 - 500) <= 1
    assert 0.3 < (400 - frame.y0) / height < 0.5
    assert 0.3 < 200 / height < 0.5


def test_hair_above_the_face_keeps_headroom():
    hidden = boxed((1000, 800), (320, 400, 480, 600))
    alpha = boxed((1000, 800), (300, 260, 500, 1000)).astype(np.float32)
    frame = headshot_frame(hidden, alpha)
    assert frame.y0 < 260


def test_several_holes_are_all_framed():
    frame = headshot_frame(
        boxed((600, 1200), (200, 200, 280, 300), (900, 220, 990, 330)), nobody((600, 1200))
    )
    assert frame.x0 <= 200
    assert frame.x1 >= 990


def test_without_a_hole_the_person_decides_and_without_a_person_the_middle():
    alpha = boxed((800, 1200), (700, 200, 900, 800)).astype(np.float32)
    frame = headshot_frame(boxed((800, 1200)), alpha)
    assert frame.x0 < 700
    assert frame.x1 > 900
    assert frame.y0 < 200
    middle = headshot_frame(boxed((800, 1200)), nobody((800, 1200)))
    assert middle.y1 - middle.y0 == 800
    assert abs(middle.x0 + middle.x1 - 1200) <= 1


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_the_frame_always_holds_the_hole_and_lies_within_the_picture(data):
    rows, columns = data.draw(st.integers(1, 120)), data.draw(st.integers(1, 120))
    x0, y0 = data.draw(st.integers(0, columns - 1)), data.draw(st.integers(0, rows - 1))
    x1, y1 = data.draw(st.integers(x0 + 1, columns)), data.draw(st.integers(y0 + 1, rows))
    frame = headshot_frame(boxed((rows, columns), (x0, y0, x1, y1)), nobody((rows, columns)))
    assert 0 <= frame.x0 <= x0 < x1 <= frame.x1 <= columns
    assert 0 <= frame.y0 <= y0 < y1 <= frame.y1 <= rows
