"""LiteLLM through the proxy: its functions, and its router, which tries again by itself.

`test_guide` has the plain way.
"""

import base64
import json
import os
import re
import subprocess

import pytest
from tests.clients.conftest import CLIENTS, LITELLM, edits_at, require_made
from tests.server.conftest import require_face_back
from tests.standins.pictures import found_in, opened


@pytest.fixture(scope="session")
def litellm():
    """LiteLLM, which takes long to start, in a process of its own."""
    require_made(LITELLM)
    env = {"PATH": os.defpath, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # else it looks for prices on the net
    command = [str(LITELLM), str(CLIENTS / "litellm" / "edit.py")]
    with subprocess.Popen(
        command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        yield process
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.fixture
def answer_of(litellm, proxy):
    def answer(way, *photos):
        named = [str(each.path) for each in photos]
        asked = {"way": way, "address": proxy.url, "key": proxy.token, "photos": named}
        litellm.stdin.write(json.dumps(asked) + "\n")
        litellm.stdin.flush()
        return json.loads(litellm.stdout.readline())

    return answer


@pytest.mark.parametrize("way", ["async", "router"])
def test_litellm(way, answer_of, service, photo):
    answer = answer_of(way, photo)
    (final,) = answer["pictures"]
    require_face_back(base64.b64decode(final), photo.pixels)
    assert edits_at(service) == 1


def test_several_pictures(answer_of, service, photo, second):
    (final,) = answer_of("plain", photo, second)["pictures"]
    require_face_back(base64.b64decode(final), photo.pixels)
    sent = [each for each in found_in(service.asked[-1].body) if opened(each).mode == "RGB"]
    assert (edits_at(service), len(sent)) == (1, 2)
    service.asked[-1].body = sent[0]  # what is left to be looked at: the first


@pytest.mark.parametrize("status", [500, 429])
def test_nothing_is_sent_a_second_time(status, answer_of, service, photo):
    service.status = status
    answer = answer_of("router", photo)
    assert answer["failed"]
    assert edits_at(service) == 1


def test_no_face(answer_of, service, faceless):
    answer = answer_of("plain", faceless)
    assert answer["status"] == 400
    assert "no face" in answer["message"].lower()
    assert not service.asked


def test_what_is_installed_is_pinned_and_no_place_is_named():
    lines = (CLIENTS / "litellm" / "requirements.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line) for line in lines)
    assert any(line.startswith("litellm==") for line in lines)
