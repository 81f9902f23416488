import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privateedit import wiring
from privateedit.core.cover import Coverage
from privateedit.errors import InputError, NotServed
from privateedit.server.page.bodies import Finishing, Look
from privateedit.server.page.looks import concealment_in, finish_in
from privateedit.server.wishes import Policy

NO_POLICY = Policy({}, {})


def concealment(said=None, policy=NO_POLICY, ratio=1.0, size=(100, 80)):
    look = Look.model_validate(said or {})
    return concealment_in(look, *size, policy, wiring.settings(), ratio)


def test_every_choice_reaches_the_concealment():
    found = concealment(
        {"trust": "low", "coverage": "head", "grow": 0.2, "shape": "contour", "fill": "#102030",
         "opacity": 0.5, "tone": "tan", "backdrop": "white", "hide": [0, 2]}
    )  # fmt: skip
    assert (found.coverage, found.grow, found.shape, found.fill.text) == ("head", 0.2, "contour", "#102030")
    assert (found.opacity, found.tone, found.backdrop, found.only) == (0.5, "tan", (255, 255, 255), (0, 2))
    assert not found.exposes


def test_what_shows_through_is_never_the_face():
    with pytest.raises(Exception, match="under"):
        Look.model_validate({"under": "face"})
    assert not concealment({"opacity": 0.0}).exposes


def test_nothing_said_is_the_default_and_hides_all():
    found = concealment()
    assert (found.coverage, found.only, found.extra, found.areas) == (Coverage.FACE, None, None, ())


def test_the_servers_policy_counts_where_nothing_is_said():
    policy = Policy({"coverage": "head", "fill": "white"}, {}, allow_no_face=True)
    assert concealment(policy=policy).coverage is Coverage.HEAD
    assert concealment({"coverage": "face"}, policy).fill.text == "white"
    assert concealment({"trust": "low"}, policy).coverage is Coverage.FACE
    assert concealment(policy=policy).allow_no_face


def test_under_a_fixed_policy_only_more_can_be_hidden():
    policy = Policy({"coverage": "head"}, {}, fixed=True)
    for said in ({"coverage": "face"}, {"hide": [0]}, {"trust": "high"}, {"grow": 0.0}):
        with pytest.raises(NotServed) as caught:
            concealment(said, policy)
        assert caught.value.status == 403
    more = concealment({"boxes": [[1, 1, 5, 5]]}, policy)
    assert more.coverage is Coverage.HEAD
    assert len(more.areas) == 1


@settings(max_examples=30, deadline=None)
@given(ratio=st.sampled_from([0.25, 0.5, 1.0]))
def test_what_is_painted_shrinks_with_the_view(ratio):
    said = {
        "strokes": [{"kind": "brush", "radius": 20, "points": [[200, 160]]}],
        "boxes": [[100, 80, 300, 240]],
    }
    found = concealment(said, ratio=ratio, size=(round(400 * ratio), round(320 * ratio)))
    assert found.extra.hidden.shape == (round(320 * ratio), round(400 * ratio))
    assert found.extra.hidden[round(160 * ratio), round(200 * ratio)]
    assert found.areas[0].max() == pytest.approx(300 * ratio)


def test_values_that_cannot_be_used_are_said():
    for said in ({"coverage": "nose"}, {"fill": "glitter"}, {"boxes": [[5, 5, 1, 1]]}):
        with pytest.raises(InputError):
            concealment(said)


def test_how_a_result_is_finished():
    said = Finishing(harmonize=0.25, style_match="off", size="640x480")
    finish = finish_in(said, NO_POLICY, wiring.settings())
    assert (finish.harmonize, finish.style_match, finish.size.width) == (0.25, False, 640)
    kept = Policy({}, {"harmonize": 0.5})
    assert finish_in(Finishing(), kept, wiring.settings()).harmonize == 0.5
    assert finish_in(Finishing(harmonize="auto"), kept, wiring.settings()).harmonize is None
    with pytest.raises(InputError):
        finish_in(Finishing(size="huge"), NO_POLICY, wiring.settings())
