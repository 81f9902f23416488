"""What is remembered of a hand-over gives the same masked picture again, whatever was chosen."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import FixedDetector, NothingMissed, simple_parts
from tests.doubles.scenes import box_face, oval, scenery

from privateedit import pipeline
from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage, Shape
from privateedit.core.framing import Framing
from privateedit.core.guide import TONES
from privateedit.core.hide_again import handover_of, hide_again
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.trust import BUNDLES, Trust
from privateedit.errors import InputError, NoFaceFound

PHOTO = Photo(scenery(120, 160))
FACES = (box_face(20, 30, 50, 65, 0), box_face(105, 30, 135, 65, 1))
MISSED = box_face(70, 85, 85, 103)
LEVEL = st.integers(0, 255)
COLOR = st.tuples(LEVEL, LEVEL, LEVEL)
TRIANGLE = np.array([(5, 5), (40, 9), (20, 60)], np.float32)


class BrightPeople:
    """A segmenter with an opinion on every pixel: bright is person."""

    def segment(self, pixels):
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY) / np.float32(255), np.float32)


@dataclass
class Eyes:
    """A searcher that sees one face more until half of its box is hidden."""

    def search(self, pixels, hidden):
        box = MISSED.box
        inside = hidden[int(box.y0) : int(box.y1), int(box.x0) : int(box.x1)]
        return [MISSED] if inside.mean() < 0.5 else []


class Silent:
    """A ledger that must not be asked."""

    def protected(self, photo):
        raise AssertionError("the ledger was asked")


def some_parts(**changes):
    return simple_parts(
        **{
            "detector": FixedDetector(FACES),
            "segmenter": BrightPeople(),
            "searcher": Eyes(),
            **changes,
        }
    )


@st.composite
def concealments(draw):
    exposed = draw(st.sampled_from([False, False, False, True]))
    by_hand = {} if exposed else {
        "extra": draw(st.none() | st.just(Mask(oval(120, 160, 80, 100, 9, 7)))),
        "areas": draw(st.sampled_from([(), (TRIANGLE,)])),
        "backdrop": draw(st.none() | COLOR),
    }  # fmt: skip
    only, exclude = draw(st.sampled_from([(None, ()), ((1,), ()), (None, (0,)), ((0, 1), (1,))]))
    return Concealment(
        trust=draw(st.sampled_from([Trust.LOW, Trust.HIGH])),
        coverage=draw(st.sampled_from(list(Coverage))),
        grow=draw(st.floats(0, 0.5)),
        shape=draw(st.sampled_from(list(Shape))),
        fill=Fill(draw(COLOR)),
        opacity=draw(st.floats(0, 1)),
        under=Under.FACE if exposed else Under.GUIDE,
        tone=draw(st.sampled_from(list(TONES))),
        only=only,
        exclude=exclude,
        framing=draw(
            st.builds(Framing, st.just("png"), st.none() | st.integers(20, 250))
            | st.builds(Framing, st.just("webp"), canvas=st.tuples(st.integers(16, 99), st.integers(16, 99)))
        ),
        expose_face=exposed,
        **by_hand,
    )


def handed_over(concealment, parts):
    prepared = pipeline.mask(PHOTO, concealment, parts)
    with pipeline.hand_over(prepared, parts):
        return prepared


def assert_same(again, sent):
    assert np.array_equal(again.masked.mask.hidden, sent.masked.mask.hidden)
    assert np.array_equal(again.masked.concealed.hidden, sent.masked.concealed.hidden)
    for kind in ("faces", "hidden_faces"):
        one, other = ([(face.id, *face.box) for face in getattr(each, kind)] for each in (again, sent))
        assert one == other
    assert again.masked.exposure == sent.masked.exposure


@settings(max_examples=100, deadline=None)
@given(earlier=st.none() | concealments(), concealment=concealments())
def test_whatever_was_chosen_the_same_picture_is_made_again(earlier, concealment):
    parts = some_parts()
    if earlier is not None:
        handed_over(earlier, parts)
    sent = handed_over(concealment, parts)
    again, framing = hide_again(PHOTO, handover_of(sent), replace(parts, ledger=Silent()))
    assert_same(again, sent.concealed)
    assert np.array_equal(again.masked.pixels, sent.concealed.masked.pixels)
    assert framing == concealment.framing
    assert np.array_equal(framing.framed(again.masked.pixels), framing.framed(sent.concealed.masked.pixels))


@pytest.mark.parametrize("trust", Trust)
def test_every_degree_of_trust_is_made_again_with_the_real_parts(trust, astronaut, parts):
    bundle = BUNDLES[trust]
    chosen = Concealment(
        trust, bundle.coverage, bundle.grow, bundle.shape, bundle.fill, bundle.opacity,
        backdrop=bundle.backdrop,
    )  # fmt: skip
    sent = pipeline.mask(astronaut, chosen, parts)
    again, _ = hide_again(astronaut, handover_of(sent), parts)
    assert np.array_equal(again.masked.pixels, sent.concealed.masked.pixels)
    assert [face.id for face in again.hidden_faces] == [0]


class Counting(Eyes):
    def __init__(self):
        self.looks = 0

    def search(self, pixels, hidden):
        self.looks += 1
        return super().search(pixels, hidden)


@pytest.mark.parametrize(("searcher", "looks"), [(NothingMissed, 0), (Eyes, 2)])
def test_faces_are_looked_for_again_only_where_one_was_found_late(searcher, looks):
    sent = handed_over(Concealment(), some_parts(searcher=searcher()))
    counting = Counting()
    again, _ = hide_again(PHOTO, handover_of(sent), some_parts(searcher=counting))
    assert counting.looks == looks
    assert_same(again, sent.concealed)


def test_of_noise_the_place_is_the_same_and_the_noise_is_new():
    parts = some_parts()
    sent = handed_over(Concealment(fill=Fill(None)), parts)
    again, _ = hide_again(PHOTO, handover_of(sent), parts)
    assert_same(again, sent.concealed)
    hidden = sent.concealed.masked.mask.hidden
    assert np.array_equal(again.masked.pixels[~hidden], PHOTO.pixels[~hidden])
    assert not np.array_equal(again.masked.pixels, sent.concealed.masked.pixels)


def test_what_was_uploaded_since_changes_nothing():
    parts = some_parts()
    small = handed_over(Concealment(), parts)
    remembered = handover_of(small)
    handed_over(Concealment(coverage=Coverage.HEAD, allow_smaller_mask=True), parts)
    handed_over(Concealment(coverage=Coverage.EYES, allow_smaller_mask=True), parts)
    again, _ = hide_again(PHOTO, remembered, parts)
    assert_same(again, small.concealed)


def test_a_handover_knows_of_no_leave_to_show_more():
    """It is for restoring: leave is given for one send, by typing it."""
    sent = handed_over(Concealment(allow_smaller_mask=True), some_parts())
    assert "allow_smaller_mask" not in handover_of(sent).choices


def test_a_face_that_is_not_found_any_more_is_said():
    remembered = handover_of(handed_over(Concealment(only=(1,)), some_parts()))
    with pytest.raises(InputError, match="no face 1"):
        hide_again(PHOTO, remembered, some_parts(detector=FixedDetector(FACES[:1])))


def test_a_photo_without_faces_is_made_again_as_it_was_handed_over():
    nobody = some_parts(detector=FixedDetector(()), searcher=NothingMissed())
    sent = handed_over(Concealment(allow_no_face=True), nobody)
    again, _ = hide_again(PHOTO, handover_of(sent), nobody)
    assert_same(again, sent.concealed)
    assert np.array_equal(again.masked.pixels, PHOTO.pixels)
    usual = handover_of(handed_over(Concealment(), some_parts()))
    with pytest.raises(NoFaceFound):
        hide_again(PHOTO, usual, nobody)
