from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import about, box_face, noise, oval, scenery, similarity

from privateedit import pipeline
from privateedit.core.align import Alignment
from privateedit.core.edit import Instruction
from privateedit.core.face_areas import areas_of
from privateedit.core.harmonize import Grade
from privateedit.core.matte import Matte
from privateedit.core.patch import Patch
from privateedit.core.replace_face import over_stranger

FACE = box_face(60, 50, 140, 150)


def patch(edited, original):
    hole = oval(200, 200, 100, 100, 60, 70)
    matte = Matte(np.ones((200, 200), np.float32), original, original, True)
    return Patch(
        window=(slice(0, 200), slice(0, 200)),
        edited=edited.astype(np.float32),
        original=original.astype(np.float32),
        hole=hole,
        visible=~hole,
        find_matte=lambda: matte,
        size=float(np.sqrt(hole.sum())),
    )


def test_the_middle_is_the_original_and_nothing_changes_outside_the_hole():
    edited, original = noise(200, 200, 1), noise(200, 200, 2)
    both = patch(edited, original)
    done = over_stranger(both, Grade.identity(), FACE, Alignment(similarity(), "face", 0.01))
    assert done.dtype == np.uint8
    assert np.array_equal(done[~both.hole], edited[~both.hole])
    middle = oval(200, 200, 100, 100, 12, 15)
    apart = np.abs(done[middle].astype(int) - original[middle])
    assert apart.max() <= 1
    assert (apart == 0).mean() > 0.95


def test_the_original_is_graded_first():
    edited, original = np.full((200, 200, 3), 80, np.uint8), np.full((200, 200, 3), 100, np.uint8)
    warm = Grade(np.array([[1.2, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0.8, 0]]))
    done = over_stranger(patch(edited, original), warm, FACE, Alignment(similarity(), "face", 0.01))
    assert np.abs(done[100, 100].astype(int) - (120, 100, 80)).max() <= 1
    assert done[0, 0].tolist() == [80, 80, 80]


def test_the_stranger_gives_way_to_the_original(stranger_editor, sealed_astronaut, parts):
    concealed = sealed_astronaut.concealed
    returned = stranger_editor().edit(sealed_astronaut.payload, Instruction("x"))
    restored = pipeline.restore(concealed, returned, parts)
    (report,) = restored.report.faces
    assert report.regime == "face"
    changed = (restored.pixels != returned.pixels).any(2)
    assert changed[concealed.masked.mask.hidden].mean() > 0.3
    (stranger,), (after,) = (parts.detector.detect(each.pixels) for each in (returned, restored))
    apart = np.linalg.norm(after.mesh[[33, 263]] - stranger.mesh[[33, 263]], axis=1)
    assert apart.max() < 0.05 * stranger.box.height


SIDE = 240
HEAD = (120, 120)
SKIN, BACKDROP = (200, 155, 135), (90, 110, 140)


def a_mesh(astronaut_face, wide=1.0):
    """A real mesh in the middle of a small picture, its lower half `wide` times as wide."""
    mesh = astronaut_face.mesh.astype(np.float64)
    mesh = (mesh - mesh.mean(0)) * (100 / np.ptp(mesh[:, 1])) + HEAD
    lower = np.clip((mesh[:, 1] - 110) / 30, 0, 1)
    mesh[:, 0] = HEAD[0] + (mesh[:, 0] - HEAD[0]) * (1 + (wide - 1) * lower)
    return replace(astronaut_face, landmarks=mesh.astype(np.float32))


def a_head(face, skin=SKIN, backdrop=BACKDROP):
    picture = np.full((SIDE, SIDE, 3), backdrop, np.float32)
    hull = cv2.convexHull(face.mesh)[:, 0]
    hull = HEAD + (hull - HEAD) * 1.03
    ink = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillConvexPoly(ink, np.rint(hull).astype(np.int32), 255)
    alpha = cv2.GaussianBlur(ink, (0, 0), 1.0)[..., None] / np.float32(255)
    grain = np.random.default_rng(5).normal(0, 2, (SIDE, SIDE, 1))
    return np.clip(picture + alpha * (np.float32(skin) - picture) + grain, 0, 255).astype(np.uint8)


def a_patch(edited, original, hole):
    matte = Matte(np.zeros(hole.shape, np.float32), original, original, False)
    window = (slice(0, SIDE), slice(0, SIDE))
    pictures = (edited.astype(np.float32), original.astype(np.float32))
    return Patch(window, *pictures, hole, ~hole, lambda: matte, float(np.sqrt(hole.sum())))


HOLE = oval(SIDE, SIDE, *HEAD, 85, 92)
HERE = Alignment(similarity(), "face", 0.01)


@pytest.mark.parametrize("wide", [0.85, 1.15])
def test_the_jaw_is_the_originals_whether_the_drawn_one_was_wider_or_narrower(astronaut_face, wide):
    own, drawn = a_mesh(astronaut_face), a_mesh(astronaut_face, wide)
    original, edited = a_head(own), a_head(drawn)
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, drawn)
    skin = [picture[..., 0].astype(int) > 145 for picture in (original, edited, done)]
    jaw = slice(130, 165)
    before = np.count_nonzero(skin[1][jaw] ^ skin[0][jaw])
    assert before > 300
    assert np.count_nonzero(skin[2][jaw] ^ skin[0][jaw]) < 0.2 * before


def test_no_rim_of_another_skin_is_left_and_the_backdrop_keeps_its_color(astronaut_face):
    own = a_mesh(astronaut_face)
    original, edited = a_head(own), a_head(own, skin=(110, 70, 50))
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, own)
    face = cv2.erode((original[..., 0] > 145).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.abs(cv2.blur(done, (3, 3)).astype(int) - SKIN)[face].max() < 25
    beyond = cv2.dilate((original[..., 0] > 120).astype(np.uint8), np.ones((7, 7), np.uint8)) == 0
    assert np.abs(cv2.blur(done, (3, 3)).astype(int) - BACKDROP)[beyond].max() < 12


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**16),
    st.floats(0.7, 1.3),
    st.integers(-30, 30),
    st.integers(20, 110),
    st.none() | st.floats(0, 1),
)
def test_whatever_was_drawn_the_core_is_the_originals_and_outside_is_the_editors(
    astronaut_face, seed, wide, shift, hidden, blend
):
    own, drawn = a_mesh(astronaut_face), a_mesh(astronaut_face, wide)
    original, edited = scenery(SIDE, SIDE, seed), noise(SIDE, SIDE, seed)
    hole = oval(SIDE, SIDE, HEAD[0] + shift, HEAD[1], hidden, hidden)
    alignment = Alignment(about(HEAD, 1.0, shift / 3), "face", 0.01)
    done = over_stranger(a_patch(edited, original, hole), Grade.identity(), own, alignment, drawn, blend)
    assert np.array_equal(done[~hole], edited[~hole])
    core = oval(SIDE, SIDE, *HEAD, 14, 16) & (
        oval(SIDE, SIDE, HEAD[0] + shift, HEAD[1], hidden - 14, hidden - 14)
    )
    if hidden > 60:
        assert core.any()
    assert np.array_equal(done[core], original[core])


def core_of(face):
    inner = areas_of(face.mesh, HOLE).inner
    return cv2.erode(inner.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0


@settings(max_examples=15, deadline=None)
@given(st.floats(0, 1), st.sampled_from(["drawn", "nobody", "as it was"]))
def test_however_soft_the_blend_the_whole_core_stays_the_originals(astronaut_face, blend, kind):
    own = a_mesh(astronaut_face)
    original = a_head(own)
    edited = {
        "drawn": a_head(own, skin=(110, 70, 50)),
        "nobody": np.full_like(original, (60, 140, 60)),
        "as it was": np.clip(original.astype(int) + 4, 0, 255).astype(np.uint8),
    }[kind]
    drawn = None if kind == "nobody" else own
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, drawn, blend)
    core = core_of(own)
    assert core.sum() > 2000
    assert np.array_equal(done[core], original[core])
    assert np.array_equal(done[~HOLE], edited[~HOLE])


@pytest.mark.parametrize("around", [BACKDROP, (60, 140, 60)])
def test_a_softer_blend_has_a_wider_ring(astronaut_face, around):
    own = a_mesh(astronaut_face)
    original = a_head(own)
    if around == BACKDROP:  # the seam lies at the outline, where the original goes on
        edited = np.clip(original.astype(int) + 4, 0, 255).astype(np.uint8)
    else:
        edited = np.full_like(original, around)
    rings = []
    for blend in (0, 0.5, 1):
        done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, None, blend)
        rings.append(np.count_nonzero((done != original).any(2)[HOLE]))
    if around == BACKDROP:
        assert rings == sorted(set(rings))
        assert rings[2] > 1.3 * rings[0]
    else:
        assert len(set(rings)) == 3


def test_a_drawn_brim_and_strand_stay_in_front_of_the_forehead(astronaut_face):
    own = a_mesh(astronaut_face)
    original, edited = a_head(own), a_head(own)
    top = int(own.mesh[10, 1])
    brim = np.zeros((SIDE, SIDE), np.bool_)
    brim[top - 30 : top + 12, 40:200] = True
    edited[brim] = (30, 60, 30)
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, own)
    kept = np.abs(done.astype(int) - (30, 60, 30)).max(2) < 25
    inner = brim & HOLE
    inner[top + 8 :] = False
    assert kept[inner].mean() > 0.95


def beside(face):
    """An ear, and hair above: the original's own, wider than any face's outline."""
    ink = np.zeros((SIDE, SIDE), np.uint8)
    hull = cv2.convexHull(face.mesh)[:, 0]
    cv2.fillConvexPoly(ink, np.rint(HEAD + (hull - HEAD) * 1.2).astype(np.int32), 1)
    cv2.fillConvexPoly(ink, np.rint(HEAD + (hull - HEAD) * 1.05).astype(np.int32), 0)
    return ink.astype(bool)


@pytest.mark.parametrize("came_back", [True, False])
def test_hair_and_ears_are_the_originals_where_all_around_came_back_as_it_was(astronaut_face, came_back):
    own = a_mesh(astronaut_face)
    original, edited = a_head(own), a_head(own, skin=(110, 70, 50))
    original[beside(own)] = (30, 80, 40)
    if not came_back:
        edited[~HOLE] = (200, 60, 60)
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, own)
    kept = (np.abs(done.astype(int) - original).max(2) < 12)[beside(own) & HOLE].mean()
    assert kept > 0.95 if came_back else kept < 0.5
    assert np.array_equal(done[~HOLE], edited[~HOLE])


def test_a_slight_change_of_light_around_leaves_no_line(astronaut_face):
    own = a_mesh(astronaut_face)
    original, edited = a_head(own), a_head(own)
    edited = np.clip(edited.astype(int) + 4, 0, 255).astype(np.uint8)
    edited[HOLE & (edited[..., 0] < 145)] = (20, 20, 20)  # somebody's long hair
    done = over_stranger(a_patch(edited, original, HOLE), Grade.identity(), own, HERE, own)
    smooth = cv2.GaussianBlur(done.astype(np.float32), (0, 0), 1.5)
    rim = HOLE & ~oval(SIDE, SIDE, *HEAD, 82, 89)
    assert np.abs(smooth[rim] - (np.float32(BACKDROP) + 4)).mean() < 2.5


def test_a_face_with_nothing_hidden_changes_nothing(astronaut_face):
    own = a_mesh(astronaut_face)
    edited = noise(SIDE, SIDE)
    nothing = np.zeros((SIDE, SIDE), np.bool_)
    done = over_stranger(a_patch(edited, a_head(own), nothing), Grade.identity(), own, HERE, own)
    assert np.array_equal(done, edited)
