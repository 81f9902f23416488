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
from privateedit.core.photo import Photo
from privateedit.errors import ServiceDown

PIXELS = scenery(300, 420, 3)
PARTS = simple_parts(
    detector=FixedDetector((box_face(150, 90, 240, 200, 0),)),
    encoder=PixelEncoder(),
    inspector=ByteInspector(),
)
HIDDEN = pipeline.hide(Photo(PIXELS), pipeline.Concealment(), PARTS).masked.mask.hidden
SERVICES = {case.service().profile.name: case for case in reversed(CASES)}
"""One way of using each service."""


def scrambled(seed):
    """The photo with other pixels under the mask; the detector of these tests finds the face all the same."""
    pixels = PIXELS.copy()
    pixels[HIDDEN] = np.random.default_rng(seed).integers(0, 255, (int(HIDDEN.sum()), 3), np.uint8)
    return Photo(pixels)


def requests_of(name, photo):
    """Every request of an edit up to the one that carries the picture, which the service then refuses."""
    case = SERVICES[name]
    with case.stand_in(status=500) as service:
        editor = editor_for(case, service)
        with pytest.raises(ServiceDown):
            pipeline.edit(photo, Instruction("a scarf"), pipeline.Concealment(), editor, PARTS)
        root = service.root.removeprefix("http://").encode()
        assert service.carried
        return [(each.raw_head.replace(root, b""), each.body.replace(root, b"")) for each in service.asked]


@cache
def usual(name):
    return requests_of(name, Photo(PIXELS))


@pytest.mark.parametrize("name", SERVICES)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_service_gets_the_same_bytes_whatever_is_hidden(name, seed):
    assert requests_of(name, scrambled(seed)) == usual(name)
