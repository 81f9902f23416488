import pytest

from privateedit.errors import BadReply, InputError
from privateedit.providers.addresses import is_here, origin, require_encrypted, require_public, same_place


def test_origins():
    assert origin("https://API.example.com/v1") == ("https", "api.example.com", 443)
    assert origin("http://127.0.0.1:7860") == ("http", "127.0.0.1", 7860)


@pytest.mark.parametrize(
    "url", ["", "ftp://x", "x.com/v1", "https://", "https://me:pass@x.com", "http://x:port"]
)
def test_what_is_no_address(url):
    with pytest.raises(InputError) as caught:
        origin(url)
    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://x.com", "http://localhost:1", "http://127.0.0.5", "http://[::1]:80", "http://studio:9"]
)
def test_encrypted_here_or_listed(url):
    require_encrypted(url, frozenset({"studio"}))


@pytest.mark.parametrize(
    "url", ["http://x.com", "http://192.168.0.2", "http://localhost.evil.com", "http://studio.com"]
)
def test_unencrypted_elsewhere_is_refused(url):
    with pytest.raises(InputError, match="encryption"):
        require_encrypted(url, frozenset({"studio"}))


@pytest.mark.parametrize(
    "url",
    [
        "http://cdn.example.com/a.png",
        "https://127.0.0.1/a",
        "https://localhost/a",
        "https://10.0.0.1/a",
        "https://169.254.169.254/latest",
        "https://[::1]/a",
        "https://[fe80::1]/a",
        "https://printer.local/a",
        "https://intranet/a",
        "https://127.1/a",
        "https://0x7f.1/a",
        "https://localhost./a",
        "https://metadata.google.internal./a",
        "https://router.home.arpa/a",
        "https://127.0.0.1.nip.io/a",
        "https://[64:ff9b::7f00:1]/a",
        "https://224.0.0.1/a",
        "https://cdn.example.com:8443/a",
        "https://evil.com%2f.example.com/a",
        "file:///etc/passwd",
        "https://me:pass@x.com/",
    ],
)
def test_results_are_fetched_from_public_places_only(url):
    with pytest.raises(BadReply):
        require_public(url)


def test_this_device_has_several_names_and_others_have_one():
    assert same_place("http://localhost:7860/a", "http://127.0.0.1:7860")
    assert not same_place("http://localhost:7860/a", "http://127.0.0.1:7861")
    assert not same_place("https://a.example.com", "https://b.example.com")


def test_a_public_place():
    require_public("https://delivery.example.com/x.png?sig=1")
    assert is_here("127.0.0.1") and not is_here("example.com")
