import numpy as np
import pytest

from privateedit.providers.studio.grade import GRADES, graded


def random_pixels(shape=(200, 150)):
    return np.random.default_rng(11).integers(0, 256, (*shape, 3), dtype=np.uint8)


def test_black_and_white_has_equal_channels():
    out = graded(random_pixels(), "black-and-white")
    assert np.ptp(out, axis=-1).max() == 0


@pytest.mark.parametrize(("name", "sign"), [("warm", 1), ("cool", -1)])
def test_warm_and_cool_move_red_against_blue(name, sign):
    pixels = random_pixels()
    before = pixels[..., 0].mean() / pixels[..., 2].mean()
    out = graded(pixels, name)
    after = out[..., 0].mean() / out[..., 2].mean()
    assert sign * (after - before) > 0.1


def test_film_lifts_blacks_and_mutes_color():
    black, white = np.zeros((64, 64, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)
    assert 8 < graded(black, "film").mean() < 25
    assert 225 < graded(white, "film").mean() < 250
    warm_light, teal_shadow = graded(white, "film").mean(axis=(0, 1)), graded(black, "film").mean(axis=(0, 1))
    assert warm_light[0] > warm_light[2]
    assert teal_shadow[2] > teal_shadow[0]


def test_film_grain_is_small_monochrome_and_the_same_every_time():
    grey = np.full((300, 300, 3), 128, np.uint8)
    one = graded(grey, "film")
    assert 1 < one[..., 0].std() < 4
    residual = one.astype(int) - one.mean(axis=(0, 1))
    assert np.abs(residual[..., 0] - residual[..., 2]).max() <= 1.01
    assert np.array_equal(one, graded(grey, "film"))


@pytest.mark.parametrize("name", [name for name, grade in GRADES.items() if not grade.grain])
def test_a_grade_is_one_map_for_all_pixels(name):
    pixels = random_pixels((40, 40))
    shuffled = pixels.reshape(-1, 1, 3)[np.random.default_rng(1).permutation(1600)]
    direct = graded(pixels, name).reshape(-1, 3)
    order = np.random.default_rng(1).permutation(1600)
    assert np.array_equal(graded(shuffled, name).reshape(-1, 3), direct[order])


@pytest.mark.parametrize("name", GRADES)
def test_curves_rise_everywhere(name):
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    out = np.mean([graded(np.repeat(ramp, 400, axis=0), name)], axis=(0, 1))
    assert (np.diff(out, axis=0) > -0.6).all()
