import numpy as np
from tests.doubles.scenes import oval, scenery

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
        matte=Matte(body.astype(np.float32), person, background, True),
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
