from dataclasses import dataclass, field

import numpy as np
import pytest
from tests.doubles.scenes import box_face, masked, oval, recompressed, scenery

from privateedit.core.comparison import SCENE_INLIERS, Comparison
from privateedit.core.face import Box
from privateedit.errors import WeightsMissing

FACE = box_face(120, 80, 180, 150)


@dataclass
class Nearsighted:
    """Sees a bright square, and only one of at least 100 pixels."""

    looks: list = field(default_factory=list)

    def detect(self, pixels):
        self.looks.append(pixels.shape)
        rows, columns = np.nonzero((pixels > 240).all(2))
        if not len(rows) or np.ptp(columns) < 100:
            return ()
        return (box_face(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1),)


def compared(edited, detector):
    photo = masked(scenery(), oval(240, 320, 150, 115, 35, 40))
    return Comparison((FACE,), photo, edited, detector)


def with_square(x0, y0, x1, y1):
    pixels = scenery()
    pixels[y0:y1, x0:x1] = 255
    return pixels


def test_a_face_that_was_overlooked_is_looked_for_where_it_should_be():
    comparison = compared(with_square(125, 85, 175, 145), Nearsighted())
    (found,) = comparison.found
    assert found.box.overlap(Box(125, 85, 175, 145)) > 0.9


def test_the_closer_look_believes_only_what_lies_in_the_middle_and_has_the_size():
    assert compared(with_square(60, 85, 110, 145), Nearsighted()).found == ()
    assert compared(with_square(90, 40, 210, 200), Nearsighted()).found != ()  # seen at once: any size


def test_a_face_that_was_seen_is_not_looked_for_again():
    detector = Nearsighted()
    assert len(compared(with_square(100, 60, 210, 170), detector).found) == 1
    assert len(detector.looks) == 1


@pytest.mark.parametrize(("zoom", "looks"), [(3, (720, 960)), (12, (878, 1170))])
def test_a_large_picture_is_looked_at_no_larger_than_its_faces_need(zoom, looks):
    edited = np.repeat(np.repeat(with_square(100, 60, 210, 170), zoom, 0), zoom, 1)
    detector = Nearsighted()
    (found,) = compared(edited, detector).found
    assert detector.looks == [(*looks, 3)]
    assert np.array(found.box) == pytest.approx(zoom * np.array([100, 60, 210, 170]), abs=0.5 * zoom)


def of_person(person, asked=None, edited=None, faces=(FACE,)):
    def look():
        if asked is not None:
            asked.append(1)
        return person

    photo = masked(scenery(), oval(240, 320, 150, 115, 35, 40))
    elsewhere = scenery(seed=8) if edited is None else edited
    return Comparison(faces, photo, elsewhere, Nearsighted(), look)


def test_the_person_is_looked_at_once_and_only_when_asked_for():
    asked = []
    comparison = of_person(oval(240, 320, 150, 200, 80, 90), asked)
    around = comparison.around(FACE.box)
    assert asked == []
    person = comparison.around_person(FACE.box)
    assert comparison.around_person(FACE.box) is person
    assert comparison.around_person(Box(100, 80, 160, 150)) is not None
    assert asked == [1]
    assert 0.025 < person.visible < around.visible


def test_a_person_tells_nothing_where_the_scene_stayed_or_others_are():
    person = oval(240, 320, 150, 200, 80, 90)
    assert of_person(person, edited=scenery()).around_person(FACE.box) is None
    assert of_person(person, faces=(FACE, box_face(20, 80, 80, 150, 1))).around_person(FACE.box) is None
    assert of_person(person).around_person(FACE.box) is not None


def test_too_little_of_a_person_tells_nothing():
    nobody = np.zeros((240, 320), np.bool_)
    assert of_person(nobody).around_person(FACE.box) is None
    shoulder = nobody.copy()
    shoulder[:12, :12] = True
    assert of_person(shoulder).around_person(FACE.box) is None
    assert compared(scenery(seed=8), Nearsighted()).around_person(FACE.box) is None


def test_found_faces_are_numbered():
    class Two:
        def detect(self, pixels):
            return (box_face(120, 80, 180, 150, 7), box_face(10, 10, 30, 30, 7))

    assert [face.id for face in compared(scenery(), Two()).found] == [0, 1]


@pytest.mark.parametrize("quality", [90, 70])
def test_enough_features_make_the_frame_certain(quality):
    comparison = compared(recompressed(scenery(), quality), Nearsighted())
    assert comparison.certain
    assert comparison.best_frame.inliers >= SCENE_INLIERS
    assert comparison.best_frame is comparison.features


def test_without_features_the_plain_frame_is_the_guess():
    comparison = compared(np.full((240, 320, 3), 128, np.uint8), Nearsighted())
    assert not comparison.certain
    assert comparison.features is None
    np.testing.assert_allclose(comparison.best_frame.matrix, np.eye(2, 3))


@pytest.mark.parametrize("zoom", [1, 3, 12])
def test_looking_ahead_changes_nothing_and_looks_at_nothing_twice(zoom):
    edited = np.repeat(np.repeat(with_square(100, 60, 210, 170), zoom, 0), zoom, 1)
    usual, ahead = (compared(edited, Nearsighted()) for _ in range(2))
    ahead.look_ahead(ahead.faces)
    np.testing.assert_array_equal(ahead.best_frame.matrix, usual.best_frame.matrix)
    assert [face.box for face in ahead.found] == [face.box for face in usual.found]
    assert ahead.detector.looks == usual.detector.looks


def test_a_size_that_features_may_change_is_not_looked_at_ahead():
    comparison = compared(np.repeat(np.repeat(scenery(), 12, 0), 12, 1), Nearsighted())
    comparison.look_ahead(())
    assert comparison.detector.looks == []


def test_looking_ahead_finds_the_features():
    comparison = compared(recompressed(scenery(), 90), Nearsighted())
    comparison.look_ahead(comparison.faces)
    assert comparison.features is comparison.best_frame


def test_what_is_wrong_with_looking_ahead_is_told():
    class Broken:
        def detect(self, pixels):
            raise WeightsMissing("x")

    with pytest.raises(WeightsMissing):
        compared(scenery(), Broken()).look_ahead(())
