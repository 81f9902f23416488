"""The whole story with the real parts, and what every failure says about what was sent."""

import gc
import struct
from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for
from tests.doubles.ports import (
    FixedDetector,
    MemoryLedger,
    RawEncoder,
    SpyEditor,
    SpyJournal,
    simple_parts,
)
from tests.doubles.scenes import box_face, oval, recompressed, scenery
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import form, opened

from privateedit import pipeline
from privateedit.core.cover import Coverage
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.finish import Size
from privateedit.core.mask import Mask
from privateedit.core.output_size import resampled
from privateedit.core.photo import Photo
from privateedit.errors import (
    CannotAlign,
    InputError,
    NoFaceFound,
    NotSealed,
    ProviderError,
    Refused,
    Sent,
    UnknownInstruction,
)
from privateedit.providers.openai import OpenAI

WORDS = Instruction("x")
ALL = pipeline.Concealment()
PHOTO = Photo(scenery())
FACES = (box_face(40, 60, 100, 130, 0), box_face(210, 60, 270, 130, 1))


def simple(faces=FACES, **changes):
    return simple_parts(**{"detector": FixedDetector(faces), **changes})


def as_sent(payload):
    height, width = struct.unpack(">II", payload.data[:8])
    return np.frombuffer(payload.data, np.uint8, offset=8).reshape(height, width, 3)


def test_a_masked_picture_that_comes_back_unchanged_gives_the_photo(astronaut, hidden_astronaut, parts):
    returned = EditResult(hidden_astronaut.masked.pixels, "test")
    restored = pipeline.restore(hidden_astronaut, returned, parts)
    assert np.array_equal(restored.pixels, astronaut.pixels)
    assert [each.regime for each in restored.report.faces] == ["hole"]


def test_a_crop_copies_every_pixel_of_the_face(astronaut, hidden_astronaut, parts):
    returned = np.ascontiguousarray(hidden_astronaut.masked.pixels[15:400, 60:470])
    restored = pipeline.restore(hidden_astronaut, EditResult(returned, "test"), parts)
    hidden = hidden_astronaut.masked.mask.hidden[15:400, 60:470]
    assert np.array_equal(restored.pixels[hidden], astronaut.pixels[15:400, 60:470][hidden])


def test_edit_masks_asks_once_and_restores():
    editor = SpyEditor(as_sent)
    done = pipeline.edit(PHOTO, WORDS, ALL, editor, simple())
    ((payload, instruction),) = editor.calls
    assert payload is done.prepared.payload
    assert instruction is WORDS
    assert payload.sealed
    assert (done.returned.pixels[done.prepared.concealed.masked.mask.hidden] == 0).all()
    assert np.array_equal(done.restored.pixels, PHOTO.pixels)
    assert [each.id for each in done.restored.report.faces] == [0, 1]


@pytest.mark.parametrize(("local", "sent"), [(True, Sent.NO), (False, Sent.UNKNOWN)])
def test_a_foreign_failure_of_an_editor(local, sent):
    editor = SpyEditor(RuntimeError("key 123"), local=local)
    with pytest.raises(ProviderError, match="RuntimeError") as caught:
        pipeline.edit(PHOTO, WORDS, ALL, editor, simple())
    assert caught.value.sent is sent
    assert "123" not in caught.value.sentence
    assert isinstance(caught.value.__cause__, RuntimeError)


@pytest.mark.parametrize("kind", [ProviderError, UnknownInstruction])
@pytest.mark.parametrize("sent", Sent)
def test_an_editor_that_knows_what_was_sent_is_believed(kind, sent):
    editor = SpyEditor(kind("No.", sent=sent))
    with pytest.raises(kind) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, editor, simple())
    assert caught.value.sent is sent


@pytest.mark.parametrize(("local", "sent"), [(True, Sent.NO), (False, Sent.YES)])
def test_an_edit_that_does_not_fit(local, sent):
    editor = SpyEditor(np.full((240, 320, 3), 77, np.uint8), local=local)
    with pytest.raises(CannotAlign) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, editor, simple())
    assert caught.value.sent is sent


@pytest.mark.parametrize(("local", "sent"), [(True, Sent.NO), (False, Sent.YES)])
def test_a_foreign_failure_while_restoring(local, sent):
    class Broken:
        def segment(self, pixels):
            raise RuntimeError("gone")

    with pytest.raises(ProviderError) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, SpyEditor(as_sent, local=local), simple(segmenter=Broken()))
    assert caught.value.sent is sent


@pytest.mark.parametrize(("local", "sent"), [(True, Sent.NO), (False, Sent.UNKNOWN)])
def test_an_answer_that_is_no_picture(local, sent):
    editor = SpyEditor(np.zeros((4, 4), np.uint8), local=local)
    with pytest.raises(InputError) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, editor, simple())
    assert caught.value.sent is sent


class Peeping:
    """Encodes the pixels and, behind its hand, how many times it was asked."""

    def __init__(self):
        self.asked = 0

    def encode(self, pixels, image_format):
        self.asked += 1
        return RawEncoder().encode(pixels, image_format) + bytes([self.asked])


class Refusing:
    def inspect(self, data, width, height):
        raise Refused("No.")


class Crashing:
    def inspect(self, data, width, height):
        raise RuntimeError("gone")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (simple(()), NoFaceFound),
        (simple(encoder=Peeping()), NotSealed),
        (simple(inspector=Refusing()), Refused),
        (simple(inspector=Crashing()), RuntimeError),
    ],
    ids=["nobody", "unsealed", "refused", "crashed"],
)
def test_the_editor_is_never_called_after_a_failed_check(parts, expected):
    editor = SpyEditor(as_sent)
    with pytest.raises(expected) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, editor, parts)
    assert editor.calls == []
    assert getattr(caught.value, "sent", Sent.NO) is Sent.NO


def hidden_by(faces=FACES, **options):
    return pipeline.hide(PHOTO, pipeline.Concealment(**options), simple(faces))


def test_only_some_faces_are_hidden():
    concealed = hidden_by(only=(1,))
    assert [face.id for face in concealed.hidden_faces] == [1]
    assert [face.id for face in concealed.faces] == [0, 1]
    hidden = concealed.masked.mask.hidden
    assert hidden[95, 240]
    assert not hidden[:, :150].any()
    assert np.array_equal(concealed.masked.pixels[:, :150], PHOTO.pixels[:, :150])


def test_a_brush_hides_more_and_nobody_may_be_chosen():
    brush = Mask(oval(240, 320, 160, 200, 12, 9))
    both, brushed = hidden_by(extra=brush), hidden_by(extra=brush, only=())
    assert np.array_equal(both.masked.mask.hidden, hidden_by().masked.mask.hidden | brush.hidden)
    assert np.array_equal(brushed.masked.mask.hidden, brush.hidden)
    assert brushed.hidden_faces == ()
    assert np.array_equal(hidden_by((), extra=brush).masked.mask.hidden, brush.hidden)


def test_hiding_nothing_is_an_error():
    with pytest.raises(InputError, match="No face was chosen"):
        hidden_by(only=())
    for only in (None, (), (0,)):
        with pytest.raises(NoFaceFound):
            hidden_by((), only=only)


def test_a_face_that_does_not_exist():
    with pytest.raises(InputError, match="no face 7"):
        hidden_by(only=(0, 7))


def test_a_brush_of_another_size():
    with pytest.raises(InputError, match="10×10"):
        hidden_by(extra=Mask(np.ones((10, 10), np.bool_)))


def test_a_hair_thin_stroke_is_put_back_without_a_warning(parts, coffee):
    stroke = np.zeros(coffee.pixels.shape[:2], np.bool_)
    stroke[200, 20:500] = True
    concealed = pipeline.hide(coffee, pipeline.Concealment(extra=Mask(stroke), only=()), parts)
    restored = pipeline.restore(concealed, EditResult(concealed.masked.pixels, "same"), parts)
    assert len(restored.report.placements) == 1
    assert np.abs(restored.pixels.astype(int) - coffee.pixels).max() <= 40


class Remote:
    name, local = "remote", False

    def __init__(self, error):
        self.error = error

    def edit(self, payload, instruction):
        raise self.error


@pytest.mark.parametrize("error", [ProviderError("No."), UnknownInstruction("No.")])
def test_a_remote_editors_own_error_never_says_nothing_was_sent(error):
    with pytest.raises(type(error)) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, Remote(error), simple())
    assert caught.value.sent is Sent.UNKNOWN


def test_an_error_that_knows_what_was_sent_is_believed():
    error = UnknownInstruction("Not offered.", sent=Sent.NO)
    with pytest.raises(UnknownInstruction) as caught:
        pipeline.edit(PHOTO, WORDS, ALL, Remote(error), simple())
    assert caught.value.sent is Sent.NO


def test_a_hole_from_other_options_is_refused(parts, astronaut):
    head = pipeline.Concealment(coverage=Coverage.HEAD)
    masked = pipeline.hide(astronaut, head, parts).masked
    concealed = pipeline.hide(astronaut, ALL, parts)
    with pytest.raises(CannotAlign):
        pipeline.restore(concealed, EditResult(masked.pixels, "other options"), parts)


def at_size(concealed, returned, parts, text):
    finish = pipeline.Finish(size=Size.parse(text))
    return pipeline.restore(concealed, EditResult(returned, "test"), parts, finish)


@pytest.mark.parametrize("text", ["original", "700x700"])
def test_around_an_enlarged_blend_is_what_came_back_enlarged(text, hidden_astronaut, parts):
    small = resampled(hidden_astronaut.masked.pixels, 256, 256)
    restored = at_size(hidden_astronaut, small, parts, text)
    hidden = hidden_astronaut.masked.mask.hidden.astype(np.uint8)
    near = cv2.resize(cv2.dilate(hidden, np.ones((81, 81), np.uint8)), restored.pixels.shape[1::-1])
    enlarged = resampled(small, restored.width, restored.height)
    assert np.array_equal(restored.pixels[near == 0], enlarged[near == 0])


def test_the_photos_size_gives_back_the_photos_pixels(astronaut, hidden_astronaut, parts):
    small = recompressed(resampled(hidden_astronaut.masked.pixels, 256, 256), 92)
    restored = at_size(hidden_astronaut, small, parts, "original")
    face = (slice(90, 165), slice(190, 262))
    assert np.array_equal(restored.pixels[face], astronaut.pixels[face])
    (placed,) = restored.report.faces
    assert (placed.scale, placed.rotation) == (pytest.approx(1), 0)
    assert restored.report.text().endswith("from 256×256 to 512×512, the size of the photo.")


def test_a_crop_at_the_photos_scale_gives_back_the_photos_pixels(astronaut, hidden_astronaut, parts):
    cropped = np.ascontiguousarray(hidden_astronaut.masked.pixels[20:404, 60:444])
    restored = at_size(hidden_astronaut, resampled(cropped, 192, 192), parts, "original")
    assert abs(restored.width - 384) <= 2
    face = (slice(90, 165), slice(190, 262))
    there = restored.pixels[70:145, 130:202]
    assert np.abs(there.astype(int) - astronaut.pixels[face]).mean() < 2


def test_a_smaller_result_is_worked_out_at_its_size(astronaut, hidden_astronaut, parts):
    restored = at_size(hidden_astronaut, hidden_astronaut.masked.pixels, parts, "256x256")
    wanted = resampled(astronaut.pixels, 256, 256)
    face = (slice(45, 82), slice(95, 131))
    assert np.abs(restored.pixels[face].astype(int) - wanted[face]).mean() < 2


def test_strangers_give_way_at_the_photos_size_too(astronaut, stranger_editor, parts):
    prepared = pipeline.mask(astronaut, ALL, parts)
    returned = stranger_editor(scale=0.5).edit(prepared.payload, WORDS)
    restored = at_size(prepared.concealed, returned.pixels, parts, "original")
    (placed,) = restored.report.faces
    assert placed.regime == "face"
    assert restored.pixels.shape == astronaut.pixels.shape
    assert 0.7 < placed.scale < 1.4
    assert placed.distance_after < 0.4


@pytest.mark.parametrize("shape", [(15, 400, 3), (400, 15, 3)])
def test_a_reply_too_small_to_hold_a_face_is_said(shape, hidden_astronaut, parts):
    with pytest.raises(InputError, match="each side needs 16"):
        pipeline.restore(hidden_astronaut, EditResult(np.zeros(shape, np.uint8), "test"), parts)


def test_a_photo_without_faces_goes_to_a_service_by_leave_and_all_of_it_may_be_edited(parts, coffee):
    case = Case("openai", OpenAI, OpenAIStandIn)
    kept = replace(parts, journal=SpyJournal(), ledger=MemoryLedger())
    with OpenAIStandIn(redraw=lambda picture, marked: 255 - picture) as service:
        editor = editor_for(case, service)
        with pytest.raises(NoFaceFound):
            pipeline.edit(coffee, WORDS, ALL, editor, kept)
        assert not service.asked
        leave = pipeline.Concealment(allow_no_face=True)
        finish = pipeline.Finish(size=Size.parse("original"))
        done = pipeline.edit(coffee, WORDS, leave, editor, kept, finish=finish)
    assert not service.problems
    files = {name: content for name, file_name, _, content in form(service.carried[0]) if file_name}
    assert (np.asarray(opened(files["mask"]))[..., 3] == 0).all()
    assert np.abs(done.restored.pixels.astype(int) - (255 - coffee.pixels.astype(int))).mean() < 3
    assert done.restored.report.nobody
    assert kept.journal.written[0][1].faces == 0


@pytest.fixture
def left_over():
    """Count what only the collector could free of what a call made: pictures that keep each other."""

    def count(call):
        call()  # what is loaded, and kept for good, is not meant
        gc.collect()
        gc.disable()
        try:
            call()
            return gc.collect()
        finally:
            gc.enable()

    return count


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("comes_back", ["hole", "face"])
def test_a_photo_leaves_nothing_for_the_collector(
    astronaut, stranger_editor, parts, left_over, comes_back, threads
):
    """With it a worker of a batch would hold two photos, or three, where one is enough."""

    def whole_way():
        prepared = pipeline.mask(astronaut, ALL, parts)
        edited = recompressed(prepared.concealed.masked.pixels, 90)
        if comes_back == "face":
            edited = stranger_editor().edit(prepared.payload, WORDS).pixels
        pipeline.restore(prepared, EditResult(edited, "test"), parts)

    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        assert left_over(whole_way) == 0
    finally:
        cv2.setNumThreads(before)
