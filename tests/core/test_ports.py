"""The parts that wiring chooses, and the doubles, do what the ports say: shown by calling them."""

import numpy as np
import pytest
from tests.doubles.handovers import MemoryOfHandovers, a_handover, an_outline
from tests.doubles.ports import (
    FixedDetector,
    MemoryLedger,
    Nobody,
    RawEncoder,
    SizeInspector,
    SpyEditor,
    SpyJournal,
    seeded,
)
from tests.doubles.records import an_intent
from tests.doubles.scenes import scenery

from privateedit import wiring
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.face import Face
from privateedit.core.photo import Photo
from privateedit.core.ports import (
    Editor,
    Encoder,
    Entropy,
    FaceDetector,
    Handovers,
    Inspector,
    Journal,
    Ledger,
    PersonSegmenter,
    rest,
)
from privateedit.core.record import Outcome, Result
from privateedit.errors import InputError, Refused, Sent


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


def test_what_can_rest_rests_and_nothing_else_has_to():
    class Tired:
        rested = 0

        def rest(self):
            self.rested += 1

    tired = Tired()
    rest(tired)
    rest(Nobody())
    assert tired.rested == 1


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


@pytest.mark.parametrize("name", [wiring.DEFAULT_PROVIDER])
def test_every_editor_returns_a_picture(name, sealed_astronaut):
    editor: Editor = wiring.editor(name)
    returns_a_picture(editor, sealed_astronaut.payload, Instruction(preset="warm"))


def test_the_spy_is_an_editor(sealed_astronaut, astronaut):
    editor: Editor = SpyEditor(astronaut.pixels)
    returns_a_picture(editor, sealed_astronaut.payload, Instruction("x"))


def test_the_stranger_is_an_editor(stranger_editor, sealed_astronaut):
    editor: Editor = stranger_editor()
    returns_a_picture(editor, sealed_astronaut.payload, Instruction("x"))


def test_a_journal_takes_an_intent_and_its_outcome(real):
    journal: Journal = wiring.records().journal if real else SpyJournal()
    outcome = Outcome(Result.RETURNED, Sent.YES)
    first, second = journal.intend(an_intent()), journal.intend(an_intent())
    assert first != second
    journal.conclude(second, outcome)
    journal.conclude(first, outcome)
    with pytest.raises(InputError) as caught:
        journal.conclude("ffffffffffffffff", outcome)
    assert caught.value.sent is Sent.YES


def test_a_ledger_lets_a_mask_only_grow(real):
    ledger: Ledger = wiring.records().ledger if real else MemoryLedger()
    photo, other = Photo(scenery(6, 9)), Photo(scenery(9, 6))
    assert len(ledger.name(photo)) == 64
    assert ledger.name(photo) == ledger.name(Photo(photo.pixels.copy())) != ledger.name(other)
    assert ledger.protected(photo) is None
    hidden = np.zeros((6, 9), bool)
    hidden[2:4, 2:7] = True
    ledger.reveal(photo, hidden)
    ledger.reveal(photo, np.ones((6, 9), bool))
    assert np.array_equal(ledger.protected(photo).hidden, hidden)
    fewer = hidden.copy()
    fewer[2] = False
    with pytest.raises(Refused):
        ledger.reveal(photo, fewer)
    assert np.array_equal(ledger.protected(photo).hidden, hidden)
    ledger.reveal(photo, fewer, smaller=True)
    assert np.array_equal(ledger.protected(photo).hidden, fewer)
    assert ledger.protected(other) is None


def test_a_memory_of_handovers_gives_back_the_last_one(real):
    handovers: Handovers = wiring.records().handovers if real else MemoryOfHandovers()
    photo, other = Photo(scenery(6, 9)), Photo(scenery(9, 6))
    assert handovers.recall(photo) is None
    for tone in ("dark", "fair"):
        handovers.remember(photo, a_handover(an_outline(height=6, width=9), tone=tone))
    assert handovers.recall(photo).choices["tone"] == "fair"
    assert np.array_equal(handovers.recall(photo).mask.hidden, an_outline(height=6, width=9).hidden)
    assert handovers.recall(other) is None
