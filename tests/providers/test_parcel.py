import hashlib
import io

import numpy as np
import pytest
from PIL import Image
from tests.contracts.conftest import a_payload, sealed_beside
from tests.doubles.scenes import oval

from privateedit.core.payload import Payload, _mint
from privateedit.errors import Refused, RequestRejected
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


def test_pictures_beside_have_their_numbers_and_the_same_name():
    main, beside = a_payload(), sealed_beside()
    parcel = Parcel(main, (beside, main))
    assert [parcel.data(Picture(number=number)) for number in (0, 1, 2)] == [
        main.data,
        beside.data,
        main.data,
    ]
    assert parcel.file(Picture(number=1)) == ("image.png", "image/png")
    assert {main.sha256, beside.sha256} == parcel.digests
    assert parcel.mark == Parcel(main).mark


@pytest.mark.parametrize("number", [-1, 1, 7])
def test_a_picture_that_is_not_there(number):
    with pytest.raises(Refused, match="not there"):
        Parcel(a_payload()).data(Picture(number=number))


def minted(data=b"x", image_format="png", shape=(4, 4), sealed=True):
    return _mint(data=data, image_format=image_format, hidden=np.ones(shape, np.bool_), sealed=sealed)


@pytest.mark.parametrize(
    "beside", [minted(sealed=False), minted(image_format="jpeg"), b"bytes", None], ids=repr
)
def test_a_further_picture_that_may_not_leave(beside):
    with pytest.raises(Refused):
        Parcel(a_payload(), (beside,))


def test_a_region_of_another_size_is_refused():
    with pytest.raises(Refused, match="size"):
        Parcel(a_payload(), where=np.ones((3, 3), np.bool_))


HIDDEN = oval(30, 40, 20, 15, 8, 10)


def marked(parcel, polarity):
    """Where a mask says to edit, whatever its polarity."""
    drawn = opened(parcel.mask(polarity))
    if polarity is Polarity.TRANSPARENT:
        return drawn[..., 3] == 0
    return (drawn[..., 3] if polarity is Polarity.OPAQUE else drawn) == 255


def region_of(hidden, where, polarity):
    payload = _mint(data=b"x", image_format="png", hidden=hidden, sealed=True)
    return marked(Parcel(payload, where=where), polarity)


@pytest.mark.parametrize("polarity", Polarity)
def test_a_region_is_marked_and_what_is_hidden_goes_with_it_or_stays(polarity):
    where = np.zeros_like(HIDDEN)
    where[:, :18] = True
    if polarity.keeps_hidden:
        assert np.array_equal(region_of(HIDDEN, where, polarity), where & ~HIDDEN)
        assert np.array_equal(region_of(HIDDEN, None, polarity), ~HIDDEN)
    else:
        assert np.array_equal(region_of(HIDDEN, where, polarity), where | HIDDEN)
        assert np.array_equal(region_of(HIDDEN, None, polarity), HIDDEN)


@pytest.mark.parametrize("polarity", Polarity)
def test_where_nothing_is_hidden_all_is_marked_or_the_region_alone(polarity):
    nothing, where = np.zeros_like(HIDDEN), HIDDEN
    assert region_of(nothing, None, polarity).all()
    assert np.array_equal(region_of(nothing, where, polarity), where)


@pytest.mark.parametrize("polarity", [Polarity.BLACK, Polarity.OPAQUE])
def test_a_region_that_is_wholly_hidden_cannot_be_drawn_where_that_stays(polarity):
    with pytest.raises(RequestRejected, match="All of the region"):
        region_of(HIDDEN, oval(30, 40, 20, 15, 3, 3), polarity)
