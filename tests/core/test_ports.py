"""The parts that wiring chooses, and the doubles, do what the ports say: shown by calling them."""

import numpy as np
import pytest
from tests.doubles.ports import FixedDetector, Nobody, RawEncoder, SizeInspector, SpyEditor, seeded
from tests.doubles.scenes import scenery

from privateedit import wiring
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.ports import Editor, Encoder, Entropy, FaceDetector, Inspector, PersonSegmenter
from privateedit.errors import Refused


@pytest.fixture(params=["real", "double"])
def real(request):
    return request.param == "real"


def test_a_detector_returns_faces(real, parts, astronaut, astronaut_face):
    detector: FaceDetector = parts.detector if real else FixedDetector([astronaut_face])
    (face,) = detector.detect(astronaut.pixels)
    assert isinstance(face, Face)
    assert face.id == 0


def test_a_segmenter_returns_a_matte_of_the_same_size(real, parts, astronaut):
    segmenter: PersonSegmenter = parts.segmenter if real else Nobody(0.5)
    matte = segmenter.segment(astronaut.pixels[:300])
    assert matte.shape == (300, 512)
    assert matte.dtype == np.float32
    assert 0 <= matte.min() <= matte.max() <= 1


def test_an_encoder_writes_what_an_inspector_accepts(real, parts):
    encoder: Encoder = parts.encoder if real else RawEncoder()
    inspector: Inspector = parts.inspector if real else SizeInspector()
    pixels = scenery(30, 40)
    data = encoder.encode(pixels, "png")
    assert data == encoder.encode(pixels.copy(), "png")
    inspector.inspect(data, 40, 30)
    for spoiled, width in ((data + b"x", 40), (data, 41)):
        with pytest.raises(Refused):
            inspector.inspect(spoiled, width, 30)


def test_entropy_gives_as_many_bytes_as_asked(real, parts):
    entropy: Entropy = parts.entropy if real else seeded(2)
    assert entropy(0) == b""
    assert len(entropy(32)) == 32
    assert entropy(32) != entropy(32)


def returns_a_picture(editor, payload, instruction):
    result = editor.edit(payload, instruction)
    assert isinstance(result, EditResult)
    assert result.provider == editor.name
    assert isinstance(editor.local, bool)
    assert (result.width, result.height) == (512, 512)


@pytest.mark.parametrize("name", sorted(wiring.PROVIDERS))
def test_every_editor_returns_a_picture(name, sealed_astronaut):
    editor: Editor = wiring.editor(name)
    returns_a_picture(editor, sealed_astronaut.payload, Instruction(preset="warm"))


def test_the_spy_is_an_editor(sealed_astronaut, astronaut):
    editor: Editor = SpyEditor(astronaut.pixels)
    returns_a_picture(editor, sealed_astronaut.payload, Instruction("x"))


def test_the_stranger_is_an_editor(stranger_editor, sealed_astronaut):
    editor: Editor = stranger_editor()
    returns_a_picture(editor, sealed_astronaut.payload, Instruction("x"))
