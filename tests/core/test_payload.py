import copy
import hashlib
import pickle

import numpy as np
import pytest
from tests.doubles.ports import RawEncoder, SizeInspector, seeded
from tests.doubles.scenes import masked, noise, oval

from privateedit.core.framing import Framing
from privateedit.core.payload import Payload
from privateedit.core.photo import Photo
from privateedit.core.seal import seal
from privateedit.errors import Refused


@pytest.fixture
def payload():
    pixels, hidden = noise(20, 30), oval(20, 30, 15, 10, 6, 8)
    ports = {"encoder": RawEncoder(), "inspector": SizeInspector(), "entropy": seeded(2)}
    return seal(Photo(pixels), masked(pixels, hidden), Framing("webp"), **ports)


@pytest.mark.parametrize("mint", [None, object(), "seal", 1])
def test_nobody_else_can_make_one(mint):
    with pytest.raises(Refused):
        Payload(mint, data=b"x", image_format="png", hidden=np.ones((1, 1), np.bool_), sealed=True)


def test_it_cannot_be_subclassed():
    with pytest.raises(TypeError):
        type("Forged", (Payload,), {"data": b"anything"})


@pytest.mark.parametrize("name", ["data", "_data", "sealed", "_sealed", "hidden", "new"])
def test_it_cannot_be_altered(payload, name):
    with pytest.raises(AttributeError):
        setattr(payload, name, b"other")


@pytest.mark.parametrize("name", ["data", "_data", "_sealed", "_hidden"])
def test_nothing_can_be_deleted_from_it(payload, name):
    with pytest.raises(AttributeError):
        delattr(payload, name)


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy, pickle.dumps])
def test_it_cannot_be_copied_or_pickled(payload, make):
    with pytest.raises(TypeError, match="pickled or copied"):
        make(payload)


def test_its_outline_cannot_be_written(payload):
    with pytest.raises(ValueError, match="read-only"):
        payload.hidden[0, 0] = True


def test_its_facts(payload):
    assert payload.sha256 == hashlib.sha256(payload.data).hexdigest()
    assert (payload.width, payload.height, len(payload)) == (30, 20, len(payload.data))
    assert payload.media_type == "image/webp"
    assert payload.sealed
    assert isinstance(payload.data, bytes)


def test_repr_shows_digest_and_size_never_content(payload):
    text = repr(payload)
    assert text == f"Payload(30×20, {len(payload)} bytes, sealed, sha256={payload.sha256[:12]}…)"
    assert not hasattr(payload, "__dict__")
