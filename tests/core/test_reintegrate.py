import cv2
import numpy as np
import pytest
from tests.doubles.ports import Nobody
from tests.doubles.scenes import box_face, masked, oval, recompressed, scenery, similarity

from privateedit import pipeline
from privateedit.core.align import Alignment
from privateedit.core.edit import EditResult
from privateedit.core.finish import Finish
from privateedit.core.likeness import Likeness
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.region import regions
from privateedit.core.reintegrate import reintegrate
from privateedit.errors import CannotAlign

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)


def placement(matrix, faces=(), regime="hole"):
    (region,) = regions(SENT.mask, faces)
    return Placement(region, region.faces, Alignment(matrix, regime, 0.0), matrix)


def restored(edited, matrix, faces=()):
    return reintegrate(Photo(PIXELS), SENT, edited, [placement(matrix, faces)], Nobody(1.0))


def test_a_hole_in_an_unchanged_picture_is_filled_bit_for_bit():
    assert np.array_equal(restored(SENT.pixels, similarity()).pixels, PIXELS)


@pytest.mark.parametrize("change", ["jpeg", "warm", "plain"])
def test_pixels_far_from_the_hole_are_those_of_the_edit(change, hidden_small_astronaut, parts):
    pixels, hidden = hidden_small_astronaut.masked.pixels, hidden_small_astronaut.masked.mask.hidden
    plain = np.where(hidden[..., None], pixels, np.uint8(200))
    warm = np.clip(pixels * np.float32([1.1, 1, 0.9]), 0, 255).astype(np.uint8)
    edited = {"jpeg": recompressed(pixels, 80), "warm": warm, "plain": plain}[change]
    done = pipeline.restore(hidden_small_astronaut, EditResult(edited, "test"), parts)
    far = cv2.dilate(hidden.astype(np.uint8), np.ones((31, 31), np.uint8)) == 0
    assert np.array_equal(done.pixels[far], edited[far])
    assert (done.pixels[hidden] != edited[hidden]).any(1).mean() > 0.9
    assert done.pixels.shape == edited.shape


def test_every_face_is_reported_and_a_brushed_area_without_a_number():
    faces = (box_face(135, 90, 165, 110, 3), box_face(135, 125, 165, 145, 4))
    report = restored(SENT.pixels, similarity(), faces).report
    assert [each.id for each in report.placements] == [3, 4]
    assert all(each.regime == "hole" and not each.graded for each in report.placements)
    brushed = restored(SENT.pixels, similarity()).report
    assert [each.id for each in brushed.placements] == [None]
    assert brushed.faces == ()


@pytest.mark.parametrize("shift", [(400, 0), (-400, 0), (0, 300), (0, -300)])
def test_a_face_cropped_away_is_an_error(shift):
    with pytest.raises(CannotAlign, match="cropped away"):
        restored(SENT.pixels, similarity(x=shift[0], y=shift[1]))


def test_a_masked_picture_without_its_hole_is_an_error(hidden_astronaut, parts):
    below = np.ascontiguousarray(hidden_astronaut.masked.pixels[290:])
    with pytest.raises(CannotAlign):
        pipeline.restore(hidden_astronaut, EditResult(below, "test"), parts)


def test_a_face_half_cropped_is_put_back_as_far_as_it_is_seen():
    edited = np.ascontiguousarray(SENT.pixels[:, 150:])
    done = restored(edited, similarity(x=-150))
    assert np.array_equal(done.pixels, PIXELS[:, 150:])


def test_the_grade_of_the_picture_reaches_the_face():
    warm = np.clip(SENT.pixels * np.float32([1.15, 1, 0.85]), 0, 255).astype(np.uint8)
    done = restored(warm, similarity())
    expected = PIXELS * np.float32([1.15, 1, 0.85])
    assert done.report.placements[0].graded
    assert np.abs(done.pixels[HIDDEN] - expected[HIDDEN]).mean() < 3


def test_nothing_to_put_back_returns_the_edit():
    done = reintegrate(Photo(PIXELS), SENT, SENT.pixels, [], Nobody())
    assert np.array_equal(done.pixels, SENT.pixels)
    assert done.report.placements == ()


@pytest.mark.parametrize("gains", [(1.15, 1.0, 0.85), (0.8, 0.85, 0.95), (1.0, 1.0, 1.0)])
def test_no_seam_is_left_under_a_smooth_grade(gains, astronaut, hidden_astronaut, parts):
    """In the ring across the hole's edge, the result is the graded photo to within two levels."""
    expected = np.clip(astronaut.pixels * np.float32(gains), 0, 255)
    hidden = hidden_astronaut.masked.mask.hidden
    edited = np.where(hidden[..., None], np.uint8(0), expected.astype(np.uint8))
    done = pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts).pixels
    square = np.ones((7, 7), np.uint8)
    plane = hidden.astype(np.uint8)
    ring = cv2.dilate(plane, square).astype(bool) & ~cv2.erode(plane, square).astype(bool)
    assert np.abs(done.astype(np.float32) - expected)[ring].mean() < 2


class Stubborn:
    """A recognizer that sees the same person in every picture, or, `changed`, another once graded."""

    def __init__(self, changed=False):
        self.changed = changed

    def fit(self, pixels, face):
        return np.concatenate([face.box.corners, [face.box.center]]).astype(np.float32)

    def embed(self, pixels, landmarks):
        x, y = landmarks[-1].astype(int)
        warmth = float(pixels[y - 3 : y + 3, x - 3 : x + 3, 0].mean())
        return np.full(128, warmth / 255 if self.changed else 0.0)


WARM = np.float32([1.15, 1, 0.85])
FACE = box_face(135, 100, 165, 140, 0)


def harmonized(finish, likeness=None, gains=WARM):
    edited = np.clip(SENT.pixels * np.float32(gains), 0, 255).astype(np.uint8)
    placements = [placement(similarity(), (FACE,))]
    return reintegrate(Photo(PIXELS), SENT, edited, placements, Nobody(1.0), finish, likeness)


def core_of(pixels):
    return pixels[110:130, 140:160].astype(np.float32)


def test_no_harmonization_keeps_the_original_colors_exactly():
    done = harmonized(Finish(harmonize=0.0))
    assert np.array_equal(core_of(done.pixels), core_of(PIXELS))
    assert done.report.placements[0].harmonized == 0
    assert not done.report.placements[0].graded


@pytest.mark.parametrize("strength", [0.3, 1.0])
def test_a_fixed_strength_is_taken_as_it_is(strength):
    done = harmonized(Finish(harmonize=strength), Likeness(Stubborn(), Stubborn(changed=True), 0.6))
    expected = core_of(PIXELS) * (1 + strength * (WARM - 1))
    assert np.abs(core_of(done.pixels) - expected).mean() < 2
    assert done.report.placements[0].harmonized == strength


@pytest.mark.parametrize(("changed", "strength"), [(False, 1.0), (True, 0.0)])
def test_a_recognizer_has_a_say(changed, strength):
    done = harmonized(Finish(), Likeness(Stubborn(), Stubborn(changed), 0.6))
    assert done.report.placements[0].harmonized == strength


def test_the_seam_is_reported_beside_the_photos_own():
    report = harmonized(Finish()).report.placements[0]
    off = harmonized(Finish(harmonize=0.0)).report.placements[0]
    assert 0 <= report.seam <= off.seam + 0.1
    assert report.seam_before == off.seam_before
    assert report.style is None


@pytest.mark.parametrize("harmonize", [None, 0.0])
def test_a_pencil_drawing_gets_a_drawn_face_and_only_if_that_is_wanted(
    harmonize, hidden_astronaut, astronaut, parts
):
    bright = astronaut.pixels @ np.float32([0.299, 0.587, 0.114])
    sketch = np.clip(bright * 255 / np.maximum(cv2.GaussianBlur(bright, (0, 0), 5), 1), 0, 255)
    hidden = hidden_astronaut.masked.mask.hidden
    edited = np.repeat(np.where(hidden, 0, sketch).astype(np.uint8)[..., None], 3, 2)
    drawn, photo = (
        pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts, Finish(harmonize, match))
        for match in (True, False)
    )
    assert drawn.report.placements[0].style == "pencil drawing"
    assert photo.report.placements[0].style is None
    apart = [np.abs(each.pixels[..., 1] - sketch)[hidden].mean() for each in (drawn, photo)]
    assert apart[0] < 12
    assert apart[1] > 2 * apart[0]


@pytest.mark.parametrize("gains", [(0.5, 0.45, 0.4), (1.5, 1.55, 1.6)], ids=["dark", "fair"])
def test_a_stranger_never_lends_skin_tone(gains, hidden_astronaut, astronaut, astronaut_face, parts):
    """The same face drawn much darker or fairer over an unchanged scene: the own tone stays."""
    hidden = hidden_astronaut.masked.mask.hidden
    toned = np.clip(astronaut.pixels * np.float32(gains), 0, 255).astype(np.uint8)
    edited = np.where(hidden[..., None], toned, astronaut.pixels)
    done = pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts)
    x, y = (int(each) for each in astronaut_face.box.center)
    middle = (slice(y - 15, y + 15), slice(x - 15, x + 15))
    own = astronaut.pixels[middle].astype(np.float32).mean((0, 1))
    assert done.report.placements[0].regime == "face"
    assert np.abs(done.pixels[middle].astype(np.float32).mean((0, 1)) - own).max() < 4


def test_a_face_comes_out_the_same_on_any_number_of_cores(hidden_astronaut, astronaut, parts):
    hidden = hidden_astronaut.masked.mask.hidden
    edited = np.where(hidden[..., None], astronaut.pixels // 2, astronaut.pixels)
    before, found = cv2.getNumThreads(), []
    try:
        for threads in (1, 2):
            cv2.setNumThreads(threads)
            found.append(pipeline.restore(hidden_astronaut, EditResult(edited, "test"), parts))
    finally:
        cv2.setNumThreads(before)
    assert [each.report.placements[0].regime for each in found] == ["face", "face"]
    assert np.array_equal(found[0].pixels, found[1].pixels)


def test_a_face_has_no_colors_in_a_picture_without_any():
    """The recognizer objects to every strength; hues go all the same."""
    grey = SENT.pixels.astype(np.float32) @ np.float32([0.299, 0.587, 0.114])
    edited = np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, 2)
    objecting = Likeness(Stubborn(), Stubborn(changed=True), 0.6)
    done = reintegrate(
        Photo(PIXELS), SENT, edited, [placement(similarity(), (FACE,))], Nobody(1.0), Finish(), objecting
    )
    assert np.ptp(core_of(PIXELS), axis=2).mean() > 5
    assert np.ptp(core_of(done.pixels), axis=2).max() <= 1


@pytest.mark.parametrize("match", [True, False])
def test_a_grey_picture_gives_a_grey_face_without_harmonization_unless_style_is_off(match):
    grey = SENT.pixels.astype(np.float32) @ np.float32([0.299, 0.587, 0.114])
    edited = np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, 2)
    finish = Finish(harmonize=0.0, style_match=match)
    done = reintegrate(
        Photo(PIXELS), SENT, edited, [placement(similarity(), (FACE,))], Nobody(1.0), finish
    ).pixels
    if match:
        assert np.ptp(core_of(done), axis=2).max() <= 1
    else:
        assert np.array_equal(core_of(done), core_of(PIXELS))


@pytest.mark.parametrize("harmonize", [None, 0.0])
def test_a_bystander_at_a_wall_that_became_darker_stays_however_little_of_that_a_face_gets(harmonize):
    """A recognizer is against all of it."""
    wall = PIXELS.copy()
    wall[150:, 200:] = 180
    sent = masked(wall, HIDDEN | oval(240, 320, 270, 205, 10, 13))
    faces = (FACE, box_face(265, 198, 275, 212, 1))
    placements = [
        Placement(each, each.faces, Alignment(similarity(), "hole", 0.0), similarity())
        for each in regions(sent.mask, faces)
    ]
    against = Likeness(Stubborn(), Stubborn(changed=True), 0.6)
    finish = Finish(harmonize=harmonize)
    darker = (sent.pixels * 0.75).astype(np.uint8)
    report = reintegrate(Photo(wall), sent, darker, placements, Nobody(0.0), finish, against).report
    assert [(each.id, each.gone) for each in report.faces] == [(0, False), (1, False)]
    emptied = darker.copy()
    emptied[170:, 230:310][sent.pixels[170:, 230:310].any(2)] = (90, 120, 60)
    report = reintegrate(Photo(wall), sent, emptied, placements, Nobody(0.0), finish, against).report
    assert [(each.id, each.gone) for each in report.faces] == [(0, False), (1, True)]
