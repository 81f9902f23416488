import numpy as np
import pytest
from tests.doubles.scenes import oval

from privateedit.core.continuity import continuity, held_back, joined, rim_difference
from privateedit.core.face_areas import areas_of
from privateedit.core.polar import COUNT


@pytest.fixture
def areas(hopper, hopper_face):
    hole = oval(*hopper.pixels.shape[:2], *hopper_face.box.center, 130, 160)
    return areas_of(hopper_face.mesh, hole)


def grey(areas, level=60.0):
    return np.full((*areas.hull.shape, 3), level, np.float32)


def left(areas):
    columns = np.arange(areas.hull.shape[1])[None, :]
    return np.broadcast_to(columns < np.nonzero(areas.inner)[1].mean(), areas.hull.shape)


def test_equal_surroundings_go_on_all_around(areas):
    inside = grey(areas)
    inside[areas.hole] = 10  # what was drawn does not matter
    assert continuity(grey(areas), inside, ~areas.hole, areas).min() > 0.99


def test_other_surroundings_do_not(areas):
    assert continuity(grey(areas), grey(areas, 75), ~areas.hole, areas).max() < 0.01


def test_where_nothing_is_known_nothing_goes_on(areas):
    assert continuity(grey(areas), grey(areas), np.zeros_like(areas.hole), areas).max() == 0


def test_a_hole_that_fills_the_frame_meets_nothing_that_could_differ(hopper_face, hopper):
    everything = areas_of(hopper_face.mesh, np.ones(hopper.pixels.shape[:2], np.bool_))
    assert continuity(grey(everything), grey(everything, 90), ~everything.hole, everything).min() == 1


def test_each_side_is_judged_by_itself(areas):
    edited = grey(areas)
    edited[left(areas)] = 90
    rays = continuity(grey(areas), edited, ~areas.hole, areas)
    right, other = np.roll(rays, COUNT // 8)[: COUNT // 4], rays[COUNT * 3 // 8 : COUNT * 5 // 8]
    assert right.min() > 0.9
    assert other.max() < 0.1


def test_a_brim_holds_its_rays_and_a_mole_none(areas):
    beyond = np.ones(COUNT, np.float32)
    brim = areas.hull & (areas.down < -0.3)
    held = held_back(beyond, brim.astype(np.float32), areas)
    assert held[brim].max() < 0.15
    assert held[areas.down > 0.8].min() > 0.9
    mole = oval(*areas.hull.shape, *np.argwhere(brim).mean(0)[::-1], 3, 3)
    assert held_back(beyond, mole.astype(np.float32), areas).min() > 0.9


def test_gaps_at_the_outline_are_closed_only_where_the_original_goes_on(areas):
    shown = areas.hole & (areas.depth > 4)
    goes_on = left(areas).astype(np.float32)
    closed = joined(shown, goes_on, areas, 8)
    away = np.abs(np.arange(shown.shape[1])[None, :] - np.nonzero(areas.inner)[1].mean()) > 12
    assert closed[left(areas) & away].all()
    assert np.array_equal(closed[~left(areas) & away], shown[~left(areas) & away])


def test_a_difference_at_the_rim_fades_before_the_face(areas):
    own, edited = grey(areas, 100), grey(areas, 106)
    rim = rim_difference(own, edited, ~areas.hole, np.ones(areas.hull.shape, np.float32), areas)
    assert rim[areas.hole & (areas.depth < 2)].mean() == pytest.approx(6, abs=0.8)
    assert not rim[areas.inner].any()
    none = rim_difference(own, edited, ~areas.hole, np.zeros(areas.hull.shape, np.float32), areas)
    assert not none.any()
