import numpy as np
import pytest

from privateedit.core.edit import Instruction
from privateedit.providers.studio.backdrop import LIGHTS


@pytest.mark.parametrize("name", LIGHTS)
def test_background_takes_the_backdrop_and_the_person_stays(name, portrait, person, mint, studio):
    pixels, (body, face) = portrait(), person((320, 256))
    result = studio(body).edit(mint(pixels, face), Instruction(preset=name)).pixels
    inside, outside = eroded(body, 14) & ~face, eroded(~body, 14)
    assert np.abs(result[inside].astype(int) - pixels[inside]).max() <= 1
    near, far = LIGHTS[name]
    low, high = np.minimum(near, far), np.maximum(near, far)
    assert (result[outside] >= low - 3).all()
    assert (result[outside] <= high + 3).all()
    assert np.ptp(result[outside].astype(int).sum(axis=-1)) > 12  # lit, not flat


def test_no_rim_of_the_old_background(portrait, person, mint, studio):
    pixels, (body, face) = portrait(), person((320, 256))
    result = studio(body).edit(mint(pixels, face), Instruction(preset="backdrop-white")).pixels.astype(int)
    rim = eroded(~eroded(~body, 5), 1) & ~eroded(body, 5)
    # The old background is blue; between a skin tone and white nothing may be.
    assert (result[rim][:, 2] - result[rim][:, 0]).max() < 60
    assert np.mean(result[rim][:, 2] > result[rim][:, 0] + 12) < 0.03


def test_blur_softens_the_background_keeps_the_person_and_does_not_smear_it(portrait, person, mint, studio):
    pixels, (body, face) = portrait(), person((320, 256))
    result = studio(body).edit(mint(pixels, face), Instruction(preset="blur-background")).pixels
    inside, outside = eroded(body, 14) & ~face, eroded(~body, 6)
    assert np.abs(result[inside].astype(int) - pixels[inside]).max() <= 1
    assert detail(result)[outside].std() < 0.5 * detail(pixels)[outside].std()
    # Skin is red, the background blue: none of the red may reach it.
    assert result[outside][:, 0].max() < 100


def detail(pixels):
    """What differs from the neighborhood: texture, not light."""
    import cv2

    luma = pixels.mean(axis=-1).astype(np.float32)
    return luma - cv2.GaussianBlur(luma, (0, 0), 4)


def eroded(mask, reach):
    import cv2

    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    return cv2.erode(mask.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=(1,)) > 0
