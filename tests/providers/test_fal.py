import json
from time import monotonic

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.fal import FalStandIn
from tests.standins.server import Answer

from privateedit.core.edit import Instruction
from privateedit.errors import (
    BadReply,
    Cancelled,
    ContentRefused,
    InputError,
    ProviderError,
    QuotaExceeded,
    RequestRejected,
    Sent,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.fal import Fal
from privateedit.providers.plan import Found, Outline, Picture, Polarity, Wrap
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

DO = Instruction("make it nice")
KONTEXT = "fal-ai/flux-pro/kontext"
FILL = "fal-ai/flux-pro/v1/fill"
PICTURE, MASK = Picture(Wrap.DATA_URI), Outline(Polarity.BLACK, Wrap.DATA_URI)


def edited(stand_in, model="", options=None, **changes):
    editor = editor_for(Case("fal", Fal, FalStandIn, model, options or {}), stand_in, **changes)
    payload = sealed(editor)
    return payload, editor.edit(payload, DO)


def failed(stand_in, kind, **changes):
    with pytest.raises(kind) as raised:
        edited(stand_in, **changes)
    assert raised.value.sent is Sent.YES
    assert "make it nice" not in raised.value.sentence
    return raised.value


def planned(model, **options):
    return Fal().begin(Order("make it nice", model, 1024, 768, options))


def reply(body, stage, status=200, **memory):
    return Reply(stage, status, {}, json.dumps(body).encode(), memory)


def proceeded(body, stage):
    return Fal().proceed(reply(body, stage), Order("x", KONTEXT, 64, 64))


@pytest.mark.parametrize("model", Fal.profile.models)
def test_every_model_is_asked_as_it_wants(model):
    with FalStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        payload, result = edited(service, model)
    assert not service.problems
    assert result.pixels.shape[:2] == (payload.height, payload.width)
    owner = "/".join(model.split("/")[:2])
    at = f"/{owner}/requests/job-1"
    assert [asked.path for asked in service.asked] == [f"/{model}", *[f"{at}/status"] * 3, at]
    assert {asked.headers["authorization"] for asked in service.asked} == {f"Key {service.key}"}


def test_the_service_is_asked_to_keep_nothing():
    with FalStandIn() as service:
        edited(service)
    headers = service.asked[0].headers
    assert headers["x-fal-store-io"] == "0"
    assert json.loads(headers["x-fal-object-lifecycle-preference"]) == {"expiration_duration_seconds": 3600}
    assert service.asked[0].json()["sync_mode"] is True


def test_each_model_has_names_of_its_own_for_its_inputs():
    usual = {"prompt": "make it nice", "output_format": "png", "sync_mode": True}
    assert planned(KONTEXT, guidance_scale="3.5", safety_tolerance="2").body.value == {
        **usual, "image_url": PICTURE, "guidance_scale": 3.5, "safety_tolerance": "2",
    }  # fmt: skip
    assert planned("fal-ai/flux-2-pro/edit").body.value == {
        **usual, "image_urls": [PICTURE], "image_size": {"width": 1024, "height": 768},
    }  # fmt: skip
    assert planned(FILL).body.value == {**usual, "image_url": PICTURE, "mask_url": MASK}
    assert planned("fal-ai/nano-banana-2/edit").body.value == {
        **usual, "image_urls": [PICTURE], "resolution": "2K",
    }  # fmt: skip


def test_fill_gets_a_mask_that_is_white_exactly_where_nothing_is_hidden():
    with FalStandIn() as service:
        payload, _ = edited(service, FILL)
    assert np.array_equal(service.masks[0], np.where(payload.hidden, 0, 255))


def test_another_model_is_asked_as_a_person_says():
    with FalStandIn() as service:
        payload, _ = edited(service, "somebody/inpainter", {"image": "init_images[]", "mask": "mask"})
    assert not service.problems
    assert np.array_equal(service.masks[0], np.where(payload.hidden, 0, 255))


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("kontext", {"image": "image_url"}), ("a/../b", {"image": "image_url"}),
        ("a/b?c", {"image": "image_url"}), ("/a/b", {"image": "image_url"}),
        ("https://a/b", {"image": "image_url"}), ("somebody/inpainter", {}),
        ("fal-ai/nano-banana/edit", {"resolution": "2K"}), (KONTEXT, {"safety_tolerance": "7"}),
    ],
)  # fmt: skip
def test_a_model_or_an_option_that_there_is_not_is_told_before_anything_is_sent(model, options):
    with pytest.raises(InputError):
        planned(model, **options)


def test_a_picture_that_lies_elsewhere_all_the_same_is_fetched_without_the_key():
    with FalStandIn() as service:
        service.inline = False
        edited(service)
    assert not service.problems
    assert service.asked[-1].path == "/files/job-1.png"
    assert "authorization" not in service.asked[-1].headers


def test_a_picture_inside_the_answer_is_taken_from_there():
    assert proceeded({"images": [{"url": "data:image/png;base64,AAEC"}]}, "result") == Found(b"\0\1\2")


@pytest.mark.parametrize(
    "images", [None, [], [None], [{"url": None}], [{"url": "/x"}], [{"url": "data:text/html,x"}]]
)
def test_a_result_without_a_picture_is_a_bad_reply(images):
    with pytest.raises(BadReply):
        proceeded({"images": images}, "result")


def test_a_picture_that_was_blacked_out_is_a_refusal():
    with pytest.raises(ContentRefused):
        proceeded({"images": [{"url": "data:image/png;base64,AAEC"}], "has_nsfw_concepts": [True]}, "result")


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("content_policy_violation", ContentRefused), ("request_timeout", TimedOut),
        ("startup_timeout", TimedOut),
        ("client_cancelled", Cancelled), ("bad_request", RequestRejected),
        ("runner_server_error", ServiceDown),
        ("something_new", ServiceDown),
    ],
)  # fmt: skip
def test_completed_can_tell_of_a_fault(kind, error):
    with FalStandIn() as service:
        service.ending = {"error": "make it nice", "error_type": kind}
        failed(service, error)
        assert not service.stopped
        assert service.asked[-1].path.endswith("/status")


def test_a_fault_without_a_kind_is_read_where_the_result_would_be():
    class Moderating(FalStandIn):
        def ended(self):
            wrong = {"loc": ["body", "prompt"], "msg": "make it nice", "type": "content_policy_violation"}
            return Answer.of({"detail": [wrong]}, 422)

    for kind, error in ((Moderating, ContentRefused), (FalStandIn, RequestRejected)):
        with kind() as service:
            service.ending = {"error": "make it nice"}
            failed(service, error)


@pytest.mark.parametrize("status", ["WONDERING", None, [], {}])
def test_an_unknown_state_is_a_bad_reply(status):
    with FalStandIn() as service:
        service.ending = {"status": status}
        failed(service, BadReply)


@pytest.mark.parametrize(
    ("status", "headers", "body", "kind"),
    [
        (422, {}, {"detail": [{"type": "content_policy_violation"}]}, ContentRefused),
        (422, {}, {"detail": [{"type": ["odd"]}, 7, None]}, type(None)),
        (422, {}, {"detail": "make it nice", "error_type": "content_policy_violation"}, ContentRefused),
        (400, {"x-fal-error-type": "content_policy_violation"}, None, ContentRefused),
        (403, {}, {"detail": "User is locked. Reason: Exhausted balance. Top up."}, QuotaExceeded),
        (403, {}, {"detail": "Cannot access application"}, type(None)),
        (500, {}, None, type(None)),
    ],
)
def test_the_words_of_an_answer_tell_moderation_and_an_empty_account(status, headers, body, kind):
    raw = b"oops" if body is None else json.dumps(body).encode()
    assert isinstance(Fal().refusal(Reply("submit", status, headers, raw, {})), kind)


@pytest.mark.parametrize("which", ["status", "response", "cancel"])
@pytest.mark.parametrize(
    "elsewhere", ["https://fal.run.example.org/x", "https://queue.falrun.com/x", "http://queue.fal.run/x"]
)
def test_a_job_is_neither_asked_for_nor_stopped_anywhere_else(which, elsewhere):
    class Elsewhere(FalStandIn):
        def answer(self, asked):
            answer = super().answer(asked)
            if not self.carries(asked):
                return answer
            return Answer.of({**json.loads(answer.body), f"{which}_url": elsewhere})

    def stopped(seconds):
        raise KeyboardInterrupt

    with Elsewhere() as service:
        if which == "cancel":
            failed(service, Cancelled, sleep=stopped)
        else:
            failed(service, BadReply)
        assert all(asked.path.endswith(("/status", "/cancel")) for asked in service.asked[1:])


def test_a_job_without_all_its_addresses_is_a_bad_reply():
    named = {f"{each}_url": f"https://queue.fal.run/{each}" for each in ("status", "response", "cancel")}
    assert proceeded(named, "submit").url == named["status_url"]
    for each in named:
        with pytest.raises(BadReply):
            proceeded({name: url for name, url in named.items() if name != each}, "submit")


def test_ctrl_c_stops_the_job():
    def stopped(seconds):
        raise KeyboardInterrupt

    with FalStandIn() as service:
        failed(service, Cancelled, sleep=stopped)
    assert service.stopped == ["job-1"]
    assert (service.asked[-1].method, service.asked[-1].body) == ("PUT", b"")


def test_a_job_that_never_ends_is_stopped_at_the_deadline():
    start = monotonic()
    clock = [start]

    def sleep(seconds):
        clock[0] += seconds

    with FalStandIn() as service:
        service.looks = 10**6
        failed(service, TimedOut, clock=lambda: clock[0], sleep=sleep)
    assert service.stopped == ["job-1"]
    assert 590 < clock[0] - start <= 600


@pytest.mark.parametrize(
    "last",
    [
        reply({"status": "COMPLETED"}, "poll", cancel="https://queue.fal.run/x"),
        reply({"status": []}, "poll", cancel="https://queue.fal.run/x"),
        reply({}, "submit"),
        Reply("submit", 200, {}, b"<html>", {}),
        reply({}, "result"),
    ],
)
def test_a_job_that_is_over_or_has_no_name_is_not_stopped(last):
    assert Fal().cancel(last) is None


@pytest.mark.parametrize(
    ("ending", "status", "kind"),
    [("/status", 404, BadReply), ("/status", 500, ServiceDown), ("/job-1", 404, RequestRejected)],
)
def test_a_status_on_the_way_has_its_error(ending, status, kind):
    class Faulty(FalStandIn):
        def answer(self, asked):
            return self.error(status) if asked.path.endswith(ending) else super().answer(asked)

    with Faulty() as service:
        assert isinstance(failed(service, ProviderError), kind)
