"""What is special about OpenAI-shaped servers, dialect by dialect."""

import json
from functools import partial

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import a_payload, editor_for, sealed, sealed_beside
from tests.standins.openai_compatible import (
    LiteLLMStandIn,
    LocalAIStandIn,
    SGLangStandIn,
    VLLMOmniStandIn,
)
from tests.standins.pictures import form, opened, pixels

from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.errors import AuthenticationFailed, BadReply, ContentRefused, InputError
from privateedit.providers.openai import OpenAI
from privateedit.providers.openai_compatible import DIALECTS, OpenAICompatible
from privateedit.providers.plan import Found
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

STAND_INS = {
    "litellm": LiteLLMStandIn,
    "vllm-omni": VLLMOmniStandIn,
    "sglang": SGLangStandIn,
    "localai": LocalAIStandIn,
}
ASK = Instruction("a violet scarf")


def edited(dialect, model="some-model", options=None):
    """Texts and files of the request, the payload and the result."""
    case = Case(dialect, partial(OpenAICompatible, dialect), STAND_INS[dialect], model, options or {})
    with STAND_INS[dialect](redraw=lambda picture, marked: 255 - picture) as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        result = editor.edit(payload, ASK)
    assert not service.problems
    (asked,) = service.carried
    parts = form(asked)
    texts = {name: content.decode() for name, file_name, _, content in parts if file_name is None}
    files = {name: (file_name, content) for name, file_name, _, content in parts if file_name is not None}
    return texts, files, payload, result


def size(payload):
    return f"{payload.width}x{payload.height}"


def test_every_dialect_has_a_stand_in():
    assert set(STAND_INS) == set(DIALECTS)


def test_litellm_gets_openai_fields_and_openai_mask():
    texts, files, payload, _ = edited("litellm", options={"quality": "high"})
    assert texts == {
        "model": "some-model", "prompt": "a violet scarf", "n": "1", "size": size(payload), "quality": "high",
    }  # fmt: skip
    assert files["image"] == ("image.png", payload.data)
    alpha = np.asarray(opened(files["mask"][1]))[..., 3]
    assert (alpha == np.where(payload.hidden, 0, 255)).all()


@pytest.mark.parametrize(("area", "level"), [("around", 0), ("mask", 255)])
def test_vllm_omni_gets_its_own_mask_in_which_white_is_redrawn(area, level):
    options = {"area": area, "seed": "5", "steps": "9", "guidance": "2.5", "negative": "fog"}
    texts, files, payload, result = edited("vllm-omni", "", options)
    assert texts == {
        "prompt": "a violet scarf", "response_format": "b64_json", "output_format": "png", "n": "1",
        "size": size(payload), "seed": "5", "num_inference_steps": "9", "guidance_scale": "2.5",
        "negative_prompt": "fog",
    }  # fmt: skip
    assert set(files) == {"image", "mask_image"}
    levels = np.asarray(opened(files["mask_image"][1]))
    assert (levels == np.where(payload.hidden, level, 255 - level)).all()
    sent = pixels(payload.data)
    assert (result.pixels == np.where(levels[..., None] == 255, 255 - sent, sent)).all()


def test_vllm_omni_gets_no_mask_where_all_is_redrawn():
    assert set(edited("vllm-omni", "", {"area": "all"})[1]) == {"image"}


def test_sglang_gets_no_mask_because_it_would_pass_it_over():
    texts, files, _, _ = edited("sglang", "")
    assert set(files) == {"image"}
    assert texts["response_format"] == "b64_json"
    with pytest.raises(InputError, match="area"):
        OpenAICompatible("sglang").begin(Order("a scarf", "", 512, 512, {"area": "mask"}))


def test_localai_gets_a_square_and_its_result_is_fetched_without_the_key():
    texts, files, payload, result = edited("localai", options={"steps": "9"})
    assert texts == {"model": "some-model", "prompt": "a violet scarf", "steps": "9"}
    assert (payload.width, payload.height) == (512, 512)
    levels = np.asarray(opened(files["mask"][1]))
    assert (levels == np.where(payload.hidden, 0, 255)).all()
    sent = pixels(payload.data)
    assert (result.pixels == np.where(levels[..., None] == 255, 255 - sent, sent)).all()
    with pytest.raises(InputError, match="around or mask"):
        OpenAICompatible("localai").begin(Order("a scarf", "sd", 512, 512, {"area": "all"}))


@pytest.mark.parametrize("model", ["openai/gpt-image-2", "gpt-image-1.5", "azure/chatgpt-image-latest"])
def test_openai_models_behind_a_proxy_get_openai_sizes(model):
    name = model.rpartition("/")[2]
    framing = OpenAICompatible().frame(4000, 3000, Framing(), model)
    assert framing == OpenAI().frame(4000, 3000, Framing(), name)


@pytest.mark.parametrize(
    ("dialect", "model", "options"),
    [
        ("litellm", "", {}),
        ("localai", "", {}),
        ("litellm", "some", {"steps": "9"}),
        ("vllm-omni", "", {"quality": "high"}),
        ("vllm-omni", "", {"steps": "many"}),
        ("litellm", "some", {"area": "mask"}),
        ("sglang", "", {"dialect": "vllm-omni"}),
    ],
)
def test_what_a_dialect_cannot_take_is_told_before_anything_is_sent(dialect, model, options):
    with pytest.raises(InputError):
        OpenAICompatible(dialect).begin(Order("a scarf", model, 512, 512, options))


def test_a_dialect_that_is_none_is_told():
    with pytest.raises(InputError, match="litellm, vllm-omni"):
        OpenAICompatible("esperanto")


def answered(said, status=200):
    return Reply("edit", status, {}, json.dumps(said).encode(), {})


def test_a_picture_may_come_as_base64_as_data_uri_or_as_an_address():
    order, service = Order("a scarf", "some", 512, 512), OpenAICompatible()
    for one in (
        {"b64_json": "QUJD"},
        {"b64_json": "QUJD", "url": None},
        {"url": "data:image/png;base64,QUJD"},
    ):
        assert service.proceed(answered({"data": [one]}), order) == Found(b"ABC")
    step = service.proceed(
        answered({"data": [{"url": "https://example.org/1.png", "b64_json": None}]}), order
    )
    assert (step.method, step.url, step.download, step.body) == (
        "GET",
        "https://example.org/1.png",
        True,
        None,
    )
    for nothing in ({}, {"data": []}, {"data": [{}]}, {"data": [{"url": 5}]}):
        with pytest.raises(BadReply):
            service.proceed(answered(nothing), order)


def test_moderation_is_told_in_openai_envelope_and_no_other():
    service = OpenAICompatible()
    for code in ("moderation_blocked", "content_policy_violation"):
        refusal = service.refusal(answered({"error": {"code": code, "message": "make it nice"}}, 400))
        assert isinstance(refusal, ContentRefused)
        assert "nice" not in refusal.message
    assert service.refusal(answered({"detail": "make it nice"}, 400)) is None
    assert service.cancel(answered({})) is None


def test_a_key_is_shown_only_where_there_is_one():
    class Open(VLLMOmniStandIn):
        def authorized(self, asked):
            return "authorization" not in asked.headers

    case = Case("vllm-omni", partial(OpenAICompatible, "vllm-omni"), Open)
    for stand_in, works in ((Open, True), (VLLMOmniStandIn, False)):
        with stand_in() as service:
            editor = editor_for(case, service)
            editor.door._key = None
            payload = sealed(editor)
            if works:
                assert editor.edit(payload, ASK).provider == "openai-compatible"
            else:
                with pytest.raises(AuthenticationFailed, match="PRIVATEEDIT_OPENAI_COMPATIBLE_KEY"):
                    editor.edit(payload, ASK)


def test_litellm_passes_several_pictures_and_results_on():
    beside = (sealed_beside(), a_payload())
    with LiteLLMStandIn() as service:
        case = Case("litellm", OpenAICompatible, LiteLLMStandIn, "some-model")
        editor = editor_for(case, service)
        payload = sealed(editor)
        results = editor.run(Errand(payload, ASK, beside=beside, count=4))
    assert not service.problems
    parts = form(service.carried[0])
    images = [content for name, _, _, content in parts if name == "image[]"]
    assert images == [each.data for each in (payload, *beside)]
    assert len({each.pixels.tobytes() for each in results}) == 4


@pytest.mark.parametrize(
    ("dialect", "options", "takes"),
    [
        ("litellm", {}, Takes(where=True, beside=15, count=10)),
        ("vllm-omni", {}, Takes(where=True)),
        ("vllm-omni", {"area": "mask"}, Takes(where=True)),
        ("vllm-omni", {"area": "all"}, Takes()),
        ("sglang", {}, Takes()),
        ("localai", {}, Takes(where=True)),
    ],
)
def test_what_a_dialect_takes_at_once(dialect, options, takes):
    assert OpenAICompatible(dialect).takes("some", options) == takes


def test_results_at_addresses_are_fetched_one_after_the_other():
    order, service = Order("a scarf", "some", 512, 512, count=3), OpenAICompatible()
    addresses = [f"https://example.org/{number}.png" for number in range(4)]
    step = service.proceed(answered({"data": [{"url": each} for each in addresses]}), order)
    for number in range(3):
        assert (step.url, step.download) == (addresses[number], True)
        found = service.proceed(Reply("download", 200, {}, bytes([number]), step.memory), order)
        assert found.pictures == (bytes([number]),)
        step = found.then
    assert step is None


def test_results_partly_at_addresses_make_no_sense():
    order, service = Order("a scarf", "some", 512, 512, count=2), OpenAICompatible()
    with pytest.raises(BadReply):
        service.proceed(answered({"data": [{"url": "https://example.org/1"}, {"b64_json": "QUJD"}]}), order)


def test_a_size_that_a_person_wants_goes_through_a_proxy():
    wanted = Framing(canvas=(1024, 768))
    assert OpenAICompatible().frame(900, 700, wanted, "gemini/some").canvas == (1024, 768)
    assert OpenAICompatible().frame(900, 700, wanted, "openai/gpt-image-2").canvas == (1024, 768)
    for size, model in (((1001, 768), "gemini/some"), ((1024, 768), "openai/gpt-image-1.5")):
        with pytest.raises(InputError, match="does not draw in"):
            OpenAICompatible().frame(900, 700, Framing(canvas=size), model)
