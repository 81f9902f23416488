import cv2
import numpy as np
import pytest
from tests.doubles.scenes import similarity

from privateedit.core.outline_trace import Trace
from privateedit.core.similarity import transform

BLACK = np.zeros(3)


def disc(x, y, radius, shape=(224, 224)):
    """A black disc on grey whose edge is anti-aliased, so that its place is known to a fraction."""
    rows, columns = np.mgrid[: shape[0] * 8, : shape[1] * 8] + 0.5
    cover = (((columns / 8 - x) ** 2 + (rows / 8 - y) ** 2) <= radius**2).astype(np.float32)
    cover = cv2.resize(cover, shape[::-1], interpolation=cv2.INTER_AREA)
    return np.repeat(np.rint(180 * (1 - cover)).astype(np.uint8)[..., None], 3, 2)


@pytest.fixture(scope="module")
def trace():
    sent = disc(112, 112, 60)
    return Trace.of(sent[..., 0] < 90, sent, BLACK, noisy=False)


@pytest.mark.parametrize(("x", "y", "grow"), [(0.6, -0.4, 0), (2.3, 1.7, 0), (-3, 0, 1.2), (0, 0, 0)])
def test_a_disc_that_moved_is_found_to_a_tenth_of_a_pixel(x, y, grow, trace):
    seen = disc(112 + x, 112 + y, 60 + grow)
    update = trace.update(seen, BLACK)
    points = np.array([[112.0, 112.0], [172.0, 112.0]])
    moved = transform(update, points)
    np.testing.assert_allclose(moved[0], (112 + x, 112 + y), atol=0.1)
    assert np.linalg.norm(moved[1] - moved[0]) == pytest.approx(60 + grow, abs=0.1)


def test_misfit_is_in_pixels(trace):
    assert trace.misfit(disc(112, 112, 60), BLACK) < 0.05
    assert trace.misfit(disc(112, 112, 63), BLACK) == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("level", [0, 100, 255])
def test_nothing_can_be_told_of_a_plain_picture(level, trace):
    seen = np.full((224, 224, 3), level, np.uint8)
    assert trace.misfit(seen, BLACK) == float("inf")
    assert trace.update(seen, BLACK) is None


def test_nothing_hidden_is_no_outline():
    blank = np.full((224, 224, 3), 180, np.uint8)
    trace = Trace.of(np.zeros((224, 224), np.bool_), blank, BLACK, noisy=False)
    assert len(trace.points) == 0
    assert trace.misfit(blank, BLACK) == float("inf")


def test_normals_point_outwards(trace):
    apart = trace.points - (112, 112)
    outwards = (apart * trace.normals).sum(1) / np.linalg.norm(apart, axis=1)
    assert outwards.min() > 0.9


def test_a_hole_of_noise_is_traced():
    sent = disc(112, 112, 60)
    hidden = sent[..., 0] < 90
    pixels = np.where(hidden[..., None], np.random.default_rng(1).integers(0, 256, sent.shape), 240)
    grey = np.full(3, 128.0)
    trace = Trace.of(hidden, pixels.astype(np.uint8), grey, noisy=True)
    moved = np.roll(pixels, (0, 2), (0, 1)).astype(np.uint8)
    update = trace.update(moved, grey)
    np.testing.assert_allclose(transform(update, np.array([[112.0, 112]])), [[114, 112]], atol=0.5)
    assert not np.array_equal(update, similarity())
