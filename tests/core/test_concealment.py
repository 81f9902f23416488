import json

import numpy as np
import pytest

from privateedit.core.conceal import Fill
from privateedit.core.concealment import Concealment, Under
from privateedit.core.cover import Coverage
from privateedit.core.mask import Mask
from privateedit.core.trust import Trust
from privateedit.errors import InputError


@pytest.mark.parametrize("opacity", [-0.01, 1.01, float("nan"), float("inf")])
def test_opacity_is_a_share(opacity):
    with pytest.raises(InputError, match="opacity"):
        Concealment(opacity=opacity)


def test_tones_have_names():
    with pytest.raises(InputError, match="tone"):
        Concealment(tone="plaid")


def test_nobody_untrusted_gets_a_see_through_mask():
    with pytest.raises(InputError, match="see-through"):
        Concealment(trust=Trust.NONE, under=Under.FACE, expose_face=True)


def test_areas_by_hand_would_show_through_too():
    area = np.array([(0, 0), (9, 0), (9, 9)], np.float32)
    extra = Mask(np.ones((2, 2), np.bool_))
    for more in ({"areas": (area,)}, {"extra": extra}):
        with pytest.raises(InputError, match="by hand"):
            Concealment(under=Under.FACE, opacity=0.5, expose_face=True, **more)


def test_words_become_what_they_name():
    made = Concealment(trust="none", coverage="head", shape="contour", under="guide")
    assert made.trust is Trust.NONE
    assert made.coverage is Coverage.HEAD
    for name in ("trust", "coverage", "shape", "under"):
        with pytest.raises(InputError, match=name):
            Concealment(**{name: "nonsense"})


def test_a_see_through_mask_keeps_the_background():
    with pytest.raises(InputError, match="background"):
        Concealment(under=Under.FACE, opacity=0.5, backdrop=(1, 2, 3), expose_face=True)


@pytest.mark.parametrize(
    ("under", "opacity", "exposes"),
    [("face", 0.99, True), ("face", 0.0, True), ("face", 1.0, False), ("guide", 0.0, False)],
)
def test_only_a_face_under_a_mask_that_is_not_opaque_is_exposed(under, opacity, exposes):
    assert Concealment(under=Under(under), opacity=opacity).exposes is exposes


def test_settings_are_plain_values_and_tell_no_place():
    area = np.array([(123, 4567), (124, 4567), (124, 4568)], np.float32)
    extra = Mask(np.ones((2, 2), np.bool_))
    told = Concealment(fill=Fill((1, 2, 3)), areas=(area,), extra=extra, only=(7,), exclude=(8,)).settings()
    text = json.dumps(told)
    assert told["fill"] == "#010203"
    assert told["extra"] is True
    assert "4567" not in text
    assert not {"only", "exclude", "areas"} & set(told)
    assert Concealment().settings()["extra"] is False
