import cv2
import numpy as np
import pytest
from tests.core.test_fill_hole import HOLE, NEW, patch, scene
from tests.doubles.scenes import oval

from privateedit.core.observed_matte import cut_off, seen_through

OLD = np.array([40, 160, 60], np.uint8)
SIGN = oval(200, 200, 158, 80, 16, 14)  # beside the head, half in the hole; the guess takes it for the person
EVERYWHERE = np.ones((200, 200), np.float32)


def solved(keeps_sign):
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    original[SIGN] = 30
    if keeps_sign:
        edited[SIGN] = 30
    edited[HOLE] = 0
    both = patch(original, edited, body | SIGN)
    clear = ~HOLE & (cv2.dilate(HOLE.astype(np.uint8), np.ones((7, 7))) == 0)
    matte = seen_through(both, both.original, clear, EVERYWHERE)
    return matte.alpha, body


def test_a_sign_that_was_replaced_beside_the_hole_is_no_person_inside_either():
    alpha, body = solved(keeps_sign=False)
    inside = SIGN & HOLE & ~cv2.dilate(body.astype(np.uint8), np.ones((9, 9))).astype(bool)
    assert inside.sum() > 60
    assert np.median(alpha[inside]) < 0.3
    assert alpha[cv2.erode(body.astype(np.uint8), np.ones((9, 9))) > 0].min() > 0.9


def test_what_was_kept_beside_the_hole_is_kept_inside():
    alpha, _ = solved(keeps_sign=True)
    assert alpha[SIGN & HOLE].mean() > 0.9


@pytest.mark.parametrize("area", ["visible", "hidden"])
def test_alpha_stays_between_nobody_and_somebody(area):
    alpha, _ = solved(keeps_sign=False)
    part = alpha[HOLE if area == "hidden" else ~HOLE]
    assert part.min() >= 0
    assert part.max() <= 1


CROWN = oval(200, 200, 100, 45, 22, 16)  # hair that stands out above the hole


@pytest.mark.parametrize("where", ["above", "beside"])
def test_only_a_crown_that_the_editor_cut_off_is_put_back(where):
    original, body = scene(OLD)
    edited, _ = scene(NEW)
    hair = CROWN if where == "above" else SIGN
    original[hair] = 30
    edited[HOLE] = 0
    both = patch(original, edited, body | hair)
    clear = ~HOLE & (cv2.dilate(HOLE.astype(np.uint8), np.ones((7, 7))) == 0)
    lost = cut_off(both, both.original, clear, EVERYWHERE, reach=12)
    outside = hair & clear
    assert outside.sum() > 60
    assert lost[outside].mean() > 0.9 if where == "above" else not lost.any()
    assert not cut_off(both, both.original, clear, EVERYWHERE, reach=4).any()
    edited[hair & ~HOLE] = 30
    kept = patch(original, edited, body | hair)
    assert not cut_off(kept, kept.original, clear, EVERYWHERE, reach=12).any()
