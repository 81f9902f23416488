from dataclasses import replace

import cv2
import numpy as np
import pytest
from tests.doubles.ports import Nobody
from tests.doubles.scenes import box_face, masked, moved, noise, oval, scenery, similarity

from privateedit.core.align import Alignment
from privateedit.core.grade import Grade
from privateedit.core.learn_look import (
    came_back_otherwise,
    learn_look,
    only_dyed,
    registered,
    style_of,
    well_told,
    with_shading,
)
from privateedit.core.light import Light
from privateedit.core.look import Look
from privateedit.core.overlap import Overlap, Scene
from privateedit.core.patch import patch_of
from privateedit.core.photo import Photo
from privateedit.core.place import Placement
from privateedit.core.preview import preview
from privateedit.core.region import regions
from privateedit.core.similarity import transform
from privateedit.core.texture import Texture

PIXELS = scenery() // 2 + 40
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)
PHOTO = Photo(PIXELS)


def side(pixels, slope=0.3):
    columns = (np.arange(pixels.shape[1]) + 0.5 - 150) / 60
    return np.clip(pixels * np.exp(slope * columns)[None, :, None], 0, 255).astype(np.uint8)


def warm(pixels):
    return np.clip(pixels * np.float32([1.15, 1, 0.85]), 0, 255).astype(np.uint8)


def placed(regime="hole", faces=(), sent=SENT):
    (region,) = regions(sent.mask, faces)
    return Placement(region, region.faces, Alignment(similarity(), regime, 0.0), similarity())


def learned(edited, **options):
    scene = Scene(PHOTO, SENT, edited, np.ones((60, 80), np.float32))
    patch = patch_of(PHOTO, HIDDEN, edited, placed(), Nobody(1.0))
    return learn_look(scene, placed(), patch, **options), patch


def test_an_unchanged_picture_has_no_look():
    assert learned(SENT.pixels)[0].is_plain


@pytest.mark.parametrize(
    "edit", [warm, side, lambda pixels: warm(side(pixels))], ids=["warm", "side", "both"]
)
def test_the_hidden_part_looks_as_the_edit_would_have_made_it(edit):
    look, patch = learned(edit(SENT.pixels))
    rows, columns = patch.window
    expected = edit(PIXELS)[rows, columns].astype(np.float32)
    made = look.apply(patch.original)
    assert np.abs(made - expected)[patch.hole].mean() < 2.5
    assert np.abs(patch.original - expected)[patch.hole].mean() > 5


def test_one_grade_is_no_light():
    look, _ = learned(warm(SENT.pixels))
    assert look.light.is_unchanged
    assert look.style is None


@pytest.mark.parametrize("seed", [5, 6])
def test_another_picture_teaches_nothing(seed):
    assert learned(scenery(seed=seed))[0].is_plain


@pytest.mark.parametrize("right", ["alignment", "frame"])
def test_outlines_tell_where_the_scene_went_when_its_features_did_not(right):
    """A drawing has no feature of the photo's; the frame is then but a guess."""
    true, other = similarity(x=9, y=-7), similarity()
    edited = moved(SENT.pixels, true, *PIXELS.shape[:2])
    bright = edited.astype(np.float32) @ np.float32([0.299, 0.587, 0.114])
    lines = np.clip(255 * bright / (cv2.GaussianBlur(bright, (0, 0), 3) + 1), 0, 255).astype(np.uint8)
    scene = Scene(PHOTO, SENT, np.repeat(lines[..., None], 3, 2), np.ones((60, 80), np.float32))
    (region,) = regions(SENT.mask, (box_face(120, 80, 180, 160),))
    frame, matrix = (other, true) if right == "alignment" else (true, other)
    for regime in ("face", "hole"):
        placement = Placement(region, region.faces, Alignment(matrix, regime, 0.0), frame)
        expected = true if regime == "face" else frame
        np.testing.assert_allclose(registered(scene, placement).frame, expected, atol=1e-6)


def drawn_astronaut(astronaut, hidden_astronaut, astronaut_face, around, across):
    """Somebody whose left is lit is drawn into the hole; `around` is what is left of the scene."""
    sent = hidden_astronaut.masked
    middle = transform(similarity(), np.array([astronaut_face.box.center]))[0][0]
    columns = (np.arange(512) + 0.5 - middle) / 100
    lit = np.clip(astronaut.pixels * 0.5 * np.exp(across * columns)[None, :, None], 0, 255)
    edited = np.where(sent.mask.hidden[..., None], lit, around).astype(np.uint8)
    placement = placed("face", (astronaut_face,), sent)
    patch = patch_of(astronaut, sent.mask.hidden, edited, placement, Nobody(1.0))
    scene = Scene(astronaut, sent, edited, np.ones((64, 64), np.float32))
    look = with_shading(Look(patch.window), scene, placement, preview(patch, placement, 256))
    return look, patch, placement


def test_a_drawn_face_tells_the_light_where_nothing_else_is_left(astronaut, hidden_astronaut, astronaut_face):
    other = scenery(512, 512, 9)
    look, patch, placement = drawn_astronaut(astronaut, hidden_astronaut, astronaut_face, other, -0.8)
    assert not look.shading.is_unchanged
    face = preview(patch, placement, 4000).face
    gain = look.apply(np.full_like(patch.original, 100))
    columns = np.nonzero(face)[1]
    left, right = face.copy(), face.copy()
    left[:, int(np.median(columns)) :] = False
    right[:, : int(np.median(columns))] = False
    assert gain[left].mean() > 103
    assert gain[right].mean() < 97
    assert gain[face].mean() == pytest.approx(100, abs=3)


def test_surroundings_in_their_old_light_tell_better(astronaut, hidden_astronaut, astronaut_face):
    around = hidden_astronaut.masked.pixels
    look, *_ = drawn_astronaut(astronaut, hidden_astronaut, astronaut_face, around, -0.8)
    assert look.shading.is_unchanged


def test_style_can_be_left_out(small_astronaut, hidden_small_astronaut):
    bright = small_astronaut.pixels @ np.float32([0.299, 0.587, 0.114])
    drawn = np.clip(bright * 255 / np.maximum(cv2.GaussianBlur(bright, (0, 0), 5), 1), 0, 255)
    sent = hidden_small_astronaut.masked
    edited = np.where(sent.mask.hidden, 0, drawn).astype(np.uint8)
    edited = np.repeat(edited[..., None], 3, 2)
    placement = placed("hole", hidden_small_astronaut.faces, sent)
    patch = patch_of(small_astronaut, sent.mask.hidden, edited, placement, Nobody(1.0))
    scene = Scene(small_astronaut, sent, edited, np.ones((32, 32), np.float32))
    styled = learn_look(scene, placement, patch)
    assert styled.style is not None
    assert styled.style.name == "pencil drawing"
    assert learn_look(scene, placement, patch, style_match=False).style is None


BODY = oval(384, 384, 200, 384, 150, 70)
CLOTH = 30 + scenery(384, 384, 3).astype(np.float32) / 20


def before_walls(cloth, old, new):
    """Somebody in front of an old wall and, unchanged, of a new one."""
    before, after = (np.where(BODY[..., None], cloth, wall) for wall in (old, new))
    seen = np.ones(BODY.shape, np.bool_)
    return Overlap(
        *(each.astype(np.float32) for each in (before, after)),
        visible=seen,
        person=BODY.astype(np.float32),
        face=~seen,
        from_picture=similarity(),
    )


def test_a_new_backdrop_makes_no_drawing_of_the_person(astronaut):
    """Taken together with the wall, the unchanged person would be a drawing."""
    bright = astronaut.pixels[:384, :384].astype(np.float32) @ np.float32([0.299, 0.587, 0.114])
    lines = 255 * np.minimum((bright + 4) / (cv2.GaussianBlur(bright, (0, 0), 3) + 4), 1)
    view = before_walls(CLOTH, astronaut.pixels[:384, :384], lines[..., None])
    styles = [
        style_of(view, names, Grade.identity(), Light.unchanged(), Texture()) for names in ((), ("person",))
    ]
    assert styles[0] is not None
    assert styles[1] is None


def test_an_unchanged_person_outvotes_a_wall_in_another_light():
    darker = Grade(np.column_stack([1.36 * np.eye(3), np.full(3, -86.0)]))
    wall = 220 + scenery(384, 384, 4) / 30
    cloth = 2 * CLOTH
    assert came_back_otherwise(before_walls(cloth, wall, darker.apply(wall)), darker, Light.unchanged())
    both = before_walls(cloth, wall, darker.apply(wall))
    graded = replace(both, after=darker.apply(both.before))
    assert not came_back_otherwise(graded, darker, Light.unchanged())


def test_dyed_clothes_before_an_unchanged_wall_are_no_grade():
    green = Grade(np.column_stack([np.diag([0.5, 1.1, 0.5]), np.zeros(3)]))
    wall = scenery(384, 384, 4).astype(np.float32)
    cloth = 2 * CLOTH
    dyed = before_walls(cloth, wall, wall)
    dyed = replace(dyed, after=np.where(dyed.person[..., None] > 0.5, green.apply(dyed.before), dyed.after))
    assert only_dyed(dyed, green, Light.unchanged())
    assert not only_dyed(replace(dyed, after=green.apply(dyed.before)), green, Light.unchanged())


def test_a_grade_of_everything_is_well_told_and_one_of_another_picture_is_not():
    look, _ = learned(warm(SENT.pixels))
    person = np.repeat(np.float32([[0, 1]]), 40, 1).repeat(60, 0)
    scene = Scene(PHOTO, SENT, warm(SENT.pixels), person)
    assert well_told(look, scene, placed())
    assert not well_told(Look(look.window, Grade(0.4 * look.grade.matrix)), scene, placed())
    other = replace(scene, edited=scenery(*PIXELS.shape[:2], 77))
    assert not well_told(look, other, placed())


def test_clothes_alone_tell_nothing_for_they_may_have_been_dyed(hidden_astronaut, astronaut, astronaut_face):
    look, _ = learned(warm(SENT.pixels))
    clothed = Scene(PHOTO, SENT, warm(SENT.pixels), np.ones((60, 80), np.float32))
    assert not well_told(look, clothed, placed())
    with_skin = Scene(
        astronaut, hidden_astronaut.masked, warm(astronaut.pixels), np.ones((64, 64), np.float32)
    )
    face = placed("face", (astronaut_face,), hidden_astronaut.masked)
    assert well_told(look, with_skin, face)


@pytest.mark.parametrize(
    ("regime", "guess", "shown", "moved"),
    [
        ("face", (31, -17), "scene", True),
        ("face", (0, 0), "scene", False),
        ("hole", (31, -17), "scene", False),
        ("face", (31, -17), "noise", False),
    ],
)
def test_a_frame_that_was_guessed_gives_way_to_the_one_in_which_the_surroundings_are_seen(
    regime, guess, shown, moved
):
    edited = warm(SENT.pixels) if shown == "scene" else noise(*PIXELS.shape[:2], 3)
    guessed = similarity()
    guessed[:, 2] = guess
    placement = replace(placed(regime, (box_face(120, 80, 180, 160),)), frame=guessed)
    scene = Scene(PHOTO, SENT, edited, np.ones((60, 80), np.float32))
    found = registered(scene, placement)
    assert np.array_equal(found.frame, placement.alignment.matrix if moved else guessed)
    assert found.alignment is placement.alignment
