"""Requests that no person thought of: each is answered, in OpenAI's shape, and nothing breaks inside."""

import json
import logging
import re

import numpy as np
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS
from tests.server.conftest import file_of, running
from tests.standins.openai import OpenAIStandIn
from tests.standins.raw_client import EDITS, asked, eventually, file, form, head, text

KNOWN = {200, 400, 401, 403, 404, 405, 408, 413, 415, 421, 422}
HEADERS = {"x-privateedit-coverage": ["face", "head"], "x-privateedit-faces": ["all", "1"]}
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def fuzz(examples):
    """The same examples every time, as many as a build can wait for."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def faceless():
    noise = np.random.default_rng(7).integers(100, 140, (48, 48, 3), np.uint8)
    return file_of(noise)


@pytest.fixture(scope="module")
def running_proxy(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, OpenAIStandIn() as service:
        patch.setenv("OPENAI_API_KEY", service.key)
        patch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", service.url)
        patch.setenv("PRIVATEEDIT_STATE_DIR", str(tmp_path_factory.mktemp("fuzz") / "records"))
        with running() as proxy:
            proxy.service = service
            yield proxy


@pytest.fixture
def proxy(running_proxy, monkeypatch, caplog, capfd):
    """It sends nothing, for no photo of the fuzzers has a face; it says nothing; it logs no traceback."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("OPENAI_API_KEY", running_proxy.service.key)
    monkeypatch.setenv("PRIVATEEDIT_OPENAI_BASE_URL", running_proxy.service.url)
    yield running_proxy
    assert not running_proxy.service.asked
    assert eventually(lambda: running_proxy.guardian.desk.budget.taken == 0)
    assert not [each for each in caplog.records if each.exc_info or "Traceback" in each.getMessage()]
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err


def require_told(heard):
    """Hold that an answer is one that clients understand, and tells nothing of the inside."""
    assert heard.status in KNOWN, heard
    if heard.status == 200:
        return
    assert heard.error["sent"] == "no"
    assert not re.search(r"Traceback|File \"|\.py|0x[0-9a-f]{6}", heard.body.decode())


def post(proxy, body, kind, *more):
    headers = [
        ("Content-Type", kind),
        ("Content-Length", len(body)),
        ("Authorization", f"Bearer {proxy.token}"),
        *more,
    ]
    heard = asked(proxy.port, head(path=EDITS, port=proxy.port, headers=headers) + body, 30)
    require_told(heard)
    return heard


# the document of the interface

OPERATIONS = [
    "POST /v1/images/edits",
    "POST /images/edits",
    "POST /openai/deployments/{model}/images/edits",
    "GET /v1/models",
    "GET /models",
    "GET /v1/models/{model}",
    "GET /healthz",
    "GET /metrics",
]


@pytest.fixture(scope="module")
def document(running_proxy):
    return schemathesis.openapi.from_url(f"{running_proxy.root}/openapi.json")


def test_the_document_names_every_route(document):
    found = {result.ok().label for result in document.get_all_operations()}
    assert {each for each in found if " /api/" not in each} == set(OPERATIONS)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_the_document_describes_is_answered_as_it_says(proxy, document, name):
    operation = next(
        found for result in document.get_all_operations() if (found := result.ok()).label == name
    )
    checks = CHECKS.get_by_names(CHECKED)
    token = {"authorization": f"Bearer {proxy.token}"}

    @fuzz(40)
    @given(case=operation.as_strategy())
    def asks(case):
        response = case.call(base_url=proxy.root, headers=token, timeout=30)
        case.validate_response(response, checks=checks, headers=token)

    asks()


# bodies


def mutated(body):
    """Bodies that differ from `body` by up to four cuts, repeats, insertions or flips."""
    place = st.integers(0, len(body))
    kinds = st.sampled_from(["cut", "repeat", "insert", "flip"])
    change = st.tuples(kinds, place, place, st.binary(max_size=40))

    def apply(changes):
        found = bytearray(body)
        for kind, one, two, data in changes:
            start, end = sorted((one % (len(found) + 1), two % (len(found) + 1)))
            if kind == "cut":
                del found[start:end]
            elif kind == "repeat":
                found[end:end] = found[start:end]
            elif kind == "insert":
                found[start:start] = data
            elif found:
                found[start % len(found)] ^= 1 << (end % 8)
        return bytes(found)

    return st.lists(change, min_size=1, max_size=4).map(apply)


def test_mutated_forms_are_answered(proxy, faceless):
    small = faceless[:200]
    kind, body = form(
        [
            text("prompt", "warmer"),
            text("n", "1"),
            file("image", small),
            file("mask", small),
            text("size", "1024x1024"),
        ]
    )

    @fuzz(360)
    @given(mutated(body))
    def asks(changed):
        post(proxy, changed, kind)

    asks()


NAMES = st.one_of(
    st.sampled_from(
        ["image", "image[]", "image[0]", "mask", "mask[]", "prompt", "model", "n", "size", "stream",
         "quality", "background", "output_format", "output_compression", "response_format", "markup",
         "file_id", "user"]
    ),
    st.text(max_size=12),
)  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30), st.sampled_from(["1", "0", "-1", "true", "1024x1024", "auto", "png", "9" * 30])
)


def test_forms_of_random_parts_are_answered(proxy, faceless):
    content = st.one_of(st.just(faceless), st.binary(max_size=60))

    def part(name, value, data, is_file, called):
        safe = name.replace('"', "%22").replace("\r", "").replace("\n", "")
        return file(safe, data, called.replace('"', "")) if is_file else text(safe, value)

    parts = st.lists(st.builds(part, NAMES, VALUES, content, st.booleans(), st.text(max_size=10)), max_size=8)
    charsets = st.sampled_from(
        ["", "; charset=utf-8", "; charset=utf-16", "; charset=latin-1", "; charset=rot13"]
    )

    @fuzz(300)
    @given(parts, charsets, st.from_regex(r"[0-9A-Za-z'()+_,./:=?-]{1,70}", fullmatch=True))
    def asks(found, charset, boundary):
        body = form([(said.encode("utf-8", "replace").decode(), data) for said, data in found], boundary)[1]
        post(proxy, body, f'multipart/form-data; boundary="{boundary}"{charset}')

    asks()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def test_json_of_any_shape_is_answered(proxy, faceless):
    import base64

    good = {"image_url": "data:image/png;base64," + base64.b64encode(faceless).decode()}
    pictures = st.lists(st.one_of(st.just(good), JSON), max_size=3)
    shaped = st.fixed_dictionaries(
        {},
        optional={
            "prompt": VALUES | JSON,
            "images": pictures | JSON,
            "image": pictures | JSON,
            "mask": st.just(good) | JSON,
            **dict.fromkeys(("n", "size", "stream", "model", "quality", "output_format"), VALUES | JSON),
        },
    )

    @fuzz(360)
    @given(st.one_of(shaped, JSON))
    def asks(said):
        post(proxy, json.dumps(said).encode("utf-8", "surrogatepass"), "application/json")

    asks()


def test_mutated_json_is_answered(proxy):
    body = json.dumps({"prompt": "wärmer", "images": [{"image_url": "data:image/png;base64,aGk="}]}).encode()

    @fuzz(300)
    @given(mutated(body))
    def asks(changed):
        post(proxy, changed, "application/json")

    asks()


def test_random_bytes_of_any_type_are_answered(proxy):
    kinds = st.sampled_from(
        [
            "application/json",
            "multipart/form-data; boundary=b",
            "text/plain",
            "image/png",
            "multipart/form-data",
        ]
    )

    @fuzz(180)
    @given(st.binary(max_size=300), kinds)
    def asks(body, kind):
        post(proxy, body, kind)

    asks()


def test_own_headers_of_any_value_are_answered(proxy, faceless):
    kind, body = form([text("prompt", "warmer"), file("image", faceless[:100])])
    names = ["trust", "coverage", "grow", "shape", "fill", "opacity", "tone", "backdrop", "faces", "size",
             "harmonize", "style-match", "blend", "under", "expose-face", "x"]  # fmt: skip
    values = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)

    @fuzz(180)
    @given(st.sampled_from(names), values | VALUES.filter(lambda said: said.isascii() and said.isprintable()))
    def asks(name, value):
        assert post(proxy, body, kind, (f"X-PrivateEdit-{name}", value)).status != 200

    asks()


def test_requests_that_a_library_makes_are_told_apart_from_a_pages(proxy):
    """The fuzzers ask with a token and from nowhere; both matter."""
    assert requests.post(f"{proxy.root}{EDITS}", timeout=10).status_code == 401
    from_a_page = {"origin": "http://127.0.0.1:1", "authorization": f"Bearer {proxy.token}"}
    assert requests.post(f"{proxy.root}{EDITS}", headers=from_a_page, timeout=10).status_code == 403
