"""What a mask tells of the region to edit: nothing under the outline, all of it beside."""

import io

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from privateedit.core.payload import _mint
from privateedit.providers.parcel import Parcel
from privateedit.providers.plan import Polarity

SHAPE = (7, 9)
planes = arrays(np.bool_, SHAPE)


def mask(hidden, where, polarity):
    payload = _mint(data=b"x", image_format="png", hidden=hidden, sealed=True)
    return Parcel(payload, where=where).mask(polarity)


def levels(data):
    drawn = np.asarray(Image.open(io.BytesIO(data)))
    return drawn[..., -1] if drawn.ndim == 3 else drawn


@pytest.mark.parametrize("polarity", Polarity)
@settings(max_examples=80, deadline=None)
@given(hidden=planes, where=planes, other=planes)
def test_what_of_a_region_lies_under_the_outline_changes_no_byte(polarity, hidden, where, other):
    assume((where & ~hidden).any())
    changed = np.where(hidden, other, where)
    assert mask(hidden, where, polarity) == mask(hidden, changed, polarity)


@pytest.mark.parametrize("polarity", Polarity)
@settings(max_examples=80, deadline=None)
@given(hidden=planes, where=st.none() | planes)
def test_under_the_outline_a_mask_is_even(polarity, hidden, where):
    assume(where is None or (where & ~hidden).any())
    found = levels(mask(hidden, where, polarity))
    assert len(np.unique(found[hidden])) <= 1


@pytest.mark.parametrize("polarity", Polarity)
@settings(max_examples=80, deadline=None)
@given(hidden=planes, where=planes)
def test_beside_the_outline_a_mask_marks_the_region_and_nothing_else(polarity, hidden, where):
    assume((where & ~hidden).any())
    edited = 0 if polarity is Polarity.TRANSPARENT else 255
    found = levels(mask(hidden, where, polarity))
    assert np.array_equal((found == edited)[~hidden], where[~hidden])
