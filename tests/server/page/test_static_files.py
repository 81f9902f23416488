import pytest

from privateedit.errors import NotServed
from privateedit.server.page.static_files import POLICY, static_file


def test_the_page_comes_under_a_policy_that_lets_nothing_else_in():
    page = static_file("index.html")
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"] == POLICY
    assert page.headers["cache-control"] == "no-store"
    for loose in ("unsafe-inline", "unsafe-eval", "http:", "https:", "data:", "*"):
        assert loose not in POLICY


def test_nothing_in_the_page_is_inline_or_from_elsewhere():
    text = static_file("index.html").body.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert " onclick" not in text
    assert "http" not in text.replace("http-equiv", "")
    assert all(' src="/static/' in each for each in text.split("<script")[1:])


@pytest.mark.parametrize(
    "name",
    ["", "nothing.js", "../app.py", "..%2fapp.py", "/etc/passwd", "__init__.py", "index.html/", "INDEX.HTML"],
)
def test_nothing_else_is_served(name):
    with pytest.raises(NotServed) as caught:
        static_file(name)
    assert caught.value.status == 404
