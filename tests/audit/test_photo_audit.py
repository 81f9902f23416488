"""An audit fails where it must, passes where it may, and blames the mask for nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.ports import FixedDetector, NothingMissed

from privateedit import pipeline, wiring
from privateedit.audit.attacks import ATTACKS
from privateedit.audit.photo_audit import SEARCH, audit_photo, observed_from, same_person_threshold
from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage
from privateedit.core.face import Box, Face
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo

EXPOSED = Concealment(opacity=0.95, under=Under.FACE, expose_face=True)


@pytest.fixture(scope="module")
def instruments():
    return wiring.instruments()


@pytest.fixture(scope="module")
def opaque(astronaut, instruments):
    return audit_photo(pipeline.mask(astronaut, Concealment(), instruments.parts), instruments)


@pytest.fixture(scope="module")
def exposed(astronaut, instruments):
    return audit_photo(pipeline.mask(astronaut, EXPOSED, instruments.parts), instruments)


def outcomes(audit, face=0):
    return {outcome.attack: outcome for outcome in audit.faces[face].outcomes}


def test_the_default_mask_tells_nothing(opaque):
    (face,) = opaque.faces
    assert face.hidden
    assert face.recognizable
    assert not face.matched
    assert not opaque.tells
    assert set(outcomes(opaque)) == {SEARCH, *ATTACKS}
    assert outcomes(opaque)[SEARCH].distance is None
    assert all(outcome.psnr < 20 for outcome in face.outcomes)


def test_a_see_through_face_is_matched(exposed):
    """The audit must be able to fail."""
    assert exposed.tells
    for attack in ("stretch", "unblend", "denoise"):
        assert outcomes(exposed)[attack].matched
    assert outcomes(exposed)["unblend"].psnr > 30
    assert outcomes(exposed)["unblend"].distance < 0.25


def test_pictures_show_what_each_attack_got(exposed, astronaut):
    got = outcomes(exposed)
    original = exposed.faces[0].original
    assert all(outcome.picture.shape == original.shape for outcome in got.values())
    apart = {name: np.abs(each.picture.astype(int) - original).mean() for name, each in got.items()}
    assert apart["unblend"] < 5 < apart["as-sent"]
    assert np.array_equal(exposed.original, astronaut.pixels)


@pytest.mark.parametrize(
    "concealment",
    [
        Concealment(fill=Fill(None)),
        Concealment(opacity=0.0),
        Concealment(coverage=Coverage.HEAD),
        Concealment(framing=Framing("jpeg", 300)),
    ],
    ids=["noise", "guide", "head", "small jpeg"],
)
def test_what_is_sealed_tells_nothing(astronaut, instruments, concealment):
    prepared = pipeline.mask(astronaut, concealment, instruments.parts)
    found = audit_photo(prepared, instruments)
    assert not found.tells
    assert found.sent.shape == found.original.shape == (prepared.payload.height, prepared.payload.width, 3)


def test_a_smaller_copy_of_a_see_through_face_is_matched(astronaut, instruments):
    small = replace(EXPOSED, framing=Framing("png", 300))
    assert outcomes(audit_photo(pipeline.mask(astronaut, small, instruments.parts), instruments))[
        "stretch"
    ].matched


def test_a_face_left_visible_is_told(couple, instruments):
    prepared = pipeline.mask(couple, Concealment(only=(1,)), instruments.parts)
    found = audit_photo(prepared, instruments)
    left, right = found.faces
    assert (left.hidden, left.matched, right.hidden, right.matched) == (False, True, True, False)
    assert outcomes(found)["as-sent"].distance == 0
    assert outcomes(found)[SEARCH].matched
    assert found.tells
    assert found.unhidden == ()


def test_a_face_that_nobody_found_is_reported(couple, instruments):
    first, second = instruments.parts.detector.detect(couple.pixels)
    one_eyed = FixedDetector([first])
    blind = replace(instruments.parts, detector=one_eyed, searcher=NothingMissed())
    prepared = pipeline.mask(couple, Concealment(), blind)
    found = audit_photo(prepared, instruments)
    assert [face.matched for face in found.faces] == [False]
    assert found.tells
    (missed,) = found.unhidden
    assert missed.box.overlap(second.box) > 0.9


def test_a_detectors_find_under_the_mask_is_not_a_visible_face(astronaut, astronaut_face, instruments):
    middle = astronaut_face.box
    small = Box(middle.x0 + 20, middle.y0 + 20, middle.x0 + 50, middle.y0 + 50)
    seeing = replace(instruments.parts, detector=FixedDetector([Face(0, small, 0.9)]))
    prepared = pipeline.mask(astronaut, Concealment(), instruments.parts)
    found = audit_photo(prepared, replace(instruments, parts=seeing))
    assert found.unhidden == ()
    assert not found.tells


def test_a_blank_face_is_no_match(instruments):
    """Something flat that a detector took for a face: a blank picture is close to it, and so is a mask."""
    pixels = np.full((200, 200, 3), 12, np.uint8)
    pixels[100:140, 100:150] += 6
    face = Face(0, Box(60, 60, 140, 140), 0.9)
    parts = replace(instruments.parts, detector=FixedDetector([face]))
    prepared = pipeline.mask(Photo(pixels), Concealment(), parts)
    found = audit_photo(prepared, replace(instruments, parts=parts))
    assert not found.faces[0].recognizable
    assert outcomes(found)["as-sent"].distance < instruments.threshold
    assert found.faces[0].threshold < found.faces[0].blank < instruments.threshold


@pytest.mark.parametrize(("blank", "expected"), [(0.7, 0.6), (0.6, 0.6), (0.4, 0.3), (0.0, 0.0)])
def test_the_threshold_is_lower_where_a_blank_picture_would_pass(blank, expected):
    assert same_person_threshold(0.6, blank) == pytest.approx(expected)


def test_an_attacker_sees_the_payload_the_outline_and_the_settings(astronaut, instruments):
    prepared = pipeline.mask(astronaut, replace(EXPOSED, fill=Fill((9, 8, 7))), instruments.parts)
    sent = instruments.decode(prepared.payload.data)
    seen = observed_from(prepared.concealed.masked, sent, prepared.payload.hidden)
    assert seen.pixels is sent
    assert seen.fill == (9, 8, 7)
    assert seen.opacity == pytest.approx(0.95)
    assert seen.hidden is prepared.payload.hidden


def test_the_attacks_get_nothing_of_the_hidden_pixels(astronaut, astronaut_face, instruments):
    """From two photos that differ under the mask only, every attack gets the same."""
    prepared = pipeline.mask(astronaut, Concealment(), instruments.parts)
    other = astronaut.pixels.copy()
    other[prepared.payload.hidden] = 255 - other[prepared.payload.hidden]
    parts = replace(instruments.parts, detector=FixedDetector([astronaut_face]))
    again = pipeline.mask(Photo(other), Concealment(), parts)
    first = observed_from(
        prepared.concealed.masked, instruments.decode(prepared.payload.data), prepared.payload.hidden
    )
    second = observed_from(
        again.concealed.masked, instruments.decode(again.payload.data), again.payload.hidden
    )
    for attack in ATTACKS.values():
        assert np.array_equal(attack.run(first), attack.run(second))
