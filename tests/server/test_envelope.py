import asyncio
import json

import pytest

from privateedit import errors
from privateedit.errors import (
    Cancelled,
    CannotAlign,
    NotServed,
    PrivateEditError,
    ProviderError,
    RateLimited,
    Sent,
)
from privateedit.server.envelope import (
    FINAL,
    encoded,
    envelope,
    error_for,
    headers_of,
    meaning_for,
    meaning_of,
)


def kinds(root=PrivateEditError):
    return [
        root,
        *(
            each
            for child in root.__subclasses__()
            for each in kinds(child)
            if child.__module__ == errors.__name__
        ),
    ]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_error_has_openais_four_keys_and_tells_what_was_sent(kind):
    error = kind("It did not work.")
    said = json.loads(encoded(error))["error"]
    assert {"message", "type", "param", "code", "sent"} <= set(said)
    assert said["message"] == error.sentence
    assert said["sent"] == headers_of(error)["x-privateedit-sent"]
    assert 400 <= meaning_of(error).status < 600


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        (errors.NoFaceFound, 400, "no_face_found"),
        (errors.UnreadablePhoto, 400, "invalid_image_file"),
        (errors.NotSealed, 400, "privacy_check_failed"),
        (errors.CannotAlign, 422, "cannot_align"),
        (errors.ContentRefused, 400, "moderation_blocked"),
        (errors.AuthenticationFailed, 401, "invalid_api_key"),
        (errors.QuotaExceeded, 429, "insufficient_quota"),
        (errors.RateLimited, 429, "rate_limit_exceeded"),
        (errors.TimedOut, 504, "upstream_timeout"),
        (errors.Unreachable, 502, "upstream_failed"),
        (errors.ServiceDown, 502, "upstream_failed"),
        (errors.BadReply, 502, "bad_upstream_reply"),
    ],
)
def test_clients_learn_what_happened(kind, status, code):
    meaning = meaning_of(kind("x"))
    assert (meaning.status, meaning.code) == (status, code)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_no_client_sends_again_by_itself(kind):
    assert (
        headers_of(kind("x", **({"sent": Sent.YES} if kind is not NotServed else {})))["x-should-retry"]
        == "false"
    )


REPEATED = {408, 409, 425, 429, *range(500, 600)}
"""What clients send again by themselves that go by the status alone."""


@pytest.mark.parametrize("sent", [Sent.YES, Sent.UNKNOWN])
@pytest.mark.parametrize("kind", [each for each in kinds() if each is not NotServed])
def test_whoever_goes_by_the_status_alone_does_not_send_again_either(kind, sent):
    error = kind("x", sent=sent)
    meaning = meaning_for(error, heeds=False)
    assert meaning.status not in REPEATED
    assert "rate_limit" not in encoded(error, meaning).decode()
    assert (meaning.status == FINAL) == (meaning_of(error).status in REPEATED)
    assert meaning_for(error, heeds=True) == meaning_of(error)


def test_what_was_not_sent_keeps_its_status_for_everybody():
    for error in (NotServed("x", status=503, retry_after=5), errors.Unreachable("x", sent=Sent.NO)):
        assert meaning_for(error, heeds=False) == meaning_of(error)


def test_what_was_turned_away_at_the_door_may_come_back():
    busy = NotServed("Too many.", status=503, retry_after=5)
    assert headers_of(busy)["x-should-retry"] == "true"
    assert headers_of(busy)["retry-after"] == "5"


def test_how_long_to_wait_is_passed_on_and_still_nothing_is_sent_again():
    headers = headers_of(RateLimited("x", sent=Sent.YES, retry_after=7.2))
    assert (headers["retry-after"], headers["x-should-retry"]) == ("7", "false")


def test_a_misfit_is_told_in_numbers_that_json_knows():
    said = envelope(CannotAlign("x", measured={"pose": 31.23456, "none": float("nan"), "far": float("inf")}))
    assert said["error"]["measured"] == {"pose": 31.2346, "none": None, "far": None}
    json.loads(encoded(CannotAlign("x", measured={"far": float("inf")})))


def test_the_services_name_of_the_request_is_passed_on():
    error = ProviderError("x")
    error.request_id = "req_42"
    assert headers_of(error)["x-request-id"] == "req_42"
    error.request_id = "räq"
    assert "x-request-id" not in headers_of(error)


def test_whatever_ended_an_edit_is_one_sentence_without_a_word_of_it():
    known = CannotAlign("It does not fit.", sent=Sent.YES)
    assert error_for(known, Sent.NO) is known
    unexpected = error_for(ValueError("Brandauer 7431"), Sent.UNKNOWN)
    assert unexpected.sent is Sent.UNKNOWN
    assert "ValueError" in unexpected.message
    assert "7431" not in unexpected.sentence
    stopped = error_for(asyncio.CancelledError(), Sent.NO)
    assert isinstance(stopped, Cancelled)
    assert stopped.sent is Sent.UNKNOWN
