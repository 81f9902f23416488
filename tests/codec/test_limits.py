import pytest

from privateedit.codec import Limits
from privateedit.errors import UnreadablePhoto


def test_allows_up_to_the_limit_and_no_more():
    limits = Limits(max_bytes=10, max_pixels=12)
    limits.check_bytes(10, "a.png")
    limits.check_pixels(4, 3, "a.png")
    with pytest.raises(UnreadablePhoto, match=r"^a\.png is larger than the allowed 10 bytes\.$"):
        limits.check_bytes(11, "a.png")
    with pytest.raises(UnreadablePhoto, match=r"^a\.png has 13 × 1 pixels, more than the allowed 12\.$"):
        limits.check_pixels(13, 1, "a.png")


@pytest.mark.parametrize("size", [(0, 5), (5, 0), (-1, 5)])
def test_refuses_pictures_without_pixels(size):
    with pytest.raises(UnreadablePhoto, match="no pixels"):
        Limits().check_pixels(*size, "a.png")
