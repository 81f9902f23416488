import cv2
import numpy as np
import pytest
from tests.doubles.scenes import noise, oval, scenery

from privateedit.audit import simulated_look as look
from privateedit.audit.restore_scenarios import BACKDROPS, GRADES, STYLES


def canvas(seed=3):
    return scenery(90, 120, seed).astype(np.float32)


def random():
    return np.random.default_rng(5)


@pytest.mark.parametrize("kind", BACKDROPS)
def test_a_backdrop_fills_the_frame_and_is_smooth(kind):
    behind = look.backdrop(kind, (90, 120), noise(90, 120), random())
    assert behind.shape == (90, 120, 3)
    assert np.isfinite(behind).all()
    assert (
        np.abs(np.diff(behind, axis=1)).mean()
        < 0.25 * np.abs(np.diff(noise(90, 120).astype(int), axis=1)).mean()
    )


def test_a_gradient_runs_between_two_colors():
    behind = look.backdrop("gradient", (90, 120), noise(4, 4), random())
    plain = look.backdrop("plain", (90, 120), noise(4, 4), random())
    assert behind.std((0, 1)).max() > 1.5 * plain.std((0, 1)).max()


def test_the_person_stays_before_a_backdrop():
    picture, alpha = canvas(), oval(90, 120, 60, 45, 30, 30).astype(np.float32)
    behind = np.full_like(picture, 7)
    done = look.before(picture, noise(9, 12), alpha, behind)
    assert (done[alpha == 1] == picture[alpha == 1]).all()
    assert (done[alpha == 0] == 7).all()


def test_soft_edges_take_the_persons_own_color():
    picture = np.full((20, 20, 3), 250, np.float32)  # edge pixels still hold a bright background
    person = np.full((5, 5, 3), 40, np.uint8)
    done = look.before(picture, person, np.full((20, 20), 0.5, np.float32), np.zeros_like(picture))
    assert done == pytest.approx(np.full_like(done, 20))


def test_clothes_change_below_the_chin_and_skin_does_not():
    picture = np.zeros((100, 60, 3), np.float32)
    picture[:] = (40, 70, 160)
    skin = np.array([[[210.0, 160.0, 140.0]]], np.float32)
    picture[60:, :20] = skin  # an arm
    done = look.clothed(picture, np.ones((100, 60), np.float32), 40.0, skin, random())
    apart = np.abs(done - picture).max(2)
    assert apart[:38].max() < 0.01
    assert apart[80:, 30:].min() > 5
    assert apart[80:, :15].max() < 1


@pytest.mark.parametrize("name", GRADES)
def test_grades_keep_the_order_of_greys_and_stay_in_range(name):
    greys = np.repeat(np.arange(256, dtype=np.float32)[None, :, None], 3, axis=2)
    done = look.graded(greys, name, random())
    assert (done >= 0).all()
    assert (done <= 255).all()
    assert (np.diff(done.mean(2)) >= -1e-3).all()
    assert np.abs(done - greys).mean() > 1


def test_grades_are_what_their_names_say():
    grey = np.full((4, 4, 3), 128, np.float32)
    warm, cool, night = (look.graded(grey, name, random())[0, 0] for name in ("warm", "cool", "night"))
    assert warm[0] > warm[2]
    assert cool[0] < cool[2]
    assert night.mean() < 110
    colored = look.graded(canvas(), "black-and-white", random())
    assert np.ptp(colored, axis=2).max() < 1e-3


def test_out_of_range_levels_do_not_break_a_grade():
    wild = np.array([[[-30.0, 280.0, 100.0]]], np.float32)
    for name in GRADES:
        assert np.isfinite(look.graded(wild, name, random())).all()


def test_light_falls_from_one_side_to_the_other():
    grey = np.full((60, 80, 3), 100, np.float32)
    done = look.lit(grey, 1.0, 0.0)[..., 0]
    assert (np.diff(done, axis=1) > 0).all()
    assert done[:, -1] / done[:, 0] == pytest.approx(np.full(60, 2 ** (1 / 2.2)), rel=1e-3)
    assert look.lit(grey, 1.0, 90.0)[:, 0, 0] == pytest.approx(np.sort(look.lit(grey, 1.0, 90.0)[:, 0, 0]))


def test_softening_takes_detail_and_keeps_color():
    picture = noise(64, 64).astype(np.float32)
    for softness, enlarged in ((1.0, 1.0), (0.0, 0.6)):
        done = look.softened(picture, softness, enlarged)
        assert done.std() < 0.8 * picture.std()
        assert done.mean() == pytest.approx(picture.mean(), abs=1)
    assert (look.softened(picture, 0.0, 1.0) == picture).all()


@pytest.mark.parametrize("style", STYLES)
def test_styles_redraw_and_still_show_the_picture(style, astronaut):
    small = cv2.resize(astronaut.pixels, (200, 200), interpolation=cv2.INTER_AREA)
    done = look.restyled(small, style)
    assert done.shape == small.shape
    assert done.dtype == np.uint8
    assert np.abs(done.astype(int) - small).mean() > 4
    edges = [cv2.Laplacian(cv2.cvtColor(each, cv2.COLOR_RGB2GRAY), cv2.CV_32F) for each in (small, done)]
    strong = [cv2.GaussianBlur(np.abs(each), (0, 0), 3).ravel() for each in edges]
    assert np.corrcoef(*strong)[0, 1] > 0.4


def test_a_sketch_has_no_color():
    assert np.ptp(look.restyled(scenery(80, 80), "sketch"), axis=2).max() == 0


def test_recompression_is_lossy_and_close():
    picture = scenery(64, 64)
    done = look.recompressed(picture, 85)
    assert 0 < np.abs(done.astype(int) - picture).mean() < 6


def test_the_color_of_skin_is_the_median():
    picture = np.full((10, 10, 3), 90, np.uint8)
    picture[0, 0] = 255
    assert (look.skin_of(picture, np.ones((10, 10), bool)) == 90).all()


def test_levels_are_rounded_and_clipped():
    assert look.levels(np.array([[[-4.0, 12.6, 300.0]]], np.float32)).tolist() == [[[0, 13, 255]]]
