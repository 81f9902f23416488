"""What is special about AUTOMATIC1111."""

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import HIDDEN, PHOTO, editor_for, sealed
from tests.standins.automatic1111 import Automatic1111StandIn
from tests.standins.diffusion import plain_base64
from tests.standins.pictures import opened, pixels
from tests.standins.server import Fault

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.errors import AuthenticationFailed, BadReply, InputError, RequestRejected, TimedOut
from privateedit.providers.automatic1111 import Automatic1111
from privateedit.providers.plan import Json
from privateedit.providers.policy import Policy
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

ASK = Instruction("a violet scarf")


def asked_of(options=None, model="", stand_in=Automatic1111StandIn):
    """What img2img was asked, the payload, and the result."""
    case = Case("automatic1111", Automatic1111, stand_in, model, options or {})
    with stand_in(redraw=lambda picture, marked: 255 - picture) as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        result = editor.edit(payload, ASK)
    assert not service.problems
    (asked,) = service.carried
    return asked.json(), payload, result


def test_every_field_is_as_the_server_wants_it():
    said, payload, _ = asked_of()
    mask, picture = said.pop("mask"), said.pop("init_images")
    assert [plain_base64(text) for text in picture] == [payload.data]
    assert opened(plain_base64(mask)).size == (payload.width, payload.height)
    assert said == {
        "prompt": "a violet scarf", "negative_prompt": "", "width": payload.width, "height": payload.height,
        "denoising_strength": 0.75, "steps": 30, "cfg_scale": 7.0, "seed": -1, "resize_mode": 0,
        "batch_size": 1, "n_iter": 1, "send_images": True, "save_images": False,
        "include_init_images": False, "mask_blur": 4, "inpainting_fill": 1, "inpaint_full_res": False,
        "inpainting_mask_invert": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("area", "hidden_level"), [("around", 0), ("mask", 255)])
def test_the_mask_is_white_where_the_picture_is_redrawn_and_has_one_channel(area, hidden_level):
    said, payload, result = asked_of({"area": area})
    mask = opened(plain_base64(said["mask"]))
    assert mask.mode == "L"
    levels = np.asarray(mask)
    assert (levels[payload.hidden] == hidden_level).all()
    assert (levels[~payload.hidden] == 255 - hidden_level).all()
    kept = levels == 0
    assert (result.pixels[kept] == pixels(payload.data)[kept]).all()


def test_without_a_mask_all_of_it_is_redrawn():
    said, payload, result = asked_of({"area": "all"})
    assert not {name for name in said if "mask" in name or name.startswith("inpaint")}
    assert (result.pixels == 255 - pixels(payload.data)).all()


def test_a_model_is_a_checkpoint_for_this_picture_only():
    said, _, _ = asked_of({"sampler": "Euler a", "seed": "5", "negative": "fog"}, "some.safetensors")
    assert said["override_settings"] == {"sd_model_checkpoint": "some.safetensors"}
    assert said["override_settings_restore_afterwards"] is True
    assert (said["sampler_name"], said["seed"], said["negative_prompt"]) == ("Euler a", 5, "fog")


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP"])
def test_the_picture_may_come_back_in_the_format_that_the_server_is_set_to(image_format):
    stand_in = type("Set", (Automatic1111StandIn,), {"image_format": image_format})
    _, payload, result = asked_of({"area": "all"}, stand_in=stand_in)
    assert np.abs(result.pixels.astype(int) - (255 - pixels(payload.data).astype(int))).mean() < 12


def test_a_server_without_the_interface_is_told_by_its_address():
    class Without(Automatic1111StandIn):
        def answer(self, asked):
            return self.error(404)

    case = Case("automatic1111", Automatic1111, Without)
    with Without() as service:
        editor = editor_for(case, service)
        with pytest.raises(RequestRejected, match="address"):
            editor.edit(sealed(editor), ASK)
        assert len(service.carried) == 1


def test_name_and_password_are_shown_as_basic_authorization_and_needed_only_where_the_server_says_so():
    case = Case("automatic1111", Automatic1111, Automatic1111StandIn)

    class Open(Automatic1111StandIn):
        def authorized(self, asked):
            return "authorization" not in asked.headers

    for stand_in, works in ((Open, True), (Automatic1111StandIn, False)):
        with stand_in() as service:
            editor = editor_for(case, service)
            editor.door._key = None
            if works:
                assert editor.edit(sealed(editor), ASK).width
            else:
                with pytest.raises(AuthenticationFailed, match="PRIVATEEDIT_AUTOMATIC1111_AUTH"):
                    editor.edit(sealed(editor), ASK)
                assert not service.carried


def test_a_server_that_takes_too_long_is_told_to_stop():
    case = Case("automatic1111", Automatic1111, Automatic1111StandIn)
    with Automatic1111StandIn(Fault.SILENT_AFTER) as service:
        editor = editor_for(case, service, policy=Policy(answer=0.5))
        with pytest.raises(TimedOut):
            editor.edit(sealed(editor), ASK)
    assert service.asked[-1].path == "/sdapi/v1/interrupt"


def test_an_answer_without_a_picture_is_no_answer():
    order = Order("a scarf", "", 512, 512)
    with pytest.raises(BadReply):
        Automatic1111().proceed(Reply("edit", 200, {}, b'{"images": []}', {}), order)


def test_an_option_that_cannot_be_used_is_told_before_anything_is_asked():
    with pytest.raises(InputError):
        Automatic1111().begin(Order("a scarf", "", 512, 512, {"denoise": "2"}))


@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_server_that_does_not_know_the_first_question_is_asked_all_the_same(status):
    order = Order("a scarf", "", 512, 512)
    assert Automatic1111().begin(order).lenient
    assert Automatic1111().proceed(Reply("ready", status, {}, b"<html>", {}), order).carries


def test_the_request_holds_places_and_no_bytes():
    request = Automatic1111().proceed(Reply("ready", 200, {}, b"{}", {}), Order("a scarf", "", 512, 512))
    assert isinstance(request.body, Json)
    assert request.carries


def test_the_frame_is_a_png_in_steps_of_eight():
    framing = Automatic1111().frame(PHOTO.width, PHOTO.height, Framing("jpeg"), "")
    assert framing.image_format == "png"
    assert framing.outline(HIDDEN).shape == framing.canvas[::-1]
    assert framing.canvas[0] % 8 == framing.canvas[1] % 8 == 0
