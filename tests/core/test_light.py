from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import oval, scenery

from privateedit.core.light import Light, learn_light, learn_shading
from privateedit.core.overlap import Overlap
from privateedit.core.similarity import Matrix, inverse

HEIGHT, WIDTH = 160, 200
BEFORE = scenery(HEIGHT, WIDTH).astype(np.float32) * 0.7
HOLE = oval(HEIGHT, WIDTH, 100, 80, 34, 44)
NOBODY = np.zeros((HEIGHT, WIDTH), np.bool_)
HERE: Matrix = np.eye(2, 3)
SIZE = 70.0
TO_PLANE = np.array([[1 / SIZE, 0, -100 / SIZE], [0, 1 / SIZE, -80 / SIZE]])
FACE = oval(HEIGHT, WIDTH, 100, 80, 28, 38)


def view(after, person=0.0, face=NOBODY):
    matte = np.full((HEIGHT, WIDTH), person, np.float32)
    return Overlap(BEFORE, after.astype(np.float32), ~HOLE, matte, face, HERE)


def lit(pixels, across, down=0.0):
    """Brighter to the right, and downwards, by so much in the logarithm a size of the hole."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    return pixels * np.exp(across * (columns - 100) / SIZE + down * (rows - 80) / SIZE)[..., None]


def skin(red, green, blue):
    """A face of one tone with features, lit from the front."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    features = cv2.GaussianBlur(np.random.default_rng(5).normal(size=(HEIGHT, WIDTH)), (0, 0), 3)
    shape = 1 - 0.2 * (((columns - 100) / 60) ** 2 + ((rows - 80) / 60) ** 2) + 0.4 * features
    return np.float32([red, green, blue]) * shape[..., None].astype(np.float32)


@pytest.mark.parametrize(("across", "down"), [(0.3, 0.0), (-0.4, 0.0), (0.0, 0.3), (0.2, -0.2)])
def test_light_from_a_side_is_carried_into_the_hole(across, down):
    light = learn_light(view(lit(BEFORE, across, down)), BEFORE, TO_PLANE)
    expected = lit(BEFORE, across, down)
    assert np.abs(light.apply(BEFORE, HERE) - expected)[HOLE].mean() < 2
    assert np.abs(BEFORE - expected)[HOLE].mean() > 4


def test_what_was_lit_can_be_taken_back():
    light = learn_light(view(lit(BEFORE, 0.3)), BEFORE, TO_PLANE)
    np.testing.assert_allclose(light.remove(light.apply(BEFORE, HERE), HERE), BEFORE, rtol=1e-4)


def test_a_reduced_picture_is_lit_alike():
    light = learn_light(view(lit(BEFORE, 0.3)), BEFORE, TO_PLANE)
    small = cv2.resize(BEFORE, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    twice = np.array([[2.0, 0, 0], [0, 2.0, 0]])
    whole = cv2.resize(light.apply(BEFORE, HERE), (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    assert np.abs(light.apply(small, twice) - whole).mean() < 1


def test_an_unchanged_picture_teaches_nothing():
    light = learn_light(view(BEFORE), BEFORE, TO_PLANE)
    assert light.is_unchanged
    assert light.apply(BEFORE, HERE) is BEFORE
    assert light.remove(BEFORE, HERE) is BEFORE


def test_dyed_clothes_make_no_rainbow_of_a_face():
    """The lower part was given another hue, everything else came back as it was."""
    after = BEFORE.copy()
    after[120:] *= np.float32([0.45, 1.25, 0.45])
    light = learn_light(view(after), BEFORE, TO_PLANE)
    gains = np.log((light.apply(BEFORE, HERE) + 1) / (BEFORE + 1))
    hues = gains - gains.mean(2, keepdims=True)
    upper, lower = (hues[rows][HOLE[rows]].mean(0) for rows in (slice(40, 60), slice(100, 120)))
    assert np.abs(upper - lower).max() < 0.1


@pytest.mark.parametrize("seed", [1, 2])
def test_a_replaced_backdrop_teaches_nothing(seed):
    other = lit(scenery(HEIGHT, WIDTH, 100 + seed).astype(np.float32), 0.5)
    assert learn_light(view(other), BEFORE, TO_PLANE).is_unchanged


def test_the_persons_own_part_teaches_when_the_backdrop_is_new():
    """Left half: the person, lit from the left; right half: something else."""
    after = lit(BEFORE, -0.3)
    after[:, 110:] = scenery(HEIGHT, WIDTH, 99)[:, 110:]
    person = np.zeros((HEIGHT, WIDTH), np.float32)
    person[:, :110] = 1
    light = learn_light(replace(view(after), person=person), BEFORE, TO_PLANE)
    expected = lit(BEFORE, -0.3)
    assert np.abs(light.apply(BEFORE, HERE) - expected)[HOLE].mean() < 4


def test_strength_is_a_share_of_the_logarithm():
    light = Light(np.tile([0.4, 0.0, 0.1], (3, 1)), TO_PLANE)
    assert light.at(0.0).is_unchanged
    half = light.at(0.5).apply(BEFORE, HERE)
    np.testing.assert_allclose(light.at(0.5).apply(half, HERE), light.apply(BEFORE, HERE), rtol=1e-2)


def test_a_face_lit_from_the_left_tells_where_the_light_is():
    shading = learn_shading(skin(170, 130, 110), lit(skin(150, 120, 100), -0.7), FACE, HERE, TO_PLANE)
    shown = shading.apply(np.full_like(BEFORE, 100), HERE)
    assert shown[80, 80].mean() > 105
    assert shown[80, 120].mean() < 95


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(*[st.integers(20, 250)] * 3),
    st.tuples(*[st.integers(20, 250)] * 3),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
def test_no_stranger_changes_how_bright_a_face_is_or_its_color(own, drawn, across, down):
    """A dark stranger darkens nobody, a fair one lightens nobody."""
    mine = skin(*own)
    shading = learn_shading(mine, np.clip(lit(skin(*drawn), across, down), 0, 255), FACE, HERE, TO_PLANE)
    flat = np.full((HEIGHT, WIDTH, 3), 100, np.float32)
    gains = np.log(shading.apply(flat, HERE)[FACE] / 100)
    assert np.abs(gains.mean(0)).max() < 0.01
    assert np.ptp(gains, axis=1).max() < 1e-5


def test_faces_in_the_same_light_teach_nothing():
    other = cv2.flip(skin(60, 45, 40), 1)
    assert learn_shading(skin(200, 160, 140), other, FACE, HERE, TO_PLANE).is_unchanged
    assert learn_shading(skin(200, 160, 140), other, NOBODY, HERE, TO_PLANE).is_unchanged


def test_the_plane_lies_in_the_pictures_coordinates():
    light = Light(np.tile([0.5, 0.0, 0.0], (3, 1)), TO_PLANE)
    shifted = np.array([[1.0, 0, 50], [0, 1.0, 0]])
    one = light.apply(BEFORE, HERE)[:, 60:150] / BEFORE[:, 60:150]
    two = light.apply(BEFORE, shifted)[:, 10:100] / BEFORE[:, 10:100]
    assert np.abs(one - two).max() < 0.02
    assert np.allclose(inverse(HERE), HERE)
