import numpy as np
import pytest
from tests.doubles.handovers import ORDINARY_CHOICES, a_handover, an_outline

from privateedit.core.handover import CHOICES, Handover
from privateedit.core.mask import Mask
from privateedit.errors import InputError


def test_the_ordinary_choices_are_all_there_are():
    assert ORDINARY_CHOICES.keys() == CHOICES.keys()
    assert dict(a_handover().choices) == ORDINARY_CHOICES


def test_lists_are_taken_as_tuples():
    made = a_handover(only=[2, 0], exclude=[1], canvas=[1024, 768])
    assert (made.choices["only"], made.choices["exclude"]) == ((2, 0), (1,))
    assert made.choices["canvas"] == (1024, 768)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trust", "Ada"),
        ("coverage", "nose"),
        ("grow", float("nan")),
        ("grow", "0.1"),
        ("shape", None),
        ("fill", "portrait.jpg"),
        ("opacity", True),
        ("under", ""),
        ("tone", "Ada"),
        ("format", "gif"),
        ("max_side", -1),
        ("backdrop", "#00ff"),
        ("backdrop", "Ada's garden"),
        ("only", (0, -1)),
        ("only", ("Ada",)),
        ("only", (True,)),
        ("only", "01"),
        ("exclude", None),
        ("exclude", tuple(range(5000))),
        ("canvas", (0, 5)),
        ("canvas", (5,)),
        ("canvas", "5x5"),
        ("expose_face", "yes"),
        ("expose_face", 1),
        ("allow_no_face", "yes"),
    ],
)
def test_no_choice_can_hold_anything_else_and_no_message_repeats_it(name, value):
    with pytest.raises(InputError) as caught:
        a_handover(**{name: value})
    assert "Ada" not in caught.value.message


def test_a_choice_that_is_missing_or_unknown_is_refused():
    fewer = {name: value for name, value in ORDINARY_CHOICES.items() if name != "fill"}
    for choices in (fewer, {**ORDINARY_CHOICES, "prompt": "Ada in Rome"}):
        with pytest.raises(InputError):
            Handover(choices, an_outline())


@pytest.mark.parametrize("plane", ["area", "brush"])
def test_masks_of_another_size_are_refused(plane):
    with pytest.raises(InputError, match="size"):
        Handover(ORDINARY_CHOICES, an_outline(), **{plane: Mask(np.ones((7, 5), np.bool_))})


def test_planes_are_those_there_are():
    mask, brush = an_outline(1), an_outline(2)
    assert list(Handover(ORDINARY_CHOICES, mask, brush=brush).planes.items()) == [
        ("mask", mask),
        ("brush", brush),
    ]
    assert list(Handover(ORDINARY_CHOICES, mask).planes) == ["mask"]


def test_choices_do_not_change():
    with pytest.raises(TypeError):
        a_handover().choices["fill"] = "white"
