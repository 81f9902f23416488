import gc
import math
from weakref import ref

import numpy as np
import pytest
from tests.doubles.scenes import oval, scenery

from privateedit.core.grade import Grade
from privateedit.core.look import Look
from privateedit.core.trial import Trial

PIXELS = scenery(160, 160).astype(np.float32)
AREA = oval(160, 160, 80, 80, 40, 50)
FACE = oval(160, 160, 80, 80, 28, 36)
WINDOW = (slice(0, 160), slice(0, 160))
PLAIN = Look(WINDOW)
DARK = Look(WINDOW, Grade(np.column_stack([0.6 * np.eye(3), np.zeros(3)])))


def trial(around=PIXELS, **known):
    def compose(tried):
        mixed = np.where(AREA[..., None], tried.apply(PIXELS), around)
        return np.clip(np.rint(mixed), 0, 255).astype(np.uint8)

    return Trial(compose, PIXELS, AREA, FACE, **known)


def test_a_seam_is_the_original_s_own_where_nothing_changed():
    where = trial()
    plain, dark = where.of(PLAIN), where.of(DARK)
    assert plain.seam == pytest.approx(plain.native, abs=0.1)
    assert dark.seam > plain.seam + 5
    assert dark.native == plain.native  # the outline is the hole's, whatever the look
    assert not dark.moved


def test_over_something_drawn_the_outline_is_where_the_picture_changed():
    inner = oval(160, 160, 80, 80, 24, 30)
    drawn = np.where(inner[..., None], 255 - PIXELS, PIXELS)
    where = trial(under=drawn)
    assert where.of(PLAIN).moved
    assert where.of(PLAIN).native != trial().of(PLAIN).native


def test_what_is_seen_beside_the_face_says_how_far_a_look_is_off():
    everywhere = np.ones(AREA.shape, np.bool_)
    where = trial(beside=(DARK.apply(PIXELS), everywhere))
    assert where.of(DARK).off < 0.1
    assert where.of(PLAIN).off > 5
    assert math.isnan(trial().of(PLAIN).off)
    assert math.isnan(trial(beside=(PIXELS, ~everywhere)).of(PLAIN).off)


def test_where_skin_is_seen_it_alone_says_how_far_a_look_is_off():
    """Dark hair is dark at night and by day; and a dyed dress is off whatever the look."""
    skin = oval(160, 160, 140, 80, 40, 12)
    came, everywhere = np.where(skin[..., None], DARK.apply(PIXELS), PIXELS), np.ones(AREA.shape, np.bool_)
    blind, seeing = trial(beside=(came, everywhere)), trial(beside=(came, everywhere), skin=lambda: skin)
    assert blind.of(PLAIN).off < 0.1 < blind.of(DARK).off
    assert seeing.of(DARK).off < 0.5
    assert seeing.of(PLAIN).off > 5
    little = trial(beside=(came, everywhere), skin=lambda: oval(160, 160, 140, 80, 2, 2))
    assert little.of(PLAIN).off == blind.of(PLAIN).off
    assert not (seeing.telling[0] & AREA).any()


def test_what_a_look_does_to_the_face_is_told_from_the_face_alone():
    where = trial()
    white = Look(WINDOW, Grade(np.column_stack([np.eye(3), np.full(3, 300.0)])))
    assert where.of(PLAIN).clipped == where.of(PLAIN).forced == 0
    assert where.of(white).clipped > 0.9
    assert where.of(white).forced > 0.9
    assert where.of(PLAIN).like == pytest.approx(1, abs=1e-3)
    assert where.of(DARK).color[FACE][:, 0].mean() < where.of(PLAIN).color[FACE][:, 0].mean() - 10


def test_without_a_recognizer_no_distance_grows():
    assert trial().of(DARK).distance == 0
    assert trial(identity=lambda pixels: float(pixels.mean())).of(DARK).distance > 0


def test_what_is_known_is_not_measured_again():
    where = trial()
    assert where.of(PLAIN) is not where.of(PLAIN)
    where.known[PLAIN] = where.of(PLAIN)
    assert where.of(PLAIN) is where.known[PLAIN]


def test_what_a_look_does_does_not_outlive_its_trial():
    where, working = trial(), gc.isenabled()
    harm = where.known[PLAIN] = where.of(PLAIN)
    gone = ref(where)
    gc.disable()
    try:
        del where
        assert gone() is None
        with pytest.raises(ReferenceError):
            _ = harm.seam
    finally:
        if working:
            gc.enable()
