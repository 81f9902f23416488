import math

import pytest

from privateedit.codec import DEFAULT_LIMITS
from privateedit.core.finish import EDITED, LEAST_SIDE, MOST_PIXELS, Finish, Size, require_drawable
from privateedit.errors import InputError


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("edited", EDITED),
        (" Original ", Size("original")),
        ("2000x1500", Size("exact", 2000, 1500)),
        ("2000X1500", Size("exact", 2000, 1500)),
        ("2000 × 1500", Size("exact", 2000, 1500)),
    ],
)
def test_sizes_are_read(text, size):
    assert Size.parse(text) == size


@pytest.mark.parametrize(
    "text", ["", "big", "2000", "2000x", "x1500", "2000x1500x3", "-2000x1500", "2e3x10", "٢x٢"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(InputError, match="edited, original, or a width and height"):
        Size.parse(text)


@pytest.mark.parametrize(
    ("text", "why"), [("0x0", "small"), ("15x4000", "small"), ("999999999x999999999", "large")]
)
def test_absurd_sizes_are_refused_at_once(text, why):
    with pytest.raises(InputError, match=f"too {why}"):
        Size.parse(text)


def test_the_limits_themselves_are_allowed():
    require_drawable(LEAST_SIDE, LEAST_SIDE)
    require_drawable(10_000, MOST_PIXELS // 10_000)
    with pytest.raises(InputError):
        require_drawable(10_000, MOST_PIXELS // 10_000 + 1)


def test_a_result_can_be_opened_again():
    assert DEFAULT_LIMITS.max_pixels == MOST_PIXELS


@pytest.mark.parametrize("strength", [None, 0, 0.5, 1])
def test_strengths_from_nothing_to_all(strength):
    assert Finish(harmonize=strength).harmonize == strength


@pytest.mark.parametrize("strength", [-0.01, 1.01, math.nan, math.inf])
def test_other_strengths_are_refused(strength):
    with pytest.raises(InputError, match="from 0 to 1"):
        Finish(harmonize=strength)


@pytest.mark.parametrize("blend", [None, 0, 0.5, 1])
def test_blends_from_hard_to_soft(blend):
    assert Finish(blend=blend).blend == blend


@pytest.mark.parametrize("blend", [-0.01, 1.01, math.nan, math.inf])
def test_other_blends_are_refused(blend):
    with pytest.raises(InputError, match="blend must be auto or a number from 0 to 1"):
        Finish(blend=blend)
