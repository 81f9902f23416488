import numpy as np
import pytest
from tests.doubles.records import a_photo

from privateedit.audit.no_memory import NoMemory
from privateedit.errors import Refused


def test_no_photo_was_ever_uploaded():
    photo = a_photo()
    assert NoMemory().protected(photo) is None
    assert len(NoMemory().name(photo)) == 64


def test_what_is_measured_with_can_never_send():
    photo = a_photo()
    hidden = np.ones((photo.height, photo.width), np.bool_)
    with pytest.raises(Refused):
        NoMemory().reveal(photo, hidden)
