"""What is special about IOPaint."""

import numpy as np
import pytest
from tests.contracts.cases import Case
from tests.contracts.conftest import editor_for, sealed
from tests.standins.diffusion import plain_base64
from tests.standins.iopaint import IOPaintStandIn
from tests.standins.pictures import opened, pixels

from privateedit.core.edit import Instruction
from privateedit.core.framing import Framing
from privateedit.errors import BadReply, InputError
from privateedit.providers.iopaint import IOPaint
from privateedit.providers.reply import Reply
from privateedit.providers.service import Order

ASK = Instruction("a violet scarf")


def asked_of(options=None):
    case = Case("iopaint", IOPaint, IOPaintStandIn, options=options or {})
    with IOPaintStandIn(redraw=lambda picture, marked: 255 - picture) as service:
        editor = editor_for(case, service)
        payload = sealed(editor)
        result = editor.edit(payload, ASK)
    assert not service.problems
    (asked,) = service.asked
    return asked.json(), payload, result


def test_every_field_is_as_the_server_wants_it():
    said, payload, _ = asked_of({"negative": "fog", "seed": "3"})
    assert plain_base64(said.pop("image")) == payload.data
    assert opened(plain_base64(said.pop("mask"))).size == (payload.width, payload.height)
    assert said == {
        "prompt": "a violet scarf", "negative_prompt": "fog", "sd_seed": 3, "sd_strength": 1.0,
        "sd_steps": 50, "sd_guidance_scale": 7.5, "sd_keep_unmasked_area": True,
    }  # fmt: skip


@pytest.mark.parametrize(("area", "hidden_level"), [("mask", 255), ("around", 0)])
def test_white_marks_what_is_redrawn_and_the_rest_comes_back_as_it_was(area, hidden_level):
    said, payload, result = asked_of({"area": area})
    levels = np.asarray(opened(plain_base64(said["mask"])))
    assert (levels[payload.hidden] == hidden_level).all()
    assert (levels[~payload.hidden] == 255 - hidden_level).all()
    assert (result.pixels[levels == 0] == pixels(payload.data)[levels == 0]).all()


@pytest.mark.parametrize("order", [{"options": {"area": "all"}}, {"model": "lama"}])
def test_what_it_cannot_do_is_told_before_anything_is_sent(order):
    with pytest.raises(InputError):
        IOPaint().begin(Order(**{"prompt": "a scarf", "model": "", "width": 512, "height": 512, **order}))


def test_an_answer_that_is_no_picture_is_told():
    reply = Reply("edit", 200, {"content-type": "application/json"}, b"{}", {})
    with pytest.raises(BadReply):
        IOPaint().proceed(reply, Order("a scarf", "", 512, 512))
    assert IOPaint().cancel(reply) is None


def test_a_photo_keeps_its_size_up_to_a_limit():
    assert IOPaint().frame(1001, 777, Framing(), "").content(1001, 777) == (slice(0, 777), slice(0, 1001))
    assert IOPaint().frame(4000, 3000, Framing(), "").content(4000, 3000) == (slice(0, 1536), slice(0, 2048))
