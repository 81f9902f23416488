import pytest
from starlette.datastructures import Headers

from privateedit.errors import NotServed
from privateedit.server.access import Access, hosts_of, is_loopback, is_unspecified
from privateedit.server.token import Token

TOKEN = "pe-right"


def access(**said):
    return Access(**{"token": Token(TOKEN), "hosts": hosts_of("127.0.0.1", ()), "port": 8787, **said})


def refused(call, *arguments):
    with pytest.raises(NotServed) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("host", ["127.0.0.1:8787", "localhost:8787", "LOCALHOST:8787", "[::1]:8787"])
def test_its_own_names_are_taken(host):
    access().require_here(Headers({"host": host}))
    access().require_here(Headers({"host": host, "origin": f"http://{host}"}))


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8787",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.0.0.1:8788",
        "localhost.evil.example:8787",
        "",
        ":8787",
        "[::1]",
        "user@127.0.0.1:8787",
        "127.0.0.1:8787:8787",
    ],
)
def test_another_name_is_none(host):
    assert refused(access().require_here, Headers({"host": host})) == (421, "wrong_host")


def test_a_name_must_be_said_and_only_once():
    assert refused(access().require_here, Headers({})) == (421, "wrong_host")
    twice = Headers(raw=[(b"host", b"127.0.0.1:8787"), (b"host", b"127.0.0.1:8787")])
    assert refused(access().require_here, twice) == (421, "wrong_host")


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "http://evil.example"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "https://127.0.0.1:8787"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "127.0.0.1:8787"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_page_is_turned_away(said):
    headers = Headers({"host": "127.0.0.1:8787", **said})
    assert refused(access().require_here, headers) == (403, "wrong_origin")


def test_a_port_of_80_need_not_be_said():
    access(port=80).require_here(Headers({"host": "127.0.0.1"}))


@pytest.mark.parametrize(
    "said",
    [
        {"authorization": f"Bearer {TOKEN}"},
        {"authorization": f"bearer {TOKEN} "},
        {"api-key": TOKEN},
        {"x-privateedit-token": TOKEN},
    ],
)
def test_the_token_opens_and_is_never_a_key(said):
    assert access(takes_keys=True).caller(Headers(said)).key == ""


def test_a_key_beside_the_token_is_the_clients_own():
    said = Headers({"authorization": "Bearer sk-mine", "x-privateedit-token": TOKEN})
    assert access(takes_keys=True).caller(said).key == "sk-mine"
    assert access(takes_keys=False).caller(said).key == ""


def test_a_key_may_hold_what_tokens_begin_with():
    said = Headers({"authorization": "Bearer sk-proj-type-x_pe-y"})
    assert access(open_to_keys=True, takes_keys=True).caller(said).key == "sk-proj-type-x_pe-y"


def test_of_two_pages_both_must_be_its_own():
    for name, one, two in (
        (b"origin", b"http://127.0.0.1:8787", b"http://evil.example"),
        (b"sec-fetch-site", b"same-origin", b"cross-site"),
    ):
        twice = Headers(raw=[(b"host", b"127.0.0.1:8787"), (name, one), (name, two)])
        assert refused(access().require_here, twice) == (403, "wrong_origin")


def test_a_key_alone_opens_only_where_keys_do():
    said = Headers({"authorization": "Bearer sk-mine"})
    assert access(open_to_keys=True, takes_keys=True).caller(said).key == "sk-mine"
    assert refused(access(takes_keys=True).caller, said) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer "},
        {"authorization": "Basic abc"},
        {"authorization": "Bearer pe-old-token"},
        {"authorization": "Bearer PE-old-token"},
        {"authorization": 'Bearer "pe-old-token"'},
        {"authorization": "Bearer Bearer pe-old-token"},
        {"authorization": "Bearer sk-mine and-more"},
        {"x-privateedit-token": "pe-wrong"},
        {"x-privateedit-token": "", "authorization": "Bearer sk-mine"},
        {"x-privateedit-token": "wrong", "authorization": "Bearer sk-mine"},
        {"x-privateedit-token": "pe-wröng"},
    ],
)
def test_nobody_else_comes_in_and_no_token_is_taken_for_a_key(said):
    headers = Headers(raw=[(name.encode(), value.encode("latin-1")) for name, value in said.items()])
    assert refused(access(open_to_keys=True, takes_keys=True).caller, headers) == (401, "invalid_api_key")


def test_counts_are_for_those_who_know_the_token():
    access().require_token(Headers({"api-key": TOKEN}))
    assert refused(access().require_token, Headers({"authorization": "Bearer sk-mine"}))[0] == 401


def test_a_key_is_in_no_repr():
    caller = access(open_to_keys=True).caller(Headers({"authorization": "Bearer sk-mine"}))
    assert "sk-mine" not in repr(caller)
    assert TOKEN not in repr(access())


def test_where_a_server_listens_tells_its_names():
    assert hosts_of("127.0.0.1", ()) == {"localhost", "127.0.0.1", "[::1]"}
    assert hosts_of("0.0.0.0", ("Studio.lan",)) == {"studio.lan"}
    assert hosts_of("192.168.1.5", ("studio.lan",)) == {"192.168.1.5", "studio.lan"}
    assert hosts_of("fe80::1", ()) == {"[fe80::1]"}


@pytest.mark.parametrize(
    ("host", "loopback", "unspecified"),
    [
        ("127.0.0.1", True, False),
        ("127.9.9.9", True, False),
        ("::1", True, False),
        ("localhost", True, False),
        ("0.0.0.0", False, True),
        ("::", False, True),
        ("192.168.1.5", False, False),
        ("localhost.evil.example", False, False),
    ],
)
def test_loopback_is_what_the_system_says_it_is(host, loopback, unspecified):
    assert (is_loopback(host), is_unspecified(host)) == (loopback, unspecified)
