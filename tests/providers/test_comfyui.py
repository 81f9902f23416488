"""What is special about ComfyUI."""

import json
from functools import partial

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.comfyui import CHECKPOINT, ComfyUIStandIn
from tests.standins.pictures import form, opened, pixels

from privateedit.core.edit import Instruction
from privateedit.core.errand import Errand, Takes
from privateedit.errors import (
    BadReply,
    Cancelled,
    InputError,
    RequestRejected,
    ServiceDown,
    TimedOut,
)
from privateedit.providers.comfyui import ComfyUI
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order
from privateedit.providers.workflow import shipped_workflow

ASK = Instruction("a violet scarf")
JOB = "0f0e1d2c-3b4a-4958-8776-655443322110"
ORDER = Order("a violet scarf", "", 512, 512)


def edited(service, build=ComfyUI, model="", options=None, **changes):
    case = Case("comfyui", build, ComfyUIStandIn, model, options or {})
    editor = editor_for(case, service, **changes)
    payload = sealed(editor)
    return payload, editor.edit(payload, ASK)


def reply(stage, said, status=200, **memory):
    return Reply(stage, status, {}, json.dumps(said).encode(), memory)


def test_the_steps_are_upload_queue_watch_forget_and_view():
    with ComfyUIStandIn() as service:
        edited(service)
    assert not service.problems
    assert [(asked.method, asked.path) for asked in service.asked] == [
        ("GET", "/object_info/CheckpointLoaderSimple"),
        ("POST", "/upload/image"),
        ("POST", "/upload/image"),
        ("POST", "/prompt"),
        *[("GET", f"/history/{JOB}")] * 3,
        ("POST", "/history"),
        ("GET", "/view"),
    ]
    assert not service.history


def test_picture_and_mask_go_to_temporary_files_of_the_same_name_for_everybody():
    with ComfyUIStandIn() as service:
        payload, _ = edited(service)
    picture, mask = (form(asked) for asked in service.carried)
    assert picture == [
        ("type", None, None, b"temp"),
        ("image", "image.png", "image/png", payload.data),
    ]
    assert [part[:3] for part in mask] == [("type", None, None), ("image", "mask.png", "image/png")]
    alpha = np.asarray(opened(mask[1][3]))[..., 3]
    assert (alpha[payload.hidden] == 0).all()
    assert (alpha[~payload.hidden] == 255).all()


def test_two_edits_at_once_do_not_get_each_others_picture():
    with ComfyUIStandIn() as service:
        service.files = {"image.png [temp]": b"of somebody else", "mask.png [temp]": b"of somebody else"}
        edited(service)
    assert not service.problems
    assert service.files["image.png [temp]"] == b"of somebody else"
    assert service.graph["image"]["inputs"]["image"] == "image (1).png [temp]"
    assert service.graph["hidden"]["inputs"]["image"] == "mask (1).png [temp]"


def test_all_but_the_hole_is_redrawn_and_options_reach_the_sampler():
    options = {"seed": "11", "steps": "8", "guidance": "4", "denoise": "0.5", "negative": "fog"}
    with ComfyUIStandIn(redraw=lambda picture, marked: 255 - picture) as service:
        payload, result = edited(service, model="other.safetensors", options=options)
    sent = pixels(payload.data)
    assert (result.pixels[payload.hidden] == sent[payload.hidden]).all()
    assert (result.pixels[~payload.hidden] == 255 - sent[~payload.hidden]).all()
    sampler = service.graph["drawn"]["inputs"]
    assert (sampler["seed"], sampler["steps"], sampler["cfg"], sampler["denoise"]) == (11, 8, 4.0, 0.5)
    assert service.graph["unwanted"]["inputs"]["text"] == "fog"
    assert service.graph["checkpoint"]["inputs"]["ckpt_name"] == "other.safetensors"
    assert service.asked[0].path == "/upload/image"


def test_without_a_model_the_first_checkpoint_of_the_server_is_taken():
    with ComfyUIStandIn() as service:
        edited(service)
    assert service.graph["checkpoint"]["inputs"]["ckpt_name"] == CHECKPOINT
    for said in ({}, {"CheckpointLoaderSimple": {"input": {"required": {"ckpt_name": [[], {}]}}}}):
        with pytest.raises(RequestRejected):
            ComfyUI().proceed(reply("checkpoints", said), ORDER)


def test_a_workflow_of_ones_own_may_do_without_mask_and_checkpoint():
    nodes = json.loads(shipped_workflow())
    for name in ("hidden", "around", "masked"):
        nodes.pop(name)
    nodes["drawn"]["inputs"]["latent_image"] = ["encoded", 0]
    nodes["checkpoint"]["inputs"]["ckpt_name"] = CHECKPOINT
    with ComfyUIStandIn(redraw=lambda picture, marked: 255 - picture) as service:
        payload, result = edited(
            service, partial(ComfyUI, json.dumps(nodes)), options={"workflow": "own.json"}
        )
    assert not service.problems
    assert len(service.carried) == 1
    assert (result.pixels == 255 - pixels(payload.data)).all()
    assert all(b"own.json" not in asked.body for asked in service.asked)


def test_a_workflow_that_was_named_and_not_read_is_not_passed_over():
    with pytest.raises(InputError):
        ComfyUI().begin(Order("a scarf", "", 512, 512, {"workflow": "own.json"}))
    with pytest.raises(InputError):
        ComfyUI("{}")


def test_a_workflow_that_the_server_does_not_take_is_told_by_its_code():
    with (
        ComfyUIStandIn() as service,
        pytest.raises(RequestRejected, match=r"\[value_not_in_list\]") as raised,
    ):
        edited(service, model="absent.safetensors")
    assert "nice" not in raised.value.message
    assert ComfyUI().refusal(reply("queue", {"error": {"type": "no_prompt"}}, 400)).message.count("no_prompt")
    assert ComfyUI().refusal(Reply("queue", 400, {}, b"<html>", {})) is None
    assert ComfyUI().refusal(reply("image", {}, 400)) is None


def test_a_workflow_that_fails_ends_the_wait():
    with ComfyUIStandIn() as service, pytest.raises(ServiceDown):
        service.fails = True
        edited(service)


def test_waits_grow_up_to_five_seconds():
    waits, step = [], ComfyUI().proceed(reply("queue", {"prompt_id": JOB}), ORDER)
    for _ in range(12):
        waits.append(step.after)
        step = ComfyUI().proceed(Reply("history", 200, {}, b"{}", step.memory), ORDER)
    assert waits[0] == 0.5
    assert waits == sorted(waits)
    assert waits[-1] == 5.0


def test_ctrl_c_interrupts_this_job_and_no_other():
    def pressed(seconds):
        if seconds > 0.6:
            raise KeyboardInterrupt

    with ComfyUIStandIn() as service, pytest.raises(Cancelled):
        edited(service, sleep=pressed)
    assert service.interrupted == [JOB]


def test_before_the_job_is_queued_there_is_nothing_to_interrupt():
    assert ComfyUI().cancel(reply("image", {"name": "image.png", "type": "temp"})) is None
    assert ComfyUI().cancel(reply("queue", {"prompt_id": JOB})).body.value == {"prompt_id": JOB}


def test_a_job_that_takes_too_long_is_interrupted():
    with ComfyUIStandIn() as service, pytest.raises(TimedOut):
        edited(service, patience=0.9)
    assert service.interrupted == [JOB]


@pytest.mark.parametrize(
    "outputs",
    [{}, {"9": {}}, {"9": {"images": []}}, {"9": {"images": [{"filename": 5, "type": "temp"}]}}, []],
)
def test_a_workflow_that_ends_without_a_picture_is_told(outputs):
    record = {JOB: {"outputs": outputs, "status": {"status_str": "success"}}}
    with pytest.raises(BadReply):
        ComfyUI().proceed(reply("history", record, job=JOB, wait="1"), ORDER)


def test_names_of_the_server_are_quoted_in_addresses():
    picture = {"filename": "ä&type=input#.png", "subfolder": "a b", "type": "output"}
    record = {JOB: {"outputs": {"9": {"images": [picture]}}, "status": {}}}
    step = ComfyUI().proceed(reply("history", record, job=JOB, wait="1"), ORDER)
    assert step.memory["view"] == (
        "/view?filename=%C3%A4%26type%3Dinput%23.png&subfolder=a%20b&type=output&channel=rgb"
    )


@pytest.mark.parametrize("said", [{}, {"name": ""}, {"name": "image.png"}, {"name": 5, "type": "temp"}])
def test_an_upload_without_a_name_is_told(said):
    with pytest.raises(BadReply):
        ComfyUI().proceed(reply("image", said, checkpoint="x"), ORDER)


def test_a_folder_of_the_server_is_part_of_the_name():
    said = {"name": "image.png", "subfolder": "clipspace", "type": "input"}
    step = ComfyUI().proceed(reply("image", said, checkpoint="x"), ORDER)
    assert step.memory["image"] == "clipspace/image.png [input]"


def test_the_region_to_edit_is_all_that_the_shipped_workflow_redraws():
    with ComfyUIStandIn(redraw=lambda picture, marked: 255 - picture) as service:
        editor = editor_for(Case("comfyui", ComfyUI, ComfyUIStandIn), service)
        payload = sealed(editor)
        where = np.zeros_like(payload.hidden)
        where[: payload.height // 2] = True
        (result,) = editor.run(Errand(payload, ASK, where))
    sent, redrawn = pixels(payload.data), where & ~payload.hidden
    assert (result.pixels == np.where(redrawn[..., None], 255 - sent, sent)).all()


def test_what_a_workflow_of_ones_own_would_make_of_a_region_is_not_known():
    assert ComfyUI().takes("", {}) == Takes(where=True)
    assert ComfyUI(shipped_workflow()).takes("", {}) == Takes()
