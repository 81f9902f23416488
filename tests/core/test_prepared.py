import numpy as np
from tests.doubles.scenes import box_face, masked, oval, scenery

from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.photo import Photo
from privateedit.core.prepared import Concealed, Prepared

PIXELS = scenery(60, 80)
FACES = tuple(box_face(10 + 20 * number, 10, 25 + 20 * number, 30, number) for number in range(3))


def concealed(hidden_faces):
    return Concealed(Photo(PIXELS), FACES, hidden_faces, masked(PIXELS, oval(60, 80, 30, 20, 10, 10)))


def test_faces_that_are_not_hidden_are_visible():
    assert [face.id for face in concealed(FACES[1:2]).visible_faces] == [0, 2]
    assert concealed(FACES).visible_faces == ()


def test_what_was_chosen_is_told_as_plain_values(sealed_astronaut):
    chosen = Concealment(coverage=Coverage.HEAD)
    prepared = Prepared(concealed(FACES), sealed_astronaut.payload, chosen)
    assert prepared.settings["coverage"] == "head"
    assert prepared.settings == chosen.settings()
    assert "array" not in repr(prepared.concealed.masked.paint)
    assert np.array_equal(prepared.concealed.photo.pixels, PIXELS)


def test_a_face_that_is_hidden_by_hand_is_not_visible():
    covered = Concealed(Photo(PIXELS), FACES, (), masked(PIXELS, np.ones((60, 80), np.bool_)))
    assert covered.visible_faces == ()
