from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.ports import FixedDetector
from tests.doubles.scenes import masked, oval, recompressed, scenery, similarity

from privateedit import pipeline
from privateedit.core.comparison import Comparison
from privateedit.core.edit import EditResult, Instruction
from privateedit.core.mask import Mask
from privateedit.core.place import place, require_own
from privateedit.core.similarity import transform
from privateedit.errors import CannotAlign


def compared(concealed, pixels, parts):
    return Comparison(concealed.faces, concealed.masked, np.ascontiguousarray(pixels), parts.detector)


def test_two_people_come_back_where_they_were(hidden_couple, couple, parts):
    returned = EditResult(hidden_couple.masked.pixels, "test")
    restored = pipeline.restore(hidden_couple, returned, parts)
    assert np.array_equal(restored.pixels, couple.pixels)
    assert [each.id for each in restored.report.faces] == [0, 1]


@pytest.mark.parametrize("who", [0, 1])
def test_a_person_who_was_dropped_has_no_place(who, hidden_couple, parts):
    pixels = hidden_couple.masked.pixels.copy()
    pixels[:, (slice(0, 512), slice(512, None))[who]] = (176, 188, 200)
    with pytest.raises(CannotAlign, match=f"Face {who}"):
        place(compared(hidden_couple, pixels, parts), hidden_couple.hidden_faces)


@pytest.mark.parametrize("margin", [25, 60])
def test_a_head_painted_over_by_plain_background_has_no_place(margin, hidden_couple, parts):
    pixels = hidden_couple.masked.pixels.copy()
    box = np.array(hidden_couple.faces[1].box).astype(int)
    pixels[box[1] - 60 - margin : box[3] + 30 + margin, box[0] - 30 - margin : box[2] + 30 + margin] = 90
    with pytest.raises(CannotAlign, match="Face 1"):
        place(compared(hidden_couple, pixels, parts), hidden_couple.hidden_faces)


def test_where_nobody_looks_a_hole_in_nearly_the_same_place_is_not_enough():
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    other = masked(scenery(seed=9), oval(240, 320, 151, 120, 40, 50))
    comparison = Comparison((), photo, np.ascontiguousarray(other.pixels), FixedDetector(()))
    placed = place(comparison, ())
    assert [each.alignment.regime for each in placed] == ["hole"]
    with pytest.raises(CannotAlign, match="may belong to another photo"):
        require_own(comparison, placed)
    own = Comparison((), photo, photo.pixels, FixedDetector(()))
    require_own(own, place(own, ()))


@pytest.fixture(scope="module")
def doubtful():
    """A comparison, and a hole in it that may as well be another photo's."""
    photo = masked(scenery(), oval(240, 320, 150, 120, 40, 50))
    other = masked(scenery(seed=9), oval(240, 320, 151, 120, 40, 50))
    comparison = Comparison((), photo, np.ascontiguousarray(other.pixels), FixedDetector(()))
    (hole,) = place(comparison, ())
    return comparison, hole


def by(regime, placement):
    return replace(placement, alignment=replace(placement.alignment, regime=regime))


@pytest.mark.parametrize("regimes", [["face"], ["scene"], ["hole", "face"], ["scene", "hole"]])
def test_what_was_placed_by_a_drawn_face_or_by_the_scene_is_proven_already(doubtful, regimes):
    comparison, hole = doubtful
    require_own(comparison, [by(each, hole) for each in regimes])


@pytest.mark.parametrize("count", [1, 2])
def test_holes_that_may_be_anothers_prove_nothing_however_many(doubtful, count):
    comparison, hole = doubtful
    with pytest.raises(CannotAlign, match="may belong to another photo"):
        require_own(comparison, [hole] * count)
    require_own(comparison, [])


def test_one_person_who_is_certain_is_enough(hidden_couple, parts):
    """The picture is the photo's; where everybody is, is another question."""
    pixels = hidden_couple.masked.pixels.copy()
    pixels[:, 512:] = np.roll(pixels, 3, axis=1)[:, 512:]
    comparison = compared(hidden_couple, pixels, parts)
    require_own(comparison, place(comparison, hidden_couple.hidden_faces))


def by_hand(seed=3):
    """A brushed area, with no face in it, in a picture full of features."""
    pixels = scenery(seed=seed)
    photo = masked(pixels, oval(240, 320, 150, 120, 30, 40))
    return pixels, photo


def test_a_brushed_area_that_was_painted_in_is_placed_by_the_scene():
    pixels, photo = by_hand()
    comparison = Comparison((), photo, recompressed(pixels, 95), FixedDetector(()))
    (found,) = place(comparison, ())
    assert found.alignment.regime == "scene"
    assert found.faces == ()
    np.testing.assert_allclose(found.alignment.matrix, similarity(), atol=0.2)


def test_a_brushed_area_in_another_scene_has_no_place():
    _, photo = by_hand()
    with pytest.raises(CannotAlign, match="painted by hand"):
        place(Comparison((), photo, by_hand(seed=9)[0], FixedDetector(())), ())


def test_nothing_hidden_needs_no_place():
    pixels = scenery()
    photo = masked(pixels, np.zeros((240, 320), np.bool_))
    assert place(Comparison((), photo, pixels, FixedDetector(())), ()) == ()


def test_a_face_found_elsewhere_is_told_from_the_hidden_one(astronaut, astronaut_face, parts):
    """Hands hidden beside the face: the face is visible and keeps its number; the brush gets a hole."""
    brushed = Mask(oval(512, 512, 100, 400, 40, 40))
    concealed = pipeline.hide(astronaut, pipeline.Concealment(only=(), extra=brushed), parts)
    (found,) = place(compared(concealed, concealed.masked.pixels, parts), concealed.hidden_faces)
    assert found.faces == ()
    assert found.alignment.regime == "hole"


def test_people_who_changed_places_are_not_confused(hidden_couple, parts):
    """The right half put to the left: a face goes to its own body or nowhere."""
    pixels = hidden_couple.masked.pixels
    swapped = np.concatenate([pixels[:, 512:], pixels[:, :512]], axis=1)
    with pytest.raises(CannotAlign):
        place(compared(hidden_couple, swapped, parts), hidden_couple.hidden_faces)


@pytest.mark.parametrize("change", [{}, {"scale": 0.7, "gain": (1.1, 1.0, 0.9)}, {"tilt": 8}])
def test_two_strangers_give_way_to_the_right_people(change, couple, stranger_editor, parts):
    prepared = pipeline.mask(couple, pipeline.Concealment(), parts)
    concealed = prepared.concealed
    returned = stranger_editor(**change).edit(prepared.payload, Instruction("x")).pixels
    placements = place(compared(concealed, returned, parts), concealed.hidden_faces)
    scale = change.get("scale", 1.0)
    for placed, face in zip(placements, concealed.hidden_faces, strict=True):
        assert placed.alignment.regime == "face"
        assert placed.faces[0].id == face.id
        center = transform(placed.alignment.matrix, np.array([face.box.center]))[0] / scale
        assert np.linalg.norm(center - face.box.center) < 0.3 * face.box.width
