import pytest

from privateedit.core.cover import Coverage
from privateedit.core.finish import Finish, Size
from privateedit.core.trust import Trust
from privateedit.errors import InputError, NotServed
from privateedit.server.wishes import Policy, wish_of
from privateedit.settings import read_settings

USUAL = Policy({}, {})


def wish(*headers, policy=USUAL):
    return wish_of(headers, policy, read_settings())


def refused(*headers, policy=USUAL):
    with pytest.raises(NotServed) as caught:
        wish(*headers, policy=policy)
    return caught.value.code


def test_headers_choose_how_faces_are_hidden_and_the_result_is_finished():
    found = wish(
        ("X-PrivateEdit-Coverage", "head"),
        ("x-privateedit-opacity", "0.5"),
        ("X-PRIVATEEDIT-FACES", "0,2"),
        ("X-PrivateEdit-Size", "original"),
        ("X-PrivateEdit-Harmonize", "0.5"),
        ("X-PrivateEdit-Style-Match", "off"),
        ("X-PrivateEdit-Blend", "0.25"),
        ("Authorization", "Bearer x"),
        ("X-PrivateEdit-Token", "pe-x"),
    )
    assert (found.main.coverage, found.main.opacity, found.main.only) == (Coverage.HEAD, 0.5, (0, 2))
    assert found.finish == Finish(0.5, False, Size("original"), 0.25)


def test_pictures_beside_the_photo_hide_everybody():
    found = wish(("x-privateedit-faces", "-1"), ("x-privateedit-coverage", "head"))
    assert (found.main.exclude, found.beside.exclude, found.beside.only) == ((1,), (), None)
    assert found.beside.coverage is Coverage.HEAD


def test_what_is_not_said_comes_from_the_server_then_from_the_settings(monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_COVERAGE", "head")
    assert wish().main.coverage is Coverage.HEAD
    policy = Policy({"coverage": "inner", "fill": "white"}, {"size": "original"})
    assert wish(policy=policy).main.coverage is Coverage.INNER
    assert wish(policy=policy).finish.size.kind == "original"
    found = wish(("x-privateedit-coverage", "face"), policy=policy)
    assert (found.main.coverage, found.main.fill.text) == (Coverage.FACE, "white")


def test_a_degree_of_trust_sets_aside_single_choices_of_the_server():
    policy = Policy({"coverage": "inner", "opacity": 0.5}, {})
    found = wish(("x-privateedit-trust", "none"), policy=policy)
    assert (found.main.trust, found.main.coverage, found.main.opacity) == (Trust.NONE, Coverage.HEAD, 1.0)


@pytest.mark.parametrize("name", ["coverag", "under", "expose-face", "allow-smaller-mask", "no-face", ""])
def test_a_slip_does_not_hide_less(name):
    assert refused((f"x-privateedit-{name}", "x")) == "unknown_header"


def test_a_header_counts_once():
    assert refused(("x-privateedit-trust", "none"), ("X-PrivateEdit-Trust", "high")) == "invalid_header"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("coverage", "all"),
        ("trust", "much"),
        ("opacity", "2"),
        ("faces", "first"),
        ("size", "big"),
        ("fill", "x"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(name, value):
    with pytest.raises(InputError):
        wish((f"x-privateedit-{name}", value))


@pytest.mark.parametrize("value", ["much", "nan", ""])
def test_a_number_is_one(value):
    with pytest.raises((NotServed, InputError)):
        wish(("x-privateedit-opacity", value))


def test_a_fixed_policy_leaves_only_the_finish_to_requests():
    policy = Policy({"coverage": "head"}, {}, fixed=True)
    assert refused(("x-privateedit-coverage", "eyes"), policy=policy) == "policy_is_fixed"
    assert refused(("x-privateedit-faces", "none"), policy=policy) == "policy_is_fixed"
    assert wish(("x-privateedit-size", "original"), policy=policy).main.coverage is Coverage.HEAD


def test_leave_for_photos_without_a_face_is_the_servers():
    assert not wish().main.allow_no_face
    found = wish(policy=Policy({}, {}, allow_no_face=True))
    assert found.main.allow_no_face
    assert found.beside.allow_no_face
