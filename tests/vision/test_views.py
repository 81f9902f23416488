import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.core.face import Box
from privateedit.vision import views
from privateedit.vision.candidate import Candidate


def spot(x, y, size=8.0):
    box = Box(x - size / 2, y - size / 2, x + size / 2, y + size / 2)
    return Candidate(box, 0.9, np.full((5, 2), (x, y), np.float32))


def marked(height, width, x, y):
    """A black picture with one white block around (x, y)."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y - 16 : y + 16, x - 16 : x + 16] = 255
    return pixels


def seen_in(view):
    """Where the white block's middle is in a view, as a detector would report it; None when it is cut off."""
    rows, columns = np.nonzero(view.pixels[..., 0] > 127)
    if rows.size < 20:
        return None
    return spot(columns.mean() + 0.5, rows.mean() + 0.5)


@pytest.mark.parametrize("scale", [0.3, 0.7, 1.0, 1.5])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_what_a_turned_view_shows_is_told_in_photo_pixels(scale, turns):
    view = views.whole(marked(400, 700, 520, 130), scale).turned(turns)
    assert all(side % 32 == 0 for side in view.pixels.shape[:2])
    found = view.in_photo(seen_in(view))
    np.testing.assert_allclose(found.box.center, (520, 130), atol=3)
    np.testing.assert_allclose(found.points.mean(0), (520, 130), atol=3)
    assert found.turns == turns


@pytest.mark.parametrize("shape", [(1000, 1800), (1800, 1000), (700, 700), (64, 9000)])
def test_pieces_are_small_cover_everything_and_keep_their_place(shape):
    height, width = shape
    view = views.whole(np.zeros((height, width, 3), np.uint8), 1.0)
    covered = np.zeros(view.pixels.shape[:2], np.bool_)
    for piece in view.pieces():
        rows, columns = piece.pixels.shape[:2]
        assert rows * columns <= views.PIECE
        assert rows % 32 == columns % 32 == 0
        x, y = (round(value) for value in piece.corner)
        covered[y : y + rows, x : x + columns] = True
    assert covered.all()


def test_a_small_face_is_whole_in_some_piece():
    for x in range(60, 1900, 37):
        view = views.whole(marked(1000, 2000, x, 500), 1.0)
        found = [piece.in_photo(spot) for piece in view.pieces() if (spot := seen_in(piece)) is not None]
        assert min(abs(each.box.center[0] - x) for each in found) < 2


@settings(max_examples=60, deadline=None)
@given(
    rows=st.integers(1, 64),
    columns=st.integers(1, 64),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
def test_what_is_as_large_as_the_overlap_is_whole_in_a_piece_wherever_it_is(rows, columns, x, y):
    height, width = 32 * rows, 32 * columns
    across, down = min(width, 96), min(height, 96)
    left, top = int(x * (width - across)), int(y * (height - down))
    pixels = np.broadcast_to(np.zeros(3, np.uint8), (height, width, 3))
    pieces = list(views.View(pixels, (1.0, 1.0)).pieces())
    corners = [(each.corner, each.pixels.shape) for each in pieces]
    assert all(shape[0] * shape[1] <= views.PIECE for _, shape in corners)
    assert any(
        x0 <= left and y0 <= top and left + across <= x0 + shape[1] and top + down <= y0 + shape[0]
        for (x0, y0), shape in corners
    )


@pytest.mark.parametrize(
    ("shape", "cuts"), [((960, 1280), (1, 3)), ((896, 1344), (1, 3)), ((700, 800), (1, 1))]
)
def test_of_all_ways_to_cut_a_view_the_one_that_leaves_least_to_be_seen_is_taken(shape, cuts):
    view = views.View(np.zeros((*(side // 32 * 32 for side in shape), 3), np.uint8), (1.0, 1.0))
    pieces = list(view.pieces())
    rows, columns = ({each.corner[axis] for each in pieces} for axis in (1, 0))
    assert (len(rows), len(columns)) == cuts
    assert sum(each.pixels.size for each in pieces) < 1.21 * view.pixels.size


def test_a_large_view_is_cut_both_ways():
    corners = [each.corner for each in views.View(np.zeros((1920, 2560, 3), np.uint8), (1.0, 1.0)).pieces()]
    assert len({x for x, _ in corners}) > 1
    assert len({y for _, y in corners}) > 1


def test_a_turned_piece_keeps_its_place():
    view = views.whole(marked(1000, 2000, 1700, 300), 1.0)
    turned = [piece.turned(3) for piece in view.pieces() if seen_in(piece) is not None]
    assert turned
    for each in turned:
        np.testing.assert_allclose(each.in_photo(seen_in(each)).box.center, (1700, 300), atol=3)


def test_a_region_is_told_in_photo_pixels_and_stays_in_the_frame():
    pixels = marked(900, 1200, 1000, 700)
    view = views.region(pixels, Box(801.5, 555.2, 5000, 5000), 0.8)
    assert view.pixels.shape[0] < 0.8 * 400
    np.testing.assert_allclose(view.in_photo(seen_in(view)).box.center, (1000, 700), atol=3)


@pytest.mark.parametrize("box", [Box(-90, -90, -20, -20), Box(5000, 5000, 5100, 5100)])
def test_a_region_outside_the_frame_is_its_nearest_corner(box):
    assert views.region(np.zeros((90, 120, 3), np.uint8), box, 1.0).pixels.shape == (32, 32, 3)


def test_reducing_goes_by_area_and_never_enlarges():
    view = views.whole(np.zeros((600, 800, 3), np.uint8), 1.0)
    rows, columns = view.reduced(60_000).pixels.shape[:2]
    assert 45_000 < rows * columns < 75_000
    assert view.reduced(10**7) is view


def test_no_view_is_longer_than_4096():
    assert max(views.whole(np.zeros((3, 9000, 3), np.uint8), 1.0).pixels.shape) == 4096


@pytest.mark.parametrize(
    ("shape", "area"),
    [((90, 120), 480 * 640), ((375, 500), 300_000), ((800, 1250), 420_000), ((3000, 4000), 1_200_000)],
)
def test_the_main_view_has_as_many_pixels_as_is_said(shape, area):
    pixels = np.broadcast_to(np.uint8(0), (*shape, 3))
    assert shape[0] * shape[1] * views.main_scale(pixels) ** 2 == pytest.approx(area, rel=0.03)


@pytest.mark.parametrize("size", [(2048, 3072), (1500, 2000), (1025, 2001), (2400, 640)], ids=str)
def test_a_reduced_view_is_the_mean_of_all_pixels_wherever_they_lie(size):
    """Halving first is faster for large photos; nothing may move by it, and no pixel be left out."""
    pixels = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8), (0, 0), 6)
    view = views.whole(pixels, 0.19)
    height, width = view.pixels.shape[:2]
    means = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
    assert np.abs(view.pixels.astype(int) - means).mean() < 1.0
    lines = np.zeros((*size, 3), np.uint8)
    lines[size[0] // 2 + 1, :], lines[:, size[1] // 3] = 255, 255
    seen = views.whole(lines, 0.19).pixels[..., 0]
    assert (seen.max(0) > 20).all()
    assert (seen.max(1) > 20).all()
