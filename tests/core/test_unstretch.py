from contextlib import suppress

import cv2
import numpy as np
import pytest
from tests.doubles.scenes import masked, oval, scenery

from privateedit import pipeline
from privateedit.core import comparison, unstretch
from privateedit.core.align import moved
from privateedit.core.comparison import Comparison
from privateedit.core.edit import EditResult
from privateedit.core.place import place
from privateedit.core.register_scene import feature_pairs
from privateedit.core.unstretch import unstretched
from privateedit.errors import CannotAlign

SENT = masked(scenery(480, 640), oval(480, 640, 300, 230, 60, 80))


def stretched(pixels, width, height):
    return np.ascontiguousarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(("size", "back"), [((512, 512), (683, 512)), ((640, 360), (640, 480))])
def test_a_stretched_frame_gets_its_proportions_back(size, back):
    found = unstretched(SENT, stretched(SENT.pixels, *size))
    assert found.shape[1::-1] == back
    expected = stretched(SENT.pixels, *back)
    assert np.abs(found.astype(int) - expected).mean() < 6


@pytest.mark.parametrize(
    "change",
    [
        lambda pixels: pixels[:, 80:560],
        lambda pixels: pixels[:, 8:-8],
        lambda pixels: stretched(pixels[6:-6], 1024, 749),
        lambda pixels: np.pad(pixels, ((80, 80), (0, 0), (0, 0))),
        lambda pixels: stretched(pixels, 320, 240),
        lambda pixels: stretched(scenery(480, 640, seed=9), 512, 512),
        lambda pixels: np.full((512, 512, 3), 90, np.uint8),
    ],
    ids=["cropped", "cropped by a little", "and enlarged", "padded", "same aspect", "another scene", "blank"],
)
def test_everything_else_stays_as_it_came(change):
    edited = np.ascontiguousarray(change(SENT.pixels))
    assert unstretched(SENT, edited) is edited


def test_features_that_somebody_found_already_are_not_looked_for_again(monkeypatch):
    edited, asked = stretched(SENT.pixels, 512, 512), []
    pairs = feature_pairs(SENT.pixels, SENT.mask.hidden, edited)
    expected = unstretched(SENT, edited)
    monkeypatch.setattr(unstretch, "feature_pairs", None)
    found = unstretched(SENT, edited, lambda: asked.append(1) or pairs)
    assert np.array_equal(found, expected)
    assert unstretched(SENT, SENT.pixels, lambda: asked.append(2)) is SENT.pixels
    assert asked == [1]


def test_a_picture_that_is_not_stretched_is_searched_once(hidden_astronaut, parts, monkeypatch):
    looks, search = [], comparison.feature_pairs

    def counted(*pictures):
        looks.append(pictures)
        return search(*pictures)

    monkeypatch.setattr(comparison, "feature_pairs", counted)
    cropped = np.ascontiguousarray(hidden_astronaut.masked.pixels[:, 20:-20])
    cropped[40:160, 140:260] = 255 - cropped[40:160, 140:260]  # no hole came back
    with suppress(CannotAlign):
        pipeline.restore(hidden_astronaut, EditResult(cropped, "test"), parts)
    assert len(looks) == 1


def test_a_face_is_put_back_undistorted(hidden_astronaut, parts):
    squeezed = stretched(hidden_astronaut.masked.pixels, 512, 384)
    restored = pipeline.restore(hidden_astronaut, EditResult(squeezed, "test"), parts)
    assert (restored.width, restored.height) == (512, 512)
    edited = unstretched(hidden_astronaut.masked, squeezed)
    compared = Comparison(hidden_astronaut.faces, hidden_astronaut.masked, edited, parts.detector)
    (found,) = place(compared, hidden_astronaut.faces)
    assert moved(found.alignment.matrix, np.eye(2, 3), hidden_astronaut.faces[0])[0] < 0.01
