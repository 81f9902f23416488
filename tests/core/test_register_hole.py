"""A masked area that came back is found again, whatever was done to the picture around it."""

import cv2
import numpy as np
import pytest
import skimage.data
from tests.doubles.scenes import about, corner_error, masked, moved, oval, recompressed, scenery, similarity

from privateedit import pipeline
from privateedit.core.comparison import Comparison
from privateedit.core.conceal import Fill
from privateedit.core.hole_view import view_of
from privateedit.core.photo import Photo
from privateedit.core.place import place
from privateedit.core.pyramid import Pyramid
from privateedit.core.region import regions
from privateedit.core.register_hole import HoleSearch, _accepted, _judge, align_to_hole
from privateedit.core.register_scene import Guess
from privateedit.errors import CannotAlign

TURNED = about((256, 256), 1.05, 4)


def shrunk(pixels):
    size = round(0.6 * pixels.shape[0])
    return cv2.resize(pixels, (size, size), interpolation=cv2.INTER_AREA)


def warmer(pixels):
    return np.clip(pixels * np.float32([1.12, 1.0, 0.85]), 0, 255).astype(np.uint8)


def colorless(pixels):
    return cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)


EDITS = {
    "unchanged": (lambda pixels: pixels, similarity()),
    "shrunk": (shrunk, similarity(307 / 512)),
    "cropped": (lambda pixels: pixels[15:400, 60:470], similarity(x=-60, y=-15)),
    "turned": (lambda pixels: moved(pixels, TURNED, 512, 512), TURNED),
    "jpeg": (lambda pixels: recompressed(pixels, 60), similarity()),
    "warmer": (warmer, similarity()),
    "colorless": (colorless, similarity()),
}


@pytest.fixture(scope="module")
def noisy(astronaut, parts):
    return pipeline.hide(astronaut, pipeline.Concealment(fill=Fill(None)), parts)


def placed(concealed, pixels, parts):
    comparison = Comparison(concealed.faces, concealed.masked, np.ascontiguousarray(pixels), parts.detector)
    return place(comparison, concealed.hidden_faces)


@pytest.mark.parametrize("name", EDITS)
def test_a_black_hole_is_found_to_a_hundredth_of_the_face(name, hidden_astronaut, parts):
    change, truth = EDITS[name]
    (found,) = placed(hidden_astronaut, change(hidden_astronaut.masked.pixels), parts)
    assert found.alignment.regime == "hole"
    assert found.alignment.residual < 0.01
    assert corner_error(found.alignment.matrix, truth, *found.faces) < 0.01


@pytest.mark.parametrize("name", sorted(EDITS.keys() - {"warmer"}))
def test_a_hole_full_of_noise_is_found_to_a_hundredth_of_the_face(name, noisy, parts):
    change, truth = EDITS[name]
    (found,) = placed(noisy, change(noisy.masked.pixels), parts)
    assert found.alignment.regime == "hole"
    assert corner_error(found.alignment.matrix, truth, *found.faces) < 0.01


def test_noise_that_was_warmed_is_found(noisy, parts):
    (found,) = placed(noisy, warmer(noisy.masked.pixels), parts)
    assert corner_error(found.alignment.matrix, similarity(), *found.faces) < 0.01


@pytest.fixture(scope="module", params=[128, 180, 256])
def small_noisy(request, astronaut, parts):
    """Enlarged to be looked at, a grain of its noise is several pixels wide."""
    small = cv2.resize(astronaut.pixels, (request.param,) * 2, interpolation=cv2.INTER_AREA)
    return pipeline.hide(Photo(small), pipeline.Concealment(fill=Fill(None)), parts)


@pytest.mark.parametrize("name", ["unchanged", "jpeg", "warmer"])
def test_noise_in_a_small_photo_is_found(name, small_noisy, parts):
    change, truth = EDITS[name]
    (found,) = placed(small_noisy, change(small_noisy.masked.pixels), parts)
    assert found.alignment.regime == "hole"
    assert corner_error(found.alignment.matrix, truth, *found.faces) < 0.02


@pytest.mark.parametrize("change", [np.copy, colorless, lambda pixels: cv2.blur(pixels, (9, 9))])
def test_a_face_in_a_small_photo_is_no_noise(change, small_noisy, parts):
    try:
        (found,) = placed(small_noisy, change(small_noisy.photo.pixels), parts)
    except CannotAlign:
        return
    assert found.alignment.regime == "face"


@pytest.mark.parametrize("tone", [(1, 1, 1), (1.25, 0.95, 0.8), (0.95, 0.72, 0.58)])
@pytest.mark.parametrize("contrast", [0.4, 1])
def test_no_face_drawn_into_a_small_hole_passes_for_noise(tone, contrast, small_noisy):
    (region,) = regions(small_noisy.masked.mask, small_noisy.faces)
    rows, columns = region.window
    size = (columns.stop - columns.start, rows.stop - rows.start)
    for face in 255 * skimage.data.lfw_subset()[:100:4]:
        levels = cv2.resize(128 + contrast * (face - face.mean()), size, interpolation=cv2.INTER_CUBIC)
        drawn = np.clip(levels[..., None] * np.float32(tone), 0, 255).astype(np.uint8)
        edited = small_noisy.masked.pixels.copy()
        edited[region.window][region.hidden] = drawn[region.hidden]
        view = view_of(region, small_noisy.masked)
        assert not _accepted(_judge(view, Pyramid(edited), similarity(), view.fill), noisy=True)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_small_blank_picture_holds_no_noise(level, small_noisy, parts):
    with pytest.raises(CannotAlign, match="Face 0"):
        placed(small_noisy, np.full_like(small_noisy.masked.pixels, level), parts)


@pytest.mark.parametrize("name", ["unchanged", "cropped", "jpeg", "warmer", "colorless"])
def test_plain_copies_are_recognized_as_such_exactly(name, hidden_astronaut, parts):
    change, truth = EDITS[name]
    (found,) = placed(hidden_astronaut, change(hidden_astronaut.masked.pixels), parts)
    assert np.array_equal(found.alignment.matrix, truth)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("fill", ["solid", "noise"])
def test_a_blank_picture_holds_no_hole(level, fill, hidden_astronaut, noisy, parts):
    concealed = hidden_astronaut if fill == "solid" else noisy
    with pytest.raises(CannotAlign, match="Face 0"):
        placed(concealed, np.full((512, 512, 3), level, np.uint8), parts)


def test_an_unrelated_picture_holds_no_hole(hidden_astronaut, parts):
    with pytest.raises(CannotAlign, match="Face 0"):
        placed(hidden_astronaut, cv2.resize(skimage.data.coffee(), (512, 512)), parts)


def test_a_picture_turned_by_a_quarter_gets_its_face_turned_as_well(hidden_astronaut, parts):
    turned = np.ascontiguousarray(np.rot90(hidden_astronaut.masked.pixels))
    (found,) = placed(hidden_astronaut, turned, parts)
    truth = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 512.0]])
    assert corner_error(found.alignment.matrix, truth, *found.faces) < 0.01


def test_two_holes_are_each_found_in_their_place(hidden_couple, parts):
    first, second = placed(hidden_couple, hidden_couple.masked.pixels, parts)
    assert {face.id for each in (first, second) for face in each.faces} == {0, 1}
    for each in (first, second):
        assert each.alignment.regime == "hole"
        assert np.array_equal(each.alignment.matrix, similarity())


@pytest.mark.parametrize("fill", ["black", "white", "grey", "#20c040"])
def test_any_color_of_fill(fill):
    pixels, hidden = scenery(), oval(240, 320, 150, 120, 30, 40)
    photo = masked(pixels, hidden, fill)
    (region,) = regions(photo.mask, ())
    found = align_to_hole(region, photo, photo.pixels, [Guess(similarity(x=3, y=-2))])
    assert found is not None
    assert found.regime == "hole"
    np.testing.assert_allclose(found.matrix, similarity(), atol=0.05)


def test_a_hole_refilled_in_another_color_is_still_that_hole():
    pixels, hidden = scenery(), oval(240, 320, 150, 120, 30, 40)
    photo = masked(pixels, hidden)
    (region,) = regions(photo.mask, ())
    seen = photo.pixels.copy()
    seen[hidden] = (250, 250, 250)
    found = align_to_hole(region, photo, seen, [Guess(similarity())])
    assert found is not None
    assert np.array_equal(found.matrix, similarity())


def test_a_hole_that_was_painted_in_is_none():
    pixels, hidden = scenery(), oval(240, 320, 150, 120, 30, 40)
    photo = masked(pixels, hidden)
    (region,) = regions(photo.mask, ())
    assert align_to_hole(region, photo, pixels, [Guess(similarity())]) is None


@pytest.mark.parametrize("lit", [0, 60])
def test_a_black_hole_in_a_dark_photo_is_found_before_a_new_backdrop(lit):
    """What was as black as the hole tells where its edge is once it is replaced."""
    dark, hidden = (scenery() * 0.08).astype(np.uint8), oval(240, 320, 150, 120, 40, 50)
    dark[:lit] = scenery()[:lit]  # hair, say: it ends above the hole
    dark[40 : 40 + lit // 2, 140:160] = scenery()[40 : 40 + lit // 2, 140:160]  # and a strand that meets it
    photo = masked(dark, hidden)
    (region,) = regions(photo.mask, ())
    backdrop = scenery(seed=9)
    truth = similarity(x=5, y=-3)
    seen = np.where(oval(240, 320, 155, 117, 40, 50)[..., None], 0, backdrop).astype(np.uint8)
    found = align_to_hole(region, photo, recompressed(seen), [Guess(similarity())])
    assert found is not None
    np.testing.assert_allclose(found.matrix[:, :2], truth[:, :2], atol=0.01)
    center = np.array([150, 120, 1])
    np.testing.assert_allclose(found.matrix @ center, truth @ center, atol=0.4)
    assert align_to_hole(region, photo, backdrop, [Guess(similarity())]) is None


@pytest.mark.parametrize("fill", ["black", "#3060a0"])
def test_a_mirrored_picture_is_refused(fill, hopper, parts):
    """No similarity mirrors, so the original can never fit."""
    concealed = pipeline.hide(hopper, pipeline.Concealment(fill=Fill.parse(fill)), parts)
    with pytest.raises(CannotAlign):
        placed(concealed, concealed.masked.pixels[:, ::-1], parts)


def test_a_search_asked_twice_finds_what_two_searches_find(hidden_astronaut):
    masked = hidden_astronaut.masked
    (region,) = regions(masked.mask, hidden_astronaut.hidden_faces)
    edited = moved(masked.pixels, TURNED, 512, 512)
    search = HoleSearch(region, masked, Pyramid(edited))
    for guess in (Guess(similarity()), Guess(TURNED)):
        again = align_to_hole(region, masked, edited, [guess])
        assert np.array_equal(search.aligned([guess]).matrix, again.matrix)
