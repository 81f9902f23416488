"""Sizes and dials that Stable Diffusion editors share."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.core.framing import Framing
from privateedit.errors import InputError
from privateedit.providers.diffusion import Area, Dials, diffusion_frame
from privateedit.providers.plan import Outline, Polarity, Wrap


@given(st.integers(64, 9000), st.integers(64, 9000))
def test_a_frame_has_sides_in_steps_of_eight_and_squashes_nothing(width, height):
    framing = diffusion_frame(width, height, Framing())
    across, down = framing.canvas
    assert across % 8 == down % 8 == 0
    assert 512 * 512 <= across * down <= 1024 * 1024
    assert max(across, down) <= 2048
    rows, columns = framing.content(width, height)
    ratio = min(across / width, down / height)
    assert columns.stop - columns.start == pytest.approx(width * ratio, abs=1)
    assert rows.stop - rows.start == pytest.approx(height * ratio, abs=1)


def test_a_frame_keeps_to_the_longest_side_that_a_person_set():
    assert max(diffusion_frame(4000, 3000, Framing(max_side=800)).canvas) <= 800
    assert diffusion_frame(4000, 3000, Framing("jpeg")).image_format == "png"


def test_dials_stay_where_nobody_turned_them():
    usual = Dials(area=Area.MASK, denoise=1.0, steps=50)
    assert usual.set_by({}) == usual
    assert usual.set_by({"sampler": "Euler"}) == usual


def test_dials_turn_as_they_are_told_and_show_no_words():
    told = {"area": "all", "denoise": "0.4", "steps": "12", "guidance": "3.5", "seed": "9", "negative": "fog"}
    turned = Dials().set_by(told)
    assert turned == Dials(Area.ALL, 0.4, 12, 3.5, 9, "fog")
    assert "fog" not in repr(turned)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("area", "everywhere"), ("denoise", "0"), ("denoise", "1.01"), ("denoise", "nan"), ("denoise", "-1"),
        ("steps", "0"), ("steps", "501"), ("steps", "2.5"), ("steps", "²"), ("guidance", "-1"),
        ("guidance", "inf"), ("seed", "-1"), ("seed", "4294967296"), ("seed", "9" * 5000),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_named_by_its_option_alone(name, value):
    with pytest.raises(InputError) as raised:
        Dials().set_by({name: value})
    assert re.fullmatch(f"The option {name} takes [^²]*\\.", raised.value.message)
    assert len(raised.value.message) < 80


def test_white_marks_what_is_redrawn():
    assert Dials(area=Area.MASK).outline(Wrap.BASE64) == Outline(Polarity.WHITE, Wrap.BASE64)
    assert Dials(area=Area.AROUND).outline(Wrap.FILE) == Outline(Polarity.BLACK, Wrap.FILE)
    assert Dials(area=Area.ALL).outline(Wrap.FILE) is None
