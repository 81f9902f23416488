"""Restoring by hand: as the photo was last handed over, its frame undone, unless somebody says otherwise."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.handovers import MemoryOfHandovers
from tests.doubles.ports import FixedDetector, MemoryLedger, SpyEditor, SpyJournal, simple_parts
from tests.doubles.restores import Restores
from tests.doubles.scenes import box_face, oval, scenery

from privateedit import pipeline, restoring
from privateedit.core import register_scene
from privateedit.core.concealment import Concealment
from privateedit.core.cover import Coverage
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.finish import Finish, Size
from privateedit.core.framing import PAD, Framing
from privateedit.core.mask import Mask
from privateedit.core.photo import Photo
from privateedit.core.record import Result
from privateedit.errors import CannotAlign, NoFaceFound, Refused
from privateedit.restoring import compared, restore, restore_by_hand

PHOTO = Photo(scenery())
FACES = (box_face(40, 60, 100, 130, 0), box_face(210, 60, 270, 130, 1))
USUAL = Concealment()


@pytest.fixture
def simple():
    return simple_parts(detector=FixedDetector(FACES), handovers=MemoryOfHandovers())


def remembering(parts):
    """The real parts, with records that end with the test."""
    return replace(parts, journal=SpyJournal(), ledger=MemoryLedger(), handovers=MemoryOfHandovers())


def handed_over(concealment, parts, photo=PHOTO):
    """Return what a service that changes nothing gives back."""
    prepared = pipeline.mask(photo, concealment, parts)
    with pipeline.hand_over(prepared, parts):
        return EditResult(concealment.framing.framed(prepared.concealed.masked.pixels), "by hand")


CHOICES = {
    "head": Concealment(coverage=Coverage.HEAD, grow=0.1),
    "one face": Concealment(only=(1,)),
    "a brush": Concealment(extra=Mask(oval(240, 320, 160, 200, 12, 9)), only=()),
    "backdrop": Concealment(backdrop=(190, 190, 190)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_what_was_handed_over_is_restored_without_saying_how(name, simple):
    returned = handed_over(CHOICES[name], simple)
    remade = restore_by_hand(PHOTO, USUAL, returned, simple, recalling=True)
    assert remade.remembered
    assert np.array_equal(remade.restored.pixels, PHOTO.pixels)


def test_what_is_said_goes_before_what_is_remembered(simple):
    handed_over(Concealment(only=(1,)), simple)
    returned = EditResult(pipeline.hide(PHOTO, USUAL, simple).masked.pixels, "by hand")
    remade = restore_by_hand(PHOTO, USUAL, returned, simple)
    assert not remade.remembered
    assert [face.id for face in remade.concealed.hidden_faces] == [0, 1]


@pytest.mark.parametrize("without", [True, False])
def test_where_nothing_is_remembered_it_is_masked_as_said(simple, without):
    own = replace(simple, handovers=None) if without else simple
    returned = EditResult(pipeline.hide(PHOTO, USUAL, own).masked.pixels, "by hand")
    remade = restore_by_hand(PHOTO, USUAL, returned, own, recalling=True)
    assert not remade.remembered
    assert np.array_equal(remade.restored.pixels, PHOTO.pixels)


def test_the_answer_to_an_earlier_hand_over_is_restored_by_what_is_said(astronaut, parts):
    real = remembering(parts)
    earlier = pipeline.hide(astronaut, USUAL, real).masked.pixels
    handed_over(Concealment(coverage=Coverage.HEAD), real, astronaut)
    allowed = replace(USUAL, allow_smaller_mask=True)
    remade = restore_by_hand(astronaut, allowed, EditResult(earlier, "by hand"), real, recalling=True)
    assert not remade.remembered
    assert np.array_equal(remade.restored.pixels, astronaut.pixels)


def test_an_answer_that_fits_neither_is_refused(simple):
    handed_over(CHOICES["one face"], simple)
    wrong = EditResult(np.full((240, 320, 3), 77, np.uint8), "by hand")
    with pytest.raises(CannotAlign):
        restore_by_hand(PHOTO, USUAL, wrong, simple, recalling=True)


def test_a_misfit_is_told_where_the_photo_has_no_face_to_fall_back_to(simple):
    faceless = replace(simple, detector=FixedDetector(()))
    handed_over(CHOICES["a brush"], faceless)
    wrong = EditResult(np.full((240, 320, 3), 77, np.uint8), "by hand")
    with pytest.raises(CannotAlign):
        restore_by_hand(PHOTO, USUAL, wrong, faceless, recalling=True)


@pytest.mark.parametrize("recalling", [False, True])
def test_a_picture_that_may_be_anothers_is_refused_where_nobody_looks(simple, recalling):
    handed_over(USUAL, simple)
    shifted = (box_face(41, 60, 101, 130, 0), box_face(211, 60, 271, 130, 1))
    other = Photo(scenery(seed=9))
    theirs = replace(simple, detector=FixedDetector(shifted))
    returned = EditResult(pipeline.hide(other, USUAL, theirs).masked.pixels, "by hand")
    restore_by_hand(PHOTO, USUAL, returned, simple, recalling=recalling)
    with pytest.raises(CannotAlign, match="another photo"):
        restore_by_hand(PHOTO, USUAL, returned, simple, recalling=recalling, unseen=True)


def test_a_memory_that_cannot_be_trusted_stops_it_and_saying_how_does_not(simple):
    class Damaged:
        def recall(self, photo):
            raise Refused("It is damaged.")

    returned = handed_over(USUAL, simple)
    damaged = replace(simple, handovers=Damaged())
    with pytest.raises(Refused, match="damaged"):
        restore_by_hand(PHOTO, USUAL, returned, damaged, recalling=True)
    assert np.array_equal(restore_by_hand(PHOTO, USUAL, returned, damaged).restored.pixels, PHOTO.pixels)


@pytest.mark.parametrize("enlarged", [1, 2])
@pytest.mark.parametrize("recalling", [True, False])
def test_the_frame_is_undone(simple, recalling, enlarged):
    """Of a canvas, only where the photo lies comes back, also of one that came back larger."""
    chosen = replace(USUAL, framing=Framing(canvas=(480, 240)))
    returned = handed_over(chosen, simple).pixels
    assert (returned[:, :80] == PAD).all()
    size = (480 * enlarged, 240 * enlarged)
    answer = EditResult(cv2.resize(returned, size, interpolation=cv2.INTER_CUBIC), "by hand")
    said = USUAL if recalling else chosen
    restored = restore_by_hand(PHOTO, said, answer, simple, recalling=recalling).restored
    assert (restored.width, restored.height) == (320 * enlarged, 240 * enlarged)
    small = cv2.resize(restored.pixels, (320, 240), interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(int) - PHOTO.pixels).mean() < 2


def test_a_smaller_picture_is_restored_at_its_size(astronaut, parts):
    real = remembering(parts)
    returned = handed_over(Concealment(framing=Framing(max_side=300)), real, astronaut)
    remade = restore_by_hand(astronaut, USUAL, returned, real, recalling=True)
    assert (remade.restored.width, remade.restored.height) == (300, 300)
    (face,) = remade.restored.report.faces
    assert face.regime == "hole"
    assert face.scale == pytest.approx(300 / 512, rel=0.004)


def test_of_a_prepared_picture_the_frame_is_undone_too(simple):
    prepared = pipeline.mask(PHOTO, replace(USUAL, framing=Framing(canvas=(480, 240))), simple)
    returned = prepared.concealment.framing.framed(prepared.concealed.masked.pixels)
    restored = restore(prepared, EditResult(returned, "test"), simple)
    assert np.array_equal(restored.pixels, PHOTO.pixels)


NOBODY = Concealment(allow_no_face=True)


@pytest.mark.parametrize(
    ("framing", "finish", "size"),
    [
        (Framing(), Finish(), (320, 240)),
        (Framing(canvas=(400, 400)), Finish(), (400, 300)),
        (Framing(max_side=160), Finish(size=Size.parse("original")), (320, 240)),
    ],
)
def test_where_nobody_was_hidden_the_edited_picture_is_the_result(framing, finish, size):
    parts = simple_parts(handovers=MemoryOfHandovers())
    prepared = pipeline.mask(PHOTO, replace(NOBODY, framing=framing), parts)
    assert (prepared.payload.sealed, prepared.exposed_psnr) == (True, None)
    returned = EditResult(255 - framing.framed(PHOTO.pixels), "x")
    restored = restore(prepared, returned, parts, finish)
    assert (restored.width, restored.height) == size
    assert restored.report.placements == ()
    assert restored.report.text().startswith("No face was hidden")
    if framing == Framing():
        assert np.array_equal(restored.pixels, returned.pixels)


def test_a_photo_without_faces_is_edited_and_on_record():
    parts = simple_parts()
    editor = SpyEditor(255 - PHOTO.pixels)
    done = pipeline.edit(PHOTO, Instruction("warmer"), NOBODY, editor, parts)
    assert np.array_equal(done.restored.pixels, 255 - PHOTO.pixels)
    (_, intent), (_, outcome) = parts.journal.written
    assert (intent.faces, intent.hidden, intent.sealed) == (0, 0, True)
    assert outcome.result is Result.RETURNED
    assert not parts.ledger.protected(PHOTO).hidden.any()
    with pytest.raises(NoFaceFound):
        pipeline.edit(PHOTO, Instruction("warmer"), USUAL, editor, parts)
    assert len(editor.calls) == 1


@pytest.mark.parametrize("recalling", [True, False])
def test_a_photo_without_faces_is_restored_by_hand(recalling):
    parts = simple_parts(handovers=MemoryOfHandovers())
    returned = handed_over(NOBODY, parts)
    chosen = USUAL if recalling else NOBODY
    remade = restore_by_hand(PHOTO, chosen, returned, parts, recalling=recalling)
    assert remade.remembered is recalling
    assert np.array_equal(remade.restored.pixels, PHOTO.pixels)


def test_what_the_ledger_hid_of_a_photo_without_faces_is_put_back(simple):
    handed_over(USUAL, simple)
    gone = replace(simple, detector=FixedDetector(()))
    returned = handed_over(NOBODY, gone)
    assert not np.array_equal(returned.pixels, PHOTO.pixels)
    remade = restore_by_hand(PHOTO, USUAL, returned, gone, recalling=True)
    assert np.array_equal(remade.restored.pixels, PHOTO.pixels)
    assert not remade.restored.report.nobody


def test_room_is_made_between_the_stages_and_changes_nothing(simple):
    made = []
    returned = handed_over(USUAL, simple)
    sparing = replace(simple, make_room=lambda: made.append(1))
    finish = Finish(size=Size("exact", 640, 480))
    usual = restore_by_hand(PHOTO, USUAL, returned, simple, finish, recalling=True)
    spared = restore_by_hand(PHOTO, USUAL, returned, sparing, finish, recalling=True)
    assert np.array_equal(spared.restored.pixels, usual.restored.pixels)
    assert len(made) == 3  # the photo masked again, the faces placed, the draft made


@pytest.mark.parametrize("remembered", [True, False])
def test_the_faces_of_a_photo_are_looked_for_once(simple, remembered):
    looks = []

    class Counting:
        def detect(self, pixels):
            looks.append(pixels)
            return FACES

    if remembered:
        handed_over(USUAL, simple)
    returned = EditResult(pipeline.hide(PHOTO, USUAL, simple).masked.pixels, "by hand")
    counting = replace(simple, detector=Counting())
    assert restore_by_hand(PHOTO, USUAL, returned, counting, recalling=True).remembered is remembered
    assert sum(each is PHOTO.pixels for each in looks) == 1


def test_a_service_that_returns_a_strangers_face_is_looked_at_itself(astronaut, parts, stranger_editor):
    """What is known of the photo's faces is not taken for those of another picture."""
    real = remembering(parts)
    prepared = pipeline.mask(astronaut, USUAL, real)
    with pipeline.hand_over(prepared, real):
        returned = stranger_editor().edit(prepared.payload, Instruction("x"))
    remade = restore_by_hand(astronaut, USUAL, returned, real, recalling=True)
    (placed,) = remade.restored.report.placements
    assert (remade.remembered, placed.regime) == (True, "face")


@pytest.mark.parametrize("threads", [1, 2])
def test_what_came_back_is_looked_through_once_and_nothing_comes_out_otherwise(
    astronaut, parts, stranger_editor, monkeypatch, threads
):
    real, looks, features = remembering(parts), [], register_scene.features_of

    def counted(pixels, hidden=None):
        looks.append(pixels)
        return features(pixels, hidden)

    prepared = pipeline.mask(astronaut, USUAL, real)
    with pipeline.hand_over(prepared, real):
        returned = stranger_editor().edit(prepared.payload, Instruction("x"))
    usual = restoring._put_back(prepared.concealed, Framing(), returned, real, Finish())
    monkeypatch.setattr(register_scene, "features_of", counted)
    monkeypatch.setattr(restoring, "features_of", counted)
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        remade = restore_by_hand(astronaut, USUAL, returned, real, recalling=True)
    finally:
        cv2.setNumThreads(before)
    assert sum(each is returned.pixels for each in looks) == 1
    assert len(looks) == 2
    assert np.array_equal(remade.restored.pixels, usual.pixels)


@pytest.mark.parametrize("framing", [Framing(), Framing(canvas=(900, 512))], ids=["as it is", "in a canvas"])
def test_the_features_of_a_canvas_are_not_those_of_the_picture_in_it(astronaut, parts, monkeypatch, framing):
    """Its bars would be among them, and they would lie elsewhere."""
    given, usual = [], restoring.place

    def watched(comparison, faces):
        given.append(comparison)
        return usual(comparison, faces)

    real = remembering(parts)
    returned = handed_over(replace(USUAL, framing=framing), real, astronaut)
    monkeypatch.setattr(restoring, "place", watched)
    restore_by_hand(astronaut, USUAL, returned, real, recalling=True)
    (comparison,) = given
    assert comparison.edited.shape == astronaut.pixels.shape
    assert (comparison.seen is None) == (framing.canvas is not None)


def test_what_the_open_photo_shows_of_somebody_is_told_to_the_comparison(hidden_astronaut, parts):
    comparison = compared(hidden_astronaut, scenery(512, 512), parts)
    person = comparison.around_person(hidden_astronaut.faces[0].box)
    assert 0.3 < person.visible / comparison.around(hidden_astronaut.faces[0].box).visible < 0.9


def test_what_tests_remember_of_a_restore_is_only_the_answer_to_the_same_question(hidden_astronaut, parts):
    """Other pixels, another wish or other parts are put back anew."""
    restores, framing = Restores(), Framing()
    returned = EditResult(hidden_astronaut.masked.pixels, "test")
    changed = returned.pixels.copy()
    changed[0, 0] ^= 1

    def done(edit=returned, chosen=parts, finish=Finish()):
        return restores.put_back(hidden_astronaut, framing, edit, chosen, finish)

    first = done()
    assert done() is first
    assert np.array_equal(first.pixels, restore(hidden_astronaut, returned, parts).pixels)
    assert done(edit=EditResult(changed, "test")) is not first
    assert done(finish=Finish(harmonize=0.0)) is not first
    own = replace(parts, detector=FixedDetector(hidden_astronaut.faces))
    assert done(chosen=own) is not done(chosen=own)
