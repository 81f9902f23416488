import numpy as np
import pytest
from tests.doubles.scenes import noise, scenery

from privateedit.core.grade import Grade
from privateedit.core.harmonize import lesson

SCENE = scenery(60, 80).astype(np.float32)
EVERYTHING = np.ones(SCENE.shape[:2], np.bool_)
WARM = np.array([1.12, 1.0, 0.85], np.float32)


def colorful():
    """Smooth colors of every hue."""
    rows, columns = np.mgrid[:60, :80].astype(np.float32)
    return np.stack([60 + columns * 2, 60 + rows * 2.2, 200 - columns - rows * 0.6], -1).astype(np.float32)


def luma(pixels):
    return np.repeat((pixels @ np.float32([0.299, 0.587, 0.114]))[..., None], 3, 2)


def graded(before, after, sources):
    return lesson(before, after, sources).grade


def learned(before, after, area=EVERYTHING):
    grade = graded(before, after, {"everything": area})
    assert np.isfinite(grade.matrix).all()
    return grade


def test_a_warmer_light_is_learned():
    grade = learned(SCENE, SCENE * WARM)
    assert not grade.is_identity
    seen = np.float32([[[200, 150, 120], [90, 70, 60], [128, 128, 128]]])
    assert np.abs(grade.apply(seen) - seen * WARM).max() < 4


def test_more_light_is_learned_through_grain():
    after = SCENE * 1.1 + 12 + np.random.default_rng(1).normal(0, 3, SCENE.shape).astype(np.float32)
    seen = np.float32([[[180, 140, 110]]])
    assert np.abs(learned(SCENE, after).apply(seen) - (seen * 1.1 + 12)).max() < 5


def test_black_and_white_drains_colors_that_were_never_seen():
    before = colorful()
    grade = learned(before, luma(before))
    seen = np.float32([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 140, 120]]])
    assert np.ptp(grade.apply(seen), axis=-1).max() < 3


def test_a_drawing_gives_the_face_the_one_hue_it_has():
    strokes = noise(60, 80).astype(np.float32) - 128
    drawn = luma(colorful() * 0.7 + strokes * 0.5 + 60) + np.float32([12, 0, -12])
    grade = learned(colorful(), drawn)
    seen = grade.apply(np.float32([[[255, 0, 0], [0, 0, 255], [200, 140, 120]]]))
    np.testing.assert_allclose(seen[..., 0] - seen[..., 2], 24, atol=3)


@pytest.mark.parametrize(
    "after",
    [
        SCENE,
        noise(60, 80, 4).astype(np.float32),
        scenery(60, 80, 11).astype(np.float32),
        255 - SCENE,
    ],
    ids=["same", "noise", "elsewhere", "negative"],
)
def test_what_explains_nothing_teaches_nothing(after):
    assert learned(SCENE, after).is_identity


@pytest.mark.parametrize("color", [(240, 240, 240), (0, 0, 0), (30, 60, 200)], ids=["white", "black", "blue"])
def test_a_new_plain_backdrop_teaches_nothing(color):
    assert learned(SCENE, np.broadcast_to(np.float32(color), SCENE.shape)).is_identity


def test_the_person_teaches_when_the_backdrop_is_new():
    after = SCENE * WARM
    person = np.zeros(SCENE.shape[:2], np.bool_)
    person[:, 30:50] = True
    after[~person] = (10, 200, 90)
    sources = {"person": person, "surroundings": ~person, "everything": EVERYTHING}
    seen = np.float32([[[180, 140, 110]]])
    assert np.abs(graded(SCENE, after, sources).apply(seen) - seen * WARM).max() < 5


@pytest.mark.parametrize("count", [0, 1, 2, 59])
def test_a_few_pixels_teach_nothing(count):
    area = np.zeros(SCENE.shape[:2], np.bool_)
    area.flat[:count] = True
    assert learned(SCENE, SCENE * WARM, area).is_identity
    assert learned(colorful(), luma(colorful()), area).is_identity


def test_the_identity_returns_its_argument():
    assert Grade.identity().is_identity
    assert Grade.identity().apply(SCENE) is SCENE
    assert not Grade(np.eye(3, 4) * 2).is_identity


def test_a_grey_backdrop_behind_a_person_in_color_drains_nobody():
    person = np.zeros(SCENE.shape[:2], np.bool_)
    person[:, :40] = True
    before, after = colorful(), np.array(colorful())
    after[~person] = luma(before)[~person] * 0.3 + 100
    grade = graded(before, after, {"person": person, "surroundings": ~person, "everything": person | True})
    seen = grade.apply(np.float32([[[200, 120, 90]]]))
    np.testing.assert_allclose(seen[0, 0], [200, 120, 90], atol=6)
