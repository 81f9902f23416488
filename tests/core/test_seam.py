import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import oval, scenery

from privateedit.core.color_difference import delta_e_2000, lab
from privateedit.core.seam import Outline, changed_area, seam_difference, seam_width

AREA = oval(200, 240, 120, 100, 60, 50)


def stepped(inside, outside, area=AREA):
    picture = np.full((*area.shape, 3), outside, np.uint8)
    picture[area] = inside
    return picture


def test_a_plain_picture_has_no_seam():
    assert seam_difference(stepped(120, 120), AREA, 4.0) == 0


@given(st.tuples(*[st.integers(0, 255)] * 3), st.tuples(*[st.integers(0, 255)] * 3))
@settings(max_examples=25)
def test_a_hard_step_is_measured_as_it_is(inside, outside):
    expected = delta_e_2000(lab(np.array(inside, np.uint8)), lab(np.array(outside, np.uint8)))
    assert seam_difference(stepped(inside, outside), AREA, 4.0) == pytest.approx(float(expected), abs=0.02)


def test_a_step_blended_over_a_width_is_still_seen():
    hard = stepped(150, 110).astype(np.float32)
    soft = cv2.GaussianBlur(hard, (0, 0), 2.0)
    assert seam_difference(soft, AREA, 4.0) > 0.8 * seam_difference(hard, AREA, 4.0)


def test_a_faint_step_shows_against_the_same_outline_without_it():
    photo = scenery(200, 240)
    graded = photo.copy()
    graded[AREA] = np.clip(photo[AREA].astype(int) + 24, 0, 255)
    assert seam_difference(graded, AREA, 4.0) > 1.1 * seam_difference(photo, AREA, 4.0)


def test_grain_is_averaged():
    random = np.random.default_rng(2)
    noisy = 120 + random.normal(0, 12, (*AREA.shape, 3)).astype(np.float32)
    assert seam_difference(noisy, AREA, 8.0) < 2.0


def test_colors_farther_away_do_not_matter():
    picture = stepped(150, 110)
    far = ~cv2.dilate(AREA.astype(np.uint8), np.ones((41, 41))).astype(bool)
    changed = picture.copy()
    changed[far] = 0
    assert seam_difference(changed, AREA, 4.0) == seam_difference(picture, AREA, 4.0)


def test_the_frame_is_no_outline():
    area = np.zeros((80, 100), bool)
    area[30:, :] = True  # touches three borders
    assert seam_difference(stepped(150, 110, area), area, 3.0) == pytest.approx(
        float(delta_e_2000(lab(np.full(3, 150)), lab(np.full(3, 110)))), abs=0.02
    )


@pytest.mark.parametrize("area", [np.zeros((40, 40), bool), np.ones((40, 40), bool)])
def test_without_an_outline_there_is_no_seam(area):
    assert np.isnan(seam_difference(np.zeros((40, 40, 3), np.uint8), area, 3.0))


def test_parts_thinner_than_the_look_are_left_out():
    line = np.zeros((60, 200), bool)
    line[29:31, 10:190] = True
    assert np.isnan(seam_difference(stepped(250, 10, line), line, 6.0))


def test_the_width_follows_the_area():
    assert seam_width(np.ones((300, 300), bool)) == 6.0
    assert seam_width(np.ones((10, 10), bool)) == 3.0


def test_the_changed_area_is_what_differs_without_specks():
    before, area = scenery(120, 160), oval(120, 160, 80, 60, 40, 30)
    after = before.copy()
    after[area] = after[area] // 2
    after[60, 80] = before[60, 80]  # a pinhole
    after[5, 5] = 0  # a speck
    found = changed_area(after, before)
    assert (found ^ area).mean() < 0.01
    assert not found[5, 5]
    assert found[60, 80]


def test_one_outline_measures_several_pictures_as_if_each_were_alone():
    outline = Outline.of(AREA, 4.0)
    for picture in (stepped(150, 110), scenery(200, 240), stepped(90, 92).astype(np.float32)):
        assert outline.difference(picture) == seam_difference(picture, AREA, 4.0)


def test_an_area_without_an_outline_has_no_seam_to_measure():
    assert np.isnan(Outline.of(np.ones_like(AREA), 4.0).difference(stepped(150, 110)))
