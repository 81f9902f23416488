import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.grade import Grade, ToneCurve

RAMP = np.repeat(np.linspace(0, 255, 200, dtype=np.float32)[:, None], 3, 1)
EVEN = np.ones(len(RAMP))
WARM = Grade(np.array([[1.1, 0, 0, 3.0], [0, 1, 0, 0], [0, 0, 0.8, -2.0]]))
levels = st.floats(0, 255, width=32)


def s_shaped(x):
    part = x / 255
    return 255 * part * part * (3 - 2 * part)


def test_no_strength_changes_nothing_and_full_strength_is_the_grade():
    assert WARM.at(0.0).is_identity
    np.testing.assert_allclose(WARM.at(1.0).apply(RAMP), WARM.apply(RAMP), atol=1e-3)
    assert Grade.identity().at(0.5).is_identity


@given(levels, levels, levels, st.floats(0, 1))
def test_half_a_grade_lies_between(red, green, blue, strength):
    pixel = np.float32([[[red, green, blue]]])
    expected = pixel + strength * (WARM.apply(pixel) - pixel)
    np.testing.assert_allclose(WARM.at(strength).apply(pixel), expected, atol=1e-3)


def test_a_curve_of_contrast_is_found():
    curve = ToneCurve.fitted(RAMP, s_shaped(RAMP), EVEN)
    assert curve is not None
    assert np.abs(curve.apply(RAMP) - s_shaped(RAMP))[10:-10].max() < 8
    assert curve.at(0.0).apply(RAMP) == pytest.approx(RAMP, abs=1e-2)


def test_a_straight_line_needs_no_curve():
    assert ToneCurve.fitted(RAMP, RAMP, EVEN) is None
    assert Grade.identity().with_curve(None).is_identity


@given(st.integers(0, 2**31))
def test_a_curve_always_rises(seed):
    random = np.random.default_rng(seed)
    after = random.uniform(0, 255, RAMP.shape).astype(np.float32)
    curve = ToneCurve.fitted(RAMP, after, EVEN)
    if curve is not None:
        assert (np.diff(curve.apply(RAMP[:, 0])) > 0).all()


def test_a_curve_goes_on_beyond_black_and_white():
    curve = ToneCurve.fitted(RAMP, s_shaped(RAMP), EVEN)
    low, white, high = curve.apply(np.float32([-20, 255, 280]))
    assert low < curve.apply(np.float32([0]))[0]
    assert high > white


@pytest.mark.parametrize("tint", [(1.0, 1.0, 1.0), (1.1, 1.0, 0.8)], ids=["grey", "sepia"])
@given(levels, levels, levels, st.floats(0.01, 1))
def test_a_grade_without_hues_takes_them_at_any_strength(tint, red, green, blue, strength):
    """All that is left is one hue: what a grey of the same brightness becomes."""
    grade = Grade(np.diag(tint) @ Grade.grey().matrix).at(strength)
    assert grade.takes_hues
    color = np.float32([[[red, green, blue]]])
    grey = Grade.grey().apply(color)
    assert grade.apply(color) == pytest.approx(grade.apply(grey), abs=0.1)


def test_warm_and_faded_colors_are_still_colors():
    assert not Grade.identity().takes_hues
    assert not Grade(np.column_stack([np.diag([1.2, 1, 0.7]), np.zeros(3)])).takes_hues
    faded = 0.7 * Grade.grey().matrix + 0.3 * np.eye(3, 4)
    assert not Grade(faded).takes_hues


@given(st.tuples(*[st.floats(-1, 1)] * 9), st.tuples(levels, levels, levels))
def test_a_plainer_grade_makes_the_same_of_its_color_and_turns_no_hue(mixes, color):
    """Whatever a map learned from few colors does to others, redder than the color stays redder."""
    matrix = np.column_stack([np.eye(3) + np.array(mixes).reshape(3, 3), [5.0, 0.0, -5.0]])
    grade, own = Grade(matrix), np.float32([[color]])
    plainer = grade.plainer(np.array(color))
    np.testing.assert_allclose(plainer.apply(own), grade.apply(own), atol=0.05)
    if not grade.takes_hues:
        hue = np.float32([[[20.0, -10.0, -10.0]]])
        moved = plainer.apply(own + hue) - plainer.apply(own)
        turned = moved - moved @ np.float32([0.299, 0.587, 0.114])[:, None]
        even = hue - hue @ np.float32([0.299, 0.587, 0.114])[:, None]
        assert float((turned * even).sum()) >= -1e-2
        assert np.abs(np.cross(turned[0, 0], even[0, 0])).max() < 0.5


def test_a_grade_without_hues_is_plain_enough():
    assert Grade.grey().plainer(np.array([200.0, 150.0, 120.0])).takes_hues


@given(st.tuples(*[st.floats(0.3, 2.0)] * 3), st.integers(0, 9))
def test_gains_by_channel_are_found_again_whatever_other_colors_became(gains, seed):
    """Known from skin alone; a blue dress that was dyed yellow bends the map, not the gains."""
    skin = np.float64([200, 150, 120]) * np.linspace(0.4, 1.0, 30)[:, None]
    dyed = np.outer(np.random.default_rng(seed).normal(size=3), np.cross([200, 150, 120], [1, 0, 0]))
    grade = Grade(np.column_stack([np.diag(gains) + 0.01 * dyed, np.zeros(3)]))
    plain = grade.by_channel(skin)
    if not grade.takes_hues:
        np.testing.assert_allclose(plain.matrix, np.column_stack([np.diag(gains), np.zeros(3)]), atol=1e-6)


def test_a_grade_by_channel_keeps_its_curve_and_none_is_asked_of_nothing_or_without_hues():
    curve = ToneCurve(np.linspace(10.0, 240.0, 10))
    grade = Grade(np.column_stack([np.full((3, 3), 0.1) + np.eye(3), np.zeros(3)]), curve)
    assert grade.by_channel(np.full((4, 3), 100.0)).curve is curve
    assert grade.by_channel(np.zeros((0, 3))) is grade
    assert Grade.grey().by_channel(np.full((4, 3), 100.0)).takes_hues


def test_between_two_grades_lies_a_share_of_the_way():
    one = Grade(np.column_stack([np.diag([1.0, 0.8, 0.6]), np.full(3, 10.0)]))
    other = Grade(np.eye(3, 4), ToneCurve(np.linspace(0, 1, 10) ** 1.5 * 255))
    assert one.toward(other, 0) is one
    assert one.toward(other, 1) is other
    pixels = np.full((1, 1, 3), 130, np.float32)
    ends = [each.apply(pixels) for each in (one, other)]
    halfway = one.toward(other, 0.5).apply(pixels)
    assert (halfway < np.maximum(*ends)).all()
    assert (halfway > np.minimum(*ends)).all()
    assert Grade.grey().toward(Grade.grey(), 0.5).takes_hues
