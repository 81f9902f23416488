import base64
import json

import pytest

from privateedit.errors import BadReply
from privateedit.providers.reply import Reply, dig, shown, unwrapped


def reply(body=b"{}", status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply("s", status, named, body, {})


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_what_is_no_object_is_a_bad_reply(body):
    with pytest.raises(BadReply):
        reply(body).json()


def test_facts_of_headers():
    found = reply(x_request_id="req_1", retry_after="2.5", content_type="Image/PNG; charset=x")
    assert (found.request_id, found.retry_after, found.media_type) == ("req_1", 2.5, "image/png")
    assert reply(x_request_id="make her <smile>").request_id is None
    assert reply(retry_after="Wed, 21 Oct 2026 07:28:00 GMT").retry_after is None
    assert reply(retry_after="-1").retry_after is None
    assert reply(retry_after="9e99").retry_after == 86_400


@pytest.mark.parametrize("value", ["", "two words", "a" * 65, "é", None, 3, "x\n"])
def test_free_text_is_never_shown(value):
    assert shown(value) is None


def test_digging_through_anything_never_fails():
    tree = {"a": [{"b": 1}], "c": "text"}
    assert dig(tree, "a", 0, "b") == 1
    assert dig(tree, "a", -1, "b") == 1
    for path in (("a", 1), ("a", "b"), ("c", 0), ("x", "y"), (0,), ("a", 0, "b", "c")):
        assert dig(tree, *path) is None


@pytest.mark.parametrize("data", [b"", b"\xfb\xff\xfe", bytes(range(256))])
def test_base64_in_either_alphabet_and_data_uris(data):
    if not data:
        with pytest.raises(BadReply):
            unwrapped(base64.b64encode(data).decode())
        return
    for text in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()):
        assert unwrapped(text) == data
        assert unwrapped(f"data:image/png;base64,{text}") == data


@pytest.mark.parametrize("text", [None, 5, "", "not base64!", "abc", "https://x/y.png", "data:text/html,hi"])
def test_what_is_no_picture_is_a_bad_reply(text):
    with pytest.raises(BadReply):
        unwrapped(text)


def test_a_reply_shows_neither_body_nor_headers():
    text = repr(reply(json.dumps({"prompt": "secret"}).encode(), x_request_id="secret"))
    assert "secret" not in text
