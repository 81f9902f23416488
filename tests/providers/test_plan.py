import pytest

from privateedit.providers.plan import Form, Found, Json, Outline, Picture, Polarity, Request, Wrap


@pytest.mark.parametrize(
    ("body", "carries"),
    [
        (None, False),
        (Json({"prompt": "p", "n": 1}), False),
        (Json({"deep": [{"er": Picture(Wrap.BASE64)}]}), True),
        (Json({"mask": Outline(Polarity.WHITE, Wrap.BASE64)}), True),
        (Form((("prompt", "p"),)), False),
        (Form((("prompt", "p"), ("image", Picture()))), True),
    ],
)
def test_a_request_knows_whether_the_picture_travels_in_it(body, carries):
    assert Request("s", "POST", "/x", body).carries is carries


def test_a_found_picture_is_not_shown():
    assert "secret" not in repr(Found(b"secret"))
