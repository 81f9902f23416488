import base64
import json
from pathlib import Path

import jsonschema
import numpy as np
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed, sealed_beside
from tests.doubles.scenes import scenery
from tests.standins import openai as stand_in
from tests.standins.openai import OpenAIStandIn
from tests.standins.pictures import form, opened
from tests.standins.server import Answer

from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo
from privateedit.errors import BadReply, ContentRefused, InputError
from privateedit.providers.openai import OpenAI
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

SCHEMA = json.loads((Path(stand_in.__file__).parent / "openai_edit_schema.json").read_text("utf-8"))
TYPED = {"n": int, "stream": lambda text: text == "true"}


def sent(model="", **options):
    case = Case("openai", OpenAI, OpenAIStandIn, model, options)
    with OpenAIStandIn() as service:
        editor = editor_for(case, service)
        editor.edit(sealed(editor), Instruction("make it violet"))
    assert not service.problems
    return form(service.carried[0])


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("", {}),
        ("gpt-image-1.5", {"input_fidelity": "high", "quality": "low"}),
        ("gpt-image-2", {"background": "opaque", "stream": "true"}),
    ],
)
def test_a_request_is_as_openais_own_document_says(model, options):
    parts = sent(model, **options)
    body = {
        name: "<binary>" if file_name else TYPED.get(name, str)(content.decode())
        for name, file_name, _, content in parts
    }
    assert len(body) == len(parts)
    jsonschema.validate(body, SCHEMA)


def test_the_schema_is_no_rubber_stamp():
    for wrong in ({"prompt": "p"}, {"prompt": "p", "image": "<binary>", "seed": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, SCHEMA)


def test_the_mask_is_transparent_where_the_picture_is_hidden_and_empty_elsewhere():
    files = {name: content for name, file_name, _, content in sent() if file_name}
    mask = np.asarray(opened(files["mask"]))
    picture = np.asarray(opened(files["image"]).convert("RGB"))
    assert mask.shape[:2] == picture.shape[:2]
    assert not mask[..., :3].any()
    assert set(np.unique(mask[..., 3])) == {0, 255}
    assert (picture[mask[..., 3] == 0] == 0).mean() > 0.9


def test_openais_own_library_reads_the_stand_ins_replies():
    """The stand-in answers as the service does: the official client understands it."""
    picture = {name: content for name, file_name, _, content in sent("gpt-image-1.5") if file_name}
    with OpenAIStandIn() as service:
        client = openai.OpenAI(api_key=service.key, base_url=service.url, max_retries=0)
        asked = {
            "model": "gpt-image-1.5",
            "prompt": "p",
            "size": "1536x1024",
            "image": ("image.png", picture["image"], "image/png"),
        }
        found = client.images.edit(**asked)
        assert opened(base64.b64decode(found.data[0].b64_json)).size == (1536, 1024)
        kinds = [event.type for event in client.images.edit(**asked, stream=True)]
        assert kinds == ["image_edit.partial_image", "image_edit.completed"]
        service.status = 429
        with pytest.raises(openai.RateLimitError):
            client.images.edit(**asked)
        client.close()
    assert not service.problems


def reply(value, status=200, kind="application/json"):
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return Reply("edit", status, {"content-type": kind}, body, {})


ORDER = Order("p", "gpt-image-2", 1024, 1024)


def test_moderation_is_told_from_a_malformed_request():
    blocked = {
        "error": {"code": "moderation_blocked", "message": "make it violet", "type": "x", "param": None}
    }
    error = OpenAI().refusal(reply(blocked, 400))
    assert isinstance(error, ContentRefused)
    assert "violet" not in error.message
    assert OpenAI().refusal(reply({"error": {"code": "invalid_image_file"}}, 400)) is None
    assert OpenAI().refusal(reply(b"<html>", 502)) is None


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'event: error\ndata: {"type":"error","error":{"code":"moderation_blocked"}}\n\n', ContentRefused),
        (b'data: {"type":"error","code":"moderation_blocked"}\n\n', ContentRefused),
        (b'data: {"type":"error","error":{"code":"server_error"}}\n\n', BadReply),
        (b'data: {"type":"image_edit.partial_image","b64_json":"AAAA"}\n\ndata: [DONE]\n\n', BadReply),
        (b"data: {not json}\n\n", BadReply),
        (b"", BadReply),
        (b'data: {"type":"image_edit.completed"}\n\n', BadReply),
    ],
)
def test_streams_that_end_badly(body, kind):
    with pytest.raises(kind):
        OpenAI().proceed(reply(body, kind="text/event-stream"), ORDER)


def test_a_stream_in_windows_lines_is_read():
    body = b'data: {"type":"image_edit.completed",\r\ndata: "b64_json":"cGlj"}\r\n\r\n'
    assert OpenAI().proceed(reply(body, kind="text/event-stream"), ORDER).data == b"pic"


def test_a_prompt_that_is_too_long_is_said_before_anything_is_sent():
    with pytest.raises(InputError, match="32000"):
        OpenAI().begin(Order("p" * 32_001, "gpt-image-2", 1024, 1024))


@given(st.integers(16, 6000), st.integers(16, 6000), st.sampled_from(OpenAI.profile.models))
def test_every_frame_is_one_that_openai_takes(width, height, model):
    across, down = OpenAI().frame(width, height, Framing("jpeg"), model).canvas
    if model.startswith("gpt-image-2"):
        assert across % 16 == down % 16 == 0
        assert 655_360 <= across * down <= 3_686_400
        assert max(across, down) <= 3 * min(across, down)
    else:
        assert (across, down) in {(1024, 1024), (1536, 1024), (1024, 1536)}


def test_the_stand_in_notices_what_the_service_would_refuse():
    """A stand-in that takes everything would prove nothing."""
    good = [(name, file_name, mime, content) for name, file_name, mime, content in sent("gpt-image-1.5")]

    def asked(change):
        with OpenAIStandIn() as service:
            client = openai.OpenAI(api_key=service.key, base_url=service.url, max_retries=0)
            files = {name: (file_name, content, mime) for name, file_name, mime, content in good if file_name}
            texts = {name: content.decode() for name, file_name, _, content in good if not file_name}
            texts["n"] = int(texts["n"])
            change(files, texts)
            try:
                client.images.edit(**files, **texts)
            except openai.APIStatusError:
                return service.problems
            finally:
                client.close()
            return service.problems

    white = stand_in.encoded(np.zeros((1024, 1536), np.uint8))
    assert asked(lambda files, texts: None) == []
    assert asked(lambda files, texts: files.update(mask=("mask.png", white, "image/png")))
    assert asked(lambda files, texts: texts.update(size="1000x1000"))
    assert asked(lambda files, texts: files.update(image=("image.png", files["image"][1], "image/jpeg")))
    assert isinstance(OpenAIStandIn().error(500), Answer)


def several(service, **asked):
    editor = editor_for(Case("openai", OpenAI, OpenAIStandIn), service)
    payload = sealed(editor)
    results = editor.run(Errand(payload, Instruction("make it violet"), **asked))
    assert not service.problems
    return payload, results


def test_several_pictures_are_each_an_image_in_brackets_the_one_to_edit_first():
    beside = tuple(sealed_beside(Photo(scenery(300, 260, seed))) for seed in range(15))
    with OpenAIStandIn() as service:
        payload, results = several(service, beside=beside, count=10)
    parts = form(service.carried[0])
    images = [(name, content) for name, file_name, _, content in parts if file_name == "image.png"]
    assert images == [("image[]", each.data) for each in (payload, *beside)]
    assert {name: content for name, _, _, content in parts}["n"] == b"10"
    assert len(results) == 10


def test_the_region_to_edit_is_transparent_in_the_mask_together_with_what_is_hidden():
    with OpenAIStandIn() as service:
        editor = editor_for(Case("openai", OpenAI, OpenAIStandIn), service)
        payload = sealed(editor)
        where = np.zeros_like(payload.hidden)
        where[:200] = True
        editor.run(Errand(payload, Instruction("make it violet"), where))
    files = {name: content for name, file_name, _, content in form(service.carried[0]) if file_name}
    assert np.array_equal(np.asarray(opened(files["mask"]))[..., 3] == 0, payload.hidden | where)


def test_openais_own_library_sends_several_pictures_as_the_stand_in_wants_them():
    picture = {name: content for name, file_name, _, content in sent("gpt-image-1.5") if file_name}["image"]
    with OpenAIStandIn() as service:
        client = openai.OpenAI(api_key=service.key, base_url=service.url, max_retries=0)
        images = [("image.png", picture, "image/png")] * 2
        asked = {"model": "gpt-image-1.5", "prompt": "p", "size": "1536x1024", "image": images, "n": 3}
        assert len(client.images.edit(**asked).data) == 3
        client.close()
    assert not service.problems


def test_a_stream_brings_one_result():
    assert OpenAI().takes("gpt-image-2", {}) == Takes(where=True, beside=15, count=10)
    assert OpenAI().takes("gpt-image-2", {"stream": "true"}).count == 1
    with pytest.raises(InputError, match="one result"):
        OpenAI().begin(Order("p", "gpt-image-2", 1024, 1024, {"stream": "true"}, count=2))


@pytest.mark.parametrize(
    ("model", "size"),
    [("gpt-image-2", (1024, 1024)), ("gpt-image-2.5-flare", (2048, 1152)), ("gpt-image-1.5", (1024, 1536))],
)
def test_a_size_that_a_person_wants_is_sent(model, size):
    framing = OpenAI().frame(900, 700, Framing("webp", canvas=size), model)
    assert framing == Framing("png", canvas=size)


@pytest.mark.parametrize(
    ("model", "size", "known"),
    [
        ("gpt-image-1.5", (1024, 1025), "1024×1024, 1536×1024, 1024×1536"),
        ("gpt-image-1.5", (2048, 2048), "1536×1024"),
        ("gpt-image-2", (1000, 1000), "steps of 16"),
        ("gpt-image-2", (512, 512), "655,360"),
        ("gpt-image-2", (3840, 2160), "3,686,400"),
        ("gpt-image-2", (2560, 640), "3 times"),
    ],
)
def test_a_size_that_the_model_does_not_draw_is_told_in_plain_words(model, size, known):
    with pytest.raises(InputError, match=known):
        OpenAI().frame(900, 700, Framing(canvas=size), model)
