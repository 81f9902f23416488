import cv2
import numpy as np
import pytest

from privateedit.providers.studio.drawing import pencil_sketch, watercolor
from privateedit.providers.studio.hole import scene_of


def scene(pixels, hidden=None):
    return scene_of(pixels, np.zeros(pixels.shape[:2], np.bool_) if hidden is None else hidden)


def test_a_sketch_is_nearly_neutral_mostly_paper_and_has_lines():
    from skimage.data import astronaut

    out = pencil_sketch(scene(astronaut()))
    assert np.ptp(out, axis=-1).max() <= 12
    assert np.median(out) > 150
    assert out.min() < 90


def test_watercolor_flattens_texture_and_keeps_color():
    from skimage.data import astronaut

    picture = astronaut()
    out = watercolor(scene(picture))
    assert np.corrcoef(out.mean(axis=-1).ravel(), picture.mean(axis=-1).ravel())[0, 1] > 0.9
    assert out[300:, 100:200, 0].mean() > out[300:, 100:200, 2].mean() + 40  # the suit stays orange


@pytest.mark.parametrize("draw", [pencil_sketch, watercolor])
@pytest.mark.parametrize("fill", [0, 255])
def test_the_outline_of_a_hole_is_not_drawn(draw, fill):
    pixels = np.full((240, 200, 3), 150, np.uint8)
    down, across = np.mgrid[:240, :200]
    hidden = ((across - 100) / 50) ** 2 + ((down - 120) / 60) ** 2 <= 1
    plain = draw(scene(pixels))
    pixels[hidden] = fill
    with_hole = draw(scene(pixels, hidden))
    assert np.array_equal(with_hole[~hidden], plain[~hidden])


@pytest.mark.parametrize("draw", [pencil_sketch, watercolor])
def test_resolution_does_not_change_the_look(draw):
    from skimage.data import astronaut

    picture = cv2.resize(astronaut(), (900, 900), interpolation=cv2.INTER_CUBIC)
    small = draw(scene(cv2.resize(picture, (450, 450), interpolation=cv2.INTER_AREA)))
    large = cv2.resize(draw(scene(picture)), (450, 450), interpolation=cv2.INTER_AREA)
    assert abs(small.mean() - large.mean()) < 12
    soft = [cv2.GaussianBlur(each, (0, 0), 4).astype(int) for each in (small, large)]
    assert np.abs(soft[0] - soft[1]).mean() < 12
