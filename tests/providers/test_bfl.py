import json
from time import monotonic

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.bfl import BFLStandIn
from tests.standins.pictures import pixels
from tests.standins.server import Answer

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.errors import (
    BadReply,
    ContentRefused,
    InputError,
    ProviderError,
    RequestRejected,
    Sent,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.bfl import BlackForestLabs
from privateedit.providers.model_sizes import KONTEXT
from privateedit.providers.plan import Outline, Picture, Polarity, Wrap
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

DO = Instruction("make it nice")
MODELS = BlackForestLabs.profile.models


def case(model="", **options):
    return Case("bfl", BlackForestLabs, BFLStandIn, model, options)


def edited(stand_in, model="", options=None, **changes):
    editor = editor_for(case(model, **(options or {})), stand_in, **changes)
    payload = sealed(editor)
    return payload, editor.edit(payload, DO)


def failed(stand_in, kind, **changes):
    with pytest.raises(kind) as raised:
        edited(stand_in, **changes)
    assert raised.value.sent is Sent.YES
    assert "make it nice" not in raised.value.sentence
    return raised.value


def planned(model, options=None, size=(1024, 768)):
    return BlackForestLabs().begin(Order("make it nice", model, *size, options or {}))


def told(status, stage="poll", **more):
    body = json.dumps({"id": "1", "status": status, **more}).encode()
    return Reply(stage, 200, {}, body, {"url": "https://api.us1.bfl.ai/v1/get_result?id=1", "looks": "1"})


def proceeded(reply):
    return BlackForestLabs().proceed(reply, Order("x", "flux-2-pro", 64, 64))


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_asked_as_it_wants_and_answers_in_the_size_that_was_sent(model):
    with BFLStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        payload, result = edited(service, model)
    assert not service.problems
    across, down = result.pixels.shape[1], result.pixels.shape[0]
    if "kontext" in model:
        assert (payload.width, payload.height) in KONTEXT
    assert (across, down) == (payload.width, payload.height)
    assert np.array_equal(result.pixels, 255 - pixels(payload.data))


def test_flux_2_is_asked_for_the_size_that_is_sent():
    request = planned("flux-2-max")
    assert (request.method, request.url) == ("POST", "/v1/flux-2-max")
    picture = Picture(Wrap.BASE64)
    assert request.body.value == {
        "prompt": "make it nice", "output_format": "png", "input_image": picture, "width": 1024,
        "height": 768,
    }  # fmt: skip


def test_kontext_follows_the_picture_it_is_sent():
    fields = planned("flux-kontext-max", {"safety_tolerance": "2", "prompt_upsampling": "true"}).body.value
    assert fields == {
        "prompt": "make it nice", "output_format": "png", "input_image": Picture(Wrap.BASE64),
        "safety_tolerance": 2, "prompt_upsampling": True,
    }  # fmt: skip


def test_fill_gets_a_mask_that_is_white_exactly_where_nothing_is_hidden():
    fields = planned("flux-pro-1.0-fill", {"guidance": "60", "steps": "15"}).body.value
    assert fields["mask"] == Outline(Polarity.BLACK, Wrap.BASE64)
    assert "input_image" not in fields
    assert (fields["guidance"], fields["steps"]) == (60.0, 15)
    with BFLStandIn() as service:
        payload, _ = edited(service, "flux-pro-1.0-fill")
    assert np.array_equal(service.masks[0], np.where(payload.hidden, 0, 255))
    assert 0 < payload.hidden.mean() < 1


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("flux-2-pro", {"steps": "20"}), ("flux-2-pro", {"safety_tolerance": "6"}),
        ("flux-kontext-pro", {"safety_tolerance": "3"}), ("flux-2-flex", {"guidance": "11"}),
        ("flux-pro-1.0-fill", {"steps": "14"}), ("flux-9", {}),
    ],
)  # fmt: skip
def test_an_option_that_a_model_does_not_take_is_told_before_anything_is_sent(model, options):
    with pytest.raises(InputError):
        planned(model, options)


@pytest.mark.parametrize("model", ["../v2/x", "flux-2-pro?x=1", "a/b", "", "https://x.y", "FLUX"])
def test_what_is_no_name_of_a_model_never_becomes_part_of_an_address(model):
    with pytest.raises(InputError):
        planned(model, {"image": "input_image"})


def test_another_model_is_asked_as_a_person_says():
    assert planned("flux-9-fill", {"image": "image", "mask": "mask"}).body.value == {
        "prompt": "make it nice", "image": Picture(Wrap.BASE64), "mask": Outline(Polarity.BLACK, Wrap.BASE64),
    }  # fmt: skip


def test_the_job_is_looked_at_with_the_key_and_the_picture_fetched_without():
    with BFLStandIn() as service:
        edited(service)
    paths = [asked.path for asked in service.asked]
    assert paths == ["/v1/flux-2-pro", *["/v1/get_result"] * 3, "/delivery/job-1.png"]
    assert [asked.headers.get("x-key") for asked in service.asked] == [*[service.key] * 4, None]


def test_a_job_is_asked_for_at_the_region_that_took_it():
    url = "https://api.us1.bfl.ai/v1/get_result?id=1"
    submitted = Reply("submit", 200, {}, f'{{"id": "1", "polling_url": "{url}"}}'.encode(), {})
    assert proceeded(submitted).url == url
    assert proceeded(told("Pending")).url == url


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/v1/get_result?id=1", "https://evilbfl.ai/x", "/x", 7]
)
def test_a_job_is_asked_for_nowhere_else(elsewhere):
    class Elsewhere(BFLStandIn):
        def answer(self, asked):
            return Answer.of({"id": "1", "polling_url": elsewhere})

    with Elsewhere() as service:
        failed(service, BadReply)
        assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("Request Moderated", ContentRefused), ("Content Moderated", ContentRefused), ("Error", ServiceDown),
        ("Failed", ServiceDown), ("Task not found", BadReply), ("Wondering", BadReply), (None, BadReply),
        ([], BadReply),
    ],
)  # fmt: skip
def test_every_end_of_a_job_has_its_error(status, kind):
    with BFLStandIn() as service:
        service.ending = {"status": status, "result": None}
        failed(service, kind)
        assert len(service.carried) == 1


@pytest.mark.parametrize(
    "result", [None, {}, {"sample": None}, {"sample": "file:///etc/passwd"}, {"sample": "http://10.0.0.1/x"}]
)
def test_a_result_without_a_usable_address_is_a_bad_reply(result):
    with BFLStandIn() as service:
        service.ending = {"result": result}
        failed(service, BadReply)


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/v1/get_result", 404, BadReply), ("/v1/get_result", 500, ServiceDown),
        ("/v1/get_result", 422, RequestRejected),
        ("/delivery/job-1.png", 403, BadReply), ("/delivery/job-1.png", 503, ServiceDown),
    ],
)  # fmt: skip
def test_a_status_on_the_way_has_its_error(path, status, kind):
    class Faulty(BFLStandIn):
        def answer(self, asked):
            return self.error(status) if asked.path == path else super().answer(asked)

    with Faulty() as service:
        assert isinstance(failed(service, ProviderError), kind)


def test_a_job_that_never_ends_is_left_at_the_deadline_and_cannot_be_stopped():
    start = monotonic()
    clock = [start]

    def sleep(seconds):
        clock[0] += seconds

    with BFLStandIn() as service:
        service.looks = 10**6
        failed(service, TimedOut, clock=lambda: clock[0], sleep=sleep)
        looks = len(service.asked) - 1
    assert 60 <= looks <= 75  # 300 seconds, soon five seconds apart
    assert 290 < clock[0] - start <= 300
    assert BlackForestLabs().cancel(told("Pending")) is None


def test_every_photo_goes_to_kontext_in_one_of_its_sizes():
    framing = BlackForestLabs().frame(4000, 3000, Framing("webp"), "flux-kontext-pro")
    assert framing == Framing("png", None, (1184, 880))
