import sys

import cv2
import numpy as np
import pytest

from privateedit.errors import ExtraMissing
from privateedit.vision.residual import DlibFaceDetector


@pytest.fixture(scope="module")
def detector():
    return DlibFaceDetector()


def test_a_face_is_found_where_it_is(detector, hopper, hopper_face):
    x, y = (round(value) for value in hopper_face.box.center)
    near = cv2.resize(hopper.pixels[y - 150 : y + 150, x - 150 : x + 150], (200, 200))
    (face,) = detector.detect(near)
    width = hopper_face.box.width / 1.5
    np.testing.assert_allclose(face.box.center, (100, 100), atol=0.2 * width)
    assert 0.5 < face.box.width / width < 1.5
    assert face.score > 0.5


def test_a_blank_picture_shows_no_face(detector):
    assert detector.detect(np.full((90, 120, 3), 128, np.uint8)) == ()


def test_without_the_extra_it_says_which_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(ExtraMissing, match=r"privateedit\[audit\]"):
        DlibFaceDetector().detect(np.zeros((40, 40, 3), np.uint8))
