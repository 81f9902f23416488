"""The whole job through a service that returns another size and a stranger's face."""

import json

import cv2
import numpy as np
import pytest
from tests.cli.conftest import pixels_of
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import found_in, pixels
from tests.standins.server import Fault

from privateedit.core.pull_push import pull_push

PROMPT = "a warmer evening, same pose and framing"
EYES = (slice(95, 130), slice(195, 255))


@pytest.fixture
def service(monkeypatch, stranger_editor):
    """OpenAI, drawing Grace Hopper into every hole, warmer and at eight tenths of the size."""
    painter = stranger_editor(share=0.62)

    def redraw(picture, hidden):
        filled = pull_push(picture.astype(np.float32), (~hidden).astype(np.float32))
        drawn = painter._paint(filled, hidden) * np.float32([1.05, 1.0, 0.93])
        small = cv2.resize(drawn, None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
        return np.clip(small, 0, 255).astype(np.uint8)

    with OpenAIStandIn(redraw=redraw) as found:
        monkeypatch.setenv("OPENAI_API_KEY", found.key)
        monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", found.url)
        yield found


def edited(cli, portrait, *more):
    return cli("edit", portrait, "--provider", "openai", "--prompt", PROMPT, *more)


@pytest.mark.parametrize("model", ["gpt-image-2", "gpt-image-1.5"])
def test_the_face_is_back_whatever_size_and_face_were_drawn(cli, portrait, tmp_path, service, model):
    out = tmp_path / "final.png"
    outcome = edited(cli, portrait, "--model", model, "-o", out, "--size", "original", "--json")
    assert outcome.code == 0, outcome.err
    assert not service.problems
    face = outcome.facts["faces"][0]
    assert face["regime"] == "face"
    assert outcome.facts["sent"]["local"] is False
    final, original = pixels_of(out), pixels_of(portrait)
    assert final.shape == original.shape
    before, after = (cv2.cvtColor(each[EYES], cv2.COLOR_RGB2GRAY).astype(float) for each in (original, final))
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.95
    assert final[200:].mean(axis=(0, 1))[0] - final[200:].mean(axis=(0, 1))[2] > (
        original[200:].mean(axis=(0, 1))[0] - original[200:].mean(axis=(0, 1))[2]
    )


def test_one_request_left_and_the_journal_knows_of_it(cli, portrait, tmp_path, service):
    assert edited(cli, portrait, "-o", tmp_path / "final.png").code == 0
    (asked,) = service.asked
    (send,) = cli("journal", "show", "--json").facts["sends"]
    assert (send["provider"], send["local"], send["sent"]) == ("openai", False, "yes")
    sent = found_in(asked.body)
    original = pixels_of(portrait)
    for data in sent:
        picture = cv2.resize(pixels(data), original.shape[1::-1], interpolation=cv2.INTER_AREA)
        first, second = picture[EYES].astype(float).ravel(), original[EYES].astype(float).ravel()
        assert first.std() < 1 or abs(np.corrcoef(first, second)[0, 1]) < 0.2
    assert b"portrait" not in asked.body


def test_a_dry_run_tells_the_frame_and_sends_nothing(cli, portrait, service):
    outcome = edited(cli, portrait, "--dry-run", "--json")
    assert outcome.code == 0
    assert outcome.facts["sent"]["width"] % 16 == 0
    assert not service.asked


def test_a_face_that_shows_through_is_never_sent(cli, portrait, service):
    shown = ("--trust", "high", "--under", "face", "--opacity", "0.9", "--expose-face")
    outcome = edited(cli, portrait, *shown)
    assert outcome.code == 4
    assert "Nothing was sent." in outcome.err
    assert not service.asked


@pytest.mark.parametrize(
    ("trouble", "error", "sent"),
    [
        ({"status": 401}, "AuthenticationFailed", "yes"),
        ({"status": 429}, "RateLimited", "yes"),
        ({"fault": Fault.RESET_UPLOAD}, "Unreachable", "unknown"),
        ({"fault": Fault.WRONG_TYPE}, "BadReply", "yes"),
    ],
)
def test_a_failure_is_told_as_a_sentence_and_as_json(cli, portrait, service, trouble, error, sent):
    for name, value in trouble.items():
        setattr(service, name, value)
    outcome = edited(cli, portrait, "--json")
    assert outcome.code == 5
    facts = json.loads(outcome.out)
    assert (facts["error"], facts["provider"], facts["sent"]) == (error, "openai", sent)
    assert "warmer" not in outcome.err + outcome.out
    assert service.key not in outcome.err + outcome.out
    (send,) = cli("journal", "show", "--json").facts["sends"]
    assert send["sent"] == sent


@pytest.mark.parametrize(
    "wrong",
    [("--option", "quality"), ("--option", "=x"), ("--option", "nothing=1"), ("--provider", "nobody")],
)
def test_what_cannot_be_asked_for_is_said_before_anything_is_sent(cli, portrait, service, wrong):
    outcome = edited(cli, portrait, *wrong)
    assert outcome.code in {2, 5}
    assert "Nothing was sent." in outcome.err
    assert not service.asked
