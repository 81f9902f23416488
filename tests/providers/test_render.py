import json

import pytest
from tests.contracts.conftest import a_payload, sealed_beside
from tests.standins.pictures import form
from tests.standins.server import Asked

from privateedit.errors import Refused
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Form, Json, Outline, Picture, Polarity, Wrap
from privateedit.providers.render import rendered

PARCEL = Parcel(a_payload())


def test_json_keeps_order_and_words_and_fills_the_places():
    kind, body = rendered(Json({"b": "é", "a": [Picture(Wrap.BASE64), {"c": None, "d": 1.5}]}), PARCEL)
    assert kind == "application/json"
    assert json.loads(body) == {"b": "é", "a": [PARCEL.text(Picture(Wrap.BASE64)), {"c": None, "d": 1.5}]}
    assert body.startswith('{"b":"é","a"'.encode())


def test_a_form_has_every_field_in_order_and_files_with_constant_names():
    fields = (("prompt", "line\r\nline é"), ("image", Picture()), ("mask", Outline(Polarity.WHITE)))
    kind, body = rendered(Form((*fields, ("again", Picture(Wrap.BASE64)))), PARCEL)
    found = form(Asked("POST", "/", {}, {"content-type": kind}, body))
    assert [(name, file_name, mime) for name, file_name, mime, _ in found] == [
        ("prompt", None, None),
        ("image", "image.png", "image/png"),
        ("mask", "mask.png", "image/png"),
        ("again", None, None),
    ]
    assert found[0][3].decode() == "line\r\nline é"
    assert found[1][3] == PARCEL.data(Picture())


def test_several_pictures_stand_in_order_under_one_name():
    beside = sealed_beside()
    parcel = Parcel(a_payload(), (beside,))
    plan = Form((("image[]", Picture()), ("image[]", Picture(number=1))))
    kind, body = rendered(plan, parcel)
    found = form(Asked("POST", "/", {}, {"content-type": kind}, body))
    assert [each[:3] for each in found] == [("image[]", "image.png", "image/png")] * 2
    assert [each[3] for each in found] == [a_payload().data, beside.data]
    _, text = rendered(Json({"a": [Picture(Wrap.BASE64, 1)]}), parcel)
    assert json.loads(text) == {"a": [parcel.text(Picture(Wrap.BASE64, 1))]}


def test_equal_plans_give_equal_bytes_and_nothing_gives_nothing():
    plan = Form((("image", Picture()),))
    assert rendered(plan, PARCEL) == rendered(plan, Parcel(a_payload()))
    assert rendered(None, PARCEL) == ("", b"")


def test_a_border_inside_what_is_sent_is_refused():
    with pytest.raises(Refused, match="border"):
        rendered(Form((("prompt", f"x privateedit-{PARCEL.mark} y"),)), PARCEL)


def test_a_file_inside_json_is_refused():
    with pytest.raises(Refused, match="file"):
        rendered(Json({"image": Picture()}), PARCEL)
