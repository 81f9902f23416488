import numpy as np
from tests.doubles.scenes import noise

from privateedit.cli.compare import side_by_side
from privateedit.core.edit import EditResult
from privateedit.core.photo import Photo
from privateedit.core.report import Report
from privateedit.core.restored import Restored

WHITE = 255


def row_of(*sizes):
    original, sent, returned, final = (
        noise(height, width, seed) for seed, (height, width) in enumerate(sizes)
    )
    return side_by_side(Photo(original), sent, EditResult(returned, "x"), Restored(final, Report(())))


def panels(row):
    """The columns between the white gaps."""
    blank = (row == WHITE).all((0, 2))
    edges = np.flatnonzero(np.diff(blank.astype(int)))
    return list(zip(edges[::2] + 1, edges[1::2] + 1, strict=True))


def test_four_equally_high_panels_each_with_a_label():
    row = row_of((300, 400), (300, 400), (150, 200), (150, 200))
    found = panels(row)
    assert [right - left for left, right in found] == [400] * 4
    for left, right in found:
        assert (row[:34, left:right] < 128).any()
        assert (row[34:-12, left:right] != WHITE).any(2).mean() > 0.99


def test_panels_are_bounded_whatever_the_size():
    row = row_of((1500, 4000), (1500, 4000), (384, 1024), (1500, 4000))
    assert row.shape[1] <= 4 * 1000 + 5 * 12
    assert row.shape[0] <= 1000 + 34 + 12


def test_another_shape_keeps_its_proportions():
    widths = [right - left for left, right in panels(row_of((200, 200), (200, 200), (200, 100), (200, 100)))]
    assert widths == [200, 200, 100, 100]


def test_the_panels_show_what_they_say():
    row = row_of((100, 90), (100, 90), (100, 90), (100, 90))
    for seed, (left, right) in enumerate(panels(row)):
        assert np.array_equal(row[34:134, left:right], noise(100, 90, seed))
