import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.server import PNG
from tests.standins.xai import XAIStandIn

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.errors import AuthenticationFailed, BadReply, ContentRefused, InputError, ProviderError
from privateedit.providers.plan import Found
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order
from privateedit.providers.xai import XAI

ORDER = Order("make it nice", "grok-imagine-image", 900, 675)


def reply(value, status=200):
    return Reply("edit", status, {}, json.dumps(value).encode(), {})


def edited(case):
    with XAIStandIn(redraw=lambda picture, hidden: 255 - picture) as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        result = editor.edit(payload, Instruction("make it nice"))
    assert not service.problems
    return service, payload, result


def test_the_request_is_as_the_reference_says():
    service, payload, result = edited(Case("xai", XAI, XAIStandIn))
    (asked,) = service.asked
    assert (asked.method, asked.path) == ("POST", "/v1/images/edits")
    assert asked.headers["content-type"] == "application/json"
    assert asked.json() == {
        "model": "grok-imagine-image",
        "prompt": "make it nice",
        "image": {
            "url": f"data:image/png;base64,{base64.b64encode(payload.data).decode()}",
            "type": "image_url",
        },
        "n": 1,
        "response_format": "b64_json",
        "aspect_ratio": "auto",
        "resolution": "1k",
    }
    height, width = result.pixels.shape[:2]
    assert width / height == pytest.approx(payload.width / payload.height, rel=0.01)


def test_no_mask_is_sent():
    service, _, _ = edited(Case("xai", XAI, XAIStandIn))
    assert b"mask" not in service.asked[0].body


def test_options_reach_the_service():
    case = Case("xai", XAI, XAIStandIn, "grok-imagine-image-2.0", {"resolution": "2k", "quality": "medium"})
    service, _, result = edited(case)
    assert service.asked[0].json()["quality"] == "medium"
    assert result.pixels.shape[0] * result.pixels.shape[1] == pytest.approx(1 << 22, rel=0.01)


def test_what_an_older_model_does_not_take_is_the_services_own_error():
    with XAIStandIn() as service:
        editor = editor_for(Case("xai", XAI, XAIStandIn, options={"quality": "low"}), service)
        with pytest.raises(ProviderError):
            editor.edit(sealed(editor), Instruction("make it nice"))
    assert service.problems == ["AssertionError: quality"]


@pytest.mark.parametrize("options", [{"resolution": "4k"}, {"quality": "high"}])
def test_a_value_that_does_not_exist_is_said_before_anything_is_sent(options):
    with pytest.raises(InputError):
        XAI().begin(Order("make it nice", "grok-imagine-image", 900, 675, options))


@pytest.mark.parametrize(("size", "resolution"), [((900, 900), "1k"), ((4000, 3000), "2k")])
def test_a_larger_photo_is_drawn_larger(size, resolution):
    canvas = XAI().frame(*size, Framing(), "").canvas
    order = Order("make it nice", "grok-imagine-image", *canvas)
    assert XAI().begin(order).body.value["resolution"] == resolution


@given(st.integers(1, 20_000), st.integers(1, 20_000), st.sampled_from(["png", "jpeg", "webp"]))
def test_every_photo_fits_proportions_that_the_service_draws(width, height, image_format):
    framing = XAI().frame(width, height, Framing(image_format), "")
    across, down = framing.canvas
    ratios = (1, 4 / 3, 3 / 2, 16 / 9, 2, 19.5 / 9)
    assert min(abs(max(across, down) / min(across, down) / ratio - 1) for ratio in ratios) < 0.01
    assert across * down <= 1 << 22
    assert framing.image_format == ("jpeg" if image_format == "jpeg" else "png")


@pytest.mark.parametrize(
    "data",
    [
        [],
        [{}],
        [{"b64_json": None, "url": None, "respect_moderation": False}],
        [{"b64_json": "", "url": ""}],
        [{"b64_json": base64.b64encode(PNG).decode(), "respect_moderation": False}],
    ],
)
def test_silent_moderation_is_a_refusal(data):
    with pytest.raises(ContentRefused):
        XAI().proceed(reply({"data": data}), ORDER)


@pytest.mark.parametrize(
    "said",
    [{}, {"data": None}, {"data": [{"url": "https://a.b/c.png"}]}, {"data": [{"b64_json": "no base64!"}]}],
)
def test_an_answer_of_another_shape_is_no_refusal(said):
    with pytest.raises(BadReply):
        XAI().proceed(reply(said), ORDER)


def test_a_picture_is_read():
    said = {"data": [{"b64_json": base64.b64encode(PNG).decode(), "respect_moderation": True}]}
    assert XAI().proceed(reply(said), ORDER) == Found(PNG)


def test_a_wrong_key_is_400_and_another_400_is_not_a_wrong_key():
    with XAIStandIn() as stand_in:
        wrong, other = stand_in.unauthorized(), stand_in.error(400)
    assert wrong.status == 400
    assert isinstance(XAI().refusal(Reply("edit", 400, {}, wrong.body, {})), AuthenticationFailed)
    escaped = wrong.body.replace(b"Incorrect API key", b"Incorrect%20API%20key")
    assert isinstance(XAI().refusal(Reply("edit", 400, {}, escaped, {})), AuthenticationFailed)
    assert XAI().refusal(Reply("edit", 400, {}, other.body, {})) is None


def test_nothing_can_be_cancelled():
    assert XAI().cancel(reply({})) is None
