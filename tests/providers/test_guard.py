"""Try to defeat the guard: whatever a leaking adapter would put into a body must be stopped."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.contracts.conftest import PHOTO, a_payload, sealed_beside
from tests.standins.pictures import encoded

from privateedit.errors import Refused
from privateedit.providers.guard import require_sealed
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Form, Json, Outline, Picture, Polarity, Wrap
from privateedit.providers.render import rendered

PROMPT = "a hat " * 800
PARCEL = Parcel(a_payload())
LEAK = encoded(PHOTO.pixels[:40, :40])
TINY = encoded(PHOTO.pixels[:2, :2])
FORM = Form(
    (("prompt", PROMPT), ("model", "m"), ("image", Picture()), ("mask", Outline(Polarity.TRANSPARENT)))
)
NESTED = Json(
    {
        "prompt": PROMPT,
        "images": [{"url": Picture(Wrap.DATA_URI)}, Picture(Wrap.BASE64)],
        "mask": Outline(Polarity.WHITE, Wrap.BASE64),
    }
)


@pytest.mark.parametrize("body", [FORM, NESTED, None])
def test_what_the_door_renders_passes(body):
    require_sealed(*rendered(body, PARCEL), PARCEL, PROMPT)


SEVERAL = Parcel(a_payload(), (sealed_beside(),))
PICTURES = Form((("prompt", PROMPT), ("image[]", Picture()), ("image[]", Picture(number=1))))


def test_pictures_that_were_sealed_pass_together_and_no_other_beside_them():
    kind, body = rendered(PICTURES, SEVERAL)
    require_sealed(kind, body, SEVERAL, PROMPT)
    beside = SEVERAL.data(Picture(number=1))
    for data in (LEAK, beside + b"\0", beside[:-1]):
        with pytest.raises(Refused):
            require_sealed(kind, body.replace(beside, data), SEVERAL, PROMPT)
    with pytest.raises(Refused):
        require_sealed(kind, body, PARCEL, PROMPT)


@pytest.mark.parametrize("data", [LEAK, TINY, PARCEL.data(Picture()) + b"\0", PARCEL.data(Picture())[:-1]])
def test_another_picture_in_a_form_is_stopped(data):
    kind, body = rendered(FORM, PARCEL)
    own = PARCEL.data(Picture())
    with pytest.raises(Refused):
        require_sealed(kind, body.replace(own, data), PARCEL, PROMPT)


@pytest.mark.parametrize("text", [bytes.decode])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "data:image/png;base64,", "data:application/octet-stream;base64,"])
@pytest.mark.parametrize("data", [LEAK, TINY], ids=["small", "tiny"])
def test_another_picture_in_json_is_stopped(encode, before, data, text):
    value = {"prompt": "p", "deep": [{"er": before + text(encode(data))}]}
    with pytest.raises(Refused):
        require_sealed("application/json", json.dumps(value).encode(), PARCEL, "p")


def test_base64_in_the_name_of_a_field_is_stopped():
    value = {base64.b64encode(LEAK).decode(): 1}
    with pytest.raises(Refused):
        require_sealed("application/json", json.dumps(value).encode(), PARCEL, "p")


@pytest.mark.parametrize("length", [2001, 40_000])
def test_a_text_long_enough_to_hide_a_picture_is_stopped_unless_it_is_the_prompt(length):
    text = "".join(chr(0x4E00 + number % 20_000) for number in range(length))
    body = json.dumps({"prompt": text}).encode()
    with pytest.raises(Refused):
        require_sealed("application/json", body, PARCEL, "something else")
    require_sealed("application/json", body, PARCEL, text)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{"),
        ("application/json", b"[" * 5000),
        ("application/octet-stream", LEAK),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n"),
        ("multipart/form-data; boundary=b", LEAK + b"\r\n--b--\r\n"),
        ("multipart/form-data; boundary=", LEAK),
        ("image/png", LEAK),
    ],
)
def test_what_cannot_be_read_back_is_stopped(kind, body):
    with pytest.raises(Refused):
        require_sealed(kind, body, PARCEL, PROMPT)


@pytest.mark.parametrize(
    "change",
    [
        (b'filename="image.png"', b'filename="anna-at-the-beach.png"'),
        (b'filename="image.png"', b"filename=\"image.png\"; filename*=UTF-8''anna.png"),
        (b"Content-Type: image/png", b"Content-Type: image/png\r\nX-Note: anna"),
        (b'name="model"', b'name="model"; x="anna"'),
    ],
)
def test_names_and_notes_in_a_part_are_stopped(change):
    kind, body = rendered(FORM, PARCEL)
    assert change[0] in body
    with pytest.raises(Refused):
        require_sealed(kind, body.replace(*change, 1), PARCEL, PROMPT)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]))
def test_no_piece_of_the_photo_passes_in_any_usual_format(width, height, image_format):
    piece = encoded(PHOTO.pixels[300 : 300 + height, 430 : 430 + width], image_format)
    for text in (base64.b64encode(piece).decode(), "data:image/x;base64," + base64.b64encode(piece).decode()):
        with pytest.raises(Refused):
            require_sealed("application/json", json.dumps({"a": text}).encode(), PARCEL, "p")


def test_a_mask_that_was_not_drawn_for_this_parcel_is_stopped():
    fresh = Parcel(a_payload())
    other = encoded(np.zeros((64, 64), np.uint8))
    body = json.dumps({"mask": base64.b64encode(other).decode()}).encode()
    with pytest.raises(Refused):
        require_sealed("application/json", body, fresh, "p")


NUMBERS = PHOTO.pixels[300:340, 430:470].ravel().tolist()


@pytest.mark.parametrize(
    "value",
    [
        {"n": NUMBERS * 3},
        {"n": int.from_bytes(LEAK[:1500], "big")},
        {
            "t": [base64.b64encode(LEAK[start : start + 90]).decode() + " ?" for start in range(0, 9000, 90)]
            * 4
        },
        {"t": "!" + base64.b64encode(LEAK).decode()[:1900]},
        {"t": LEAK[:900].hex()},
    ],
    ids=["numbers", "one number", "many pieces", "not quite base64", "hex"],
)
def test_no_other_way_of_writing_it_down_passes(value):
    with pytest.raises(Refused):
        require_sealed("application/json", json.dumps(value).encode(), PARCEL, "p")


@pytest.mark.parametrize("before", ["", "data:image/png;base64,"])
def test_a_prompt_is_words_and_no_picture(before):
    prompt = before + base64.b64encode(LEAK).decode()
    with pytest.raises(Refused, match="prompt"):
        require_sealed("application/json", json.dumps({"prompt": prompt}).encode(), PARCEL, prompt)
