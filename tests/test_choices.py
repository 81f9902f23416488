import numpy as np
import pytest

from privateedit.choices import Choices, Finishes, concealment_of, finish_of
from privateedit.core.conceal import Fill
from privateedit.core.concealment import Under
from privateedit.core.cover import Coverage, Shape
from privateedit.core.finish import EDITED, Finish, Size
from privateedit.core.trust import BACKDROP, BUNDLES, Trust
from privateedit.errors import InputError
from privateedit.settings import Settings


def made(choices=None, **settings):
    return concealment_of(Choices(**(choices or {})), Settings(**settings))


@pytest.mark.parametrize("degree", list(Trust))
def test_trust_brings_its_bundle(degree):
    concealment, bundle = made({"trust": str(degree)}), BUNDLES[degree]
    assert concealment.trust is degree
    for name in ("coverage", "grow", "shape", "fill", "opacity", "backdrop"):
        assert getattr(concealment, name) == getattr(bundle, name)


def test_what_is_chosen_goes_before_trust():
    concealment = made({"trust": "none", "coverage": "face", "grow": 0, "backdrop": "keep", "fill": "white"})
    assert (concealment.coverage, concealment.grow, concealment.backdrop) == (Coverage.FACE, 0, None)
    assert concealment.fill == Fill.parse("white")
    assert concealment.trust is Trust.NONE


def test_settings_go_before_the_settings_trust_and_after_choices():
    settings = {"trust": "high", "coverage": "head", "tone": "brown"}
    concealment = made({"tone": "fair"}, **settings)
    assert (concealment.trust, concealment.coverage, concealment.tone) == (Trust.HIGH, Coverage.HEAD, "fair")
    assert concealment.opacity == BUNDLES[Trust.HIGH].opacity


def test_trust_that_is_chosen_sets_the_settings_aside():
    """`--trust none` must never be weakened by something set long ago."""
    concealment = made({"trust": "none"}, coverage="eyes", opacity=0.1, backdrop="keep", grow=0.0)
    bundle = BUNDLES[Trust.NONE]
    assert (concealment.coverage, concealment.grow) == (bundle.coverage, bundle.grow)
    assert (concealment.opacity, concealment.backdrop) == (1, BACKDROP)


def test_nothing_chosen_is_the_default():
    concealment = made()
    assert (concealment.trust, concealment.coverage) == (Trust.LOW, Coverage.FACE)
    assert (concealment.under, concealment.shape) == (Under.GUIDE, Shape.SUPERELLIPSE)
    assert concealment.only is None


@pytest.mark.parametrize(
    ("text", "color"),
    [("keep", None), ("replace", BACKDROP), ("white", (255, 255, 255)), ("#010203", (1, 2, 3))],
)
def test_backdrops(text, color):
    assert made({"backdrop": text}).backdrop == color


@pytest.mark.parametrize(
    "wrong",
    [
        {"trust": "some"},
        {"coverage": "nose"},
        {"shape": "star"},
        {"fill": "plaid"},
        {"under": "nothing"},
        {"tone": "blue"},
        {"opacity": 2},
        {"opacity": float("nan")},
        {"opacity": "half"},
        {"grow": True},
        {"backdrop": "noise"},
        {"backdrop": "forest"},
        {"boxes": [(5, 5, 5, 9)]},
        {"boxes": [(0, 9, 5, 3)]},
        {"trust": "none", "under": "face"},
    ],
)
def test_choices_that_cannot_be_used(wrong):
    with pytest.raises(InputError):
        made(wrong)


def test_areas_and_faces():
    concealment = made({"boxes": [(1, 2, 3, 4)], "polygons": [[(0, 0), (4, 0), (2, 2)]], "only": iter([1])})
    assert [area.tolist() for area in concealment.areas] == [
        [[1, 2], [3, 2], [3, 4], [1, 4]],
        [[0, 0], [4, 0], [2, 2]],
    ]
    assert all(area.dtype == np.float32 for area in concealment.areas)
    assert concealment.only == (1,)
    assert made({"exclude": [2]}).exclude == (2,)


@pytest.mark.parametrize(
    "wrong",
    [
        {"expose_face": "no"},
        {"expose_face": 1},
        {"allow_smaller_mask": "no"},
        {"allow_no_face": "no"},
        {"allow_no_face": 1},
        {"only": 0},
        {"only": "0"},
        {"only": [True]},
        {"exclude": None},
        {"exclude": [0.5]},
        {"boxes": "0,0,10,10"},
        {"boxes": [(1, 2, 3)]},
        {"boxes": [("a", 2, 3, 4)]},
        {"boxes": 3},
        {"polygons": [[(0, 0), (1,), (2, 2)]]},
        {"extra": np.ones((2, 2), np.bool_)},
        {"max_side": "256"},
        {"max_side": 256.5},
    ],
)
def test_values_of_another_kind_are_refused_in_words(wrong):
    """A truthy text must not give leave, and no slip may end in a foreign error."""
    with pytest.raises(InputError):
        made(wrong)


def test_numbers_may_be_numpys():
    concealment = made(
        {
            "opacity": np.float32(0.5),
            "grow": np.int64(1),
            "only": np.array([1, 0]),
            "max_side": np.int64(256),
        }
    )
    assert (concealment.opacity, concealment.grow, concealment.only) == (0.5, 1.0, (1, 0))
    assert concealment.framing.max_side == 256
    assert all(type(value) in (int, float) for value in (concealment.grow, *concealment.only))


def finished(finishes=None, **settings):
    return finish_of(Finishes(**(finishes or {})), Settings(**settings))


def test_the_usual_result_is_as_edited_and_decides_for_itself():
    assert finished() == Finish(None, True, EDITED)


@pytest.mark.parametrize(
    ("chosen", "finish"),
    [
        ({"size": "original"}, Finish(size=Size("original"))),
        ({"size": (2000, np.int64(1500))}, Finish(size=Size("exact", 2000, 1500))),
        ({"harmonize": "auto"}, Finish()),
        ({"harmonize": "0.5"}, Finish(harmonize=0.5)),
        ({"harmonize": 0}, Finish(harmonize=0.0)),
        ({"style_match": "off"}, Finish(style_match=False)),
        ({"style_match": False}, Finish(style_match=False)),
        ({"style_match": "auto"}, Finish()),
        ({"blend": "auto"}, Finish()),
        ({"blend": "0.25"}, Finish(blend=0.25)),
        ({"blend": 1}, Finish(blend=1.0)),
    ],
)
def test_a_result_is_chosen_as_text_or_as_values(chosen, finish):
    assert finished(chosen) == finish


def test_settings_of_the_result_count_until_something_is_chosen():
    settings = {"size": "original", "harmonize": 0.25, "style_match": "off", "blend": 0.75}
    assert finished(**settings) == Finish(0.25, False, Size("original"), 0.75)
    chosen = {"size": "edited", "harmonize": "auto", "style_match": True, "blend": "auto"}
    assert finished(chosen, **settings) == Finish()


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": (2000,)},
        {"size": (True, 2000)},
        {"size": (2000.5, 1000)},
        {"size": 7},
        {"harmonize": "some"},
        {"harmonize": "nan"},
        {"harmonize": True},
        {"harmonize": 1.5},
        {"style_match": "yes"},
        {"style_match": 1},
        {"blend": "soft"},
        {"blend": "nan"},
        {"blend": True},
        {"blend": -0.5},
    ],
)
def test_choices_of_the_result_that_cannot_be_used(wrong):
    with pytest.raises(InputError):
        finished(wrong)


@pytest.mark.parametrize("canvas", ["640x480", "640 × 480", (640, 480), [640, 480]])
def test_a_canvas_as_text_or_numbers(canvas):
    assert made({"canvas": canvas}).framing.canvas == (640, 480)


@pytest.mark.parametrize(
    "canvas", ["edited", "640", "8x640", (640,), (640, 4.5), (True, 640), 640, "99999x99999"]
)
def test_a_canvas_that_cannot_be_used(canvas):
    with pytest.raises(InputError, match="such as 1024x1024"):
        made({"canvas": canvas})


def test_a_canvas_and_a_longest_side_exclude_each_other():
    with pytest.raises(InputError, match="not both"):
        made({"canvas": "640x480", "max_side": 640})


def test_leave_to_send_a_photo_without_faces_is_given_by_name():
    assert made({}).allow_no_face is False
    assert made({"allow_no_face": True}).allow_no_face is True
