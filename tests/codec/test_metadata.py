import io

import pytest
from codec_samples import exif, picture, saved
from PIL import ExifTags, Image

from privateedit.codec import Metadata, decode
from privateedit.codec.metadata import exif_for

Base = ExifTags.Base


def camera_exif():
    block = Image.Exif()
    block[Base.Orientation] = 6
    block[Base.Artist] = "Ada"
    block[Base.ImageDescription] = "x" * 5000
    block[0x02BC] = b"<xmp>preview</xmp>"
    block[ExifTags.IFD.Exif] = {
        Base.ExifImageWidth: 4000,
        Base.ExifImageHeight: 3000,
        Base.MakerNote: b"SECRET PREVIEW" * 20,
        Base.ExposureTime: 0.01,
    }
    block[ExifTags.IFD.GPSInfo] = {1: "N", 2: (51.0, 30.0, 0.0)}
    return block.tobytes()


def with_thumbnail():
    """EXIF whose second directory is a thumbnail, as cameras write it."""
    thumbnail = saved("JPEG")
    head = exif(6, Artist="Ada")
    entries = int.from_bytes(head[14:16])
    link = 16 + 12 * entries
    start = len(head) - 6
    body = (2).to_bytes(2)
    body += (0x0201).to_bytes(2) + (4).to_bytes(2) + (1).to_bytes(4) + (start + 30).to_bytes(4)
    body += (0x0202).to_bytes(2) + (4).to_bytes(2) + (1).to_bytes(4) + len(thumbnail).to_bytes(4)
    return head[:link] + start.to_bytes(4) + head[link + 4 :] + body + (0).to_bytes(4) + thumbnail, thumbnail


def parsed(block):
    read = Image.Exif()
    read.load(block)
    return read


def test_repr_shows_sizes_only():
    assert repr(Metadata(exif=b"secret", icc=None)) == "Metadata(exif=6 bytes, icc=none)"


def test_result_is_upright_and_has_its_own_size():
    kept = parsed(exif_for(camera_exif(), 1200, 900))
    assert kept[Base.Orientation] == 1
    assert kept[Base.Artist] == "Ada"
    detail = kept.get_ifd(ExifTags.IFD.Exif)
    assert (detail[Base.ExifImageWidth], detail[Base.ExifImageHeight]) == (1200, 900)
    assert float(detail[Base.ExposureTime]) == pytest.approx(0.01)
    assert kept.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N"


def test_nothing_that_can_hold_a_picture_is_kept():
    block = exif_for(camera_exif(), 10, 10)
    assert b"SECRET" not in block
    assert b"preview" not in block
    assert b"xxxx" not in block


def test_the_thumbnail_of_the_unedited_photo_is_gone():
    block, thumbnail = with_thumbnail()
    assert parsed(block).get_ifd(ExifTags.IFD.IFD1)[0x0202] == len(thumbnail)
    kept = exif_for(block, 10, 10)
    assert thumbnail[:64] not in kept
    assert not parsed(kept).get_ifd(ExifTags.IFD.IFD1)
    assert parsed(kept)[Base.Artist] == "Ada"


@pytest.mark.parametrize(
    "block", [b"", b"x", b"Exif\0\0nonsense", b"Exif\0\0II*\0\xff\0\0\0", camera_exif()[:60]]
)
def test_damaged_exif_is_left_out_or_harmless(block):
    kept = exif_for(block, 10, 10)
    assert kept is None or parsed(kept)[Base.Orientation] == 1


def test_a_tiff_gives_its_exif_without_its_layout():
    opened = decode(saved("TIFF", exif=exif(6, Artist="Ada")))
    kept = parsed(opened.metadata.exif)
    assert kept[Base.Artist] == "Ada"
    assert 273 not in kept


def test_kept_exif_can_be_embedded():
    stream = io.BytesIO()
    Image.fromarray(picture()).save(stream, "JPEG", exif=exif_for(camera_exif(), 56, 40))
    assert decode(stream.getvalue()).photo.width == 56
