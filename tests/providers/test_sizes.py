import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.framing import Framing
from privateedit.errors import InputError
from privateedit.providers.sizes import Grid, limited, nearest, within

SIDES = st.integers(16, 9000)
GRID = Grid(16, 655_360, 2560 * 1440, 3840, 3.0)


@given(SIDES, SIDES, st.one_of(st.none(), st.integers(64, 4000)))
def test_a_grid_gives_a_canvas_within_its_bounds(width, height, most):
    found = GRID.fitted(Framing(max_side=most), width, height)
    across, down = found.canvas
    assert across % 16 == down % 16 == 0
    assert GRID.least <= across * down <= GRID.most
    assert max(across, down) <= 3840
    assert max(across, down) <= 3 * min(across, down)


@given(SIDES, SIDES)
def test_a_photo_of_usual_proportions_is_hardly_padded(width, height):
    if max(width, height) > 2.5 * min(width, height):
        return
    found = GRID.fitted(Framing(), width, height)
    rows, columns = found.content(width, height)
    shown = (rows.stop - rows.start) * (columns.stop - columns.start)
    assert shown > 0.94 * found.canvas[0] * found.canvas[1]


@pytest.mark.parametrize(
    ("size", "best"), [((4000, 3000), (1536, 1024)), ((900, 900), (1024, 1024)), ((700, 1200), (1024, 1536))]
)
def test_of_fixed_sizes_the_one_that_shows_most_is_taken(size, best):
    assert nearest(Framing(), *size, [(1024, 1024), (1536, 1024), (1024, 1536)]).canvas == best


def test_a_limit_keeps_proportions_and_a_persons_own_limit():
    assert limited(Framing(), 4000, 3000, 1024) == Framing(max_side=1024)
    assert limited(Framing(max_side=500), 4000, 3000, 1024) == Framing(max_side=500)


@given(SIDES, SIDES)
def test_any_size_within_bounds(width, height):
    bounds = (4096, 9_437_184, 2.5)
    found = within(Framing(), width, height, bounds)
    across, down = found.canvas or (width, height)
    assert 4096 <= across * down <= 9_437_184
    assert min(across, down) >= 64
    assert max(across, down) <= 2.5 * min(across, down)


def test_what_no_size_holds_is_said():
    with pytest.raises(InputError, match="proportions"):
        Grid(16, 655_360, 700_000, 400, 3.0).fitted(Framing(), 100, 100)


@given(SIDES, SIDES)
def test_what_a_grid_gives_it_holds(width, height):
    assert GRID.holds(*GRID.fitted(Framing(), width, height).canvas)


@pytest.mark.parametrize(
    "size", [(1024, 1023), (512, 512), (2560, 1456), (3856, 640), (3000, 304), (1600, 512)]
)
def test_a_size_beside_the_grid(size):
    assert not GRID.holds(*size)
    assert "steps of 16" in str(GRID)
