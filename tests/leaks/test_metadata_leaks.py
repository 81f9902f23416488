"""A photo with everything a camera and an editor write about it: none of it leaves."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from privateedit import api, pipeline
from privateedit.core.concealment import Concealment
from privateedit.core.framing import Framing
from privateedit.core.photo import Photo

MARKERS = (
    b"Exif",
    b"http://ns.adobe",
    b"ICC",
    b"tEXt",
    b"iTXt",
    b"zTXt",
    b"eXIf",
    b"iCCP",
    b"XMP",
    b"Photoshop",
    b"MPF",
)
XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">secret'
XMP += b"</x:xmpmeta>"
FORMATS = ("png", "jpeg", "webp")


def exif():
    block = Image.Exif()
    block[ExifTags.Base.Artist] = "Ada Lovelace"
    block[ExifTags.Base.Make] = "Camera of Ada"
    block[ExifTags.Base.ImageDescription] = "Ada at home"
    gps = {1: "N", 2: (51.0, 30.0, 26.5), 3: "W", 4: (0.0, 7.0, 39.9)}
    block.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    block.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.MakerNote] = b"preview" * 9
    return block


def jpeg_with_everything(pixels):
    image = Image.fromarray(pixels)
    thumbnail = io.BytesIO()
    image.resize((80, 80)).save(thumbnail, "JPEG")
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = io.BytesIO()
    settings = {"exif": exif(), "icc_profile": icc, "xmp": XMP, "comment": b"taken by Ada"}
    image.save(data, "JPEG", quality=95, **settings)
    return data.getvalue() + thumbnail.getvalue()


@pytest.fixture(scope="module")
def source(astronaut):
    data = jpeg_with_everything(astronaut.pixels)
    for marker in (b"Exif", b"http://ns.adobe", b"ICC", b"Ada Lovelace", b"secret"):
        assert marker in data
    return data


@pytest.fixture(scope="module", params=FORMATS)
def payload(request, source, parts):
    return pipeline.mask(api.open(source), Concealment(framing=Framing(request.param)), parts).payload


def test_the_bytes_hold_no_marker_and_no_word_of_the_metadata(payload):
    header = payload.data if payload.media_type != "image/png" else payload.data[:64] + payload.data[-64:]
    for marker in MARKERS:
        assert marker not in header
    for word in (b"Ada Lovelace", b"Camera of", b"at home", b"secret", b"preview", b"taken by", b"xpacket"):
        assert word not in payload.data


def test_pillow_finds_pixels_only(payload):
    with Image.open(io.BytesIO(payload.data)) as image:
        image.load()
        assert not image.getexif()
        assert not {"exif", "icc_profile", "xmp", "comment", "photoshop", "XML:com.adobe.xmp"} & set(
            image.info
        )
        # A bare JFIF header says no more than that this is a JPEG.
        assert set(image.info) <= {
            "jfif",
            "jfif_version",
            "jfif_unit",
            "jfif_density",
            "loop",
            "background",
            "timestamp",
            "duration",
        }
        assert not getattr(image, "text", {})


def test_no_picture_follows_the_first(payload):
    assert payload.data.count(b"\xff\xd8\xff") == (payload.media_type == "image/jpeg")
    end = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND\xaeB`\x82"}.get(payload.media_type)
    assert end is None or payload.data.endswith(end)


def test_the_file_and_its_bare_pixels_give_the_same_bytes(source, parts):
    opened = api.open(source)
    bare = Photo(np.array(opened.pixels))
    one, two = (pipeline.mask(photo, Concealment(), parts).payload.data for photo in (opened, bare))
    assert one == two
