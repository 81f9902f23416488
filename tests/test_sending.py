"""Every send is on record before it starts, its end after it, and what an earlier upload hid stays hidden."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.handovers import MemoryOfHandovers
from tests.doubles.ports import (
    FixedDetector,
    MemoryLedger,
    SpyEditor,
    SpyJournal,
    simple_parts,
)
from tests.doubles.scenes import box_face, scenery

from privateedit import pipeline
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.names import Names
from privateedit.core.photo import Photo
from privateedit.core.record import Intent, Outcome, Result
from privateedit.core.trust import Trust
from privateedit.errors import JournalUnwritable, OutputError, ProviderError, Refused, Sent
from privateedit.sending import BY_HAND, hidden_by, recorded

PHOTO = Photo(scenery())
FACES = (box_face(40, 60, 100, 130, 0), box_face(210, 60, 270, 130, 1))
WORDS = Instruction("warmer")
SMALL, LARGE = Concealment(), Concealment(coverage=Coverage.HEAD)
SEE_THROUGH = Concealment(under=Under.FACE, opacity=0.95, expose_face=True)


@pytest.fixture
def parts():
    return simple_parts(detector=FixedDetector(FACES))


def upload(concealment, parts):
    prepared = pipeline.mask(PHOTO, concealment, parts)
    with pipeline.hand_over(prepared, parts):
        return prepared


def hidden(concealment, parts):
    return pipeline.hide(PHOTO, concealment, parts).masked.concealed.hidden


def as_sent(payload):
    shape = (payload.height, payload.width, 3)
    return np.frombuffer(payload.data, np.uint8, offset=8).reshape(shape)


def test_the_intent_is_on_record_before_the_block_and_the_outcome_after_it(parts):
    prepared = pipeline.mask(PHOTO, SMALL, parts)
    with pipeline.hand_over(prepared, parts):
        ((identity, intent),) = parts.journal.written
    assert isinstance(intent, Intent)
    assert (intent.provider, intent.local, intent.sealed) == (BY_HAND, False, True)
    assert (intent.payload, intent.size) == (prepared.payload.sha256, len(prepared.payload))
    assert (intent.faces, intent.hidden, intent.visible) == (2, 2, ())
    assert intent.photo == parts.ledger.name(PHOTO)
    assert dict(intent.settings) == SMALL.settings()
    assert parts.journal.written[1] == (identity, Outcome(Result.WRITTEN, Sent.UNKNOWN))


def test_an_edit_is_recorded_with_what_came_back(parts):
    editor = SpyEditor(as_sent, name="cloud")
    done = pipeline.edit(PHOTO, WORDS, SMALL, editor, parts)
    (_, intent), (_, outcome) = parts.journal.written
    assert intent.provider == "cloud"
    assert (outcome.result, outcome.sent) == (Result.RETURNED, Sent.YES)
    assert outcome.returned == hashlib.sha256(done.returned.pixels.tobytes()).hexdigest()


def test_a_local_edit_is_recorded_and_shows_nobody_anything(parts):
    pipeline.edit(PHOTO, WORDS, SMALL, SpyEditor(as_sent, local=True, name="studio"), parts)
    (_, intent), (_, outcome) = parts.journal.written
    assert intent.local
    assert (outcome.result, outcome.sent) == (Result.RETURNED, Sent.NO)
    assert parts.ledger.protected(PHOTO) is None


def test_a_journal_that_cannot_be_written_stops_the_send(parts):
    editor = SpyEditor(as_sent)
    broken = replace(parts, journal=SpyJournal(broken="intend"))
    with pytest.raises(JournalUnwritable) as caught:
        pipeline.edit(PHOTO, WORDS, SMALL, editor, broken)
    assert caught.value.sent is Sent.NO
    assert editor.calls == []
    assert broken.ledger.protected(PHOTO) is None


def test_an_outcome_that_cannot_be_written_says_that_the_picture_was_sent(parts):
    broken = replace(parts, journal=SpyJournal(broken="conclude"))
    with pytest.raises(JournalUnwritable) as caught:
        pipeline.edit(PHOTO, WORDS, SMALL, SpyEditor(as_sent), broken)
    assert caught.value.sent is Sent.YES


@pytest.mark.parametrize(
    ("error", "result", "sent"),
    [
        (ProviderError("No.", sent=Sent.NO), Result.FAILED, Sent.NO),
        (ProviderError("Late.", sent=Sent.YES), Result.FAILED, Sent.YES),
        (ProviderError("Who knows."), Result.FAILED, Sent.UNKNOWN),
        (RuntimeError("boom"), Result.FAILED, Sent.UNKNOWN),
        (KeyboardInterrupt(), Result.INTERRUPTED, Sent.UNKNOWN),
    ],
)
def test_a_send_that_fails_is_recorded_with_what_is_known(parts, error, result, sent):
    with pytest.raises(type(error) if not isinstance(error, RuntimeError) else ProviderError):
        pipeline.edit(PHOTO, WORDS, SMALL, SpyEditor(error), parts)
    assert parts.journal.written[-1][1] == Outcome(result, sent)


@pytest.mark.parametrize("error", [ValueError("x"), ProviderError("x", sent=Sent.YES)])
def test_a_local_failure_never_claims_a_send(parts, error):
    with pytest.raises(ProviderError):
        pipeline.edit(PHOTO, WORDS, SMALL, SpyEditor(error, local=True), parts)
    (_, outcome) = parts.journal.written[-1]
    assert outcome.result is Result.FAILED
    assert outcome.sent is Sent.NO


def test_a_ledger_that_refuses_stops_the_send_and_closes_the_record(parts):
    upload(LARGE, parts)
    prepared = pipeline.mask(PHOTO, replace(SMALL, allow_smaller_mask=True), parts)
    without_leave = replace(prepared, concealment=SMALL)
    ran = []
    with (
        pytest.raises(Refused),
        recorded(without_leave, "x", local=False, journal=parts.journal, ledger=parts.ledger),
    ):
        ran.append(1)
    assert ran == []
    assert parts.journal.written[-1][1] == Outcome(Result.FAILED, Sent.NO)


def test_the_mask_of_a_photo_only_grows(parts):
    larger = upload(LARGE, parts).concealed.masked.mask.hidden
    again = pipeline.hide(PHOTO, SMALL, parts)
    assert np.array_equal(again.masked.mask.hidden, larger)
    assert again.kept > 0
    assert (again.masked.pixels[larger] == 0).all()
    upload(SMALL, parts)
    assert np.array_equal(hidden(SMALL, parts), larger)


def test_leave_shows_more_and_is_recorded(parts):
    upload(LARGE, parts)
    allowed = replace(SMALL, allow_smaller_mask=True)
    shown = upload(allowed, parts).concealed
    assert shown.shown > 0
    assert shown.kept == 0
    assert parts.journal.written[-2][1].smaller_mask is True
    assert pipeline.hide(PHOTO, SMALL, parts).kept == 0


def test_leave_that_is_not_needed_is_not_recorded(parts):
    upload(SMALL, parts)
    upload(replace(LARGE, allow_smaller_mask=True), parts)
    assert parts.journal.written[-2][1].smaller_mask is False


def test_the_same_options_hide_the_same_when_restoring_by_hand(parts):
    """`restore` masks again: what was sent must not change by having been sent."""
    chosen = replace(SMALL, backdrop=(190, 190, 190))

    class HalfAPerson:
        def segment(self, pixels):
            matte = np.zeros(pixels.shape[:2], np.float32)
            matte[:, : pixels.shape[1] // 2] = 1
            return matte

    own = replace(parts, segmenter=HalfAPerson())
    sent = upload(chosen, own)
    assert sent.concealed.masked.backdrop is not None
    again = pipeline.hide(PHOTO, chosen, own)
    assert np.array_equal(again.masked.pixels, sent.concealed.masked.pixels)
    assert again.kept == 0


def test_an_exposed_upload_hides_nothing_and_needs_only_its_own_leave(parts):
    upload(SMALL, parts)
    exposed = upload(SEE_THROUGH, parts)
    assert not hidden_by(exposed).any()
    intent = parts.journal.written[-2][1]
    assert intent.sealed is False
    assert intent.exposed_psnr == exposed.exposed_psnr > 28
    assert intent.smaller_mask is True
    assert not parts.ledger.protected(PHOTO).hidden.any()


def test_faces_left_visible_are_recorded(parts):
    prepared = pipeline.mask(PHOTO, Concealment(exclude=(1,)), parts)
    with pipeline.hand_over(prepared, parts):
        pass
    intent = parts.journal.written[0][1]
    assert (intent.faces, intent.hidden, intent.visible) == (2, 1, (1,))


def test_what_came_back_is_known_by_its_pixels(parts):
    prepared = pipeline.mask(PHOTO, SMALL, parts)
    result = EditResult(scenery(30, 40), "x")
    with recorded(prepared, "x", local=True, journal=parts.journal, ledger=parts.ledger) as send:
        send.returned(result)
    outcome = parts.journal.written[-1][1]
    assert outcome.returned_size == 30 * 40 * 3
    assert outcome.result is Result.RETURNED


@pytest.mark.parametrize("answer", [None, PHOTO, "a picture"])
def test_an_editor_that_answers_nonsense_after_a_send_does_not_deny_it(parts, answer):
    class Nonsense:
        name, local = "cloud", False

        def edit(self, payload, instruction):
            return answer

    with pytest.raises(ProviderError) as caught:
        pipeline.edit(PHOTO, WORDS, SMALL, Nonsense(), parts)
    assert caught.value.sent is Sent.YES
    assert parts.journal.written[-1][1] == Outcome(Result.FAILED, Sent.YES)


def test_leave_to_expose_is_no_leave_to_shrink_a_sealed_mask(parts):
    prepared = pipeline.mask(PHOTO, replace(SMALL, expose_face=True), parts)
    upload(LARGE, parts)
    with pytest.raises(Refused), pipeline.hand_over(prepared, parts):
        raise AssertionError("it was handed over")


def test_a_file_that_could_not_be_written_went_nowhere(parts):
    prepared = pipeline.mask(PHOTO, SMALL, parts)
    with pytest.raises(OutputError), pipeline.hand_over(prepared, parts):
        raise OutputError("full")
    assert parts.journal.written[-1][1] == Outcome(Result.FAILED, Sent.NO)


def test_what_an_earlier_upload_hid_of_the_background_joins_the_new_one(parts):
    class APerson:
        def __init__(self, share):
            self.share = share

        def segment(self, pixels):
            matte = np.zeros(pixels.shape[:2], np.float32)
            matte[:, : round(self.share * pixels.shape[1])] = 1
            return matte

    chosen = replace(SMALL, backdrop=(190, 190, 190))
    upload(chosen, replace(parts, segmenter=APerson(0.5)))
    again = pipeline.hide(PHOTO, chosen, replace(parts, segmenter=APerson(0.7)))
    assert again.kept > 0
    assert (again.masked.pixels[5, 200] == 190).all()
    assert again.masked.mask.hidden.sum() == hidden(SMALL, replace(parts, ledger=MemoryLedger())).sum()


@pytest.mark.parametrize("instruction", [Instruction(preset="a@b.com"), Instruction("a@\u200bb.com")])
def test_names_are_found_in_presets_and_behind_invisible_characters(instruction):
    assert pipeline.names_in(instruction, Names(), Trust.LOW)
    with pytest.raises(Refused):
        pipeline.names_in(instruction, Names(), Trust.NONE)


def test_how_a_photo_is_handed_over_is_remembered_before_it_is(parts):
    remembering = replace(parts, handovers=MemoryOfHandovers())
    prepared = pipeline.mask(PHOTO, LARGE, remembering)
    assert remembering.handovers.recall(PHOTO) is None
    with pipeline.hand_over(prepared, remembering):
        found = remembering.handovers.recall(PHOTO)
    assert found.choices["coverage"] == "head"
    assert np.array_equal(found.mask.hidden, prepared.concealed.masked.mask.hidden)


def test_what_cannot_be_remembered_is_not_handed_over(parts):
    forgetful = replace(parts, handovers=MemoryOfHandovers(broken=True))
    prepared = pipeline.mask(PHOTO, SMALL, forgetful)
    ran = []
    with pytest.raises(JournalUnwritable) as caught, pipeline.hand_over(prepared, forgetful):
        ran.append(1)
    assert ran == []
    assert caught.value.sentence.endswith("Nothing was sent.")
    assert parts.journal.written[-1][1] == Outcome(Result.FAILED, Sent.NO)


def test_a_hand_over_that_is_refused_is_not_remembered(parts):
    remembering = replace(parts, handovers=MemoryOfHandovers())
    upload(LARGE, remembering)
    allowed = replace(SMALL, allow_smaller_mask=True)
    without_leave = replace(pipeline.mask(PHOTO, allowed, remembering), concealment=SMALL)
    with pytest.raises(Refused), pipeline.hand_over(without_leave, remembering):
        pytest.fail("it was handed over")
    assert remembering.handovers.recall(PHOTO).choices["coverage"] == "head"


def test_an_edit_is_restored_at_once_and_needs_no_memory(parts):
    remembering = replace(parts, handovers=MemoryOfHandovers())
    pipeline.edit(PHOTO, WORDS, SMALL, SpyEditor(as_sent), remembering)
    assert remembering.handovers.recall(PHOTO) is None
