import cv2
import numpy as np
import pytest

from privateedit.core.cover import Coverage, cover
from privateedit.vision.recognize import DlibLandmarks, DlibRecognizer


@pytest.fixture(scope="session")
def landmark_finder():
    return DlibLandmarks()


@pytest.fixture(scope="session")
def recognizer():
    return DlibRecognizer()


@pytest.fixture(scope="session")
def astronaut_landmarks(astronaut, astronaut_face, landmark_finder):
    return landmark_finder.fit(astronaut.pixels, astronaut_face)


@pytest.fixture(scope="session")
def astronaut_hidden(astronaut, astronaut_face):
    return cover(astronaut.width, astronaut.height, [astronaut_face], Coverage.FACE).hidden


@pytest.fixture(scope="session")
def see_through(astronaut, astronaut_hidden):
    """A maker of see-through masks: fill over the face at an opacity, rounded to 8 bits as a file is."""

    def make(fill, opacity):
        pixels = astronaut.pixels.copy()
        if fill is None:
            shape = (int(astronaut_hidden.sum()), 3)
            fill = np.random.default_rng(7).integers(0, 256, shape)
        mixed = opacity * np.array(fill) + (1 - opacity) * pixels[astronaut_hidden]
        pixels[astronaut_hidden] = np.rint(mixed).astype(np.uint8)
        return pixels

    return make


@pytest.fixture(scope="session")
def blurred(astronaut, astronaut_face, astronaut_hidden):
    """By a twentieth of the face, as in the threat model."""
    pixels = astronaut.pixels.copy()
    sigma = 0.05 * astronaut_face.box.height
    pixels[astronaut_hidden] = cv2.GaussianBlur(pixels, (0, 0), sigma)[astronaut_hidden]
    return pixels


@pytest.fixture(scope="session")
def pixelated(astronaut, astronaut_hidden):
    """About 16 cells across the face."""
    pixels = astronaut.pixels.copy()
    coarse = cv2.resize(pixels, (87, 87), interpolation=cv2.INTER_AREA)
    large = cv2.resize(coarse, pixels.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    pixels[astronaut_hidden] = large[astronaut_hidden]
    return pixels
