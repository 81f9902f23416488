"""Whatever is chosen, other hidden pixels give the same bytes: through guide, backdrop, shapes and areas."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.ports import FixedDetector, RawEncoder, SizeInspector, seeded
from tests.doubles.scenes import scenery

from privateedit import pipeline
from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage, Shape
from privateedit.core.face import Box, Face, Pose
from privateedit.core.framing import Framing
from privateedit.core.guide import TONES
from privateedit.core.photo import Photo
from privateedit.core.trust import BUNDLES, Trust

LEVEL = st.integers(0, 255)


class BrightPeople:
    """A segmenter with an opinion on every pixel: bright is person."""

    def segment(self, pixels):
        grey = cv2.GaussianBlur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (0, 0), 4)
        return np.asarray(np.clip((grey.astype(np.float32) - 60) / 120, 0, 1), np.float32)


@st.composite
def faces(draw):
    x, y = draw(st.floats(20, 180)), draw(st.floats(20, 130))
    wide, high = draw(st.floats(20, 60)), draw(st.floats(20, 70))
    box = Box(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
    if draw(st.booleans()):
        return Face(0, box, 0.9)
    spread = np.random.default_rng(draw(st.integers(0, 99))).uniform(-0.45, 0.45, (468, 2))
    mesh = (np.array([x, y]) + spread * (wide, high)).astype(np.float32)
    angle = st.floats(-60, 60)
    return Face(0, box, 0.9, mesh, Pose(draw(angle), draw(angle), draw(angle)))


@st.composite
def concealments(draw):
    return Concealment(
        coverage=draw(st.sampled_from(list(Coverage))),
        grow=draw(st.floats(0, 0.5)),
        shape=draw(st.sampled_from(list(Shape))),
        fill=Fill(draw(st.none() | st.tuples(LEVEL, LEVEL, LEVEL))),
        opacity=draw(st.floats(0, 1)),
        tone=draw(st.sampled_from(list(TONES))),
        backdrop=draw(st.none() | st.tuples(LEVEL, LEVEL, LEVEL)),
        areas=draw(st.sampled_from([(), (np.array([(5, 5), (40, 9), (20, 60)], np.float32),)])),
        framing=Framing("png", draw(st.none() | st.integers(20, 250))),
    )


@pytest.fixture(scope="module")
def small_couple(couple):
    """At half the size, where both are found too, and networks look in a quarter of the time."""
    size = (couple.width // 2, couple.height // 2)
    return Photo(cv2.resize(couple.pixels, size, interpolation=cv2.INTER_AREA))


@pytest.fixture(scope="module")
def couple_faces(small_couple, parts):
    faces = parts.detector.detect(small_couple.pixels)
    assert len(faces) == 2
    return faces


def prepared(pixels, concealment, face, parts, seed):
    """The whole way to the payload, with the same generator every time."""
    own = replace(
        parts,
        detector=FixedDetector([face]),
        segmenter=BrightPeople(),
        encoder=RawEncoder(),
        inspector=SizeInspector(),
        entropy=seeded(seed),
    )
    return pipeline.mask(Photo(pixels), concealment, own)


@settings(max_examples=60, deadline=None)
@given(face=faces(), concealment=concealments(), seed=st.integers(0, 99))
def test_other_hidden_pixels_leave_every_byte_as_it_was(face, concealment, seed, parts):
    pixels = scenery(160, 200, seed)
    one = prepared(pixels, concealment, face, parts, seed)
    hidden = one.concealed.masked.concealed.hidden
    other = pixels.copy()
    other[hidden] = np.random.default_rng(seed + 1).integers(0, 256, (int(hidden.sum()), 3), np.uint8)
    # A replaced backdrop is found anew, from a photo of which only the visible part is the same.
    behind = one.concealed.masked.backdrop
    if behind is not None:
        other[behind.area.hidden] = pixels[behind.area.hidden]
    two = prepared(other, concealment, face, parts, seed)
    assert one.payload.sealed
    assert one.payload.data == two.payload.data
    assert np.array_equal(one.payload.hidden, two.payload.hidden)


@pytest.mark.slow
@pytest.mark.parametrize("degree", list(Trust))
@pytest.mark.parametrize("coverage", list(Coverage))
@pytest.mark.parametrize("fill", ["black", "#806040", "noise"])
def test_real_photos_are_sealed_at_every_setting(degree, coverage, fill, small_couple, couple_faces, parts):
    bundle = BUNDLES[degree]
    known = replace(parts, detector=FixedDetector(couple_faces))
    for opacity in (0.0, 0.5, 1.0):
        concealment = Concealment(
            trust=degree,
            coverage=coverage,
            grow=bundle.grow,
            fill=Fill.parse(fill),
            opacity=opacity,
            backdrop=bundle.backdrop,
            framing=Framing("jpeg", 300),
        )
        assert pipeline.mask(small_couple, concealment, known).payload.sealed
