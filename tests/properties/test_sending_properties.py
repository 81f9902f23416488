"""The whole way to a service: nothing under the mask changes a byte of what it gets, its size included."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.cases import CASES
from tests.contracts.conftest import editor_for
from tests.doubles.ports import FixedDetector, simple_parts
from tests.doubles.scenes import box_face, scenery

from privateedit import pipeline
from privateedit.codec import ByteInspector, PixelEncoder
from privateedit.core.edit import Instruction
from privateedit.core.painted import painted
from privateedit.core.photo import Photo
from privateedit.errors import ServiceDown

PIXELS = scenery(300, 420, 3)
PARTS = simple_parts(
    detector=FixedDetector((box_face(150, 90, 240, 200, 0),)),
    encoder=PixelEncoder(),
    inspector=ByteInspector(),
)
HIDDEN = pipeline.hide(Photo(PIXELS), pipeline.Concealment(), PARTS).masked.mask.hidden
REGION = painted(420, 300, [np.array([(200, 150), (400, 150), (400, 290), (200, 290)], np.float32)])
SERVICES = {case.service().profile.name: case for case in reversed(CASES)}
"""One way of using each service."""


def scrambled(seed):
    """The photo with other pixels under the mask; the detector of these tests finds the face all the same."""
    pixels = PIXELS.copy()
    pixels[HIDDEN] = np.random.default_rng(seed).integers(0, 255, (int(HIDDEN.sum()), 3), np.uint8)
    return Photo(pixels)


def requests_of(name, photo, edit=None):
    """Every request of an edit up to the one that carries the picture, which the service then refuses."""
    case = SERVICES[name]
    with case.stand_in(status=500) as service:
        editor = editor_for(case, service)
        with pytest.raises(ServiceDown):
            (edit or plain_edit)(photo, editor)
        root = service.root.removeprefix("http://").encode()
        assert service.carried
        return [(each.raw_head.replace(root, b""), each.body.replace(root, b"")) for each in service.asked]


def plain_edit(photo, editor):
    pipeline.edit(photo, Instruction("a scarf"), pipeline.Concealment(), editor, PARTS)


def edit_of_a_region(photo, editor):
    """The photo with a region drawn by a person, partly over the face, and beside itself where that goes."""
    prepared = pipeline.mask(photo, pipeline.framed_for(editor, photo, pipeline.Concealment()), PARTS)
    beside = [
        pipeline.mask(photo, pipeline.framed_beside(editor, photo, pipeline.Concealment()), PARTS)
        for _ in range(min(editor.takes.beside, 1))
    ]
    where = REGION if editor.takes.where else None
    pipeline.send(prepared, Instruction("a scarf"), editor, PARTS, where=where, beside=beside)


@cache
def usual_errand(name):
    return requests_of(name, Photo(PIXELS), edit_of_a_region)


@cache
def usual(name):
    return requests_of(name, Photo(PIXELS))


@pytest.mark.parametrize("name", SERVICES)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_service_gets_the_same_bytes_whatever_is_hidden(name, seed):
    assert requests_of(name, scrambled(seed)) == usual(name)


@pytest.mark.parametrize("name", SERVICES)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_neither_a_region_nor_a_further_picture_tells_what_is_hidden(name, seed):
    assert requests_of(name, scrambled(seed), edit_of_a_region) == usual_errand(name)
