import math

import pytest

from privateedit.audit.face_bench import MarkedFace, MeasuredPhoto
from privateedit.audit.face_summary import summarized


def face(size, inner_hidden=True, complete=True):
    return MarkedFace(size, complete, inner_hidden, 1.0 if inner_hidden else 0.5, inner_hidden)


def photo(*marked, name="a", found=1, count=None, faceless=False, residual=(None, None), late=0):
    return MeasuredPhoto(name, 2.0, 0.5, found, late, count, faceless, marked, *residual)


def test_faces_are_counted_by_size():
    found = summarized([photo(face(15.9), face(16), face(23)), photo(face(24), face(48, False), face(300))])
    assert [(each.name, each.faces) for each in found.sizes] == [
        ("under 16", 1),
        ("16 to 24", 2),
        ("24 to 48", 1),
        ("48 and more", 2),
        ("all", 6),
    ]
    assert [each.inner_hidden for each in found.sizes] == [1, 1, 1, 0.5, pytest.approx(5 / 6)]
    assert found.sizes[3].hidden == 0.75
    assert found.seconds_per_megapixel == 0.25


def test_faces_of_photos_with_unmarked_ones_are_left_out_of_the_complete():
    found = summarized([photo(face(30, complete=False), face(30, False))])
    assert (found.complete.faces, found.complete.inner_hidden) == (1, 0)


def test_head_counts_alarms_and_residuals():
    found = summarized(
        [
            photo(name="a", found=3, count=3, residual=(3, 1)),
            photo(name="b", found=2, count=3, residual=(2, 0), late=1),
            photo(name="c", found=0, faceless=True),
            photo(name="d", found=1, faceless=True),
        ]
    )
    assert (found.counted, found.counts_reached) == (2, 1)
    assert (found.residual_before, found.residual_after) == (5, 1)
    assert (found.faceless, found.alarms, found.late) == (2, ("d",), 1)


def test_what_was_not_measured_is_unknown():
    found = summarized([photo()])
    assert (found.residual_before, found.residual_after) == (None, None)
    assert math.isnan(found.complete.found)
    assert math.isnan(summarized([]).seconds_per_megapixel)
