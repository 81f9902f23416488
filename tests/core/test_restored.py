import numpy as np
import pytest

from privateedit.core.report import Report
from privateedit.core.restored import Restored
from privateedit.errors import InputError


def test_it_is_read_only_and_its_repr_shows_no_content():
    pixels = np.zeros((4, 6, 3), np.uint8)
    restored = Restored(pixels, Report(()))
    pixels[:] = 1
    assert not restored.pixels.any()
    assert not restored.pixels.flags.writeable
    assert (restored.width, restored.height) == (6, 4)
    assert repr(restored) == "Restored(6×4)"


def test_it_is_8_bit_rgb():
    with pytest.raises(InputError):
        Restored(np.zeros((4, 6), np.uint8), Report(()))
