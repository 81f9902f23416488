import cv2
import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.doubles.scenes import noise, oval, scenery

from privateedit.core.fill_hole import into_hole
from privateedit.core.harmonize import Grade
from privateedit.core.matte import Matte
from privateedit.core.patch import Patch

HEAD, HOLE = oval(200, 200, 100, 100, 40, 50), oval(200, 200, 100, 100, 55, 60)
OLD, NEW = np.array([40, 160, 60], np.uint8), np.array([190, 190, 200], np.uint8)
SKIN = np.array([190, 140, 115], np.uint8)


def scene(backdrop):
    body = HEAD | (oval(200, 200, 100, 220, 70, 90) & (np.mgrid[:200, :200][0] > 120))
    return np.where(body[..., None], SKIN, backdrop).astype(np.uint8), body


def patch(original, edited, body):
    person = np.broadcast_to(SKIN, (200, 200, 3)).copy()
    background = np.broadcast_to(OLD, (200, 200, 3)).copy()
    return Patch(
        window=(slice(0, 200), slice(0, 200)),
        edited=edited.astype(np.float32),
        original=original.astype(np.float32),
        hole=HOLE,
        visible=~HOLE,
        find_matte=lambda: Matte(body.astype(np.float32), person, background, True),
        size=float(np.sqrt(HOLE.sum())),
    )


def test_a_new_backdrop_goes_on_behind_the_person():
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity())
    beside = HOLE & ~body
    assert beside.any()
    assert np.abs(done[beside].astype(int) - NEW).max() <= 8
    assert np.abs(done.astype(int) - OLD).sum(2).min() > 60
    assert np.abs(done[HEAD].astype(int) - SKIN).max() <= 8


def test_an_old_backdrop_stays_bit_for_bit():
    original, body = scene(OLD)
    edited = original.copy()
    edited[HOLE] = 0
    assert np.array_equal(into_hole(patch(original, edited, body), Grade.identity()), original)


def test_only_hole_and_rim_change():
    original = scenery(200, 200)
    edited = np.clip(original.astype(int) + 5, 0, 255).astype(np.uint8)
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, HEAD), Grade.identity())
    far = ~oval(200, 200, 100, 100, 55 + 12, 60 + 12)
    assert np.array_equal(done[far], edited[far])
    seam = HOLE & ~oval(200, 200, 100, 100, 53, 58)
    assert np.abs(done[seam].astype(int) - original[seam] - 5).mean() < 2


def test_a_rim_mixed_with_the_fill_is_replaced_too():
    original = scenery(200, 200)
    edited = original.copy()
    edited[oval(200, 200, 100, 100, 57, 62)] = 0  # two pixels wider than what was hidden
    done = into_hole(patch(original, edited, HEAD), Grade.identity())
    assert done.min() >= 50
    assert np.abs(done.astype(int) - original).max() <= 12


def textured(seed):
    """A backdrop with structure, and the body before it."""
    return scene(scenery(200, 200, seed))


def test_a_strong_grade_leaves_the_texture_of_the_backdrop():
    original, body = textured(3)
    edited = np.clip(original * np.float32([1.25, 1, 0.7]), 0, 255).astype(np.uint8)
    expected = edited.copy()
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity())
    beside = HOLE & ~body
    detail, wanted = (each.astype(np.float32) - cv2.blur(each, (15, 15)) for each in (done, expected))
    assert np.corrcoef(detail[beside].ravel(), wanted[beside].ravel())[0, 1] > 0.8


def test_half_a_backdrop_is_replaced_and_the_other_half_kept():
    original, body = textured(3)
    new, _ = scene(NEW)
    edited = original.copy()
    edited[:, 100:] = new[:, 100:]
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity()).astype(int)
    beside = HOLE & ~body
    left, right = beside.copy(), beside.copy()
    left[:, 80:], right[:, :120] = False, False
    assert np.abs(done[left] - original[left]).mean() < 8
    assert np.abs(done[right] - NEW).mean() < 8


def test_a_drawing_over_the_border_stays_in_front():
    original, body = scene(OLD)
    brim = oval(200, 200, 100, 45, 80, 12)
    edited = original.copy()
    edited[HOLE] = 0
    edited[brim] = (150, 30, 40)
    done = into_hole(patch(original, edited, body), Grade.identity()).astype(int)
    assert np.abs(done[brim] - (150, 30, 40)).max(1).mean() < 4
    below = HOLE & ~cv2.dilate(brim.astype(np.uint8), np.ones((13, 13))).astype(bool)
    assert np.abs(done[below] - original[below]).mean() < 2


BLENDS = st.none() | st.floats(0, 1)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 50), kind=st.sampled_from(["new", "graded", "noise", "drawn"]), blend=BLENDS)
def test_pixels_outside_hole_and_rim_are_those_of_the_edit(seed, kind, blend):
    original, body = textured(seed)
    edited = {
        "new": scene(scenery(200, 200, seed + 1))[0],
        "graded": np.clip(original * 0.8 + 20, 0, 255).astype(np.uint8),
        "noise": noise(200, 200, seed),
        "drawn": np.where(oval(200, 200, 100, 45, 80, 12)[..., None], np.uint8(60), original),
    }[kind]
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity(), blend)
    far = ~oval(200, 200, 100, 100, 55 + 26, 60 + 26)
    assert done.dtype == np.uint8
    assert np.array_equal(done[far], edited[far])


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 50), shift=st.integers(-20, 20), blend=BLENDS)
@example(seed=7, shift=20, blend=0.0)
@example(seed=7, shift=-20, blend=None)
def test_whatever_the_blend_nothing_in_the_hole_moves_and_its_middle_keeps_its_colors(seed, shift, blend):
    original, body = textured(seed)
    edited = np.clip(original.astype(int) + shift, 0, 255).astype(np.uint8)
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity(), blend).astype(int)
    middle = oval(200, 200, 100, 100, 5, 6)
    assert np.array_equal(done[middle], original[middle])
    # All that is added varies slowly: every edge stays where it is, and as sharp. The hardest blend has to
    # make the whole shift within the narrowest ring.
    added = np.where(HOLE[..., None], done - original, 0)[60:140, 60:140]
    steepest = 4 if blend is None or blend >= 0.5 else 2 + 0.45 * abs(shift)
    assert np.abs(np.diff(added, axis=0)).max() <= steepest
    assert np.abs(np.diff(added, axis=1)).max() <= steepest


def test_a_softer_blend_carries_a_change_of_light_farther_inwards():
    original, body = textured(3)
    edited = np.where(HOLE[..., None], 0, original + 12).astype(np.uint8)
    lighter = patch(original, edited, body)
    hard, quarter, half, usual, soft = (
        into_hole(lighter, Grade.identity(), blend).astype(int) for blend in (0, 0.25, 0.5, None, 1)
    )
    reach = [np.count_nonzero((each != original)[HOLE]) for each in (hard, quarter, half, soft)]
    assert reach == sorted(set(reach))
    assert reach[0] < 0.5 * reach[2]
    assert reach[3] > 1.5 * reach[2]
    assert np.array_equal(half, usual)


def test_scraps_of_the_old_backdrop_against_the_hole_go_too():
    """An editor's cutout left some of the old wall, far from anybody."""
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    scrap = (
        HOLE_AND_RIM & ~HOLE & (np.abs(np.mgrid[:200, :200][0] - 100) < 8) & (np.mgrid[:200, :200][1] > 100)
    )
    edited[scrap] = OLD // 2 + NEW // 2  # half blended
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, HEAD | (body & ~HOLE)), Grade.identity())
    beside = np.zeros_like(HOLE)
    beside[85:115, 146:160] = True
    assert scrap[beside].sum() > 30
    assert np.abs(done[beside].astype(int) - NEW).max(1).mean() < 6
    assert np.array_equal(done[:, 170:], edited[:, 170:])


HOLE_AND_RIM = oval(200, 200, 100, 100, 59, 64)


def test_a_neck_is_enough_to_come_back_to():
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    edited[190:] = NEW
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity())
    assert np.abs(done[HEAD].astype(int) - SKIN).max() <= 8


def test_a_large_rest_of_the_old_backdrop_goes_on_into_the_hole_without_an_outline():
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    rest = (np.mgrid[:200, :200][0] < 130) & (np.mgrid[:200, :200][1] > 100) & ~body
    edited[rest] = OLD
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body), Grade.identity())
    across = done[75:95, 142:175].astype(int)
    assert HOLE[75:95, 142:150].all()
    assert not HOLE[75:95, 160:].any()
    assert np.abs(np.diff(across, axis=1)).max() < 12
    assert np.abs(across - OLD).max() < 24


def test_a_crown_that_was_cut_off_comes_back_no_farther_than_a_rim_reaches():
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    crown = oval(200, 200, 100, 45, 22, 12)
    original[crown] = 30
    edited[HOLE] = 0
    done = into_hole(patch(original, edited, body | crown), Grade.identity()).astype(int)
    inside = crown & HOLE & oval(200, 200, 100, 45, 18, 9)
    assert inside.sum() > 50
    assert np.abs(done[inside] - 30).max() < 12
    assert np.abs(done[37, 100] - 30).max() < 12  # above the hole
    far = cv2.distanceTransform((~HOLE).astype(np.uint8), cv2.DIST_L2, 5) > 24
    assert np.array_equal(done[far], edited[far])
