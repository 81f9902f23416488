import itertools

import numpy as np
import pytest

from privateedit.core.contour import hull, stretched
from privateedit.core.cover import Coverage, Shape, contour, cover
from privateedit.core.face import Box, Face, Pose
from privateedit.errors import InputError

SQUARE = np.array([(0, 0), (10, 0), (10, 10), (0, 10), (5, 5)], np.float32)


def test_a_hull_holds_its_points_and_grows_around_its_middle():
    assert len(hull(SQUARE)) == 4
    grown = hull(SQUARE, 0.2)
    assert grown.min(0).tolist() == [-1, -1]
    assert grown.max(0).tolist() == [11, 11]


def test_stretching_reaches_up_sideways_and_down_by_shares_of_the_size():
    moved = stretched(SQUARE, up=0.4, sides=0.2, down=0.1, angle=0.0)
    assert moved.min(0).tolist() == pytest.approx([-2, -4])
    assert moved.max(0).tolist() == pytest.approx([12, 11])
    assert moved[4].tolist() == pytest.approx([5, 5])


@pytest.mark.parametrize("angle", [90.0, 180.0, -90.0])
def test_up_is_the_heads_own_up(angle):
    """A head on its side reaches sideways."""
    moved = stretched(SQUARE, up=1.0, sides=0.0, down=0.0, angle=angle)
    up = {90.0: (20, None), 180.0: (None, 20), -90.0: (-10, None)}[angle]
    extremes = {90.0: moved.max(0)[0], 180.0: moved.max(0)[1], -90.0: moved.min(0)[0]}[angle]
    assert extremes == pytest.approx(next(value for value in up if value is not None), abs=1e-4)


@pytest.mark.parametrize("coverage", list(Coverage))
def test_a_contour_hides_less_than_the_superellipse_and_all_it_demands(astronaut, astronaut_face, coverage):
    size = (astronaut.width, astronaut.height)
    tight = cover(*size, [astronaut_face], coverage, shape=Shape.CONTOUR)
    smooth = cover(*size, [astronaut_face], coverage)
    assert 0 < tight.fraction < smooth.fraction
    inner = contour(astronaut_face, coverage)
    rows, columns = np.floor(inner.mean(0)).astype(int)[::-1]
    assert tight.hidden[rows, columns]
    grown = cover(*size, [astronaut_face], coverage, 0.3, Shape.CONTOUR)
    assert (grown.hidden | ~tight.hidden).all()


def test_contours_of_larger_coverages_are_larger(astronaut, astronaut_face):
    shares = [
        cover(astronaut.width, astronaut.height, [astronaut_face], each, shape=Shape.CONTOUR).fraction
        for each in Coverage
    ]
    assert shares == sorted(shares)


def test_a_face_without_a_mesh_gets_the_superellipse():
    face = Face(0, Box(20, 20, 60, 70), 0.9)
    for coverage in Coverage:
        smooth = cover(100, 100, [face], coverage)
        assert np.array_equal(cover(100, 100, [face], coverage, shape=Shape.CONTOUR).hidden, smooth.hidden)
    with pytest.raises(InputError):
        contour(face, Coverage.FACE)


@pytest.mark.parametrize("angle", [0.0, 35.0])
def test_a_larger_coverage_hides_all_that_a_smaller_one_does(angle):
    """For any mesh, also one whose brows reach beyond its hull once they are widened."""
    for seed in range(25):
        spread = np.random.default_rng(seed).uniform(-1, 1, (468, 2)) * (40, 55)
        face = Face(0, Box(60, 45, 140, 155), 0.9, (spread + 100).astype(np.float32), Pose(roll=angle))
        masks = [cover(200, 200, [face], each, shape=Shape.CONTOUR).hidden for each in Coverage]
        for smaller, larger in itertools.pairwise(masks):
            assert not (smaller & ~larger).any()
