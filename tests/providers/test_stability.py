import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.pictures import encoded, form, opened
from tests.standins.server import PNG
from tests.standins.stability import StabilityStandIn

from privateedit.codec import PixelEncoder
from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.core.payload import _mint
from privateedit.errors import (
    BadReply,
    ContentRefused,
    InputError,
    RequestRejected,
    Sent,
    TimedOut,
)
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Found, Polarity
from privateedit.providers.render import rendered
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order
from privateedit.providers.stability import Stability

RELIGHT = "replace-background-and-relight"
PROMPT = "make it nice"


def case_of(model="", **options):
    return Case("stability", Stability, StabilityStandIn, model, options)


def edited(case, **changes):
    with StabilityStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        editor = editor_for(case, service, **changes)
        payload = sealed(editor)
        result = editor.edit(payload, Instruction(PROMPT))
    assert not service.problems
    return service, payload, result


def reply(body, status=200, stage="edit", memory=None, **headers):
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(stage, status, told, data, memory or {})


def order(model="inpaint", **options):
    return Order(PROMPT, model, 900, 700, options)


@pytest.mark.parametrize(
    ("model", "options", "path", "texts", "files"),
    [
        ("inpaint", {}, "edit/inpaint", {"prompt": PROMPT, "grow_mask": "0"}, ["image", "mask"]),
        (
            "search-and-replace",
            {"search_prompt": "scarf", "negative_prompt": "wool"},
            "edit/search-and-replace",
            {"prompt": PROMPT, "search_prompt": "scarf", "negative_prompt": "wool"},
            ["image"],
        ),
        (
            RELIGHT,
            {
                "light_source_direction": "left",
                "light_source_strength": "0.4",
                "keep_original_background": "true",
                "seed": "7",
            },
            f"edit/{RELIGHT}",
            {
                "background_prompt": PROMPT,
                "light_source_direction": "left",
                "light_source_strength": "0.4",
                "keep_original_background": "true",
                "seed": "7",
            },
            ["subject_image"],
        ),
        (
            "sd3",
            {"strength": "0.4", "variant": "sd3.5-medium"},
            "generate/sd3",
            {"prompt": PROMPT, "mode": "image-to-image", "strength": "0.4", "model": "sd3.5-medium"},
            ["image"],
        ),
        (
            "structure",
            {"control_strength": "0.9"},
            "control/structure",
            {"prompt": PROMPT, "control_strength": "0.9"},
            ["image"],
        ),
    ],
)
def test_every_way_is_asked_as_the_reference_says(model, options, path, texts, files):
    service, payload, _ = edited(case_of(model, **options))
    asked = service.asked[0]
    assert (asked.method, asked.path) == ("POST", f"/v2beta/stable-image/{path}")
    assert asked.headers["accept"] == ("application/json" if model == RELIGHT else "image/*")
    parts = form(asked)
    sent = {name: content.decode() for name, file_name, _, content in parts if file_name is None}
    assert sent == {**texts, "output_format": "png"}
    assert [name for name, file_name, _, _ in parts if file_name] == files
    assert next(content for name, _, _, content in parts if name == files[0]) == payload.data


def test_the_mask_is_black_where_the_picture_is_hidden_and_white_elsewhere():
    service, payload, _ = edited(case_of())
    data = next(content for name, _, _, content in form(service.asked[0]) if name == "mask")
    mask = np.asarray(opened(data))
    assert mask.shape == payload.hidden.shape
    assert (mask[payload.hidden] == 0).all()
    assert (mask[~payload.hidden] == 255).all()


@pytest.mark.parametrize(
    ("model", "pixels"),
    [("inpaint", 1 << 22), ("sd3", 1 << 20), ("structure", None), (RELIGHT, 1 << 22)],
)
def test_a_result_of_another_size_is_read_as_it_comes(model, pixels):
    _, payload, result = edited(case_of(model))
    height, width = result.pixels.shape[:2]
    # What is only given another structure comes back as large as it was sent.
    assert width * height == pytest.approx(pixels or payload.width * payload.height, rel=0.01)
    assert width / height == pytest.approx(payload.width / payload.height, rel=0.01)


def test_a_job_is_asked_for_after_ten_seconds_then_ever_more_slowly():
    waits = []

    class Slow(StabilityStandIn):
        ready_at = 9

    with Slow() as service:
        editor = editor_for(case_of(RELIGHT), service, sleep=waits.append)
        editor.edit(sealed(editor), Instruction(PROMPT))
    assert waits[0] == 10
    assert waits == sorted(waits)
    assert waits[-1] == 30
    assert [asked.method for asked in service.asked] == ["POST"] + ["GET"] * 9
    assert {asked.headers["accept"] for asked in service.asked[1:]} == {"*/*"}
    assert not any(asked.body for asked in service.asked[1:])


def test_a_job_that_is_never_done_is_given_up_and_what_was_sent_is_said():
    class Never(StabilityStandIn):
        ready_at = 10_000

    now = [0.0]

    def sleep(seconds):
        now[0] += seconds

    with Never() as service:
        editor = editor_for(case_of(RELIGHT), service, sleep=sleep, clock=lambda: now[0])
        editor.door._clock = editor.clock
        with pytest.raises(TimedOut) as raised:
            editor.edit(sealed(editor), Instruction(PROMPT))
    assert raised.value.sent is Sent.YES
    assert 200 < now[0] <= 300
    assert len(service.carried) == 1


@pytest.mark.parametrize("job", ["../../v1/user/balance", "a/b", "", None, 7, "x" * 200, "a?b"])
def test_a_job_cannot_bend_the_address(job):
    with pytest.raises(BadReply):
        Stability().proceed(reply({"id": job}, stage="start"), order(RELIGHT))


def test_a_job_that_is_gone_is_no_wrong_address():
    with StabilityStandIn() as stand_in:
        gone = stand_in.error(404)
    assert isinstance(Stability().refusal(reply(gone.body, 404, "result")), BadReply)
    assert Stability().refusal(reply(gone.body, 404)) is None


@pytest.mark.parametrize("stage", ["edit", "result"])
def test_a_blurred_picture_is_a_refusal_and_never_a_result(stage):
    for blurred in (
        reply(PNG, stage=stage, content_type="image/png", finish_reason="CONTENT_FILTERED"),
        reply({"image": "AAAA", "finish_reason": "CONTENT_FILTERED"}, content_type="application/json"),
    ):
        with pytest.raises(ContentRefused):
            Stability().proceed(blurred, order())


def test_a_picture_that_nobody_calls_a_success_is_none():
    for odd in (
        reply(PNG, content_type="image/png"),
        reply(PNG, content_type="image/png", finish_reason="ERROR"),
        reply({"image": "AAAA"}, content_type="application/json"),
        reply({"image": "", "finish_reason": "SUCCESS"}, content_type="application/json"),
    ):
        with pytest.raises(BadReply):
            Stability().proceed(odd, order())


def test_a_picture_is_read_from_bytes_and_from_json():
    straight = reply(PNG, content_type="image/png", finish_reason="SUCCESS")
    assert Stability().proceed(straight, order()) == Found(PNG)
    wrapped = {"image": "AAAA", "finish_reason": "SUCCESS", "seed": 1}
    assert Stability().proceed(reply(wrapped, content_type="application/json"), order()) == Found(b"\0\0\0")


def test_moderation_and_a_wrong_key_are_both_403_and_told_apart():
    with StabilityStandIn() as stand_in:
        flagged = stand_in.error(403)
    assert isinstance(Stability().refusal(reply(flagged.body, 403)), ContentRefused)
    assert Stability().refusal(reply({"name": "forbidden", "errors": ["make it nice"]}, 403)) is None
    assert Stability().refusal(reply(b"<html>", 403)) is None


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("inpaint", {"strength": "0.4"}),
        ("sd3", {"grow_mask": "3"}),
        ("structure", {"search_prompt": "scarf"}),
        (RELIGHT, {"control_strength": "1"}),
        ("search-and-replace", {}),
        ("inpaint", {"negative_prompt": "x" * 2001}),
        ("inpaint", {"seed": "4294967295"}),
        (RELIGHT, {"light_source_strength": "0.4"}),
        (RELIGHT, {"light_source_direction": "behind"}),
        ("sd3", {"strength": "1.1"}),
        ("sd3", {"variant": "sd1"}),
    ],
)
def test_an_option_that_does_not_fit_is_said_before_anything_is_sent(model, options):
    with StabilityStandIn() as service:
        editor = editor_for(case_of(model, **options), service)
        with pytest.raises(InputError):
            editor.edit(sealed(editor), Instruction(PROMPT))
    assert not service.asked


def test_a_prompt_beyond_the_limit_is_said_before_anything_is_sent():
    with pytest.raises(InputError):
        Stability().begin(Order("x" * 10_001, "inpaint", 900, 700))


def test_a_way_that_does_not_exist_is_said():
    with StabilityStandIn() as service, pytest.raises(RequestRejected):
        editor_for(case_of("erase"), service)


@given(
    st.integers(1, 20_000),
    st.integers(1, 20_000),
    st.none() | st.integers(1, 9000),
    st.sampled_from(Stability.profile.models),
)
def test_every_photo_gets_a_size_that_the_way_takes(width, height, max_side, model):
    framing = Stability().frame(width, height, Framing("jpeg", max_side), model)
    rows, columns = framing.content(width, height)
    across, down = framing.canvas or (columns.stop, rows.stop)
    assert min(across, down) >= 64
    assert 4096 <= across * down <= (1 << 20 if model == "sd3" else 3_000_000)
    assert framing.image_format == "jpeg"
    if model in {"search-and-replace", RELIGHT}:
        assert max(across, down) <= 2.5 * min(across, down)


def test_the_noisiest_picture_with_the_longest_words_stays_below_ten_mebibytes():
    random = np.random.default_rng(3)
    across, down = Stability().frame(6000, 4000, Framing(), "inpaint").canvas
    noise = random.integers(0, 256, (down, across, 3), np.uint8)
    hidden = random.random((down, across)) < 0.5
    for image_format in ("png", "jpeg", "webp"):
        data = PixelEncoder().encode(noise, image_format)
        parcel = Parcel(_mint(data=data, image_format=image_format, hidden=hidden, sealed=True))
        words = Order("😀" * 10_000, "inpaint", across, down, {"negative_prompt": "😀" * 2000})
        _, body = rendered(Stability().begin(words).body, parcel)
        assert len(body) < 10 << 20


def test_nothing_can_be_cancelled():
    assert Stability().cancel(reply({"id": "b0" * 32}, stage="start")) is None


def test_the_stand_in_refuses_what_the_service_would():
    picture = encoded(np.zeros((63, 400, 3), np.uint8))
    hidden = np.ones((63, 400), np.bool_)
    parcel = Parcel(_mint(data=picture, image_format="png", hidden=hidden, sealed=True))
    with StabilityStandIn() as service:
        editor = editor_for(case_of(), service)
        with pytest.raises(RequestRejected, match="bad_request"):
            editor.edit(parcel._payload, Instruction(PROMPT))
    assert service.problems == ["size 400x63"]


def test_what_is_masked_can_be_redrawn_instead_of_all_around_it():
    request = Stability().begin(Order("a hat", "inpaint", 64, 64, {"area": "mask"}))
    fields = dict(request.body.fields)
    assert fields["mask"].polarity is Polarity.WHITE
    assert "area" not in fields
    with pytest.raises(InputError, match="area"):
        Stability().begin(Order("a hat", "structure", 64, 64, {"area": "mask"}))
