"""OpenAI's library for Node and Vercel's AI SDK through the proxy; `test_guide` has the plain way of each."""

import base64
import json
import re

import pytest
from tests.clients.conftest import NODE, edits_at, environment, node
from tests.server.conftest import require_face_back
from tests.standins.pictures import found_in, opened


def answer_of(script, *arguments, proxy):
    azure = {"AZURE_OPENAI_ENDPOINT": proxy.root, "AZURE_OPENAI_API_KEY": proxy.token}
    env = {**environment(proxy), **azure}
    if "azure" in arguments:
        del env["OPENAI_BASE_URL"]  # Azure's client takes one of the two
    return json.loads(node(script, *arguments, env=env))


def require_returned(answer, photo, count=1):
    assert len(answer["pictures"]) == count, answer
    for each in answer["pictures"]:
        require_face_back(base64.b64decode(each), photo.pixels)


@pytest.mark.parametrize("way", ["toFile", "azure"])
def test_openai_for_node(way, proxy, service, photo):
    require_returned(answer_of("openai.mjs", way, photo.path, proxy=proxy), photo)
    assert edits_at(service) == 1


def test_openai_for_node_with_events(proxy, service, photo):
    answer = answer_of("openai.mjs", "stream", photo.path, proxy=proxy)
    require_returned(answer, photo)
    assert answer["kinds"] == ["image_edit.completed"]


@pytest.mark.parametrize("script", ["openai.mjs list", "vercel.mjs"])
def test_several_pictures(script, proxy, service, photo, second):
    require_returned(answer_of(*script.split(), photo.path, second.path, proxy=proxy), photo)
    sent = [each for each in found_in(service.asked[-1].body) if opened(each).mode == "RGB"]
    assert (edits_at(service), len(sent)) == (1, 2)
    service.asked[-1].body = sent[0]  # what is left to be looked at: the first


@pytest.mark.parametrize("script", ["openai.mjs readStream", "vercel.mjs"])
@pytest.mark.parametrize("status", [500, 429])
def test_nothing_is_sent_a_second_time(status, script, proxy, service, photo):
    """Both try again by themselves after statuses such as these."""
    service.status = status
    answer = answer_of(*script.split(), photo.path, proxy=proxy)
    assert answer["sent"] == "yes"
    assert edits_at(service) == 1


@pytest.mark.parametrize("script", ["openai.mjs readStream", "vercel.mjs"])
def test_no_face(script, proxy, service, faceless):
    answer = answer_of(*script.split(), faceless.path, proxy=proxy)
    assert (answer["status"], answer["code"], answer["sent"]) == (400, "no_face_found", "no")
    assert not service.asked


def test_what_is_installed_is_pinned_and_no_place_is_named():
    locked = json.loads((NODE / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((NODE / "package.json").read_text("utf-8"))["dependencies"]
    packages = {name: each for name, each in locked["packages"].items() if name}
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not any("resolved" in each for each in packages.values())
    assert not re.search(r"registry|https?://(?!github\.com/sponsors/)", json.dumps(locked))
