import cv2
import numpy as np
import pytest
from tests.doubles.scenes import box_face, masked, oval, recompressed, scenery, similarity

from privateedit.core.overlap import Scene, kept, same_scene
from privateedit.core.photo import Photo

PIXELS = scenery()
HIDDEN = oval(240, 320, 150, 120, 30, 40)
SENT = masked(PIXELS, HIDDEN)
PERSON = np.zeros((60, 80), np.float32)
PERSON[:, 20:55] = 1


def scene(edited, person=PERSON):
    return Scene(Photo(PIXELS), SENT, edited, person)


def whole(edited, longest=160):
    here = scene(edited)
    return here.overlap(similarity(), None, here.everywhere, longest)


@pytest.mark.parametrize("longest", [100, 160, 256, 320])
def test_an_unchanged_picture_shows_the_same_at_every_size(longest):
    view = whole(SENT.pixels, longest)
    assert max(view.before.shape[:2]) <= longest
    assert np.abs(view.before - view.after)[view.visible].max() <= 2


def test_nothing_hidden_is_visible():
    view = whole(np.where(HIDDEN[..., None], np.uint8(0), PIXELS))
    assert view.after[view.visible].max(1).min() > 20
    assert 0.7 < view.visible.mean() < 0.95


def test_a_moved_frame_is_registered():
    frame = similarity(1.0, 0.0, 20, -10)
    moved = np.zeros_like(PIXELS)
    moved[:230, 20:] = SENT.pixels[10:, :300]
    here = scene(moved)
    view = here.overlap(frame, None, here.everywhere, 320)
    assert np.abs(view.before - view.after)[view.visible].max() == 0
    assert not view.visible[:, :18].any()


def test_a_window_is_seen_at_full_resolution():
    here = scene(SENT.pixels)
    view = here.overlap(similarity(), None, (slice(30, 90), slice(200, 300)), 512)
    assert np.array_equal(view.after, SENT.pixels[30:90, 200:300].astype(np.float32))
    assert np.array_equal(view.before, PIXELS[30:90, 200:300].astype(np.float32))
    assert np.allclose(view.from_picture, [[1, 0, -200], [0, 1, -30]])


def test_person_and_surroundings_are_told_apart():
    sources = whole(SENT.pixels).sources
    assert not (sources["person"] & sources["surroundings"]).any()
    assert sources["person"].any()
    assert sources["surroundings"].any()


@pytest.mark.parametrize("change", ["grade", "jpeg", "nothing"])
def test_what_survived_is_kept(change):
    graded = np.clip(SENT.pixels * np.float32([0.6, 0.5, 0.4]) + 20, 0, 255).astype(np.uint8)
    edited = {"grade": graded, "jpeg": recompressed(SENT.pixels, 60), "nothing": SENT.pixels}[change]
    view = whole(edited)
    assert np.array_equal(kept(view), view.sources["person"] | view.sources["surroundings"])


def test_a_replaced_backdrop_is_not_kept():
    edited = np.array(SENT.pixels)
    edited[:, 240:] = scenery(seed=77)[:, 240:]
    edited[:, :60] = scenery(seed=78)[:, :60]
    view = whole(edited)
    assert np.array_equal(kept(view), view.sources["person"])


def test_another_picture_keeps_nothing():
    assert not kept(whole(scenery(seed=80))).any()


def test_a_drawing_is_of_the_same_scene_and_another_picture_is_not():
    bright = PIXELS @ np.float32([0.299, 0.587, 0.114])
    drawn = 255 - 4 * np.abs(np.gradient(cv2.GaussianBlur(bright, (0, 0), 1))[0])
    sketch = np.repeat(np.clip(drawn, 0, 255).astype(np.uint8)[..., None], 3, 2)
    assert same_scene(whole(np.where(HIDDEN[..., None], 0, sketch).astype(np.uint8)))
    assert same_scene(whole(SENT.pixels))
    assert not same_scene(whole(scenery(seed=80)))


def test_skin_is_told_by_the_faces_own_color(astronaut, astronaut_face, hidden_astronaut, parts):
    photo, sent = astronaut, hidden_astronaut.masked
    person = parts.segmenter.segment(photo.pixels)
    here = Scene(photo, sent, sent.pixels, person)
    view = here.overlap(similarity(), astronaut_face, here.everywhere, 512)
    assert view.face.any()
    assert not (view.skin & ~view.visible).any()
    red, green, blue = view.before[view.skin].mean(0)
    assert red > green > blue
    assert view.skin.mean() < 0.05
    plain = here.overlap(similarity(), box_face(200, 60, 280, 160), here.everywhere, 256)
    assert not plain.skin.any()
