import json

import pytest

from privateedit import errors
from privateedit.providers.openai import OpenAI
from privateedit.providers.reply import Reply
from privateedit.providers.statuses import usual_refusal

PROFILE = OpenAI.profile


def refusal(status, body=b"", **headers):
    return usual_refusal(Reply("s", status, headers, body, {}), PROFILE)


@pytest.mark.parametrize(
    "status", [300, 301, 400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 429, 500, 503, 504, 599]
)
def test_every_status_has_an_error_that_names_the_service_and_says_no_more(status):
    body = json.dumps({"error": {"message": "your prompt: violet scarf", "code": "violet scarf"}}).encode()
    found = refusal(status, body)
    assert isinstance(found, errors.ProviderError)
    assert "OpenAI" in found.message
    assert "violet" not in found.message


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "bad_size"}},
        {"name": "bad_size"},
        {"error": "bad_size"},
        {"error_type": "bad_size"},
    ],
)
def test_a_code_word_is_repeated(body):
    assert "[bad_size]" in refusal(400, json.dumps(body).encode()).message


def test_a_key_that_is_not_taken_is_named_by_its_variable():
    found = refusal(401)
    assert isinstance(found, errors.AuthenticationFailed)
    assert "OPENAI_API_KEY" in found.message


def test_too_many_requests_say_when():
    assert refusal(429).retry_after is None
    found = refusal(429, **{"retry-after": "12"})
    assert found.retry_after == 12
    assert "in 12 s" in found.message
