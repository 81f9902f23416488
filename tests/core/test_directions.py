import numpy as np
from tests.doubles.scenes import scenery

from privateedit.core.directions import directions


def test_directions_do_not_depend_on_sign_or_contrast():
    pixels = scenery(300, 360)
    first, negative = directions(pixels), directions(255 - pixels)
    # Grey is rounded to whole levels, which does not come out the same upside down.
    np.testing.assert_allclose(first, negative, atol=0.05)
    assert first.std() > 0.2
    assert np.isfinite(directions(np.zeros_like(pixels))).all()
    assert not directions(np.full_like(pixels, 90)).any()
