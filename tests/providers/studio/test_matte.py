import numpy as np
import pytest

from privateedit.providers.studio.hole import scene_of
from privateedit.providers.studio.matte import person_matte


class Stub:
    def __init__(self, answer):
        self.answer = answer

    def segment(self, pixels):
        return self.answer(pixels)


def test_the_outline_follows_the_picture_though_the_segmenter_is_coarse(portrait, person):
    import cv2

    shape = (400, 320)
    pixels, (body, face) = portrait(shape), person(shape)

    def coarse(seen):
        red, blue = seen[..., 0].astype(np.float32), seen[..., 2].astype(np.float32)
        return cv2.GaussianBlur((red > blue).astype(np.float32), (0, 0), 5)

    matte = person_matte(scene_of(pixels, face), Stub(coarse))
    visible = ~face
    wrong = ((matte.alpha > 0.5) != body) & visible
    assert wrong.sum() / visible.sum() < 0.005
    assert matte.alpha[body & visible].mean() > 0.97
    assert matte.alpha[~body].mean() < 0.02


@pytest.mark.parametrize("answer", [np.nan, 7.0, -3.0])
def test_a_segmenter_that_answers_nonsense_gives_a_matte_in_range(portrait, answer):
    pixels = portrait((64, 48))
    stub = Stub(lambda seen: np.full(seen.shape[:2], answer, np.float32))
    matte = person_matte(scene_of(pixels, np.zeros((64, 48), np.bool_)), stub)
    assert np.isfinite(matte.alpha).all()
    assert 0 <= matte.alpha.min() <= matte.alpha.max() <= 1


def test_colors_of_person_and_background_are_told_apart(portrait, person):
    pixels, (_, face) = portrait((300, 240)), person((300, 240))
    stub = Stub(lambda seen: (seen[..., 0] > seen[..., 2]).astype(np.float32))
    matte = person_matte(scene_of(pixels, face), stub)
    assert (matte.person[..., 0].astype(int) - matte.person[..., 2]).min() > 0
    assert (matte.background[..., 2].astype(int) - matte.background[..., 0]).min() > 0
