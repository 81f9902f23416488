from functools import cache, partial

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import recompressed

from privateedit.core import style
from privateedit.core.style import PAINTINGS, PENCILS, Renderer, learn_style


def as_is(levels):
    return levels


@pytest.fixture(scope="module")
def photo(astronaut):
    return astronaut.pixels[:320, 60:380].astype(np.float32)


@pytest.fixture(scope="module")
def visible(photo):
    area = np.ones(photo.shape[:2], np.bool_)
    area[80:200, 100:220] = False
    return area


def luma(pixels):
    return pixels @ np.float32([0.299, 0.587, 0.114])


def pencil(pixels):
    """Color dodge with a blurred negative, as drawing filters do."""
    bright = luma(pixels)
    drawn = np.clip(bright * 255 / np.maximum(cv2.GaussianBlur(bright, (0, 0), 5), 1), 0, 255)
    return np.repeat(drawn[..., None], 3, 2).astype(np.float32)


def cartoon(pixels):
    smooth = np.clip(pixels, 0, 255).astype(np.uint8)
    for _ in range(3):
        smooth = cv2.bilateralFilter(smooth, 9, 30, 7)
    stepped = smooth // 48 * 48 + 24
    line = cv2.adaptiveThreshold(
        cv2.medianBlur(np.rint(luma(pixels)).astype(np.uint8), 5),
        255,
        cv2.ADAPTIVE_THRESH_MEAN_C,
        cv2.THRESH_BINARY,
        9,
        4,
    )
    return np.where(line[..., None] == 0, 20, stepped).astype(np.float32)


def painting(pixels):
    levels = np.clip(pixels, 0, 255).astype(np.uint8)
    return cv2.pyrMeanShiftFiltering(np.ascontiguousarray(levels), 20, 60).astype(np.float32)


def learned(photo, edited, area, plain=None):
    return learn_style(photo, edited, area, as_is, photo if plain is None else plain)


@pytest.mark.parametrize(
    ("edit", "name"), [(pencil, "pencil drawing"), (cartoon, "cartoon"), (painting, "painting")]
)
def test_a_restyle_is_recognized_and_the_hidden_part_follows(photo, visible, edit, name):
    edited = edit(photo)
    style = learned(photo, np.where(visible[..., None], edited, 0), visible)
    assert style is not None
    assert style.name == name
    drawn = np.clip(style.render(photo), 0, 255)
    assert np.abs(drawn - edited)[~visible].mean() < np.abs(photo - edited)[~visible].mean()


@pytest.mark.parametrize("sigma", [0.8, 1.1, 1.6])
@pytest.mark.parametrize("quality", [80, 95])
def test_a_grainy_photo_that_came_back_soft_is_no_painting(photo, visible, sigma, quality):
    """Where nobody could tell how soft it became, it is flat and without detail, as paintings are."""
    grain = 10 * np.random.default_rng(1).standard_normal(photo.shape)
    grainy = np.clip(photo + grain, 0, 255).astype(np.float32)
    soft = recompressed(np.rint(cv2.GaussianBlur(grainy, (0, 0), sigma)).astype(np.uint8), quality)
    assert learned(grainy, soft.astype(np.float32), visible) is None


def test_a_pencil_drawing_gets_its_paper_and_no_color(photo, visible):
    edited = 0.8 * pencil(photo) + np.float32([30, 25, 10])
    drawn = learned(photo, edited, visible).render(photo)
    assert np.abs(drawn - edited)[~visible].mean() < 6
    hue = drawn - luma(drawn)[..., None]
    assert np.abs(hue - hue.mean((0, 1))).max() < 1.5


def test_a_colored_drawing_keeps_some_color(photo, visible):
    edited = pencil(photo) + 0.5 * (photo - luma(photo)[..., None])
    drawn = learned(photo, edited, visible).render(photo)
    assert np.abs(drawn - luma(drawn)[..., None])[~visible].mean() > 2


@pytest.mark.parametrize(
    "edit",
    [
        as_is,
        lambda pixels: np.repeat(luma(pixels)[..., None], 3, 2),
        lambda pixels: pixels * np.float32([1.1, 1, 0.8]),
        lambda pixels: recompressed(pixels.astype(np.uint8), 50).astype(np.float32),
        lambda pixels: pixels * 0.7 + 50,
    ],
    ids=["same", "grey", "warm", "jpeg", "faded"],
)
def test_a_photo_is_not_taken_for_a_drawing(photo, visible, edit):
    """The photographic look explains it: the grade is what `plain` has."""
    edited = edit(photo)
    plain = photo if edit is as_is else np.where(visible[..., None], edit(photo), photo)
    noise = np.random.default_rng(2).normal(0, 2, photo.shape).astype(np.float32)
    assert learned(photo, edited, visible, plain + noise) is None


def test_too_little_to_see_teaches_nothing(photo, visible):
    few = np.zeros_like(visible)
    few[:30, :30] = True
    assert learned(photo, pencil(photo), few) is None


@pytest.mark.parametrize("renderer", [*PENCILS, *PAINTINGS], ids=str)
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_every_renderer_stays_within_the_levels_it_was_given(photo, renderer, scale):
    drawn = renderer.apply(photo, scale)
    assert drawn.shape == photo.shape
    assert drawn.dtype == np.float32
    assert np.isfinite(drawn).all()
    assert not np.array_equal(drawn, photo)
    assert np.array_equal(drawn, renderer.apply(photo, scale))


def test_paintings_that_begin_alike_are_the_same_whether_that_is_shared_or_not(photo):
    """And each leaves to the next what it began with."""
    flattened = cache(partial(style._flattened, photo))
    for each in PAINTINGS:
        assert np.array_equal(each.apply(photo, flattened=flattened), each.apply(photo))
    assert flattened.cache_info().misses < len(PAINTINGS) / 3


def test_nothing_to_draw_leaves_the_photo(photo):
    assert Renderer("photo").apply(photo) is photo
