import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.cases import Case
from tests.contracts.conftest import a_payload, editor_for, sealed, sealed_beside
from tests.standins.gemini import GeminiStandIn
from tests.standins.server import PNG

from privateedit.codec import PixelEncoder
from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.errors import AuthenticationFailed, BadReply, ContentRefused, InputError, RateLimited
from privateedit.providers.gemini import Gemini
from privateedit.providers.plan import Found
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order
from privateedit.providers.statuses import usual_refusal

ORDER = Order("make it nice", "gemini-3.1-flash-image", 900, 700)


def reply(value, status=200, **headers):
    return Reply("edit", status, headers, json.dumps(value).encode(), {})


def edited(case, prompt="make it nice", **changes):
    with GeminiStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        editor = editor_for(case, service, **changes)
        payload = sealed(editor)
        result = editor.edit(payload, Instruction(prompt))
    assert not service.problems
    return service, payload, result


def body_of(width, height, model="gemini-3.1-flash-image", **options):
    canvas = Gemini().frame(width, height, Framing(), model).canvas
    return Gemini().begin(Order("make it nice", model, *canvas, options)).body.value


def test_the_request_is_as_the_reference_says():
    service, payload, _ = edited(Case("gemini", Gemini, GeminiStandIn))
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("POST", "/v1/models/gemini-3.1-flash-image:generateContent")
    assert asked.headers["x-goog-api-key"] == service.key
    assert "authorization" not in asked.headers
    assert not asked.query
    held = {"mimeType": "image/png", "data": base64.b64encode(payload.data).decode()}
    assert asked.json() == {
        "contents": [{"role": "user", "parts": [{"text": "make it nice"}, {"inlineData": held}]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {"aspectRatio": "5:4", "imageSize": "1K"},
        },
    }


def test_the_answer_is_the_last_picture_not_a_draft_of_the_thinking_and_comes_in_the_sizes_of_the_service():
    _, payload, result = edited(Case("gemini", Gemini, GeminiStandIn))
    assert result.pixels.shape == (928, 1152, 3)
    assert result.pixels.std() > 20
    assert payload.width / payload.height == pytest.approx(1152 / 928, rel=0.01)


@pytest.mark.parametrize(
    ("size", "model", "asked"),
    [
        ((3000, 2000), "gemini-3.1-flash-image", {"aspectRatio": "3:2", "imageSize": "2K"}),
        ((2000, 3000), "gemini-3-pro-image", {"aspectRatio": "2:3", "imageSize": "2K"}),
        ((900, 900), "gemini-3-pro-image", {"aspectRatio": "1:1", "imageSize": "1K"}),
        ((4000, 1000), "gemini-3.1-flash-image", {"aspectRatio": "4:1", "imageSize": "2K"}),
        ((4000, 1000), "gemini-3-pro-image", {"aspectRatio": "21:9", "imageSize": "2K"}),
        ((4000, 3000), "gemini-2.5-flash-image", {"aspectRatio": "4:3"}),
        ((4000, 3000), "gemini-3.1-flash-lite-image", {"aspectRatio": "4:3"}),
    ],
)
def test_proportions_and_resolution_follow_the_photo_and_the_model(size, model, asked):
    assert body_of(*size, model)["generationConfig"]["imageConfig"] == asked


def test_a_model_of_one_size_gets_no_larger_picture():
    assert Gemini().frame(4000, 4000, Framing(), "gemini-2.5-flash-image").canvas == (1024, 1024)
    assert Gemini().frame(4000, 4000, Framing(), "gemini-3-pro-image").canvas == (2048, 2048)


@pytest.mark.parametrize("model", Gemini.profile.models)
def test_every_model_is_asked_as_it_wants(model):
    service, _, _ = edited(Case("gemini", Gemini, GeminiStandIn, model=model))
    assert f"/{model}:" in service.asked[0].path


def test_options_reach_the_service_as_it_wants_them():
    case = Case("gemini", Gemini, GeminiStandIn, options={"image_size": "4K", "seed": "7"})
    service, _, result = edited(case)
    settings = service.asked[0].json()["generationConfig"]
    assert settings["seed"] == 7
    assert settings["imageConfig"]["imageSize"] == "4K"
    assert result.pixels.shape == (3712, 4608, 3)


@pytest.mark.parametrize("seed", ["seven", "-1", "1.5", "1" * 30])
def test_a_seed_that_is_no_number_is_said_before_anything_is_sent(seed):
    with pytest.raises(InputError):
        body_of(900, 900, seed=seed)


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("gemini-3-pro-image", "512"),
        ("gemini-3.1-flash-image", "8K"),
        ("gemini-2.5-flash-image", "1K"),
    ],
)
def test_a_size_that_a_model_does_not_draw_is_said_before_anything_is_sent(model, size):
    with pytest.raises(InputError):
        body_of(900, 900, model, image_size=size)


@pytest.mark.parametrize("model", ["../../v1/files", "a b", "gemini?key=1", "models/gemini", "", "Ä"])
def test_a_model_cannot_bend_the_address(model):
    with pytest.raises(InputError):
        Gemini().begin(Order("make it nice", model, 900, 700))


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.sampled_from(Gemini.profile.models))
def test_every_photo_fits_the_proportions_that_are_asked_for(width, height, model):
    canvas = Gemini().frame(width, height, Framing("webp"), model)
    assert canvas.image_format == "png"
    across, down = canvas.canvas
    name = body_of(width, height, model)["generationConfig"]["imageConfig"]["aspectRatio"]
    said = [int(each) for each in name.split(":")]
    assert across / down == pytest.approx(said[0] / said[1], rel=0.035)
    assert across * down <= 2048 * 2112


def test_the_noisiest_picture_stays_below_the_limit_of_a_request():
    across, down = Gemini().frame(21_000, 9000, Framing(), "gemini-3-pro-image").canvas
    noise = np.random.default_rng(1).integers(0, 256, (down, across, 3), np.uint8)
    assert len(PixelEncoder().encode(noise, "png")) * 4 / 3 + 150_000 < 20_000_000


@pytest.mark.parametrize(
    "said",
    [
        {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
        {"promptFeedback": {"blockReason": "OTHER"}, "candidates": []},
        *(
            {"candidates": [{"finishReason": reason}]}
            for reason in (
                "IMAGE_SAFETY",
                "IMAGE_PROHIBITED_CONTENT",
                "IMAGE_RECITATION",
                "IMAGE_OTHER",
                "NO_IMAGE",
                "SAFETY",
                "PROHIBITED_CONTENT",
                "BLOCKLIST",
                "SPII",
                "RECITATION",
                "MODEL_ARMOR",
            )
        ),
    ],
)
def test_a_refusal_with_status_200_is_one(said):
    with pytest.raises(ContentRefused, match=r"\[[A-Z_]+\]"):
        Gemini().proceed(reply(said), ORDER)


@pytest.mark.parametrize(
    "parts",
    [
        None,
        [],
        "text",
        [{"text": "I would rather talk about make it nice"}],
        [{"inlineData": {"mimeType": "image/png", "data": ""}}],
        [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}, "thought": True}],
        [{"inlineData": {"mimeType": "image/png", "data": "no base64!"}}],
    ],
)
def test_words_alone_are_no_picture_and_are_not_repeated(parts):
    with pytest.raises(BadReply) as raised:
        Gemini().proceed(
            reply({"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}]}), ORDER
        )
    assert "nice" not in raised.value.message


def test_a_picture_is_read_from_either_alphabet():
    for text in (base64.b64encode(PNG), base64.urlsafe_b64encode(PNG)):
        part = {"inlineData": {"mimeType": "image/png", "data": text.decode()}}
        said = {"candidates": [{"content": {"parts": [part]}, "finishReason": "STOP"}]}
        assert Gemini().proceed(reply(said), ORDER) == Found(PNG)


def test_a_wrong_key_is_400_and_another_400_is_not_a_wrong_key():
    with GeminiStandIn() as stand_in:
        wrong, other = stand_in.unauthorized(), stand_in.error(400)
    assert wrong.status == 400
    found = Gemini().refusal(Reply("edit", 400, {}, wrong.body, {}))
    assert isinstance(found, AuthenticationFailed)
    assert "GEMINI_API_KEY" in found.message
    assert Gemini().refusal(Reply("edit", 400, {}, other.body, {})) is None
    assert Gemini().refusal(Reply("edit", 502, {}, b"<html>", {})) is None


def test_the_time_to_wait_is_read_from_the_body():
    with GeminiStandIn() as stand_in:
        found = Gemini().refusal(Reply("edit", 429, {}, stand_in.error(429).body, {}))
    assert isinstance(found, RateLimited)
    assert found.retry_after == 7
    bare = reply({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": "none"}}, 429)
    assert Gemini().refusal(bare) is None
    assert "RESOURCE" not in usual_refusal(bare, Gemini.profile).message


def test_nothing_can_be_cancelled():
    assert Gemini().cancel(reply({})) is None


def test_further_pictures_follow_the_words_and_the_one_to_edit():
    beside = (sealed_beside(), a_payload())
    with GeminiStandIn() as service:
        editor = editor_for(Case("gemini", Gemini, GeminiStandIn), service)
        payload = sealed(editor)
        editor.run(Errand(payload, Instruction("make it nice"), beside=beside))
    assert not service.problems
    words, *pictures = service.asked[0].json()["contents"][0]["parts"]
    assert words == {"text": "make it nice"}
    held = [base64.b64decode(each["inlineData"]["data"]) for each in pictures]
    assert held == [each.data for each in (payload, *beside)]
    assert {each["inlineData"]["mimeType"] for each in pictures} == {"image/png"}


@pytest.mark.parametrize(
    ("model", "beside"),
    [("gemini-3.1-flash-image", 13), ("gemini-3-pro-image", 13), ("gemini-2.5-flash-image", 2)],
)
def test_how_many_pictures_go_along_depends_on_the_model(model, beside):
    assert Gemini().takes(model, {}) == Takes(beside=beside)
