import json
from time import monotonic

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.replicate import ReplicateStandIn
from tests.standins.server import Answer

from privateedit.core.edit import Instruction
from privateedit.errors import (
    BadReply,
    Cancelled,
    ContentRefused,
    InputError,
    ProviderError,
    RateLimited,
    RequestRejected,
    Sent,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.plan import Found, Outline, Picture, Polarity, Wrap
from privateedit.providers.replicate import Replicate
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

DO = Instruction("make it nice")
KONTEXT = "black-forest-labs/flux-kontext-pro"
FLUX_2 = "black-forest-labs/flux-2-pro"
FILL = "black-forest-labs/flux-fill-pro"
PICTURE, MASK = Picture(Wrap.DATA_URI), Outline(Polarity.BLACK, Wrap.DATA_URI)


def edited(stand_in, model="", options=None, **changes):
    editor = editor_for(
        Case("replicate", Replicate, ReplicateStandIn, model, options or {}), stand_in, **changes
    )
    payload = sealed(editor)
    return payload, editor.edit(payload, DO)


def failed(stand_in, kind, **changes):
    with pytest.raises(kind) as raised:
        edited(stand_in, **changes)
    assert raised.value.sent is Sent.YES
    assert "make it nice" not in raised.value.sentence
    return raised.value


def planned(model, **options):
    return Replicate().begin(Order("make it nice", model, 1024, 768, options))


def reply(body, stage="poll", status=200, **memory):
    return Reply(stage, status, {}, json.dumps(body).encode(), memory)


def proceeded(body, stage="poll", **memory):
    return Replicate().proceed(reply(body, stage, **memory), Order("x", KONTEXT, 64, 64))


@pytest.mark.parametrize("model", Replicate.profile.models)
def test_every_model_is_asked_as_it_wants(model):
    with ReplicateStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        payload, result = edited(service, model)
    assert not service.problems
    assert result.pixels.shape[:2] == (payload.height, payload.width)
    assert payload.media_type == "image/jpeg"
    assert [asked.method for asked in service.asked] == ["POST", "GET", "GET", "GET", "GET"]
    assert service.asked[0].path == f"/v1/models/{model}/predictions"
    assert service.asked[0].headers["prefer"] == "wait=5"
    assert "authorization" not in service.asked[-1].headers


def test_each_model_has_names_of_its_own_for_its_inputs():
    assert planned(KONTEXT, seed="7").body.value == {
        "input": {
            "prompt": "make it nice", "input_image": PICTURE, "aspect_ratio": "match_input_image",
            "output_format": "png", "seed": 7,
        }
    }  # fmt: skip
    assert planned(FLUX_2).body.value == {
        "input": {
            "prompt": "make it nice", "input_images": [PICTURE], "aspect_ratio": "custom", "width": 1024,
            "height": 768, "output_format": "png",
        }
    }  # fmt: skip
    assert planned("google/nano-banana-pro", resolution="4K").body.value == {
        "input": {
            "prompt": "make it nice", "image_input": [PICTURE], "aspect_ratio": "match_input_image",
            "output_format": "png", "resolution": "4K",
        }
    }  # fmt: skip
    assert planned(FILL).body.value == {
        "input": {"prompt": "make it nice", "image": PICTURE, "mask": MASK, "output_format": "png"}
    }


def test_fill_gets_a_mask_that_is_white_exactly_where_nothing_is_hidden():
    with ReplicateStandIn() as service:
        payload, _ = edited(service, FILL)
    assert np.array_equal(service.masks[0], np.where(payload.hidden, 0, 255))


def test_another_model_is_asked_by_version_and_as_a_person_says():
    model = f"somebody/inpainter:{'ab' * 32}"
    with ReplicateStandIn() as service:
        payload, _ = edited(service, model, {"image": "init_image", "mask": "mask_image"})
    assert not service.problems
    assert service.asked[0].path == "/v1/predictions"
    assert service.asked[0].json()["version"] == "ab" * 32
    assert np.array_equal(service.masks[0], np.where(payload.hidden, 0, 255))


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("flux", {"image": "image"}), ("../files", {"image": "image"}), ("a/b/c", {"image": "image"}),
        ("a/b?c", {"image": "image"}), ("a/b:latest", {"image": "image"}), ("a/..", {"image": "image"}),
        ("somebody/inpainter", {}), (KONTEXT, {"safety_tolerance": "3"}), (FLUX_2, {"safety_tolerance": "0"}),
        (FLUX_2, {"steps": "20"}),
    ],
)  # fmt: skip
def test_a_model_or_an_option_that_there_is_not_is_told_before_anything_is_sent(model, options):
    with pytest.raises(InputError):
        planned(model, **options)


def test_a_job_that_is_done_at_once_is_not_looked_at():
    with ReplicateStandIn() as service:
        service.looks = 0
        edited(service)
    assert [asked.path for asked in service.asked][1:] == ["/delivery/job-1.png"]


@pytest.mark.parametrize("output", ["https://replicate.delivery/a.png", ["https://replicate.delivery/a.png"]])
def test_the_picture_is_fetched_from_where_it_lies_without_the_key(output):
    request = proceeded({"status": "succeeded", "output": output})
    assert (request.url, request.download) == ("https://replicate.delivery/a.png", True)


def test_a_picture_inside_the_answer_is_taken_from_there():
    assert proceeded({"status": "succeeded", "output": "data:image/png;base64,AAEC"}) == Found(b"\0\1\2")


@pytest.mark.parametrize("output", [None, [], "", {}, 7, "/v1/files/x", ["ftp://x.y/a"]])
def test_a_success_without_a_picture_is_a_bad_reply(output):
    with pytest.raises(BadReply):
        proceeded({"status": "succeeded", "output": output})


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ({"status": "failed", "error": "make it nice was flagged as sensitive. (E005)"}, ContentRefused),
        ({"status": "failed", "error": "NSFW content detected in make it nice"}, ContentRefused),
        ({"status": "failed", "error": "make it nice is invalid (E006)"}, RequestRejected),
        ({"status": "failed", "error": "make it nice (E1001)"}, ServiceDown),
        ({"status": "failed", "error": None}, ServiceDown),
        ({"status": "canceled"}, Cancelled),
        ({"status": "aborted"}, ServiceDown),
        ({"status": "wondering"}, BadReply),
        ({"status": None}, BadReply),
        ({"status": []}, BadReply),
    ],
)
def test_every_end_of_a_job_has_its_error(ending, kind):
    with ReplicateStandIn() as service:
        service.ending = ending
        failed(service, kind)
        assert len(service.carried) == 1


def test_the_code_of_a_fault_is_told_and_nothing_else_of_its_text():
    with ReplicateStandIn() as service:
        service.ending = {"status": "failed", "error": "make it nice (E1001)"}
        assert "[E1001]" in failed(service, ServiceDown).message


@pytest.mark.parametrize(
    ("headers", "detail", "seconds"),
    [
        ({"retry-after": "7"}, "Your rate limit resets in ~30s.", 7),
        ({}, "Request was throttled. Your rate limit resets in ~30s.", 30),
        ({}, "Request was throttled.", None),
        ({}, ["resets in ~30s"], None),
    ],
)
def test_how_long_to_wait_is_read_from_the_header_or_else_the_text(headers, detail, seconds):
    limited = Reply("submit", 429, headers, json.dumps({"detail": detail}).encode(), {})
    error = Replicate().refusal(limited)
    if headers:
        assert error is None  # the usual meaning says it all
    else:
        assert isinstance(error, RateLimited)
        assert error.retry_after == seconds
    unreadable = Replicate().refusal(Reply("submit", 429, {}, b"slow down", {}))
    assert unreadable.retry_after is None


@pytest.mark.parametrize("which", ["get", "cancel"])
@pytest.mark.parametrize(
    "elsewhere",
    ["https://replicate.com.example.org/x", "https://example.org/x", "http://api.replicate.com/x"],
)
def test_a_job_is_neither_asked_for_nor_stopped_anywhere_else(which, elsewhere):
    class Elsewhere(ReplicateStandIn):
        def answer(self, asked):
            answer = super().answer(asked)
            told = json.loads(answer.body)
            told["urls"][which] = elsewhere
            return Answer.of(told, answer.status)

    def stopped(seconds):
        raise KeyboardInterrupt

    with Elsewhere() as service:
        if which == "get":
            failed(service, BadReply)
        else:
            failed(service, Cancelled, sleep=stopped)
        assert len([asked for asked in service.asked if not asked.path.endswith("/cancel")]) == 1


def test_ctrl_c_stops_the_job():
    def stopped(seconds):
        raise KeyboardInterrupt

    with ReplicateStandIn() as service:
        failed(service, Cancelled, sleep=stopped)
    assert service.stopped == ["job-1"]
    assert (service.asked[-1].method, service.asked[-1].body) == ("POST", b"")
    assert service.asked[-1].headers["authorization"] == f"Bearer {service.key}"


def test_a_job_that_never_ends_is_stopped_at_the_deadline():
    start = monotonic()
    clock = [start]

    def sleep(seconds):
        clock[0] += seconds

    with ReplicateStandIn() as service:
        service.looks = 10**6
        failed(service, TimedOut, clock=lambda: clock[0], sleep=sleep)
    assert service.stopped == ["job-1"]
    assert 590 < clock[0] - start <= 600


@pytest.mark.parametrize(
    "last",
    [
        reply({"status": "succeeded"}, cancel="https://api.replicate.com/v1/x"),
        reply({"status": []}, cancel="https://api.replicate.com/v1/x"),
        reply({"status": "starting"}, "submit"),
        Reply("submit", 201, {}, b"<html>", {}),
        Reply("download", 200, {}, b"\x89PNG", {}),
    ],
)
def test_a_job_that_is_over_or_has_no_name_is_not_stopped(last):
    assert Replicate().cancel(last) is None


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/v1/predictions/job-1", 404, BadReply), ("/v1/predictions/job-1", 500, ServiceDown),
        ("/delivery/job-1.png", 404, BadReply), ("/delivery/job-1.png", 500, ServiceDown),
    ],
)  # fmt: skip
def test_a_status_on_the_way_has_its_error(path, status, kind):
    class Faulty(ReplicateStandIn):
        def answer(self, asked):
            return self.error(status) if asked.path == path else super().answer(asked)

    with Faulty() as service:
        assert isinstance(failed(service, ProviderError), kind)
