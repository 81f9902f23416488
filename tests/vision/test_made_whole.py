import cv2
import numpy as np
import pytest

from privateedit.core.face import Box
from privateedit.vision import views
from privateedit.vision.candidate import Candidate
from privateedit.vision.detect import MultiScaleDetector
from privateedit.vision.made_whole import made_whole
from privateedit.vision.views import View

FIVE = np.zeros((5, 2), np.float32)
SCALE = (0.5, 0.5)


def main(width=1280, height=960):
    return View(np.zeros((height, width, 3), np.uint8), SCALE)


def face(x0, y0, x1, y1, score=0.9):
    """Return a candidate given in the view's pixels, in the photo's."""
    return Candidate(Box(2 * x0, 2 * y0, 2 * x1, 2 * y1), score, FIVE)


def asked(candidate, view, found=()):
    """Return what is made of a candidate, and the views that were looked at; `found` in the view's pixels."""
    looks = []

    def seen(look):
        looks.append(look)
        (x, y), (left, top) = look.scale, look.corner
        return [
            Candidate(Box(*(value / 2 for value in each.box)), each.score, each.points)
            for each in found
            if left / x <= each.box.x0 / 2 and top / y <= each.box.y0 / 2
        ]

    return made_whole(candidate, view, list(view.pieces()), seen), looks


def test_the_pieces_are_those_these_tests_are_about():
    assert [(each.corner[0], each.pixels.shape[1]) for each in main().pieces()] == [
        (0, 512),
        (384, 512),
        (768, 512),
    ]


@pytest.mark.parametrize(
    "box",
    [
        (100, 100, 450, 500),  # inside the first piece
        (400, 100, 490, 190),  # no larger than what pieces share
        (0, -40, 460, 400),  # cut by the picture alone
        (830, 500, 1300, 1000),
    ],
)
def test_what_some_piece_shows_whole_is_left_alone(box):
    candidate = face(*box)
    assert asked(candidate, main(), [face(0, 0, 1280, 960)]) == (candidate, [])


def test_what_every_piece_cuts_is_looked_at_again_as_a_whole():
    cut = face(384, 200, 700, 640, score=0.8)
    whole = face(300, 180, 690, 700, score=0.7)
    made, (look,) = asked(cut, main(), [whole])
    assert made.box == Box(600, 360, 1400, 1400)
    assert made.score == 0.8
    assert max(look.pixels.shape) <= 2.2 * 100 + 32
    rows, columns = look.pixels.shape[:2]
    (x, y), (left, top) = look.scale, look.corner
    assert left / x < 300
    assert top / y < 180
    assert (left + columns) / x > 700
    assert (top + rows) / y > 640


def test_points_and_score_are_the_better_looks():
    made, _ = asked(face(384, 200, 700, 640, score=0.5), main(), [face(300, 200, 700, 640, score=0.6)])
    assert made.score == 0.6


@pytest.mark.parametrize("other", [(420, 300, 500, 380), (10, 10, 60, 60), (660, 200, 900, 640)])
def test_another_face_beside_it_is_none_of_it(other):
    cut = face(384, 200, 700, 640)
    made, looks = asked(cut, main(), [face(*other)])
    assert made is cut
    assert len(looks) == 1


def test_a_cut_face_is_boxed_about_as_in_one_view(hopper, monkeypatch):
    detector = MultiScaleDetector()
    pixels = np.full((2400, 3200, 3), 120, np.uint8)
    large = cv2.resize(hopper.pixels, None, fx=3.5, fy=3.5, interpolation=cv2.INTER_CUBIC)
    pixels[200 : 200 + len(large), 660 : 660 + large.shape[1]] = large
    (cut,) = detector.detect(pixels)
    monkeypatch.setattr(views, "PIECE", 2 * views.MOST)
    (whole,) = detector.detect(pixels)
    assert cut.box.overlap(whole.box) > 0.85
