"""Before a payload is sealed: a face that can still be seen is hidden too, or nothing is sent."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from tests.doubles.ports import (
    FixedDetector,
    simple_parts,
)
from tests.doubles.scenes import box_face, scenery

from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage
from privateedit.core.hide import hide
from privateedit.core.photo import Photo
from privateedit.errors import InputError, NoFaceFound, Refused

PHOTO = Photo(scenery())
KNOWN = (box_face(40, 60, 100, 130, 0), box_face(210, 60, 270, 130, 1))
MISSED = box_face(140, 170, 170, 205)


@dataclass
class Eyes:
    """A searcher that sees these faces until `share` of their box is hidden."""

    faces: tuple = ()
    share: float = 0.5
    looks: list = field(default_factory=list)

    def search(self, pixels, hidden):
        self.looks.append((pixels.copy(), hidden.copy()))
        return [face for face in self.faces if hidden[inside(face)].mean() <= self.share]


@dataclass
class Restless:
    """A searcher that always sees one more face."""

    looks: int = 0

    def search(self, pixels, hidden):
        self.looks += 1
        return [box_face(10 * self.looks, 200, 10 * self.looks + 9, 210)]


def parts(searcher=None, faces=KNOWN):
    return simple_parts(detector=FixedDetector(faces), searcher=searcher or Eyes())


def inside(face):
    box = face.box
    return slice(int(box.y0), int(box.y1)), slice(int(box.x0), int(box.x1))


def test_a_face_that_the_detector_missed_is_hidden_too():
    searcher = Eyes((MISSED,))
    concealed = hide(PHOTO, Concealment(), parts(searcher))
    assert concealed.masked.mask.hidden[inside(MISSED)].all()
    assert [face.id for face in concealed.faces] == [0, 1, 2]
    assert concealed.hidden_faces == concealed.faces
    assert len(searcher.looks) == 2


def test_what_is_searched_is_what_would_leave():
    searcher = Eyes((MISSED,))
    concealed = hide(PHOTO, Concealment(), parts(searcher))
    (first, _), (last, hidden) = searcher.looks
    assert np.array_equal(last, concealed.masked.pixels)
    assert np.array_equal(hidden, concealed.masked.concealed.hidden)
    assert not np.array_equal(first, last)


def test_a_replaced_background_counts_as_hidden():
    searcher = Eyes()
    hide(PHOTO, Concealment(backdrop=(1, 2, 3)), replace(parts(searcher), segmenter=HalfAPerson()))
    (_, hidden) = searcher.looks[0]
    assert hidden[:, 220:].all()


class HalfAPerson:
    def segment(self, pixels):
        matte = np.zeros(pixels.shape[:2], np.float32)
        matte[:, : pixels.shape[1] // 2] = 1
        return matte


def test_a_face_that_can_still_be_seen_after_all_stops_everything():
    searcher = Restless()
    with pytest.raises(Refused, match="still be seen"):
        hide(PHOTO, Concealment(), parts(searcher))
    assert 2 <= searcher.looks <= 5


def test_a_face_left_visible_by_choice_stays_visible():
    searcher = Eyes(KNOWN)
    concealed = hide(PHOTO, Concealment(only=(0,)), parts(searcher))
    assert [face.id for face in concealed.hidden_faces] == [0]
    assert not concealed.masked.mask.hidden[inside(KNOWN[1])].any()


def test_a_missed_face_is_hidden_even_when_others_were_chosen():
    concealed = hide(PHOTO, Concealment(only=(0,)), parts(Eyes((*KNOWN, MISSED))))
    assert [face.id for face in concealed.hidden_faces] == [0, 2]


@pytest.mark.parametrize("coverage", [Coverage.FACE, Coverage.HEAD])
def test_a_hidden_face_that_can_still_be_seen_is_hidden_further(coverage):
    """The detector boxed too little: what the searcher sees of the same face is not taken for known."""
    whole = box_face(5, 20, 195, 230)
    concealed = hide(PHOTO, Concealment(coverage=coverage), parts(Eyes((whole,), 0.97)))
    assert concealed.masked.mask.hidden[inside(whole)].all()


def test_a_bar_over_the_eyes_leaves_the_rest_by_choice():
    class Sees:
        def search(self, pixels, hidden):
            return KNOWN

    concealed = hide(PHOTO, Concealment(coverage=Coverage.EYES), parts(Sees()))
    assert concealed.faces == KNOWN
    exposed = Concealment(under=Under.FACE, opacity=0.5, expose_face=True)
    assert hide(PHOTO, exposed, parts(Sees())).faces == KNOWN


def test_faces_can_be_left_out():
    concealed = hide(PHOTO, Concealment(exclude=(0,)), parts())
    assert [face.id for face in concealed.hidden_faces] == [1]
    assert [face.id for face in concealed.visible_faces] == [0]
    both = hide(PHOTO, Concealment(only=(0, 1), exclude=(1,)), parts())
    assert [face.id for face in both.hidden_faces] == [0]


@pytest.mark.parametrize("wrong", [{"only": (2,)}, {"exclude": (7,)}, {"only": (), "exclude": (0, 1)}])
def test_choices_of_faces_that_hide_nothing_or_do_not_exist(wrong):
    with pytest.raises(InputError):
        hide(PHOTO, Concealment(**wrong), parts())


def test_no_face_and_no_area_is_an_error():
    with pytest.raises(NoFaceFound):
        hide(PHOTO, Concealment(), parts(faces=()))
    area = np.array([(5, 5), (50, 5), (50, 60)], np.float32)
    concealed = hide(PHOTO, Concealment(areas=(area,)), parts(faces=()))
    assert concealed.faces == ()
    assert concealed.masked.mask.hidden[8:12, 20:40].all()


@pytest.mark.parametrize("opacity", [0.0, 0.95, 1.0])
def test_a_see_through_face_needs_leave(opacity):
    with pytest.raises(Refused, match="--expose-face"):
        hide(PHOTO, Concealment(under=Under.FACE, opacity=opacity), parts())
    allowed = Concealment(under=Under.FACE, opacity=opacity, expose_face=True)
    assert hide(PHOTO, allowed, parts()).masked.exposed is (opacity < 1)


LEAVE = Concealment(allow_no_face=True)


@pytest.mark.parametrize(
    "chosen",
    [
        LEAVE,
        replace(LEAVE, fill=Fill(None)),
        replace(LEAVE, opacity=0.0),
        replace(LEAVE, backdrop=(190, 190, 190)),
        replace(LEAVE, only=()),
        replace(LEAVE, under=Under.FACE, opacity=0.5, expose_face=True),
    ],
    ids=["usual", "noise", "guide", "backdrop", "nobody chosen", "see-through"],
)
def test_by_leave_a_photo_without_faces_leaves_as_it_is(chosen):
    searcher = Eyes()
    concealed = hide(PHOTO, chosen, parts(searcher, faces=()))
    assert (concealed.faces, concealed.hidden_faces, concealed.visible_faces) == ((), (), ())
    assert not concealed.masked.concealed.hidden.any()
    assert np.array_equal(concealed.masked.pixels, PHOTO.pixels)
    assert not concealed.masked.exposed
    assert len(searcher.looks) == 1


def test_leave_for_no_face_is_none_for_a_face_that_the_detector_missed():
    concealed = hide(PHOTO, LEAVE, parts(Eyes((MISSED,)), faces=()))
    assert len(concealed.hidden_faces) == 1
    assert concealed.masked.mask.hidden[inside(MISSED)].all()


@pytest.mark.parametrize("wrong", [{"only": ()}, {"exclude": (0, 1)}, {"only": (2,)}])
def test_leave_for_no_face_is_none_to_leave_faces_visible(wrong):
    with pytest.raises(InputError):
        hide(PHOTO, replace(LEAVE, **wrong), parts())


@pytest.mark.parametrize("chosen", [{"only": (0,)}, {"exclude": (1,)}])
def test_leave_for_no_face_is_none_for_a_face_that_was_named_and_is_not_there(chosen):
    with pytest.raises(NoFaceFound):
        hide(PHOTO, replace(LEAVE, **chosen), parts(faces=()))


def test_what_an_earlier_upload_hid_stays_hidden_where_no_face_is_found_any_more():
    before = parts()
    sent = hide(PHOTO, Concealment(), before)
    before.ledger.reveal(PHOTO, sent.masked.mask.hidden)
    again = hide(PHOTO, LEAVE, replace(before, detector=FixedDetector(())))
    assert np.array_equal(again.masked.mask.hidden, sent.masked.mask.hidden)
    assert again.kept == np.count_nonzero(sent.masked.mask.hidden)


def test_areas_drawn_by_hand_are_hidden_as_ever_by_those_who_have_leave():
    area = np.array([(5, 5), (50, 5), (50, 60)], np.float32)
    concealed = hide(PHOTO, replace(LEAVE, areas=(area,)), parts(faces=()))
    assert concealed.masked.mask.hidden[8:12, 20:40].all()
