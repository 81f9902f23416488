import pytest

from privateedit import choices
from privateedit.audit.grid import CONTEXT, DEFAULT, GRIDS, QUICK, Kind, preset
from privateedit.core.concealment import Under
from privateedit.core.cover import Coverage
from privateedit.core.trust import Trust
from privateedit.settings import Settings


@pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS)
def test_every_grid_has_the_presets_one_that_must_fail_and_the_baseline(grid):
    names = [case.name for case in grid]
    assert len(set(names)) == len(names)
    assert len({case.key for case in grid}) == len(grid)
    assert {*Trust, "see-through black 0.95", "eyes black", CONTEXT.name} <= set(names)


def test_the_default_grid_spans_coverage_fill_opacity_and_what_is_under():
    made = [case.concealment for case in DEFAULT]
    assert {each.coverage for each in made} == set(Coverage)
    assert {each.under for each in made} == set(Under)
    assert {each.fill.text for each in made} >= {"black", "noise"}
    assert len({each.opacity for each in made}) >= 6
    assert len(QUICK) < len(DEFAULT) / 2


@pytest.mark.parametrize("trust", Trust)
def test_a_preset_is_what_a_user_gets(trust):
    chosen = choices.concealment_of({"trust": str(trust)}, Settings())
    assert preset(trust).concealment.settings() == chosen.settings()


def test_only_see_through_faces_are_exposed():
    for case in DEFAULT:
        assert case.concealment.exposes == (case.kind is Kind.EXPOSED)


def test_the_baseline_hides_more_than_the_head():
    assert CONTEXT.concealment.coverage is Coverage.HEAD
    assert CONTEXT.concealment.grow > preset(Trust.NONE).concealment.grow
