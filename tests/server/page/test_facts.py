import json

import pytest

from privateedit import wiring
from privateedit.choices import concealment_of
from privateedit.core.concealment import Concealment
from privateedit.core.trust import BUNDLES
from privateedit.server.asked import Attached
from privateedit.server.page import facts, photo_story
from privateedit.server.wishes import Policy


def choices(policy=Policy({}, {})):  # noqa: B008
    standings = [wiring.standing(name) for name in wiring.provider_names()]
    return facts.choices_facts(standings, "studio", policy, wiring.settings(), 1000)


def test_everything_there_is_to_choose_can_be_chosen():
    told = choices()
    assert json.loads(json.dumps(told)) == told
    assert {each["name"] for each in told["trusts"]} == {str(trust) for trust in BUNDLES}
    assert {each["name"]: each["hides_identity"] for each in told["coverages"]} == {
        "eyes": False, "inner": False, "face": True, "head": True,
    }  # fmt: skip
    for trust in told["trusts"]:
        named = {key: trust[key] for key in ("coverage", "grow", "shape", "fill", "opacity", "backdrop")}
        assert concealment_of(named, wiring.settings()).coverage == trust["coverage"]


def test_services_tell_what_they_keep_and_never_a_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-7431")
    told = choices()
    services = {each["name"]: each for each in told["services"]}
    assert services["studio"]["local"]
    assert services["openai"]["ready"]
    assert services["openai"]["keeps"]
    assert "7431" not in json.dumps(told)


def test_a_policy_is_told():
    told = choices(Policy({"trust": "none", "coverage": "face"}, {"size": "640x480"}, fixed=True))
    assert (told["trust"], told["fixed_policy"]) == ("none", True)
    assert (told["look"]["coverage"], told["finish"]["size"]) == ("face", "640x480")


def test_what_a_person_has_set_is_what_the_page_begins_with(monkeypatch):
    monkeypatch.setenv("PRIVATEEDIT_TRUST", "none")
    monkeypatch.setenv("PRIVATEEDIT_FILL", "white")
    monkeypatch.setenv("PRIVATEEDIT_HARMONIZE", "0.5")
    told = choices()
    assert told["trust"] == told["look"]["trust"] == "none"
    assert (told["look"]["coverage"], told["look"]["fill"]) == ("head", "white")
    assert told["look"]["backdrop"] != "keep"
    assert told["finish"] == {"harmonize": 0.5, "style_match": "auto", "blend": "auto", "size": "edited"}


@pytest.fixture
def photo(portrait_file):
    return photo_story.opened(Attached(portrait_file, "Brandauer 7431"), wiring.parts())


def test_nothing_of_a_name_is_told(photo):
    assert "Brandauer" not in json.dumps(facts.photo_facts(photo))


def test_what_would_leave_is_told(photo):
    sealed = photo_story.sealed(photo, Concealment(coverage="eyes"), "studio", "")
    told = facts.sealed_facts(sealed)
    assert told["bytes"] == len(sealed.prepared.payload)
    assert (told["hides_identity"], told["sealed"], told["local"]) == (False, True, True)
    assert told["hidden"] == [0]


def test_outlines_lie_around_the_face(photo):
    (told,) = facts.faces_facts(photo.faces)
    x0, y0, x1, y1 = told["box"]
    columns, rows = zip(*told["outline"], strict=True)
    assert min(columns) < x0 < x1 < max(columns)
    assert min(rows) < y0 < y1 < max(rows)
