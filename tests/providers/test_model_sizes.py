import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.framing import Framing
from privateedit.providers.model_sizes import (
    FILL,
    FLUX_2,
    KONTEXT,
    NANO_BANANA,
    NANO_BANANA_2K,
    kontext,
    nano_banana,
    nano_banana_2k,
)

SIDES = st.integers(16, 6000)


def test_every_fixed_size_can_be_turned_except_the_widest_banana():
    assert {(high, wide) for wide, high in KONTEXT} == set(KONTEXT)
    assert {(high, wide) for wide, high in NANO_BANANA} - set(NANO_BANANA) == {(672, 1536)}


def test_fixed_sizes_are_what_the_models_can_draw():
    assert len(set(KONTEXT)) == 17
    for wide, high in (*KONTEXT, *NANO_BANANA):
        assert wide % 16 == high % 16 == 0
        assert 0.95 < wide * high / 1024**2 < 1.05
    assert {(wide // 2, high // 2) for wide, high in NANO_BANANA_2K} == set(NANO_BANANA)


@pytest.mark.parametrize(
    ("frame", "sizes"), [(kontext, KONTEXT), (nano_banana, NANO_BANANA), (nano_banana_2k, NANO_BANANA_2K)]
)
def test_a_photo_gets_the_size_that_is_nearest_to_its_proportions(frame, sizes):
    for size in sizes:
        assert frame(Framing(), 3 * size[0], 3 * size[1]).canvas == size


@given(SIDES, SIDES)
def test_flux_2_gets_sides_that_every_service_takes(width, height):
    framing = FLUX_2.fitted(Framing(), width, height)
    across, down = framing.canvas
    assert across % 16 == down % 16 == 0
    assert across * down <= 4_000_000
    assert 512 <= min(across, down) <= max(across, down) <= 2048
    _not_squashed(framing, width, height)


@given(SIDES, SIDES)
def test_fill_gets_sides_in_which_it_draws_without_scaling(width, height):
    framing = FILL.fitted(Framing(), width, height)
    across, down = framing.canvas
    assert across % 32 == down % 32 == 0
    assert 256 <= min(across, down) <= max(across, down) <= 1440
    _not_squashed(framing, width, height)


def _not_squashed(framing, width, height):
    rows, columns = framing.content(width, height)
    zoom = (columns.stop - columns.start) / width, (rows.stop - rows.start) / height
    # One pixel of rounding a side, unless the side has less than one.
    assert abs(zoom[0] - zoom[1]) <= max(1 / width, 1 / height)
