import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privateedit.errors import NotServed
from privateedit.server.asked import Attached, asked_of
from privateedit.server.json_body import fields_of_json, picture_of
from privateedit.server.limits import ServerLimits

LIMITS = ServerLimits(file=1000)
URI = "data:image/png;base64," + base64.b64encode(b"photo").decode()


def fields(said):
    return fields_of_json(json.dumps(said).encode(), LIMITS)


def code(said):
    with pytest.raises(NotServed) as caught:
        fields(said)
    return caught.value.code


def test_pictures_masks_and_words_are_found():
    found = asked_of(
        fields(
            {
                "prompt": "x",
                "images": [{"image_url": URI}, {"image_url": URI}],
                "mask": {"image_url": URI},
                "n": 2,
                "stream": False,
                "model": None,
            }
        )
    )
    assert [each.data for each in found.pictures] == [b"photo", b"photo"]
    assert found.mask.data == b"photo"
    assert (found.count, found.stream, found.model) == (2, False, "")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"image_url": "https://example.com/a.png"}, "remote_image_refused"),
        ({"image_url": "http://127.0.0.1/a.png"}, "remote_image_refused"),
        ({"image_url": "file:///etc/passwd"}, "remote_image_refused"),
        ({"image_url": "data:image/png,plain"}, "remote_image_refused"),
        ({"file_id": "file-1"}, "file_id_refused"),
        ({"file_id": "file-1", "image_url": URI}, "file_id_refused"),
        ({"image_url": 5}, "invalid_form"),
        ({}, "invalid_form"),
        (None, "invalid_form"),
        ({"image_url": "data:image/png;base64,%%%"}, "invalid_image_file"),
    ],
)
def test_nothing_is_ever_fetched(entry, why):
    assert code({"prompt": "x", "images": [entry]}) == why
    assert code({"prompt": "x", "mask": entry}) == why if entry is not None else True


def test_a_picture_has_a_size_limit_before_it_is_decoded():
    with pytest.raises(NotServed) as caught:
        picture_of("data:image/png;base64," + "A" * 1400, "images", LIMITS)
    assert caught.value.status == 413


def test_too_many_pictures_are_counted_before_they_are_decoded():
    assert code({"prompt": "x", "images": [{"image_url": URI}] * 17}) == "invalid_form"


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b'"x"', b"{", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(NotServed) as caught:
        fields_of_json(body, LIMITS)
    assert caught.value.code == "invalid_json"


@given(st.binary(max_size=300))
def test_any_picture_survives_its_data_uri(data):
    uri = "data:image/jpeg;base64," + base64.b64encode(data).decode()
    assert picture_of(uri, "images", LIMITS) == data


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
        max_leaves=12,
    )
)
def test_any_json_is_read_or_refused(said):
    try:
        found = fields(said)
    except NotServed:
        return
    assert all(isinstance(name, str) and isinstance(value, (str, Attached)) for name, value in found)


@pytest.mark.parametrize(
    "said", ['{"prompt": "a", "prompt": "b"}', '{"images": [{"image_url": "a", "image_url": "b"}]}']
)
def test_a_name_that_is_given_twice_is_refused(said):
    with pytest.raises(NotServed) as caught:
        fields_of_json(said.encode(), ServerLimits())
    assert caught.value.code == "invalid_json"


def test_a_body_of_too_many_pieces_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("json.loads", None)
    for piece in (b"0,", b"[", b"{"):
        with pytest.raises(NotServed) as caught:
            fields_of_json(b"[" + piece * 200_000, ServerLimits())
        assert caught.value.code == "invalid_json"
