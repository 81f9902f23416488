from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.audit.restore_scenarios import SCENARIOS, Answer, Family, Frame, Recipe, chosen, recipe
from privateedit.errors import InputError

every_scenario = st.sampled_from(SCENARIOS)


def test_names_are_unique_and_begin_with_the_family():
    assert len({each.name for each in SCENARIOS}) == len(SCENARIOS)
    assert all(each.name.startswith(f"{each.family}/") for each in SCENARIOS)
    assert {each.family for each in SCENARIOS} == set(Family)


def test_only_refusals_have_no_right_result():
    refused = {each.name for each in SCENARIOS if each.must_refuse}
    assert refused == {each.name for each in SCENARIOS if each.family is Family.REFUSAL}
    assert {"refusal/turned", "refusal/patch", "refusal/unrelated", "refusal/mirrored-hole"} <= refused


def test_families_and_names_can_be_chosen():
    assert chosen(()) == SCENARIOS
    assert {each.family for each in chosen(["style", "hole/same"])} == {Family.STYLE, Family.HOLE}
    assert [each.name for each in chosen(["hole/same"])] == ["hole/same"]
    with pytest.raises(InputError, match="families are: hole, face"):
        chosen(["holes"])


@given(every_scenario, st.text(max_size=8), st.integers(0, 9))
def test_a_recipe_can_be_repeated(scenario, photo, seed):
    one, two = (recipe(scenario, photo, seed) for _ in range(2))
    assert one == two
    assert one.generator().random() == two.generator().random()


def test_another_photo_or_seed_is_another_recipe():
    scenario = chosen(["face/everything"])[0]
    different = {recipe(scenario, photo, seed) for photo in "ab" for seed in (0, 1)}
    assert len(different) == 4


@given(every_scenario, st.text(max_size=8))
def test_what_a_scenario_leaves_alone_is_left_alone(scenario, photo):
    plan = recipe(scenario, photo, 0)
    assert bool(plan.backdrop) == scenario.backdrop
    assert bool(plan.grade) == scenario.grade
    assert (plan.stops > 0) == scenario.light
    assert (plan.softness > 0) == (plan.enlarged < 1) == scenario.soft
    assert bool(plan.style) == scenario.style
    assert (plan.aspect is not None) == (scenario.frame is Frame.ASPECT)
    assert plan.turn == 0 or scenario.frame is Frame.MOVED
    if scenario.frame is Frame.SAME:
        assert (plan.zoom, plan.shift) == (1.0, (0.0, 0.0))


def test_the_choices_are_told():
    plan = recipe(chosen(["hole/everything"])[0], "photo.jpg", 3)
    for fact in (plan.grade, f"{plan.backdrop} backdrop", f"JPEG {plan.quality}", "stops", "degrees"):
        assert fact in plan.choices
    assert set(recipe(chosen(["hole/same"])[0], "photo.jpg", 3).choices.split(", ")) >= {"1.00x"}


def test_every_field_of_a_recipe_is_explained():
    explained = Recipe.__doc__.split("Attributes:")[1]
    assert all(each.name in explained for each in fields(Recipe))


def test_answers_are_what_may_stand_in_a_hole():
    assert {each.answer for each in SCENARIOS} == set(Answer)
