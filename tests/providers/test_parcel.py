import hashlib
import io

import numpy as np
import pytest
from PIL import Image
from tests.contracts.conftest import a_payload

from privateedit.core.payload import Payload, _mint
from privateedit.errors import Refused
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Outline, Picture, Polarity, Wrap


def opened(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def test_the_picture_is_the_payloads_own_bytes():
    payload = a_payload()
    assert Parcel(payload).data(Picture()) == payload.data
    assert payload.sha256 in Parcel(payload).digests


def test_masks_say_what_to_edit_in_either_polarity_and_hold_nothing_else():
    payload = a_payload()
    parcel = Parcel(payload)
    white, clear = (opened(parcel.mask(each)) for each in (Polarity.WHITE, Polarity.TRANSPARENT))
    assert np.array_equal(white == 255, payload.hidden)
    assert np.array_equal(white == 0, ~payload.hidden)
    assert np.array_equal(clear[..., 3] == 0, payload.hidden)
    assert not clear[..., :3].any()
    assert hashlib.sha256(parcel.mask(Polarity.WHITE)).hexdigest() in parcel.digests


def test_text_is_base64_or_a_data_uri_and_file_names_are_the_same_for_everybody():
    parcel = Parcel(a_payload())
    assert parcel.text(Picture(Wrap.DATA_URI)) == "data:image/png;base64," + parcel.text(Picture(Wrap.BASE64))
    assert parcel.file(Picture()) == ("image.png", "image/png")
    assert parcel.file(Outline(Polarity.WHITE)) == ("mask.png", "image/png")


def test_an_exposed_payload_is_refused():
    hidden = np.ones((4, 4), np.bool_)
    exposed = _mint(data=b"x", image_format="png", hidden=hidden, sealed=False)
    with pytest.raises(Refused, match="shows through"):
        Parcel(exposed)


@pytest.mark.parametrize("thing", [b"bytes", None, object()])
def test_what_is_no_payload_is_refused(thing):
    with pytest.raises(Refused, match="sealed"):
        Parcel(thing)


def test_bytes_that_were_changed_after_sealing_are_refused():
    payload = a_payload()
    object.__setattr__(payload, "_data", payload.data + b"\0")
    with pytest.raises(Refused, match="not the one"):
        Parcel(payload)


def test_something_that_only_looks_like_a_payload_is_refused():
    class Fake:
        sealed, data, sha256 = True, b"", hashlib.sha256(b"").hexdigest()

    Fake.__name__ = Payload.__name__
    with pytest.raises(Refused):
        Parcel(Fake())
