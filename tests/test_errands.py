"""What goes to an editor with a picture, and that each picture is on record whenever it leaves."""

from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.ports import FixedDetector, SpyEditor, SpyJournal, SpyRunner, simple_parts, zeros_like
from tests.doubles.scenes import box_face, scenery

from privateedit import pipeline
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.errand import Takes
from privateedit.core.framing import Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.record import Intent, Outcome, Result
from privateedit.errors import (
    InputError,
    JournalUnwritable,
    ProviderError,
    Refused,
    RequestRejected,
    Sent,
    Unreachable,
)

MAIN, OTHER = Photo(scenery()), Photo(scenery(200, 180, 4))
FACES = (box_face(40, 60, 100, 130, 0),)
WORDS = Instruction("warmer")
ALL = Takes(where=True, beside=3, count=4)


@pytest.fixture
def parts():
    return simple_parts(detector=FixedDetector(FACES))


@pytest.fixture
def main(parts):
    return pipeline.mask(MAIN, Concealment(), parts)


@pytest.fixture
def other(parts):
    return pipeline.mask(OTHER, Concealment(), parts)


def where(photo=MAIN):
    marked = np.zeros(photo.pixels.shape[:2], np.bool_)
    marked[180:200, 250:300] = True
    return Mask(marked)


def intents(parts):
    return [record for _, record in parts.journal.written if isinstance(record, Intent)]


def outcomes(parts):
    return [record for _, record in parts.journal.written if isinstance(record, Outcome)]


def test_an_editor_of_one_picture_is_asked_as_ever(main, parts):
    editor = SpyEditor(np.zeros((240, 320, 3), np.uint8))
    (result,) = pipeline.send(main, WORDS, editor, parts)
    assert isinstance(result, EditResult)
    assert editor.calls == [(main.payload, WORDS)]
    assert len(intents(parts)) == len(outcomes(parts)) == 1


def test_everything_that_was_asked_for_reaches_the_editor(main, other, parts):
    editor = SpyRunner(ALL)
    found = pipeline.send(main, WORDS, editor, parts, where=where(), beside=[other], count=3)
    (errand,) = editor.errands
    assert len(found) == 3
    assert (errand.payload, errand.instruction) == (main.payload, WORDS)
    assert errand.beside == (other.payload,)
    assert np.array_equal(errand.where, where().hidden)


def test_the_region_goes_where_the_frame_puts_it(parts):
    framing = Framing(canvas=(400, 400))
    prepared = pipeline.mask(MAIN, Concealment(framing=framing), parts)
    editor = SpyRunner(ALL)
    pipeline.send(prepared, WORDS, editor, parts, where=where())
    rows, columns = np.nonzero(editor.errands[0].where)
    assert editor.errands[0].where.shape == (400, 400)
    assert (rows.min(), rows.max() + 1) == pytest.approx((50 + 180 * 1.25, 50 + 200 * 1.25), abs=1.5)
    assert (columns.min(), columns.max() + 1) == pytest.approx((250 * 1.25, 300 * 1.25), abs=1.5)


@pytest.mark.parametrize(
    ("takes", "asked", "words"),
    [
        (Takes(), {"where": where()}, "where to edit"),
        (Takes(where=True), {"beside": 1}, "no further pictures"),
        (Takes(beside=2), {"beside": 3}, "at most 2 further"),
    ],
)
def test_what_an_editor_does_not_take_is_refused_before_anything_is_written_or_sent(
    takes, asked, words, main, other, parts
):
    asked = {**asked, **({"beside": [other] * asked["beside"]} if "beside" in asked else {})}
    for editor in (SpyRunner(takes), SpyEditor(None)):
        if isinstance(editor, SpyEditor) and takes != Takes():
            continue
        with pytest.raises(RequestRejected, match=words) as caught:
            pipeline.send(main, WORDS, editor, parts, **asked)
        assert caught.value.sent is Sent.NO
        assert caught.value.knows_what_was_sent
    assert parts.journal.written == []


@pytest.mark.parametrize("asked", [{"where": where(OTHER)}, {"count": 0}, {"count": 11}])
def test_what_no_editor_could_take(asked, main, parts):
    with pytest.raises(InputError) as caught:
        pipeline.send(main, WORDS, SpyRunner(ALL), parts, **asked)
    assert caught.value.sent is Sent.NO
    assert parts.journal.written == []


def test_every_picture_is_on_record_before_any_leaves_and_after(main, other, parts):
    seen = []

    def answer(errand):
        seen.extend(intents(parts))
        assert outcomes(parts) == []
        assert parts.ledger.protected(MAIN) is not None
        assert parts.ledger.protected(OTHER) is not None
        return [zeros_like(errand)]

    pipeline.send(main, WORDS, SpyRunner(ALL, answer), parts, beside=[other])
    assert [intent.payload for intent in seen] == [main.payload.sha256, other.payload.sha256]
    assert [(each.result, each.sent) for each in outcomes(parts)] == [(Result.RETURNED, Sent.YES)] * 2
    known = dict(record for record in parts.journal.written if isinstance(record[1], Intent))
    assert {identity for identity, record in parts.journal.written if isinstance(record, Outcome)} == set(
        known
    )


def test_a_local_editor_shows_the_further_picture_to_nobody(main, other, parts):
    pipeline.send(main, WORDS, SpyRunner(ALL, local=True), parts, beside=[other])
    assert {each.sent for each in outcomes(parts)} == {Sent.NO}
    assert parts.ledger.protected(OTHER) is None


def test_an_editor_of_few_results_is_asked_again_each_time_on_record(main, other, parts):
    numbers = iter(range(100))

    def answer(errand):
        return [np.full((20, 30, 3), next(numbers), np.uint8) for _ in range(errand.count)]

    editor = SpyRunner(ALL, answer)
    found = pipeline.send(main, WORDS, editor, parts, beside=[other], count=10)
    assert [errand.count for errand in editor.errands] == [4, 4, 2]
    assert [int(each.pixels[0, 0, 0]) for each in found] == list(range(10))
    assert len(intents(parts)) == len(outcomes(parts)) == 6
    assert len({each.returned for each in outcomes(parts)}) == 3


def test_a_single_picture_editor_gives_several_by_being_asked_several_times(main, parts):
    editor = SpyEditor(np.zeros((20, 30, 3), np.uint8))
    assert len(pipeline.send(main, WORDS, editor, parts, count=3)) == 3
    assert len(editor.calls) == 3
    assert len(intents(parts)) == 3


def test_a_further_picture_that_may_not_be_shown_stops_them_all(main, parts):
    larger = pipeline.mask(OTHER, Concealment(coverage=Coverage.HEAD), parts)
    with pipeline.hand_over(larger, parts):
        pass
    allowed = Concealment(allow_smaller_mask=True)
    without_leave = replace(pipeline.mask(OTHER, allowed, parts), concealment=Concealment())
    editor = SpyRunner(ALL)
    with pytest.raises(Refused) as caught:
        pipeline.send(main, WORDS, editor, parts, beside=[without_leave])
    assert editor.errands == []
    assert caught.value.sent is Sent.NO
    assert [(each.result, each.sent) for each in outcomes(parts)[1:]] == [(Result.FAILED, Sent.NO)] * 2


def test_a_journal_that_fails_at_the_second_picture_stops_the_send(main, other, parts):
    class Full(SpyJournal):
        def intend(self, intent):
            if intent.payload == other.payload.sha256:
                raise JournalUnwritable("The disk is full.")
            return super().intend(intent)

    full = replace(parts, journal=Full())
    editor = SpyRunner(ALL)
    with pytest.raises(JournalUnwritable) as caught:
        pipeline.send(main, WORDS, editor, full, beside=[other])
    assert (editor.errands, caught.value.sent) == ([], Sent.NO)
    assert outcomes(full) == [Outcome(Result.FAILED, Sent.NO)]


@pytest.mark.parametrize(
    ("error", "local", "sent"),
    [
        (ProviderError("No.", sent=Sent.NO), False, Sent.NO),
        (ProviderError("Late."), False, Sent.UNKNOWN),
        (RuntimeError("key 123"), False, Sent.UNKNOWN),
        (ProviderError("Late.", sent=Sent.YES), True, Sent.NO),
    ],
)
def test_a_failure_is_recorded_for_every_picture(error, local, sent, main, other, parts):
    editor = SpyRunner(ALL, lambda errand: error, local=local)
    with pytest.raises(ProviderError):
        pipeline.send(main, WORDS, editor, parts, beside=[other])
    assert outcomes(parts) == [Outcome(Result.FAILED, sent)] * 2


def test_an_error_after_an_answer_never_says_that_nothing_was_sent(main, parts):
    def answer(errand):
        return Unreachable("No.", sent=Sent.NO) if len(intents(parts)) > 1 else [zeros_like(errand)]

    with pytest.raises(Unreachable) as caught:
        pipeline.send(main, WORDS, SpyRunner(Takes(), answer), parts, count=3)
    assert caught.value.sent is Sent.YES
    assert [each.sent for each in outcomes(parts)] == [Sent.YES, Sent.NO]


@pytest.mark.parametrize("answer", [None, [], [None], (MAIN,)])
def test_an_editor_that_answers_nonsense_does_not_deny_the_send(answer, main, parts):
    class Nonsense(SpyRunner):
        def run(self, errand):
            return answer

    with pytest.raises(ProviderError) as caught:
        pipeline.send(main, WORDS, Nonsense(ALL), parts)
    assert caught.value.sent is Sent.YES
    assert outcomes(parts) == [Outcome(Result.FAILED, Sent.YES)]


def test_fewer_pictures_than_asked_are_no_answer(main, parts):
    with pytest.raises(ProviderError, match="1 pictures instead of 2"):
        pipeline.send(main, WORDS, SpyRunner(ALL, lambda errand: [zeros_like(errand)]), parts, count=2)


@pytest.mark.parametrize(
    ("framing", "side"),
    [(Framing(), 320), (Framing("jpeg", 100), 100), (Framing("webp", canvas=(512, 768)), 768)],
)
def test_a_further_picture_is_packed_as_large_as_the_main_one_at_most(framing, side):
    packed = pipeline.framed_beside(SpyEditor(None), MAIN, Concealment(framing=framing, grow=0.1))
    assert packed.framing == Framing("png", side)
    assert packed.grow == 0.1


def test_a_further_picture_goes_by_the_frame_of_the_editor():
    class Framed(SpyEditor):
        def frame(self, width, height, wanted):
            assert (width, height) == (MAIN.width, MAIN.height)
            return Framing("png", canvas=(96, 64))

    assert pipeline.framed_beside(Framed(None), MAIN, Concealment()).framing == Framing("png", 96)
