from dataclasses import replace

import numpy as np
import pytest
from tests.doubles.scenes import oval

from privateedit.core.color_difference import lab
from privateedit.core.face_areas import areas_of
from privateedit.core.in_front import drawn_in_front, drawn_over, evenly_lit, stake
from privateedit.core.skin import skin_of

SKIN, HAIR, BLOND, BACKDROP = (205, 160, 140), (45, 32, 25), (190, 160, 100), (120, 140, 170)


@pytest.fixture
def areas(hopper, hopper_face):
    hole = oval(*hopper.pixels.shape[:2], *hopper_face.box.center, 150, 190)
    return areas_of(hopper_face.mesh, hole)


def head(areas, hair=HAIR, fringe=False, beard=False, strand=False):
    """A face of one color below hair; what hangs over it is drawn by the face's own areas."""
    picture = np.full((*areas.hull.shape, 3), BACKDROP, np.float32)
    picture[areas.hull_distance < 0.2 * areas.size] = SKIN
    picture[(areas.down < -0.62) & (areas.hull_distance < 0.4 * areas.size)] = hair
    if fringe:
        picture[(areas.down < -0.35) & areas.hull] = hair
    if beard:
        picture[(areas.down > 0.62) & areas.hull] = hair
    if strand:
        picture[strand_of(areas)] = hair
    return picture


def strand_of(areas):
    """From the hair down the side of the forehead and the cheek."""
    columns = np.nonzero(areas.hull.any(0))[0]
    strand = np.zeros(areas.hull.shape, np.bool_)
    middle = round(columns[0] + 0.12 * len(columns))
    strand[:, middle - 2 : middle + 3] = True
    return strand & (areas.down < 0.45)


def skin(picture, areas):
    return skin_of(lab(picture), areas.cheeks)


def worth(own, drawn, areas, goes_on=0.0):
    return stake(own, drawn, areas, np.full(areas.hull.shape, goes_on, np.float32))


def forehead(areas):
    return areas.hull & (areas.down < -0.4) & (areas.down > -0.6) & ~areas.brows


def jaw(areas):
    return areas.hull & (areas.down > 0.75) & (areas.signed > 0.05 * areas.size)


def test_a_drawn_fringe_is_worth_keeping_and_the_originals_as_well(areas):
    bare, fringed = skin(head(areas), areas), skin(head(areas, fringe=True), areas)
    assert worth(bare, fringed, areas)[forehead(areas)].mean() > 0.05
    assert worth(fringed, bare, areas)[forehead(areas)].mean() < -0.03


def test_the_originals_fringe_gives_way_to_hair_of_another_color(areas):
    fringed, blond = skin(head(areas, fringe=True), areas), skin(head(areas, hair=BLOND), areas)
    assert worth(fringed, blond, areas)[forehead(areas)].mean() > -0.01


def test_where_the_original_goes_on_its_sides_are_worth_more_than_the_strangers(areas):
    bare, bearded = skin(head(areas), areas), skin(head(areas, beard=True, fringe=True), areas)
    beside = (areas.hull_distance > 0.05 * areas.size) & (areas.hull_distance < 0.15 * areas.size)
    beside &= (areas.down > 0.1) & (areas.down < 0.4)
    other = replace(bearded, lab=bearded.lab + np.float32(20))
    assert worth(bare, other, areas)[beside].mean() > 0.03
    assert worth(bare, other, areas, goes_on=1.0)[beside].mean() < 0
    assert worth(bare, bearded, areas, goes_on=1.0)[forehead(areas)].mean() < 0.01


def test_what_covers_skin_is_drawn_over_and_a_beard_is_not(areas):
    bare = skin(head(areas), areas)
    fringed, bearded = (skin(head(areas, **what), areas) for what in ({"fringe": True}, {"beard": True}))
    assert drawn_over(bare, fringed, areas)[forehead(areas)].mean() > 0.8
    assert drawn_over(bare, bearded, areas)[jaw(areas)].max() < 0.3
    assert drawn_over(bare, bare, areas)[areas.hull].max() < 0.1


def test_beards_go_with_the_original(areas):
    bare, bearded = skin(head(areas), areas), skin(head(areas, beard=True), areas)
    for own, drawn in ((bare, bearded), (bearded, bare)):
        assert worth(own, drawn, areas)[jaw(areas)].mean() < -0.05


def test_a_strand_that_was_drawn_stays_in_front_outside_the_core(areas):
    bare, stranded = skin(head(areas), areas), skin(head(areas, strand=True), areas)
    shown = areas.hull & (areas.down > -0.6)
    front = drawn_in_front(bare, stranded, areas, shown)
    strand = strand_of(areas) & shown & (areas.down < -0.2)
    off_core = strand & ~areas.inner & ~areas.brows
    assert front[off_core].max() > 0.8
    assert not front[~shown].any()
    assert not front[areas.inner].any()
    assert front[shown & ~strand_of(areas)].mean() < 0.01


def test_neither_beard_nor_brow_nor_a_mole_stays_in_front(areas, hopper_face):
    bare, bearded = skin(head(areas), areas), skin(head(areas, beard=True), areas)
    assert drawn_in_front(bare, bearded, areas, areas.hull)[jaw(areas)].max() < 0.3
    picture = head(areas)
    picture[areas.brows] = HAIR
    x, y = hopper_face.mesh[10] * 0.7 + hopper_face.mesh[151] * 0.3
    picture[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2] = HAIR
    shown = areas.hull & (areas.down > -0.62)
    assert drawn_in_front(bare, skin(picture, areas), areas, shown).max() == 0


def test_nothing_stays_in_front_of_a_bare_face(areas):
    bare = skin(head(areas), areas)
    assert not drawn_in_front(bare, bare, areas, areas.hull & (areas.down > -0.6)).any()


def test_hard_light_is_told_from_even_light(areas):
    bare = skin(head(areas), areas)
    picture = head(areas)
    picture[:, : round(np.nonzero(areas.hull)[1].mean())] *= 0.15
    half = skin(picture, areas)
    assert evenly_lit(bare, bare, areas) == 1
    assert evenly_lit(bare, half, areas) < 0.3
    assert not drawn_in_front(bare, half, areas, areas.hull).max() > 0.3


def test_in_hard_light_the_forehead_is_the_originals(areas):
    bare = skin(head(areas), areas)
    picture = head(areas, fringe=True)
    picture[:, : round(np.nonzero(areas.hull)[1].mean())] *= 0.15
    assert worth(bare, skin(picture, areas), areas)[forehead(areas)].mean() < 0
