import json

import httpx2
import pytest


def get(proxy, path, **headers):
    return httpx2.get(f"{proxy.root}{path}", headers=headers, timeout=20)


def shape(answer):
    said = answer.json()["error"]
    assert {"message", "type", "param", "code"} <= set(said)
    assert answer.headers["x-should-retry"] == "false"
    return answer.status_code, said["code"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1",
        "/static",
        "/static/",
        "/static/../app.py",
        "/api",
        "/v1/images/edits/",
        "/v1/images/generations",
        "/v1/images/variations",
        "/v1/chat/completions",
        "/v1/responses",
        "/v1/files",
        "/docs",
        "/redoc",
        "/v1/../v1/images/nothing",
        "/%2e%2e/etc/passwd",
        "//v1/images/edits",
    ],
)
def test_everything_else_is_not_found_and_never_forwarded(proxy, service, path):
    for answer in (get(proxy, path), proxy.post(path, json={"prompt": "x"})):
        assert shape(answer) == (404, "not_found")
    assert not service.asked


def test_another_method_is_told_which_are_taken(proxy):
    answer = get(proxy, "/v1/images/edits")
    assert shape(answer) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def test_models_are_listed_as_openai_does(proxy, service):
    known = {"authorization": f"Bearer {proxy.token}"}
    for path in ("/v1/models", "/models"):
        said = get(proxy, path, **known).json()
        assert said["object"] == "list"
        assert said["data"][0]["id"] == "gpt-image-2.5-sunburst"
    assert get(proxy, "/v1/models/gpt-image-2", **known).json()["owned_by"] == "openai"
    assert shape(get(proxy, "/v1/models/nobody", **known)) == (404, "model_not_found")
    assert shape(get(proxy, "/v1/models")) == (401, "invalid_api_key")
    assert not service.asked


def test_it_tells_that_it_is_well(proxy):
    answer = get(proxy, "/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "inside": 0})
    proxy.guardian.desk.closing = True
    assert get(proxy, "/healthz").status_code == 503


def test_counts_are_for_this_machine_or_for_the_token(proxy):
    assert "privateedit_answers_total" in get(proxy, "/metrics").text
    proxy.guardian.access.loopback = False
    assert shape(get(proxy, "/metrics")) == (401, "invalid_api_key")
    assert get(proxy, "/metrics", authorization=f"Bearer {proxy.token}").status_code == 200


def test_every_answer_is_safe_to_open_in_a_browser(proxy):
    for path in ("/healthz", "/nothing", "/v1/models"):
        headers = get(proxy, path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


def test_other_names_and_other_pages_are_turned_away_whatever_they_ask_for(proxy):
    for path in ("/healthz", "/v1/models", "/metrics", "/openapi.json", "/nothing"):
        assert shape(get(proxy, path, host="evil.example")) == (421, "wrong_host")
        assert shape(get(proxy, path, origin="http://evil.example")) == (403, "wrong_origin")


def test_its_document_names_every_way_and_loads_nothing_from_elsewhere(proxy):
    said = get(proxy, "/openapi.json").json()
    edits = {"/v1/images/edits", "/images/edits", "/openai/deployments/{model}/images/edits"}
    assert edits <= set(said["paths"])
    body = said["paths"]["/v1/images/edits"]["post"]["requestBody"]["content"]
    assert set(body) == {"multipart/form-data", "application/json"}
    assert "http" not in json.dumps(said["paths"])


def test_what_nobody_thought_of_is_told_without_a_traceback(proxy, monkeypatch):
    def fail(self, headers):
        raise RuntimeError("Anna Schmidt")

    monkeypatch.setattr(type(proxy.guardian.access), "caller", fail)
    for answer in (get(proxy, "/v1/models"), proxy.post(json={})):
        assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
        assert "Anna" not in answer.text
        assert "RuntimeError" in answer.text
