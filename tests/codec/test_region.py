import io

import numpy as np
import pytest
from PIL import Image

from privateedit.codec import decode, edit_region
from privateedit.errors import InputError, PrivateEditError, UnreadablePhoto


def written(pixels, image_format="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, image_format, **options)
    return stream.getvalue()


@pytest.fixture
def clear():
    area = np.zeros((40, 60), np.bool_)
    area[5:20, 30:] = True
    return area


def mask_of(clear, under=0):
    drawn = np.full((*clear.shape, 4), under, np.uint8)
    drawn[..., 3] = np.where(clear, 0, 255)
    return drawn


@pytest.fixture
def photo():
    return decode(written(np.zeros((40, 60, 3), np.uint8)))


def test_only_transparency_counts_not_what_lies_under_it(photo, clear):
    noise = np.random.default_rng(1).integers(0, 255, (40, 60, 4), np.uint8)
    noise[..., 3] = np.where(clear, 0, 255)
    for drawn in (mask_of(clear), mask_of(clear, 255), noise):
        assert (edit_region(written(drawn), photo).hidden == clear).all()


def test_what_shows_a_little_is_kept(photo, clear):
    drawn = mask_of(clear)
    drawn[30, 10, 3] = 1
    assert (edit_region(written(drawn), photo).hidden == clear).all()


def test_other_formats_with_transparency_are_read(photo, clear):
    assert (edit_region(written(mask_of(clear), "WEBP", lossless=True), photo).hidden == clear).all()
    palette = Image.fromarray(np.where(clear, 1, 0).astype(np.uint8), "L").convert("P")
    stream = io.BytesIO()
    palette.save(stream, "PNG", transparency=1)
    assert edit_region(stream.getvalue(), photo).hidden.any()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_drawn_on_the_stored_picture_turns_with_it(clear, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.repeat(np.where(clear, 255, 0).astype(np.uint8)[..., None], 3, 2)
    turned = decode(written(stored, exif=exif.tobytes()))
    if orientation >= 5:
        region = edit_region(written(mask_of(clear)), turned).hidden
        assert (region == (turned.photo.pixels[..., 0] > 127)).all()
    upright = turned.photo.pixels[..., 0] > 127
    assert (edit_region(written(mask_of(upright)), turned).hidden == upright).all()


@pytest.mark.parametrize(
    ("drawn", "kind"),
    [
        (np.zeros((40, 60, 3), np.uint8), InputError),
        (np.full((40, 60, 4), 255, np.uint8), InputError),
        (np.zeros((41, 60, 4), np.uint8), InputError),
    ],
)
def test_what_is_no_mask_of_the_photo_is_refused(photo, drawn, kind):
    with pytest.raises(kind):
        edit_region(written(drawn), photo)


@pytest.mark.parametrize("data", [b"", b"nonsense", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(photo, data):
    with pytest.raises(UnreadablePhoto):
        edit_region(data, photo)


def test_a_truncated_mask_is_refused(photo, clear):
    data = written(mask_of(clear))
    with pytest.raises(PrivateEditError):
        edit_region(data[: len(data) // 2], photo)


def test_a_bomb_is_not_opened(photo):
    from tests.standins.server import bomb

    with pytest.raises(UnreadablePhoto):
        edit_region(bomb(), photo)
