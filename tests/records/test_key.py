import gc
import hashlib
import hmac
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tests.doubles.ports import seeded, zeros
from tests.doubles.records import a_photo

from privateedit.core.photo import Photo
from privateedit.errors import Refused
from privateedit.records.key import FILE, Key, new_key, read_key, write_key


@pytest.fixture
def key():
    return new_key(seeded(3))


def test_a_key_is_kept_and_found_again(tmp_path, key):
    assert read_key(tmp_path) is None
    write_key(tmp_path, key)
    assert read_key(tmp_path) == key
    assert (tmp_path / FILE).stat().st_size == 32


def test_a_key_is_not_shown(key):
    assert repr(key) == "Key()"
    assert str(key) == "Key()"


@pytest.mark.parametrize("secret", [b"", b"short", bytes(32), bytes(range(33)), b"ab" * 16])
def test_a_damaged_key_is_refused(tmp_path, secret):
    (tmp_path / FILE).write_bytes(secret)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(Refused, match="damaged") as caught:
        read_key(tmp_path)
    assert "short" not in caught.value.message


def test_a_broken_generator_makes_no_key():
    with pytest.raises(Refused):
        new_key(zeros)


def test_macs_are_hmac_sha256_and_bound_to_their_purpose(key):
    assert key.mac("line", b"x") == hmac.new(key.secret, b"line\0x", hashlib.sha256).digest()
    assert key.vouches("line", b"x", key.mac("line", b"x"))
    assert not key.vouches("head", b"x", key.mac("line", b"x"))
    assert not key.vouches("line", b"y", key.mac("line", b"x"))
    assert not key.vouches("line", b"x", b"")
    assert not new_key(seeded(4)).vouches("line", b"x", key.mac("line", b"x"))


def test_a_photos_digest_is_worked_out_once_and_goes_with_it(key, monkeypatch):
    photo, made = a_photo(), []
    monkeypatch.setattr(Key, "_name", lambda key, each, real=Key._name: made.append(key) or real(key, each))
    other = new_key(seeded(4))
    assert [key.photo(photo), other.photo(photo)] == [key.photo(photo), other.photo(photo)]
    assert made == [key, other]
    held = weakref.ref(photo)
    del photo
    gc.collect()
    assert held() is None


def test_a_photo_that_several_ask_for_at_once_is_named_once(key, monkeypatch):
    asked, worked, naming = threading.Barrier(3), [], threading.Event()

    def name(of, photo):
        naming.wait(5)
        worked.append(photo)
        return "name"

    def ask(_):
        asked.wait(5)
        return key.photo(photo)

    monkeypatch.setattr(Key, "_name", name)
    photo = a_photo(seed=9)
    with ThreadPoolExecutor(2) as others:
        found = others.map(ask, range(2))
        asked.wait(5)
        time.sleep(0.05)  # each has come as far as it can
        naming.set()
        assert list(found) == ["name"] * 2
    assert worked == [photo]


def test_a_photos_digest_depends_on_size_pixels_and_key(key):
    photo = a_photo()
    turned = Photo(photo.pixels.reshape(30, 20, 3))
    pixels = photo.pixels.copy()
    pixels[7, 7, 1] ^= 1
    names = [key.photo(each) for each in (photo, turned, Photo(pixels))] + [new_key(seeded(4)).photo(photo)]
    assert len(set(names)) == 4
    assert key.photo(Photo(np.array(photo.pixels))) == names[0]
