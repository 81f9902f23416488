import numpy as np
from tests.doubles.scenes import noise, oval

from privateedit.core.color_difference import lab
from privateedit.core.skin import beard_of, skin_of, tone_change, toned

SHAPE = (120, 120)
FACE = oval(*SHAPE, 60, 60, 40, 50)
CHEEKS = oval(*SHAPE, 60, 60, 30, 20)
SKIN, HAIR, GREY = (205, 160, 140), (40, 30, 25), (180, 185, 190)


def head(skin=SKIN, background=GREY):
    picture = np.full((*SHAPE, 3), background, np.float32)
    picture[FACE] = skin
    return picture


def test_skin_is_found_by_the_cheeks_color_even_in_uneven_light():
    light = np.linspace(0.7, 1.1, 120, dtype=np.float32)[None, :, None]
    skin = skin_of(lab(head() * light), CHEEKS)
    assert skin.share[FACE].min() > 0.9
    assert skin.share[~FACE].max() < 0.1


def test_hair_over_the_cheeks_does_not_become_skin():
    picture = head()
    lock = np.zeros(SHAPE, np.bool_)
    lock[:, 30:42] = True
    picture[lock] = HAIR
    skin = skin_of(lab(picture), CHEEKS)
    assert skin.share[lock].max() < 0.1
    assert skin.share[FACE & ~lock].min() > 0.9


def test_without_cheeks_nothing_is_skin():
    assert skin_of(lab(head()), np.zeros(SHAPE, np.bool_)).share.max() == 0


def test_a_beard_is_told_from_a_bare_chin():
    chin = FACE & (np.arange(120)[:, None] > 80)
    bare = skin_of(lab(head()), CHEEKS)
    assert beard_of(bare, chin).max() == 0
    picture = head()
    picture[chin] = HAIR
    found = beard_of(skin_of(lab(picture), CHEEKS), chin)
    assert found[chin].min() > 0.9
    assert found[~chin].max() < 0.1


def test_a_change_of_tone_turns_one_skin_into_the_other():
    dark, fair = head((120, 80, 60)), head((190, 140, 110))
    change = tone_change(*(skin_of(lab(each), CHEEKS) for each in (fair, dark)))
    assert np.abs(toned(dark, change)[FACE] - fair[FACE]).max() < 3


def test_a_beard_does_not_change_the_tone():
    """A dark chin on one side must not make the neck glow."""
    bearded = head()
    bearded[(np.arange(120)[:, None] > 76) & FACE] = HAIR
    change = tone_change(*(skin_of(lab(each), CHEEKS) for each in (head(), bearded)))
    assert np.abs(change).max() < 0.05


def test_a_change_of_tone_is_bounded_and_finite_for_anything():
    nobody = np.zeros(SHAPE, np.bool_)
    for first in (head((255, 255, 255)), noise(*SHAPE).astype(np.float32)):
        for area in (CHEEKS, nobody):
            change = tone_change(skin_of(lab(first), area), skin_of(lab(head((0, 0, 0))), area))
            assert np.isfinite(change).all()
            assert np.abs(change).max() <= 0.9 + 1e-6


def test_no_change_of_tone_changes_nothing():
    picture = noise(*SHAPE).astype(np.float32)
    assert np.abs(toned(picture, np.zeros((30, 30, 3), np.float32)) - picture).max() < 1e-3
