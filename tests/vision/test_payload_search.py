import cv2
import numpy as np
import pytest
import skimage.data

from privateedit.core.cover import Coverage, cover
from privateedit.core.face import Box
from privateedit.vision import views
from privateedit.vision.candidate import Candidate
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.payload_search import VisibleFaceSearcher, _is_visible, _scale

FIVE = np.array([[44, 42], [56, 42], [50, 50], [45, 57], [55, 57]], np.float32)


@pytest.fixture(scope="module")
def searcher():
    return VisibleFaceSearcher()


@pytest.fixture(scope="module")
def faces(couple_pixels):
    return MultiScaleDetector().detect(couple_pixels)


@pytest.fixture(scope="module")
def couple_pixels():
    from matplotlib import cbook
    from PIL import Image

    with cbook.get_sample_data("grace_hopper.jpg") as file:
        hopper = np.asarray(Image.open(file).convert("RGB"))
    size = (round(hopper.shape[1] * 512 / hopper.shape[0]), 512)
    return np.ascontiguousarray(np.hstack([skimage.data.astronaut(), cv2.resize(hopper, size)]))


def masked(pixels, faces, fill):
    hidden = cover(pixels.shape[1], pixels.shape[0], faces, Coverage.FACE).hidden
    frame = pixels.copy()
    noise = np.random.default_rng(3).integers(0, 256, frame.shape, np.uint8)
    frame[hidden] = noise[hidden] if fill == "noise" else fill
    return frame, hidden


@pytest.mark.parametrize("fill", [0, 128, 255, "noise"])
def test_when_every_face_is_hidden_none_is_visible(searcher, couple_pixels, faces, fill):
    assert searcher.search(*masked(couple_pixels, faces, fill)) == ()


@pytest.mark.parametrize("fill", [0, 128, "noise"])
@pytest.mark.parametrize("missed", [0, 1])
def test_a_face_that_was_missed_is_found(searcher, couple_pixels, faces, missed, fill):
    (found,) = searcher.search(*masked(couple_pixels, [faces[1 - missed]], fill))
    assert found.box.overlap(faces[missed].box) > 0.6
    assert found.id == 0
    assert found.mesh is not None


def test_a_small_face_beside_a_large_mask_is_found(searcher, astronaut):
    pixels = astronaut.pixels.copy()
    small = cv2.resize(pixels[40:190, 150:300], (40, 40), interpolation=cv2.INTER_AREA)
    pixels[60:100, 420:460] = small
    (large,) = [face for face in MultiScaleDetector().detect(pixels) if face.box.width > 60]
    (found,) = searcher.search(*masked(pixels, [large], 0))
    assert abs(found.box.center[0] - 440) < 6


def test_a_face_drawn_under_the_mask_is_no_face(searcher, couple_pixels, faces):
    # Whatever is painted there, a guide or even a portrait, belongs to the mask.
    _, hidden = masked(couple_pixels, faces, 0)
    assert searcher.search(couple_pixels, hidden) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (300, 400)])
def test_a_blank_picture_has_no_face(searcher, shape):
    assert searcher.search(np.full((*shape, 3), 90, np.uint8), np.zeros(shape, np.bool_)) == ()


def test_a_cup_of_coffee_has_no_face(searcher):
    pixels = skimage.data.coffee()
    assert searcher.search(pixels, np.zeros(pixels.shape[:2], np.bool_)) == ()


@pytest.mark.parametrize("shape", [(90, 120), (800, 1200), (1500, 2000), (3000, 4000)])
def test_the_scale_is_not_that_of_the_first_search(shape):
    pixels = np.broadcast_to(np.uint8(0), (*shape, 3))
    first, second = views.main_scale(pixels), _scale(pixels)
    assert not 0.85 < second / first < 1.2
    assert shape[0] * shape[1] * second**2 <= views.MOST


@pytest.mark.parametrize(
    ("rows", "columns", "visible"),
    [
        (slice(0, 0), slice(0, 0), True),
        (slice(0, 100), slice(0, 100), False),
        (slice(0, 40), slice(0, 100), True),
        (slice(0, 55), slice(0, 100), False),
        (slice(40, 60), slice(40, 60), False),  # the middle: eyes, nose and mouth are hidden
        (slice(25, 34), slice(0, 100), True),
    ],
)
def test_a_face_is_visible_when_most_of_it_and_of_its_features_are(rows, columns, visible):
    hidden = np.zeros((100, 100), np.bool_)
    hidden[rows, columns] = True
    assert _is_visible(Candidate(Box(25.0, 25.0, 75.0, 75.0), 0.9, FIVE), hidden) is visible


def test_what_lies_outside_the_frame_is_not_visible():
    outside = Candidate(Box(25.0, 25.0, 75.0, 75.0), 0.9, FIVE).moved(200, 0)
    assert not _is_visible(outside, np.zeros((100, 100), np.bool_))
