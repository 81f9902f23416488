import numpy as np
import pytest
from codec_samples import picture, saved, tiff

from privateedit.codec import decode
from privateedit.codec.tiff import is_cut_off
from privateedit.errors import UnreadablePhoto


@pytest.mark.parametrize("order", ["<", ">"])
def test_every_cut_through_a_directory_at_the_end_is_noticed(order):
    whole = tiff(picture(9, 5), 2, order)
    assert np.array_equal(decode(whole).photo.pixels, picture(9, 5))
    for length in range(4, len(whole)):
        assert is_cut_off(whole[:length])
        with pytest.raises(UnreadablePhoto):
            decode(whole[:length])


def test_big_tiff_is_read_and_its_cuts_noticed():
    whole = saved("TIFF", big_tiff=True)
    assert whole[2:4] == b"\x2b\0"
    assert not is_cut_off(whole)
    assert np.array_equal(decode(whole).photo.pixels, picture())
    assert is_cut_off(whole[:40])


def test_other_formats_are_not_its_business():
    assert not is_cut_off(b"")
    assert not is_cut_off(saved("PNG"))
