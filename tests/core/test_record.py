import dataclasses
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.doubles.records import ORDINARY_FACTS, an_intent, an_outcome

from privateedit.core.conceal import Fill
from privateedit.core.cover import Coverage
from privateedit.core.record import SETTINGS, Intent, Outcome, Result
from privateedit.errors import InputError, Sent

UNHURRIED = settings(deadline=None)
SECRET = "Anna Schmidt, red dress"


def test_ordinary_facts_are_accepted():
    intent = an_intent(sealed=False, exposed_psnr=33.2)
    assert intent.visible == (1,)
    assert intent.exposed_psnr == 33.2
    assert an_outcome(returned="a" * 64, returned_size=0).returned_size == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("provider", ""),
        ("provider", "stu\ndio"),
        ("provider", "x" * 65),
        ("provider", "Änna"),
        ("provider", "anna@example.org"),
        ("local", 1),
        ("payload", "0" * 63),
        ("payload", "A" * 64),
        ("photo", "portrait.jpg"),
        ("photo", None),
        ("size", -1),
        ("size", 1.5),
        ("size", True),
        ("size", 2**60),
        ("media_type", "image/anna"),
        ("width", "64"),
        ("sealed", None),
        ("exposed_psnr", 20.0),  # of a sealed payload
        ("faces", 1),  # fewer than hidden and visible together
        ("hidden", np.int64(1)),
        ("visible", (-1,)),
        ("visible", ("Anna",)),
        ("visible", tuple(range(5000))),
        ("smaller_mask", "yes"),
        ("settings", {"prompt": "red"}),
        ("settings", {"coverage": "anna"}),
        ("settings", {"grow": float("nan")}),
        ("settings", {"grow": "much"}),
        ("settings", {"fill": "#12345"}),
        ("settings", {"fill": "#ABCDEF\n"}),
        ("settings", {"backdrop": 1}),
        ("settings", {"max_side": 1.5}),
    ],
)
def test_anything_else_is_refused(name, value):
    with pytest.raises(InputError):
        an_intent(**{name: value})


def test_a_refusal_does_not_repeat_the_value():
    for name in ("provider", "payload", "photo", "media_type"):
        with pytest.raises(InputError) as caught:
            an_intent(**{name: SECRET + "\n"})
        assert "Anna" not in caught.value.sentence


@pytest.mark.parametrize(
    "facts",
    [
        {"result": "returned"},
        {"sent": "yes"},
        {"returned": SECRET},
        {"returned_size": -1},
        {"returned_size": SECRET},
    ],
)
def test_an_outcome_takes_facts_only(facts):
    with pytest.raises(InputError):
        an_outcome(**facts)


FREE_TEXT = st.text(min_size=1).filter(
    lambda text: not set(text) <= set(string.ascii_letters + string.digits + " ._-")
)
EVERY_TEXT_FIELD = ("payload", "media_type", "photo")


@UNHURRIED
@given(st.text(), st.sampled_from(EVERY_TEXT_FIELD))
def test_no_text_field_takes_free_text(text, name):
    if text != ORDINARY_FACTS[name] and text not in ("image/jpeg", "image/webp"):
        with pytest.raises(InputError):
            an_intent(**{name: text})


@UNHURRIED
@given(st.one_of(FREE_TEXT, st.binary(), st.lists(st.integers())))
def test_a_provider_is_a_plain_name(value):
    with pytest.raises(InputError):
        an_intent(provider=value)


@UNHURRIED
@given(st.text(), st.one_of(st.text(), st.binary(), st.integers(), st.floats(), st.lists(st.integers())))
def test_settings_take_known_names_only(key, value):
    if key not in SETTINGS:
        with pytest.raises(InputError):
            an_intent(settings={key: value})


@UNHURRIED
@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=40))
def test_settings_take_known_words_only(key, text):
    known = {
        "none",
        "low",
        "high",
        "eyes",
        "inner",
        "face",
        "head",
        "guide",
        "black",
        "grey",
        "white",
        "noise",
    }
    if text not in known:
        with pytest.raises(InputError):
            an_intent(settings={key: text})


@UNHURRIED
@given(st.sampled_from([each.name for each in dataclasses.fields(Intent)]))
def test_no_field_takes_pixels(name):
    with pytest.raises((InputError, ValueError, TypeError)):
        an_intent(**{name: np.zeros((4, 4, 3), np.uint8)})


def test_the_known_words_are_the_programs():
    for coverage in Coverage:
        assert an_intent(settings={"coverage": str(coverage)})
    for fill in ("black", "grey", "white", "noise", "#a0b0c0"):
        assert Fill.parse(fill)
        assert an_intent(settings={"fill": fill})


def test_a_record_cannot_be_changed():
    settings = {"coverage": "face"}
    intent = an_intent(settings=settings)
    settings["coverage"] = SECRET
    assert intent.settings["coverage"] == "face"
    with pytest.raises(TypeError):
        intent.settings["coverage"] = SECRET
    with pytest.raises(dataclasses.FrozenInstanceError):
        intent.provider = SECRET
    with pytest.raises(dataclasses.FrozenInstanceError):
        Outcome(Result.FAILED, Sent.NO).sent = Sent.YES
