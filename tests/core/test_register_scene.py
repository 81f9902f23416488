from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import about, moved, recompressed, scenery, similarity

from privateedit.core.register_scene import FeaturePairs, agreed, crop_guess, feature_pairs, frame_guesses
from privateedit.core.similarity import transform

CORNERS = np.array([[0, 0], [512, 0], [512, 512], [0, 512]], float)


@pytest.mark.parametrize(
    "truth",
    [similarity(), about((256, 256), 0.9, 8), similarity(0.7, 0, 20, 10)],
    ids=["same", "turned", "smaller"],
)
def test_features_recover_a_similarity(truth, hidden_astronaut):
    pixels, hidden = hidden_astronaut.masked.pixels, hidden_astronaut.masked.mask.hidden
    guess = agreed(feature_pairs(pixels, hidden, recompressed(moved(pixels, truth, 512, 512))))
    assert guess.inliers >= 25
    apart = np.linalg.norm(transform(guess.matrix, CORNERS) - transform(truth, CORNERS), axis=1)
    assert apart.max() < 2


def test_features_of_another_or_no_scene_are_no_guess(hidden_astronaut):
    pixels, hidden = hidden_astronaut.masked.pixels, hidden_astronaut.masked.mask.hidden
    assert agreed(feature_pairs(pixels, hidden, np.full_like(pixels, 90))) is None
    other = agreed(feature_pairs(pixels, hidden, scenery(400, 400)))
    assert other is None or other.inliers < 25


def test_hidden_features_take_no_part(astronaut):
    hidden = np.ones((512, 512), np.bool_)
    assert agreed(feature_pairs(astronaut.pixels, hidden, astronaut.pixels)) is None


def test_a_crop_is_found(astronaut):
    guess = crop_guess(astronaut.pixels, np.ascontiguousarray(astronaut.pixels[40:400, 90:470]))
    np.testing.assert_allclose(guess.matrix, similarity(x=-90, y=-40), atol=2)
    assert guess.inliers == 0


def test_what_is_not_smaller_is_no_crop(astronaut):
    pixels = astronaut.pixels
    assert crop_guess(pixels, pixels) is None
    assert crop_guess(pixels, cv2.resize(pixels, (600, 400))) is None
    assert crop_guess(pixels, np.full((100, 100, 3), 9, np.uint8)) is None


def test_the_same_aspect_is_one_guess():
    (guess,) = frame_guesses((400, 600), (200, 300))
    assert np.array_equal(guess.matrix, similarity(0.5))


def test_another_aspect_is_padded_or_cropped():
    padded, cropped = frame_guesses((400, 600), (600, 600))
    np.testing.assert_allclose(padded.matrix, similarity(1.0, 0, 0, 100))
    np.testing.assert_allclose(cropped.matrix, similarity(1.5, 0, -150, 0))


def test_many_features_that_look_like_one_are_no_picture():
    source = np.random.default_rng(1).uniform(0, 500, (40, 2)).astype(np.float32)
    here = similarity()
    one = FeaturePairs(source, np.full_like(source, (65, 325)), here, here)
    assert agreed(one) is None
    assert agreed(replace(one, target=source)) is not None
