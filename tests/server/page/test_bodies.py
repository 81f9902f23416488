import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit.errors import NotServed
from privateedit.server.page.bodies import Finishing, Look, SignIn, ToSeal, ToSend, body_of

SECRET = "Brandauer 7431"


def refusal(kind, said):
    with pytest.raises(NotServed) as caught:
        body_of(kind, said if isinstance(said, bytes) else json.dumps(said).encode())
    assert caught.value.status == 400
    return caught.value


def test_what_is_left_out_is_left_to_the_trust():
    look = body_of(Look, b"{}")
    assert (look.trust, look.coverage, look.grow, look.hide, look.strokes, look.boxes) == (
        None, None, None, None, (), (),
    )  # fmt: skip
    assert body_of(ToSeal, b"").look == look


def test_no_face_hidden_is_not_every_face_hidden():
    assert body_of(Look, b'{"hide": []}').hide == ()
    assert body_of(Look, b'{"hide": null}').hide is None


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"grow": -1}, "grow"),
        ({"grow": "much"}, "grow"),
        ({"opacity": 1.5}, "opacity"),
        ({"hide": ["a"]}, "hide"),
        ({"strokes": [{"kind": "pen", "radius": 1, "points": [[0, 0]]}]}, "strokes"),
        ({"strokes": [{"kind": "brush", "radius": 0, "points": [[0, 0]]}]}, "strokes"),
        ({"strokes": [{"kind": "brush", "radius": 1, "points": []}]}, "strokes"),
        ({"strokes": [{"kind": "brush", "radius": 1, "points": [[1e9, 0]]}]}, "strokes"),
        ({"boxes": [[0, 0, 1]]}, "boxes"),
        ({"trust": "x" * 41}, "trust"),
    ],
)
def test_what_is_wrong_is_named(said, field):
    assert refusal(Look, said).param == field


@pytest.mark.parametrize("said", [b"{", b"[]", b'"x"', b"\xff", b'{"grow": NaN}', b'{"grow": Infinity}'])
def test_what_is_no_such_body_is_refused(said):
    refusal(Look, said)


def test_a_field_nobody_knows_is_refused_and_not_repeated():
    told = refusal(Look, {SECRET: 1})
    assert SECRET not in told.message
    assert told.param is None
    assert SECRET not in refusal(Look, {"trust": [SECRET]}).message
    assert told.__cause__ is None


def test_secrets_stand_in_no_repr():
    assert SECRET not in repr(SignIn(ticket=SECRET))
    assert SECRET not in repr(ToSend(digest="0", prompt=SECRET, preset=None))


def test_finishing_takes_words_and_numbers():
    said = body_of(
        Finishing, b'{"harmonize": 0.5, "style_match": "off", "blend": "auto", "size": "original"}'
    )
    assert (said.harmonize, said.style_match, said.blend, said.size) == (0.5, "off", "auto", "original")
    assert refusal(Finishing, {"harmonize": 2}).param == "harmonize"


ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from([*Look.model_fields, "other"]), ANY, max_size=4))
def test_whatever_is_said_is_understood_or_refused(said):
    data = json.dumps(said).encode()
    try:
        body_of(Look, data)
    except NotServed as error:
        assert error.status == 400
