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


def test_results_are_found_in_order_and_none_is_shown():
    found = Found(b"secret", (b"two", b"three"))
    assert found.pictures == (b"secret", b"two", b"three")
    assert "two" not in repr(found)


def test_places_of_different_pictures_are_different():
    body = Form((("image[]", Picture()), ("image[]", Picture(number=1))))
    assert Request("s", "POST", "/x", body).places == {Picture(), Picture(number=1)}
    assert Picture().number == 0


@pytest.mark.parametrize(
    ("polarity", "keeps"),
    [(Polarity.WHITE, False), (Polarity.TRANSPARENT, False), (Polarity.BLACK, True), (Polarity.OPAQUE, True)],
)
def test_a_polarity_says_whether_what_is_hidden_stays(polarity, keeps):
    assert polarity.keeps_hidden is keeps
